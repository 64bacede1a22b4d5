//! `#[derive(LabelSet)]`: a struct whose fields are the labels of a metric.

mod args;
mod check;
mod expand;
mod model;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::shared::errors::Errors;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let model = model::LabelSet::new(input, &mut errors);
    if let Some(model) = &model {
        check::check(model, &mut errors);
    }
    let implementation = model.map(|model| expand::expand(&model));
    let mut tokens = errors.into_tokens();
    tokens.extend(implementation);
    tokens
}
