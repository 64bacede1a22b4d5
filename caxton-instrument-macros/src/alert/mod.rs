//! `#[alert]`: a static that is registered as an alert.

mod args;
mod expand;

use proc_macro2::TokenStream;
use syn::parse::Parser;

use crate::shared::errors::Errors;
use crate::shared::messages;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = (|input: syn::parse::ParseStream<'_>| Ok(args::Args::parse(input, &mut errors)))
        .parse2(args);
    let item = syn::parse2(item)
        .map_err(|error| syn::Error::new(error.span(), messages::ALERT_ON_A_STATIC));
    match (parsed, item) {
        (Ok(args), Ok(item)) => expand::expand(&args, &item, errors),
        (Err(error), _) | (_, Err(error)) => {
            errors.push(error);
            errors.into_tokens()
        }
    }
}
