//! A label value as declared: variants with their values, or a newtype.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Data, DeriveInput, Fields, Type};

use super::args::{Case, TypeArgs, rename};
use crate::shared::errors::Errors;
use crate::shared::{expansion, idents, messages};

pub(super) struct LabelValue {
    pub(super) facade: TokenStream,
    pub(super) ident: Ident,
    pub(super) values: Values,
}

pub(super) enum Values {
    Variants(Vec<Variant>),
    Newtype(Box<Type>),
}

pub(super) struct Variant {
    pub(super) ident: Ident,
    pub(super) value: String,
    /// Where the value is written: the rename, or the variant's name.
    pub(super) span: Span,
}

impl LabelValue {
    /// The model, or nothing when the type can be no label value at all.
    pub(super) fn new(input: &DeriveInput, errors: &mut Errors) -> Option<Self> {
        let args = TypeArgs::read(&input.attrs, matches!(input.data, Data::Enum(_)), errors);
        if !input.generics.params.is_empty() {
            errors.over(&input.generics, messages::LABEL_VALUE_GENERIC);
            return None;
        }
        let values = match &input.data {
            Data::Enum(data) if data.variants.is_empty() => {
                errors.at(input.ident.span(), messages::LABEL_VALUE_EMPTY);
                Values::Variants(Vec::new())
            }
            Data::Enum(data) => {
                let case = args
                    .rename_all
                    .as_ref()
                    .map_or(Case::Snake, |case| case.value);
                let variants = data
                    .variants
                    .iter()
                    .map(|variant| Variant::new(variant, case, errors));
                Values::Variants(variants.collect())
            }
            Data::Struct(data) => match &data.fields {
                Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                    Values::Newtype(Box::new(fields.unnamed[0].ty.clone()))
                }
                _ => {
                    errors.at(input.ident.span(), messages::LABEL_VALUE_STRUCT);
                    return None;
                }
            },
            Data::Union(_) => {
                errors.at(input.ident.span(), messages::LABEL_VALUE_UNION);
                return None;
            }
        };
        Some(Self {
            facade: expansion::facade(args.facade.as_ref().map(|path| &path.value)),
            ident: input.ident.clone(),
            values,
        })
    }
}

impl Variant {
    fn new(variant: &syn::Variant, case: Case, errors: &mut Errors) -> Self {
        let name = idents::text(&variant.ident);
        if !matches!(variant.fields, Fields::Unit) {
            errors.over(variant, messages::variant_with_fields(&name));
        }
        let renamed = rename(&variant.attrs, errors);
        Self {
            ident: variant.ident.clone(),
            span: renamed
                .as_ref()
                .map_or_else(|| variant.ident.span(), syn::LitStr::span),
            value: renamed.map_or_else(|| case.apply(&name), |text| text.value()),
        }
    }
}
