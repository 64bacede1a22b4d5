//! An expression as a tree whose every part knows its place: promql-parser's
//! tree, walked in the order of the source beside the tokens.

use std::ops::Range;

/// A part of an expression.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) at: Range<usize>,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Number(f64),
    Text(String),
    /// A variable of a dashboard.
    Variable,
    Selector(Selector),
    /// Samples over a span of time.
    Range {
        of: Box<Node>,
        /// In seconds, where it is written.
        window: Option<f64>,
        /// Whether the samples are those of an expression.
        is_subquery: bool,
        /// `offset` and `@`, as they are written.
        shift: String,
    },
    Call {
        name: Name,
        arguments: Vec<Node>,
    },
    Aggregate(Box<Aggregate>),
    Binary(Box<Binary>),
    Minus(Box<Node>),
    Group(Box<Node>),
}

/// A word and its place.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) at: Range<usize>,
    /// Whether a variable stands in it.
    pub(super) is_variable: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Selector {
    pub(super) name: Option<Name>,
    pub(super) matchers: Vec<Matcher>,
    /// `offset` and `@`, as they are written.
    pub(super) shift: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    Is,
    IsNot,
    Matches,
    MatchesNot,
}

#[derive(Debug, Clone)]
pub(super) struct Matcher {
    pub(super) label: Name,
    pub(super) test: Test,
    /// `None` where a variable stands in it.
    pub(super) value: Option<String>,
    pub(super) value_at: Range<usize>,
}

#[derive(Debug, Clone)]
pub(super) struct Aggregate {
    pub(super) how: Name,
    pub(super) grouping: Option<Grouping>,
    pub(super) parameter: Option<Node>,
    pub(super) of: Node,
}

/// `by (a)`, `without (a)`, `on (a)`, `ignoring (a)`.
#[derive(Debug, Clone)]
pub(super) struct Grouping {
    /// Whether the labels are those that stay.
    pub(super) keeps: bool,
    pub(super) labels: Vec<Name>,
    pub(super) at: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

#[derive(Debug, Clone)]
pub(super) struct Binary {
    pub(super) left: Node,
    pub(super) right: Node,
    /// In small letters.
    pub(super) operator: Name,
    /// Where `bool` stands, if it does.
    pub(super) bool_at: Option<Range<usize>>,
    pub(super) matching: Option<Grouping>,
    /// Which side has many series for each of the other.
    pub(super) many: Option<Many>,
}

/// `group_left (a)`, `group_right (a)`.
#[derive(Debug, Clone)]
pub(super) struct Many {
    /// The side with many series.
    pub(super) side: Side,
    /// The labels that it gets from the other.
    pub(super) labels: Vec<Name>,
    /// Where the keyword stands.
    pub(super) at: Range<usize>,
}

impl Binary {
    pub(super) fn is_comparison(&self) -> bool {
        matches!(
            self.operator.text.as_str(),
            "==" | "!=" | ">" | "<" | ">=" | "<="
        )
    }

    pub(super) fn is_set(&self) -> bool {
        matches!(self.operator.text.as_str(), "and" | "or" | "unless")
    }
}

impl Node {
    /// Without the parentheses around it.
    pub(super) fn inner(&self) -> &Self {
        let mut node = self;
        while let Kind::Group(of) = &node.kind {
            node = of;
        }
        node
    }

    /// The parts right below it, in the order of the source.
    pub(super) fn parts(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Number(_) | Kind::Text(_) | Kind::Variable | Kind::Selector(_) => Vec::new(),
            Kind::Range { of, .. } | Kind::Minus(of) | Kind::Group(of) => vec![of],
            Kind::Call { arguments, .. } => arguments.iter().collect(),
            Kind::Aggregate(it) => it.parameter.iter().chain([&it.of]).collect(),
            Kind::Binary(it) => vec![&it.left, &it.right],
        }
    }

    /// The number that it is, also one that is calculated.
    pub(super) fn number(&self) -> Option<f64> {
        match &self.kind {
            Kind::Number(value) => Some(*value),
            Kind::Group(of) => of.number(),
            Kind::Minus(of) => of.number().map(|it| -it),
            Kind::Binary(it) => {
                let (left, right) = (it.left.number()?, it.right.number()?);
                Some(match it.operator.text.as_str() {
                    "+" => left + right,
                    "-" => left - right,
                    "*" => left * right,
                    "/" => left / right,
                    "%" => left % right,
                    "^" => left.powf(right),
                    _ => return None,
                })
            }
            _ => None,
        }
    }

    /// Which times its samples are of: the spans and shifts below it.
    pub(super) fn times<'a>(&'a self, found: &mut Vec<(Option<u64>, &'a str)>) {
        match &self.kind {
            Kind::Range { window, shift, .. } => found.push((window.map(f64::to_bits), shift)),
            Kind::Selector(it) if !it.shift.is_empty() => found.push((None, &it.shift)),
            _ => {}
        }
        for part in self.parts() {
            part.times(found);
        }
    }

    /// The metrics below it that are named.
    pub(super) fn selectors<'a>(&'a self, found: &mut Vec<&'a Selector>) {
        if let Kind::Selector(selector) = &self.kind {
            found.push(selector);
        }
        for part in self.parts() {
            part.selectors(found);
        }
    }
}
