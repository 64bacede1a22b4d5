//! `buckets = [..]`, `linear(..)`, `exponential(..)` or a constant.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{
    Error, Expr, ExprLit, ExprUnary, Lit, Path, Result, Token, UnOp, bracketed, parenthesized,
    token,
};

use crate::shared::{attrs, messages, words};

/// The most bounds the rule allows; a generator is not asked for more.
const MAX_BUCKETS: usize = 50;

/// Bucket bounds as an expression of type `&'static [f64]`.
#[derive(Clone)]
pub(crate) struct Buckets {
    pub(crate) tokens: TokenStream,
    /// Where they are written.
    pub(crate) span: Span,
    /// Whether they are seen to keep the rule; else it is asked.
    pub(crate) is_sound: bool,
}

impl Buckets {
    /// Reads what follows the key.
    pub(crate) fn read(key: &Ident, input: ParseStream<'_>) -> Result<Self> {
        attrs::equals(key, input, "bucket bounds", "buckets = [0.1, 1.0, 10.0]")?;
        if input.is_empty() {
            return Err(Error::new(key.span(), messages::BUCKETS_VALUE));
        }
        if input.peek(token::Bracket) {
            let content;
            let bracket = bracketed!(content in input);
            let bounds = Punctuated::<Expr, Token![,]>::parse_terminated(&content)?;
            let known: Option<Vec<f64>> = bounds.iter().map(known).collect();
            let bounds = bounds.iter().map(float);
            return Ok(Self {
                tokens: quote!(&[#(#bounds),*]),
                span: bracket.span.join(),
                is_sound: known.is_some_and(|known| is_sound(&known)),
            });
        }
        if input.peek(Ident::peek_any) && input.peek2(token::Paren) {
            return generated(input);
        }
        let span = input.span();
        if !input.peek(Ident::peek_any) && !input.peek(Token![::]) {
            return Err(Error::new(span, messages::BUCKETS_VALUE));
        }
        let path = Path::parse_mod_style(input)?;
        Ok(Self {
            tokens: path.to_token_stream(),
            span,
            is_sound: false,
        })
    }

    /// The bounds of a histogram in seconds that states none.
    pub(crate) fn default_seconds(span: Span) -> Self {
        Self {
            tokens: quote!(__caxton::DEFAULT_SECONDS_BUCKETS),
            span,
            is_sound: true,
        }
    }
}

/// A bound as a float: `5` is `5.0`, so that whole numbers can be written as such.
fn float(bound: &Expr) -> TokenStream {
    match bound {
        Expr::Lit(ExprLit {
            lit: Lit::Int(int), ..
        }) if int.suffix().is_empty() => {
            let Some(value) = int
                .base10_digits()
                .parse::<f64>()
                .ok()
                .filter(|value| value.is_finite())
            else {
                return quote!(#bound);
            };
            let mut literal = Literal::f64_unsuffixed(value);
            literal.set_span(int.span());
            quote!(#literal)
        }
        Expr::Unary(ExprUnary { op, expr, .. }) => {
            let expr = float(expr);
            quote!(#op #expr)
        }
        Expr::Group(group) => float(&group.expr),
        other => quote!(#other),
    }
}

/// The value of a bound that is a number.
fn known(bound: &Expr) -> Option<f64> {
    match bound {
        Expr::Lit(literal) => number(&literal.lit),
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => known(expr).map(|value| -value),
        Expr::Group(group) => known(&group.expr),
        _ => None,
    }
}

/// The rule over bounds, of those that are known here.
fn is_sound(bounds: &[f64]) -> bool {
    (1..=MAX_BUCKETS).contains(&bounds.len())
        && bounds.iter().all(|bound| bound.is_finite())
        && bounds.is_sorted_by(|a, b| a < b)
}

fn generated(input: ParseStream<'_>) -> Result<Buckets> {
    let word = input.call(Ident::parse_any)?;
    let text = word.to_string();
    let content;
    parenthesized!(content in input);
    if text != words::LINEAR && text != words::EXPONENTIAL {
        return Err(Error::new(word.span(), messages::buckets_generator(&text)));
    }
    let wrong = || Error::new(word.span(), messages::buckets_arguments(&text));
    let arguments =
        Punctuated::<Lit, Token![,]>::parse_terminated(&content).map_err(|_| wrong())?;
    let arguments: Vec<&Lit> = arguments.iter().collect();
    let [start, step, count] = arguments[..] else {
        return Err(wrong());
    };
    let (Some(start), Some(step), Lit::Int(count)) = (number(start), number(step), count) else {
        return Err(wrong());
    };
    let many: usize = count.base10_parse().map_err(|_| wrong())?;
    if many == 0 || many > MAX_BUCKETS {
        return Err(Error::new(
            count.span(),
            messages::buckets_count(many, MAX_BUCKETS),
        ));
    }
    let bounds = if text == words::LINEAR {
        if step <= 0.0 {
            return Err(Error::new(word.span(), messages::BUCKETS_STEP_LINEAR));
        }
        linear(start, step, many)
    } else {
        if start <= 0.0 || step <= 1.0 {
            return Err(Error::new(word.span(), messages::BUCKETS_STEP_EXPONENTIAL));
        }
        exponential(start, step, many)
    };
    if bounds.iter().any(|bound| !bound.is_finite()) {
        return Err(Error::new(word.span(), messages::BUCKETS_OVERFLOW));
    }
    let is_sound = is_sound(&bounds);
    let bounds = bounds.into_iter().map(Literal::f64_unsuffixed);
    Ok(Buckets {
        tokens: quote!(&[#(#bounds),*]),
        span: word.span(),
        is_sound,
    })
}

fn number(literal: &Lit) -> Option<f64> {
    match literal {
        Lit::Int(int) => int.base10_parse().ok(),
        Lit::Float(float) => float.base10_parse().ok(),
        _ => None,
    }
}

fn linear(start: f64, width: f64, count: usize) -> Vec<f64> {
    (0..count)
        .map(|i| rounded(start + width * i as f64))
        .collect()
}

fn exponential(start: f64, factor: f64, count: usize) -> Vec<f64> {
    let mut bound = start;
    let mut bounds = Vec::with_capacity(count);
    for _ in 0..count {
        bounds.push(rounded(bound));
        bound *= factor;
    }
    bounds
}

/// A bound is a label value: `0.3`, not `0.30000000000000004`.
fn rounded(bound: f64) -> f64 {
    format!("{bound:.12e}").parse().unwrap_or(bound)
}

#[cfg(test)]
mod tests {
    use super::{Buckets, exponential, linear};
    use proc_macro2::TokenStream;
    use syn::ext::IdentExt;
    use syn::parse::{ParseStream, Parser};

    fn read(text: &str) -> Result<String, String> {
        let parser = |input: ParseStream<'_>| {
            let key = input.call(syn::Ident::parse_any)?;
            Buckets::read(&key, input)
        };
        let tokens: TokenStream = text.parse().map_err(|_| "no tokens")?;
        parser
            .parse2(tokens)
            .map(|b| b.tokens.to_string())
            .map_err(|e| e.to_string())
    }

    #[test]
    fn only_bounds_that_are_known_and_rise_go_unasked() {
        let is_sound = |text: &str| {
            let parser = |input: ParseStream<'_>| {
                let key = input.call(syn::Ident::parse_any)?;
                Buckets::read(&key, input)
            };
            parser.parse_str(text).is_ok_and(|buckets| buckets.is_sound)
        };
        assert!(is_sound("buckets = [-1, 0.5, 2]"));
        assert!(is_sound("buckets = linear(1, 1, 3)"));
        assert!(!is_sound("buckets = [1, 1]"));
        assert!(!is_sound("buckets = [2, 1]"));
        assert!(!is_sound("buckets = []"));
        assert!(!is_sound("buckets = [1, 1e400]"));
        assert!(!is_sound("buckets = [1, TWO]"));
        assert!(!is_sound("buckets = FAST"));
    }

    #[test]
    fn bounds_read_well() {
        assert_eq!(linear(0.1, 0.1, 4), [0.1, 0.2, 0.3, 0.4]);
        assert_eq!(exponential(0.001, 10.0, 4), [0.001, 0.01, 0.1, 1.0]);
        assert_eq!(linear(-1.0, 1.0, 3), [-1.0, 0.0, 1.0]);
    }

    #[test]
    fn whole_numbers_are_bounds() {
        assert_eq!(
            read("buckets = [1, 2.5, -3]").as_deref(),
            Ok("& [1.0 , 2.5 , - 3.0]")
        );
    }

    #[test]
    fn generators() {
        assert_eq!(
            read("buckets = linear(1, 1, 3)").as_deref(),
            Ok("& [1.0 , 2.0 , 3.0]")
        );
        assert_eq!(
            read("buckets = exponential(1, 2, 3)").as_deref(),
            Ok("& [1.0 , 2.0 , 4.0]")
        );
        assert_eq!(read("buckets = FAST").as_deref(), Ok("FAST"));
        for wrong in [
            "linear(1, 1)",
            "linear(1, 0, 3)",
            "exponential(0, 2, 3)",
            "linear(1, 1, 51)",
            "liner(1, 1, 3)",
        ] {
            assert!(read(&format!("buckets = {wrong}")).is_err(), "{wrong}");
        }
    }
}
