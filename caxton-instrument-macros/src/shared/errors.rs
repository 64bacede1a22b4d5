//! Errors are collected, so that one compilation shows all of them.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::Error;

/// Every mistake found in one declaration.
#[derive(Default)]
pub(crate) struct Errors {
    found: Vec<Error>,
}

impl Errors {
    /// A mistake at one token.
    pub(crate) fn at(&mut self, span: Span, message: impl core::fmt::Display) {
        self.found.push(Error::new(span, message));
    }

    /// A mistake over several tokens.
    pub(crate) fn over(&mut self, tokens: impl ToTokens, message: impl core::fmt::Display) {
        self.found.push(Error::new_spanned(tokens, message));
    }

    /// A mistake that a parser found.
    pub(crate) fn push(&mut self, error: Error) {
        self.found.push(error);
    }

    /// How many were found so far: a field is broken when this grew over it.
    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// `compile_error!` for each.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.found
            .into_iter()
            .map(Error::into_compile_error)
            .collect()
    }
}
