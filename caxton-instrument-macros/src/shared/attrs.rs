//! Options: `key`, `key = value` and `key(..)` between commas.
//!
//! A mistake in one option is recorded and the next one is read, so that all
//! of them show at once.

use core::fmt::Display;

use proc_macro2::{Delimiter, Ident, Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, LitInt, LitStr, Meta, Path, Result, Token, parenthesized};

use super::errors::Errors;
use super::messages;

/// A value with the key that set it.
#[derive(Clone)]
pub(crate) struct Keyed<T> {
    pub(crate) key: Span,
    pub(crate) value: T,
}

/// An option's value, set at most once.
pub(crate) type Slot<T> = Option<Keyed<T>>;

/// Sets `slot`, or records that it was set before.
pub(crate) fn set_once<T>(slot: &mut Slot<T>, key: &Ident, value: T) -> Result<()> {
    if slot.is_some() {
        return Err(Error::new(key.span(), messages::given_twice(key)));
    }
    *slot = Some(Keyed {
        key: key.span(),
        value,
    });
    Ok(())
}

/// Where options are written and which ones there are.
#[derive(Clone, Copy)]
pub(crate) struct Options<'a> {
    /// The attribute, as messages name it.
    pub(crate) owner: &'a str,
    pub(crate) known: &'a [&'a str],
    /// How many of the last ones messages do not offer.
    pub(crate) hidden: usize,
}

impl Options<'_> {
    fn offered(&self) -> &[&str] {
        &self.known[..self.known.len() - self.hidden]
    }

    /// Reads the options of `#[owner(..)]`.
    pub(crate) fn read_attr(
        self,
        attr: &Attribute,
        errors: &mut Errors,
        set: impl FnMut(&Ident, ParseStream<'_>) -> Result<()>,
    ) {
        let Meta::List(list) = &attr.meta else {
            errors.over(
                &attr.meta,
                messages::attribute_without_list(self.owner, self.offered()),
            );
            return;
        };
        let tokens = list.tokens.clone();
        let read = |input: ParseStream<'_>| {
            self.read(input, errors, set);
            Ok(())
        };
        // Options recover from their own mistakes, so nothing is left to fail.
        let _: Result<()> = read.parse2(tokens);
    }

    /// Reads options up to the end of `input`.
    pub(crate) fn read(
        self,
        input: ParseStream<'_>,
        errors: &mut Errors,
        mut set: impl FnMut(&Ident, ParseStream<'_>) -> Result<()>,
    ) {
        while !input.is_empty() {
            if let Err(error) = self.read_one(input, &mut set) {
                errors.push(error);
                skip_option(input);
            }
            if input.is_empty() {
                break;
            }
            if input.parse::<Token![,]>().is_err() {
                errors.at(input.span(), messages::EXPECTED_COMMA);
                skip_option(input);
                let _: Result<Token![,]> = input.parse();
            }
        }
    }

    fn read_one(
        self,
        input: ParseStream<'_>,
        set: &mut impl FnMut(&Ident, ParseStream<'_>) -> Result<()>,
    ) -> Result<()> {
        let key = input.call(Ident::parse_any).map_err(|error| {
            Error::new(
                error.span(),
                messages::expected_option(self.owner, self.offered()),
            )
        })?;
        let text = key.to_string();
        if !self.known.contains(&text.as_str()) {
            let message = messages::unknown_option(self.owner, &text, self.offered());
            return Err(Error::new(key.span(), message));
        }
        if let Some(error) = colon(&text, input) {
            return Err(error);
        }
        set(&key, input)
    }
}

/// `key: value`, as in a struct, where `key = value` belongs.
fn colon(key: &str, input: ParseStream<'_>) -> Option<Error> {
    if !input.peek(Token![:]) || input.peek(Token![::]) {
        return None;
    }
    let ahead = input.fork();
    let colon: Token![:] = ahead.parse().ok()?;
    let value: TokenTree = ahead.parse().ok()?;
    let alone = ahead.is_empty() || ahead.peek(Token![,]);
    let instead = match value {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            format!("{key}(..)")
        }
        TokenTree::Ident(word) if word == "true" || word == "false" => return None,
        value if alone => format!("{key} = {value}"),
        _ => format!("{key} = .."),
    };
    Some(Error::new(colon.span, messages::colon(&instead)))
}

fn skip_option(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            return;
        }
    }
}

/// Reads `= value`; `example` is the whole option as it should be written.
pub(crate) fn value<T: Parse>(
    key: &Ident,
    input: ParseStream<'_>,
    kind: &str,
    example: &str,
) -> Result<T> {
    equals(key, input, kind, example)?;
    if input.is_empty() {
        return Err(Error::new(
            key.span(),
            messages::wrong_value(key, kind, example),
        ));
    }
    let span = input.span();
    let value = input
        .parse()
        .map_err(|_| Error::new(span, messages::wrong_value(key, kind, example)))?;
    Ok(value)
}

/// Reads `=`.
pub(crate) fn equals(key: &Ident, input: ParseStream<'_>, kind: &str, example: &str) -> Result<()> {
    if input.parse::<Token![=]>().is_err() {
        return Err(Error::new(
            key.span(),
            messages::wrong_value(key, kind, example),
        ));
    }
    Ok(())
}

/// Reads `= "text"`.
pub(crate) fn string(key: &Ident, input: ParseStream<'_>, example: &str) -> Result<LitStr> {
    let text: LitStr = value(key, input, "a string", example)?;
    if text.value().trim().is_empty() {
        return Err(Error::new(text.span(), messages::empty(key, example)));
    }
    Ok(text)
}

/// Reads `= 100`, a number from 1.
pub(crate) fn number<N>(key: &Ident, input: ParseStream<'_>, example: &str) -> Result<N>
where
    N: core::str::FromStr + Default + PartialEq,
    N::Err: Display,
{
    let number: LitInt = value(key, input, "a whole number", example)?;
    let parsed: N = number
        .base10_parse()
        .map_err(|_| Error::new(number.span(), messages::too_large(key, example)))?;
    if parsed == N::default() {
        return Err(Error::new(number.span(), messages::zero(key, example)));
    }
    Ok(parsed)
}

/// Reads `= path`.
pub(crate) fn path(key: &Ident, input: ParseStream<'_>, example: &str) -> Result<Path> {
    equals(key, input, "a path", example)?;
    let span = if input.is_empty() {
        key.span()
    } else {
        input.span()
    };
    input
        .call(Path::parse_mod_style)
        .map_err(|_| Error::new(span, messages::wrong_value(key, "a path", example)))
}

/// Reads what follows an option without a value: nothing.
pub(crate) fn flag(input: ParseStream<'_>, message: &str) -> Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(Error::new(input.span(), message))
}

/// Reads `(a, b, ..)`.
pub(crate) fn list<T>(
    key: &Ident,
    input: ParseStream<'_>,
    example: &str,
    item: fn(ParseStream<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    if !input.peek(syn::token::Paren) {
        return Err(Error::new(key.span(), messages::needs_list(key, example)));
    }
    let content;
    parenthesized!(content in input);
    if content.is_empty() {
        return Err(Error::new(key.span(), messages::needs_list(key, example)));
    }
    let items = Punctuated::<T, Token![,]>::parse_terminated_with(&content, item)?;
    Ok(items.into_iter().collect())
}
