//! `fields(..)`: as `tracing::span!` takes them.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::token::{Brace, Paren};
use syn::{Error, Expr, LitStr, Result, Token, parenthesized};

use super::messages;

/// One field: what `span!` gets, and the name to compare.
pub(super) struct Field {
    /// `None` for a name that an expression in braces computes.
    pub(super) name: Option<String>,
    pub(super) span: Span,
    tokens: TokenStream,
}

impl ToTokens for Field {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.tokens.to_tokens(tokens);
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
        let mut tokens = TokenStream::new();
        let shorthand = sigil(input, &mut tokens);
        let span = input.span();
        let name = name(input, &mut tokens)?;
        if !shorthand && input.peek(Token![=]) {
            input.parse::<Token![=]>()?.to_tokens(&mut tokens);
            sigil(input, &mut tokens);
            let at = if input.is_empty() { span } else { input.span() };
            let value: Expr = input
                .parse()
                .map_err(|_| Error::new(at, messages::FIELD_VALUE))?;
            value.to_tokens(&mut tokens);
        }
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(Error::new(input.span(), messages::FIELD_NAME));
        }
        Ok(Self { name, span, tokens })
    }
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
