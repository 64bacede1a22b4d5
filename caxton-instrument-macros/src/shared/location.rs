//! Where a token stands, as the catalog prints it.

use proc_macro2::{Span, TokenStream};
use quote::quote;

/// The file, line and column of a token.
#[derive(Default)]
pub(crate) struct Place {
    file: String,
    line: u32,
    column: u32,
}

impl Place {
    pub(crate) fn of(span: Span) -> Self {
        // Outside a compilation (unit tests) there is no source to point at.
        if !proc_macro::is_available() {
            return Self::default();
        }
        let span = span.unwrap();
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            file: span.file(),
            line: number(span.line()),
            column: number(span.column()),
        }
    }

    /// The line and column, of a place in the same file as `other`.
    pub(crate) fn within(&self, other: &Self) -> Option<(u32, u32)> {
        (self.file == other.file).then_some((self.line, self.column))
    }

    /// A `Location` of the crate that is compiled.
    pub(crate) fn tokens(&self) -> TokenStream {
        let parts = self.parts();
        quote!(__caxton::Location::new(#parts))
    }

    /// What that is made of.
    pub(crate) fn parts(&self) -> TokenStream {
        let Self { file, line, column } = self;
        // The token's own file, not `file!()`: for a declaration that a macro
        // of another crate wrote the two differ, and the line is of this one.
        let file = if file.is_empty() {
            quote!(::core::file!())
        } else {
            quote!(#file)
        };
        quote! {
            #file,
            #line,
            #column,
            ::core::module_path!(),
            ::core::env!("CARGO_PKG_NAME"),
            ::core::env!("CARGO_PKG_VERSION"),
        }
    }

    /// The same of what people are told the place of: where a macro of another
    /// crate wrote the token, the place at which that macro was called.
    pub(crate) fn tokens_or_call(&self) -> TokenStream {
        let Self { file, line, column } = self;
        quote! {
            __caxton::__private::location(
                (#file, #line, #column),
                (::core::file!(), ::core::line!(), ::core::column!()),
                ::core::module_path!(),
                ::core::env!("CARGO_PKG_NAME"),
                ::core::env!("CARGO_PKG_VERSION"),
            )
        }
    }
}
