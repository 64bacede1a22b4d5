//! `agent_alerts!`: what is worth an alert of any annotated agents.

mod args;
mod expand;

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};

use crate::shared::errors::Errors;

pub(crate) fn declare(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let read = |input: ParseStream<'_>| args::Args::parse(input, &mut errors);
    match read.parse2(input) {
        Ok(args) if errors.len() == 0 => expand::expand(&args),
        Ok(_) => errors.into_tokens(),
        Err(error) => {
            errors.push(error);
            errors.into_tokens()
        }
    }
}
