//! `#[derive(MetricSet)]`: a struct whose fields are metrics.

mod args;
pub(crate) mod buckets;
mod check;
mod expand;
mod field_args;
pub(crate) mod model;
mod naming;
mod sound;
mod units;

use proc_macro2::TokenStream;
use syn::DeriveInput;

pub(crate) use self::args::SetArgs;

use crate::shared::errors::Errors;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let model = model::MetricSet::new(input, &mut errors);
    finish(model, errors)
}

/// The later stages, shared with `agent_metrics!`.
pub(crate) fn finish(model: Option<model::MetricSet>, mut errors: Errors) -> TokenStream {
    let implementation = model.map(|mut model| {
        check::check(&mut model, &mut errors);
        expand::expand(&model)
    });
    let mut tokens = errors.into_tokens();
    tokens.extend(implementation);
    tokens
}
