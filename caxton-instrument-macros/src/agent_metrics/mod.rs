//! `agent_metrics!`: the three metrics of annotated agents, in a set of one's
//! own.

mod args;
mod expand;

use proc_macro2::TokenStream;
use syn::parse::Parser;

use crate::shared::errors::Errors;

pub(crate) fn declare(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    match (|input: syn::parse::ParseStream<'_>| args::Declaration::parse(input, &mut errors))
        .parse2(input)
    {
        Ok(declaration) => expand::expand(&declaration, errors),
        Err(error) => {
            errors.push(error);
            errors.into_tokens()
        }
    }
}
