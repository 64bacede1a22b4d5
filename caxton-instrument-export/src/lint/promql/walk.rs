//! From promql-parser's tree to one with places: a walk over the tokens in the
//! order of the source, in step with the tree.

use std::ops::Range;

use promql_parser::parser::{self, Expr};

use super::token::{Kind as TokenKind, Token, holds_variable, number, span_of_time, unquoted};
use super::tree::{
    Aggregate, Binary, Grouping, Kind, Many, Matcher, Name, Node, Selector, Side, Test,
};

/// A walk over the tokens, in step with a tree.
pub(super) struct Walk<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
}

impl<'a> Walk<'a> {
    pub(super) const fn over(tokens: &'a [Token<'a>]) -> Self {
        Self { tokens, at: 0 }
    }

    /// The whole expression; `None` if a token was left over, which would be an
    /// error of ours: then nothing is said.
    pub(super) fn tree(mut self, expr: &Expr) -> Option<Node> {
        let node = self.node(expr)?;
        (self.at == self.tokens.len()).then_some(node)
    }

    fn peek(&self) -> Option<&'a Token<'a>> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'a Token<'a>> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    fn take(&mut self, sign: &str) -> bool {
        let is_there = self.peek().is_some_and(|it| it.is(sign));
        self.at += usize::from(is_there);
        is_there
    }

    fn take_word(&mut self, words: &[&str]) -> Option<&'a Token<'a>> {
        let token = self
            .peek()
            .filter(|it| words.iter().any(|word| it.is_word(word)))?;
        self.at += 1;
        Some(token)
    }

    fn expect(&mut self, sign: &str) -> Option<()> {
        self.take(sign).then_some(())
    }

    fn since(&self, start: usize) -> Range<usize> {
        let end = self.at.checked_sub(1).and_then(|it| self.tokens.get(it));
        start..end.map_or(start, |it| it.at().end).max(start)
    }

    fn node(&mut self, expr: &Expr) -> Option<Node> {
        // The tree keeps no `+` before a value.
        let is_binary = matches!(expr, Expr::Binary(_) | Expr::Subquery(_));
        while !is_binary && self.take("+") {}
        let start = self.peek()?.start;
        let kind = match expr {
            Expr::NumberLiteral(_) => self.number()?,
            Expr::StringLiteral(_) => Kind::Text(unquoted(self.next()?.text)?),
            Expr::VectorSelector(_) => self.selector()?,
            Expr::MatrixSelector(_) => self.range_of_selector()?,
            Expr::Subquery(subquery) => self.subquery(subquery)?,
            Expr::Paren(group) => {
                self.expect("(")?;
                let of = self.node(&group.expr)?;
                self.expect(")")?;
                Kind::Group(Box::new(of))
            }
            Expr::Unary(unary) => {
                self.expect("-")?;
                Kind::Minus(Box::new(self.node(&unary.expr)?))
            }
            Expr::Call(call) => self.call(call)?,
            Expr::Aggregate(aggregate) => self.aggregate(aggregate)?,
            Expr::Binary(binary) => self.binary(binary)?,
            Expr::Extension(_) => return None,
        };
        let at = self.since(start);
        Some(Node { at, kind })
    }

    fn number(&mut self) -> Option<Kind> {
        let mut sign = 1.0;
        loop {
            let token = self.next()?;
            match token.kind {
                TokenKind::Sign if token.text == "-" => sign = -sign,
                TokenKind::Sign if token.text == "+" => {}
                TokenKind::Number => return Some(Kind::Number(sign * number(token.text)?)),
                TokenKind::Duration => return Some(Kind::Number(sign * span_of_time(token.text)?)),
                TokenKind::Variable => return Some(Kind::Variable),
                TokenKind::Word if token.is_word("inf") => {
                    return Some(Kind::Number(sign * f64::INFINITY));
                }
                TokenKind::Word if token.is_word("nan") => return Some(Kind::Number(f64::NAN)),
                _ => return None,
            }
        }
    }

    fn selector(&mut self) -> Option<Kind> {
        let selector = self.plain_selector()?;
        let shift = self.modifiers()?;
        Some(Kind::Selector(Selector { shift, ..selector }))
    }

    fn plain_selector(&mut self) -> Option<Selector> {
        let mut name = None;
        if !self.peek()?.is("{") {
            name = Some(named(self.next()?));
        }
        let mut matchers = Vec::new();
        if self.take("{") {
            while !self.take("}") {
                if self.take(",") {
                    continue;
                }
                let label = self.next()?;
                let Some(test) = self.test() else {
                    match label.kind {
                        TokenKind::Text => name = Some(named(label)),
                        TokenKind::Variable => {
                            name = name.or(Some(named(label)));
                        }
                        _ => return None,
                    }
                    continue;
                };
                let value = self.next()?;
                let is_variable = value.kind == TokenKind::Variable || holds_variable(value.text);
                matchers.push(Matcher {
                    label: named(label),
                    test,
                    value: if is_variable {
                        None
                    } else {
                        unquoted(value.text)
                    },
                    value_at: value.at(),
                });
            }
        }
        // `{__name__="x"}` names the metric as well.
        let named_by_label = matchers
            .iter()
            .position(|it| it.label.text == "__name__" && it.test == Test::Is);
        if let Some(at) = named_by_label {
            let matcher = matchers.remove(at);
            name = Some(Name {
                is_variable: matcher.value.is_none(),
                text: matcher.value.unwrap_or_default(),
                at: matcher.value_at,
            });
        }
        Some(Selector {
            name,
            matchers,
            shift: String::new(),
        })
    }

    fn test(&mut self) -> Option<Test> {
        let test = match self.peek()?.text {
            "=" => Test::Is,
            "!=" => Test::IsNot,
            "=~" => Test::Matches,
            "!~" => Test::MatchesNot,
            _ => return None,
        };
        self.at += 1;
        Some(test)
    }

    /// `offset 5m`, `@ end()`.
    fn modifiers(&mut self) -> Option<String> {
        let start = self.at;
        loop {
            if self.take_word(&["offset"]).is_some() {
                while self.take("-") || self.take("+") {}
                if self.peek().is_some_and(|it| it.is("(")) {
                    self.past_parentheses()?;
                } else {
                    self.next()?;
                }
            } else if self.take("@") {
                while self.take("-") || self.take("+") {}
                self.next()?;
                if self.take("(") {
                    self.expect(")")?;
                }
            } else {
                let words = self.tokens.get(start..self.at)?.iter().map(|it| it.text);
                return Some(words.collect());
            }
        }
    }

    fn past_parentheses(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            let token = self.next()?;
            if token.is("(") {
                depth += 1;
            } else if token.is(")") {
                depth -= 1;
                if depth == 0 {
                    return Some(());
                }
            }
        }
    }

    fn range_of_selector(&mut self) -> Option<Kind> {
        let start = self.peek()?.start;
        let selector = self.plain_selector()?;
        let of = Node {
            at: self.since(start),
            kind: Kind::Selector(selector),
        };
        let window = self.window()?;
        let shift = self.modifiers()?;
        Some(Kind::Range {
            of: Box::new(of),
            window,
            shift,
            is_subquery: false,
        })
    }

    fn subquery(&mut self, subquery: &parser::SubqueryExpr) -> Option<Kind> {
        let of = self.node(&subquery.expr)?;
        let window = self.window()?;
        let shift = self.modifiers()?;
        Some(Kind::Range {
            of: Box::new(of),
            window,
            shift,
            is_subquery: true,
        })
    }

    /// What stands in brackets; its seconds where it is one span.
    #[allow(
        clippy::option_option,
        reason = "a walk that fails, and a span that is not written out"
    )]
    fn window(&mut self) -> Option<Option<f64>> {
        self.expect("[")?;
        let first = self.next()?;
        let is_whole = self.peek().is_some_and(|it| it.is("]") || it.is(":"));
        let window = match first.kind {
            TokenKind::Duration if is_whole => span_of_time(first.text),
            TokenKind::Number if is_whole => number(first.text),
            _ => None,
        };
        while !self.next()?.is("]") {}
        Some(window)
    }

    fn call(&mut self, call: &parser::Call) -> Option<Kind> {
        let name = named(self.next()?);
        self.expect("(")?;
        let mut arguments = Vec::new();
        for argument in &call.args.args {
            if !arguments.is_empty() {
                self.expect(",")?;
            }
            arguments.push(self.node(argument)?);
        }
        self.expect(")")?;
        Some(Kind::Call { name, arguments })
    }

    fn aggregate(&mut self, aggregate: &parser::AggregateExpr) -> Option<Kind> {
        let how = named(self.next()?);
        let mut grouping = self.grouping(&["by", "without"], "by");
        self.expect("(")?;
        let parameter = match &aggregate.param {
            Some(parameter) => {
                let node = self.node(parameter)?;
                self.expect(",")?;
                Some(node)
            }
            None => None,
        };
        let of = self.node(&aggregate.expr)?;
        self.expect(")")?;
        if aggregate.modifier.is_some() && grouping.is_none() {
            grouping = self.grouping(&["by", "without"], "by");
        }
        Some(Kind::Aggregate(Box::new(Aggregate {
            how: Name {
                text: how.text.to_ascii_lowercase(),
                ..how
            },
            grouping,
            parameter,
            of,
        })))
    }

    fn grouping(&mut self, words: &[&str], keeping: &str) -> Option<Grouping> {
        let word = self.take_word(words)?;
        let labels = self.labels();
        Some(Grouping {
            keeps: word.is_word(keeping),
            labels,
            at: self.since(word.start),
        })
    }

    fn labels(&mut self) -> Vec<Name> {
        let mut labels = Vec::new();
        if self.take("(") {
            while let Some(token) = self.next() {
                if token.is(")") {
                    break;
                }
                if !token.is(",") {
                    labels.push(named(token));
                }
            }
        }
        labels
    }

    fn binary(&mut self, binary: &parser::BinaryExpr) -> Option<Kind> {
        let left = self.node(&binary.lhs)?;
        let operator = named(self.next()?);
        let bool_at = self.take_word(&["bool"]).map(Token::at);
        let matching = self.grouping(&["on", "ignoring"], "on");
        let many = match self.take_word(&["group_left", "group_right"]) {
            Some(word) => {
                let side = if word.is_word("group_left") {
                    Side::Left
                } else {
                    Side::Right
                };
                // What follows in parentheses is labels, or the other side.
                let has_labels = binary
                    .modifier
                    .as_ref()
                    .and_then(|it| it.card.labels())
                    .is_some_and(|it| !it.labels.is_empty());
                let is_empty = self
                    .tokens
                    .get(self.at..self.at + 2)
                    .is_some_and(|it| it[0].is("(") && it[1].is(")"));
                let labels = if has_labels || is_empty {
                    self.labels()
                } else {
                    Vec::new()
                };
                Some(Many {
                    side,
                    labels,
                    at: word.at(),
                })
            }
            None => None,
        };
        let right = self.node(&binary.rhs)?;
        Some(Kind::Binary(Box::new(Binary {
            left,
            right,
            operator: Name {
                text: operator.text.to_ascii_lowercase(),
                ..operator
            },
            bool_at,
            matching,
            many,
        })))
    }
}

fn named(token: &Token<'_>) -> Name {
    let text = match token.kind {
        TokenKind::Text => unquoted(token.text).unwrap_or_default(),
        _ => token.text.to_owned(),
    };
    Name {
        is_variable: token.kind == TokenKind::Variable
            || (token.kind == TokenKind::Text && holds_variable(&text)),
        text,
        at: token.at(),
    }
}
