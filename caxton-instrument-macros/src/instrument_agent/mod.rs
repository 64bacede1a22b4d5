//! `#[instrument_agent]`: options, the function, its form, the expansion.
//!
//! Two barriers: every mistake in the options and the function is collected
//! first; after that the expansion cannot fail.

mod args;
mod captures;
mod check;
mod expand;
mod fields;
mod form;
mod function;
mod messages;

use proc_macro2::TokenStream;
use quote::quote;

use crate::shared::errors::Errors;
use args::Args;
use expand::Expansion;
use function::Function;

/// Expands `#[instrument_agent(args)] item`.
///
/// On a mistake the item stays as it was written, so that nothing that uses
/// it fails as well.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = Args::parse(args, &mut errors);
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => Some(function),
        Err(_) => {
            check::not_a_function(&item, &mut errors);
            None
        }
    };
    if let Some(function) = &function {
        check::check(&args, function, &mut errors);
    }
    match function {
        Some(function) if errors.len() == 0 => match Expansion::new(&args, &function) {
            Some(expansion) => expansion.tokens(),
            None => item,
        },
        _ => {
            let errors = errors.into_tokens();
            quote!(#item #errors)
        }
    }
}
