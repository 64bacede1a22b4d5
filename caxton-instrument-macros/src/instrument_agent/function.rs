//! The annotated function: its signature, and a body that need not parse.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{AttrStyle, Attribute, Block, Error, Result, Signature, Token, Visibility};

/// A function. A body that is still being written passes through, so that
/// the compiler and the editor report on it and nothing else.
pub(super) struct Function {
    pub(super) attrs: Vec<Attribute>,
    pub(super) inner_attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    default: Option<TokenTree>,
    pub(super) sig: Signature,
    pub(super) body: Body,
}

pub(super) enum Body {
    /// `;`
    None,
    /// The tokens between the braces, in a group with the braces' span; and
    /// the same parsed, if it can be.
    Braces { group: Group, block: Option<Block> },
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        // `default fn` of specialization: a word that is no keyword.
        let default = if input.peek(syn::Ident) && input.peek2(Token![fn]) {
            Some(input.parse()?)
        } else {
            None
        };
        let sig = input.parse()?;
        let (inner_attrs, body) = if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            (Vec::new(), Body::None)
        } else {
            body(input)?
        };
        Ok(Self {
            attrs,
            inner_attrs,
            vis,
            default,
            sig,
            body,
        })
    }
}

fn body(input: ParseStream<'_>) -> Result<(Vec<Attribute>, Body)> {
    let TokenTree::Group(braces) = input.parse()? else {
        return Err(Error::new(input.span(), "expected a body"));
    };
    if braces.delimiter() != Delimiter::Brace {
        return Err(Error::new(braces.span(), "expected a body"));
    }
    let split = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_inner)?;
        let rest: TokenStream = input.parse()?;
        Ok((attrs, rest))
    };
    let (attrs, rest) = syn::parse::Parser::parse2(split, braces.stream())?;
    let mut group = Group::new(Delimiter::Brace, rest);
    group.set_span(braces.span());
    let block = syn::parse2(group.to_token_stream()).ok();
    Ok((attrs, Body::Braces { group, block }))
}

impl Function {
    /// The function with `body` between its braces.
    pub(super) fn with_body(&self, body: TokenStream) -> TokenStream {
        let mut tokens = TokenStream::new();
        for attr in self
            .attrs
            .iter()
            .filter(|attr| matches!(attr.style, AttrStyle::Outer))
        {
            attr.to_tokens(&mut tokens);
        }
        self.vis.to_tokens(&mut tokens);
        self.default.to_tokens(&mut tokens);
        self.sig.to_tokens(&mut tokens);
        let mut content = TokenStream::new();
        for attr in &self.inner_attrs {
            attr.to_tokens(&mut content);
        }
        content.extend(body);
        let mut group = Group::new(Delimiter::Brace, content);
        if let Body::Braces { group: braces, .. } = &self.body {
            group.set_span(braces.span());
        }
        group.to_tokens(&mut tokens);
        tokens
    }
}
