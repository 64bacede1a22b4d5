//! `fields(..)`: as `tracing::span!` takes them.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::token::{Brace, Paren};
use syn::{Error, Expr, LitStr, Result, Token, parenthesized};

use super::messages;

/// One field: what `span!` gets, and the name to compare.
pub(super) struct Field {
    /// `None` for a name that an expression in braces computes.
    pub(super) name: Option<String>,
    pub(super) span: Span,
    /// The name, behind a sigil where there is no value.
    key: TokenStream,
    /// What stands behind `=`.
    value: Option<Value>,
}

enum Value {
    /// A value as it is, which its type has to allow.
    Plain(Expr),
    /// Displayed or debugged.
    Shown(TokenStream),
}

impl Field {
    /// The field, for `span!`. `agent` is the path of what expansions name.
    pub(super) fn tokens(&self, agent: &TokenStream) -> TokenStream {
        let Self { key, value, .. } = self;
        match value {
            None => key.clone(),
            Some(Value::Shown(value)) => quote!(#key = #value),
            Some(Value::Plain(value)) => {
                let at = Span::mixed_site().located_at(value.span());
                // The check stands wholly at the value, as its error does.
                let call = Ident::new("field", at);
                let mut arguments =
                    Group::new(Delimiter::Parenthesis, quote_spanned!(at=> &(#value)));
                arguments.set_span(at);
                // No block around it: the value lives as long as the span's opening.
                quote!(#key = #agent::#call #arguments)
            }
        }
    }
}

/// Reads `(a = 1, b = %x, ?c, d.e = y)`.
pub(super) fn parse(key: &Ident, input: ParseStream<'_>) -> Result<Vec<Field>> {
    if !input.peek(Paren) {
        return Err(Error::new(key.span(), messages::FIELDS_LIST));
    }
    let content;
    parenthesized!(content in input);
    let fields: Punctuated<Field, Token![,]> = content.parse_terminated(Field::parse, Token![,])?;
    Ok(fields.into_iter().collect())
}

impl Parse for Field {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut key = TokenStream::new();
        let shorthand = sigil(input, &mut key);
        let span = input.span();
        let name = name(input, &mut key)?;
        let mut value = None;
        if !shorthand && input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            let mut shown = TokenStream::new();
            let is_shown = sigil(input, &mut shown);
            let at = if input.is_empty() { span } else { input.span() };
            let expr: Expr = input
                .parse()
                .map_err(|_| Error::new(at, messages::FIELD_VALUE))?;
            value = Some(if is_shown {
                expr.to_tokens(&mut shown);
                Value::Shown(shown)
            } else {
                Value::Plain(expr)
            });
        } else if !shorthand {
            // `fields(task.size)` is `task.size = task.size`.
            value = syn::parse2(key.clone()).ok().and_then(variable);
        }
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(Error::new(input.span(), messages::FIELD_NAME));
        }
        Ok(Self {
            name,
            span,
            key,
            value,
        })
    }
}

fn variable(expr: Expr) -> Option<Value> {
    matches!(expr, Expr::Path(_) | Expr::Field(_)).then_some(Value::Plain(expr))
}

/// `%` displays the value, `?` debugs it.
fn sigil(input: ParseStream<'_>, tokens: &mut TokenStream) -> bool {
    let found = input.peek(Token![%]) || input.peek(Token![?]);
    if found && let Ok(sigil) = input.parse::<TokenTree>() {
        sigil.to_tokens(tokens);
    }
    found
}

fn name(input: ParseStream<'_>, tokens: &mut TokenStream) -> Result<Option<String>> {
    if input.peek(Brace) {
        input.parse::<TokenTree>()?.to_tokens(tokens);
        return Ok(None);
    }
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        text.to_tokens(tokens);
        return Ok(Some(text.value()));
    }
    let at = input.span();
    let path =
        Punctuated::<Ident, Token![.]>::parse_separated_nonempty_with(input, Ident::parse_any)
            .map_err(|_| Error::new(at, messages::FIELD_NAME))?;
    path.to_tokens(tokens);
    let words: Vec<String> = path.iter().map(|word| word.unraw().to_string()).collect();
    Ok(Some(words.join(".")))
}
