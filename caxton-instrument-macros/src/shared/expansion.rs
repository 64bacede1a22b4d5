//! The frame of an expansion: one block that names the facade once.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, Ident, Path};

/// The facade's path: `crate = path`, or `::caxton_instrument`.
pub(crate) fn facade(path: Option<&Path>) -> TokenStream {
    path.map_or_else(|| quote!(::caxton_instrument), |path| quote!(#path))
}

/// Wraps `body` so that it sees the facade as `__caxton` and leaks no name.
///
/// The alias keeps paths short, and lets a check be placed wholly at a token
/// of the user even when the path itself is `$crate`.
pub(crate) fn block(facade: &TokenStream, body: &TokenStream) -> TokenStream {
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #facade as __caxton;
            #body
        };
    }
}

/// The place of a user's token with the names of the expansion: rustc points
/// at the token, and no lint takes the code for the user's.
pub(crate) fn at(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// Asserts at the user's tokens that the rule `rule` has nothing to say about
/// `subject`.
pub(crate) fn assertion(place: Range, rule: &str, subject: &TokenStream) -> TokenStream {
    let rule = Ident::new(rule, place.first);
    let function = quote_spanned!(place.first=> enforced::#rule);
    constant(place, &function, subject)
}

/// Asserts at the user's tokens that `message` is empty.
///
/// The assertion takes the tokens' spans whole, names and all: rustc then
/// shows the message and the token, and no note about the derive.
pub(crate) fn enforce(place: Range, message: &TokenStream) -> TokenStream {
    constant(
        place,
        &quote_spanned!(place.first=> enforce),
        &quote!(&#message),
    )
}

fn constant(place: Range, function: &TokenStream, argument: &TokenStream) -> TokenStream {
    let call = called(place, function, respan(argument.clone(), place.last));
    quote_spanned!(place.first=> const _: () = #call;)
}

/// Hands an expression of the user to a function that takes only what it should
/// be, all in the place of the expression: what rustc says twice about a call,
/// of its argument and of its result, is then said once.
pub(crate) fn taken(function: &str, expr: &Expr) -> TokenStream {
    let place = Range::of(expr);
    let function = Ident::new(function, place.first);
    called(place, &function.to_token_stream(), expr.to_token_stream())
}

/// A call of a function of the facade, from the first to the last of a user's
/// tokens.
fn called(
    Range { first, last }: Range,
    function: &TokenStream,
    argument: TokenStream,
) -> TokenStream {
    let mut arguments = Group::new(Delimiter::Parenthesis, argument);
    arguments.set_span(last);
    quote_spanned!(first=> __caxton::__private::#function #arguments)
}

/// The first and the last of some tokens.
#[derive(Clone, Copy)]
pub(crate) struct Range {
    first: Span,
    last: Span,
}

impl Range {
    pub(crate) fn of(tokens: &impl ToTokens) -> Self {
        let mut tokens = tokens.to_token_stream().into_iter();
        let Some(first) = tokens.next() else {
            return Span::call_site().into();
        };
        let last = tokens
            .last()
            .map_or_else(|| first.span(), |last| last.span());
        Self {
            first: first.span(),
            last,
        }
    }
}

impl From<Span> for Range {
    fn from(span: Span) -> Self {
        Self {
            first: span,
            last: span,
        }
    }
}

/// Gives every token of `tokens` the span `span`.
fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            if let TokenTree::Group(group) = &token {
                let mut new = Group::new(group.delimiter(), respan(group.stream(), span));
                new.set_span(span);
                return new.into();
            }
            token.set_span(span);
            token
        })
        .collect()
}
