//! A label set as declared.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::{Data, DeriveInput, Fields, GenericArgument, PathArguments, Type, Visibility};

use super::args::{self, FieldArgs};
use crate::shared::allow::Allowance;
use crate::shared::errors::Errors;
use crate::shared::{docs, expansion, idents, messages};

pub(super) struct LabelSet {
    pub(super) facade: TokenStream,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) labels: Vec<Label>,
}

pub(super) struct Label {
    pub(super) vis: Visibility,
    pub(super) field: Ident,
    pub(super) constant: Ident,
    pub(super) ty: Type,
    pub(super) name: String,
    /// Where the name is written: the rename, or the field.
    pub(super) span: Span,
    /// The bound of an open label.
    pub(super) max_values: Option<u32>,
    pub(super) allowed: Vec<Allowance>,
    pub(super) help: TokenStream,
    /// Whether a mistake was found in it already; then no rule is asked.
    pub(super) broken: bool,
}

impl LabelSet {
    pub(super) fn new(input: &DeriveInput, errors: &mut Errors) -> Option<Self> {
        let facade = args::facade(&input.attrs, errors);
        if !input.generics.params.is_empty() {
            errors.over(&input.generics, messages::LABEL_SET_GENERIC);
            return None;
        }
        let fields = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) if !fields.named.is_empty() => &fields.named,
                Fields::Unnamed(fields) if !fields.unnamed.is_empty() => {
                    errors.at(input.ident.span(), messages::LABEL_SET_SHAPE);
                    return None;
                }
                _ => {
                    errors.at(input.ident.span(), messages::LABEL_SET_EMPTY);
                    return None;
                }
            },
            _ => {
                errors.at(input.ident.span(), messages::LABEL_SET_SHAPE);
                return None;
            }
        };
        Some(Self {
            facade: expansion::facade(facade.as_ref()),
            vis: input.vis.clone(),
            ident: input.ident.clone(),
            labels: fields
                .iter()
                .filter_map(|field| Label::new(field, errors))
                .collect(),
        })
    }
}

impl Label {
    fn new(field: &syn::Field, errors: &mut Errors) -> Option<Self> {
        let before = errors.len();
        let args = FieldArgs::read(&field.attrs, errors);
        let ident = field.ident.clone()?;
        let mut max_values = args.max_values.map(|bound| bound.value);
        let name = args
            .rename
            .as_ref()
            .map_or_else(|| idents::text(&ident), |name| name.value.value());
        if max_values.is_none()
            && let Some(text) = text_type(&field.ty)
        {
            // A bound that did not parse was reported where it stands.
            if errors.len() == before {
                errors.over(&field.ty, messages::label_bound(&name, &text));
            }
            max_values = Some(1);
        }
        Some(Self {
            vis: field.vis.clone(),
            constant: idents::constant(&ident),
            span: args
                .rename
                .map_or_else(|| ident.span(), |name| name.value.span()),
            field: ident,
            ty: field.ty.clone(),
            name,
            max_values,
            allowed: args.allowed,
            help: docs::help(&field.attrs),
            broken: errors.len() > before,
        })
    }
}

/// The type as written when it holds any text.
fn text_type(ty: &Type) -> Option<String> {
    let path = match ty {
        Type::Group(group) => return text_type(&group.elem),
        Type::Paren(paren) => return text_type(&paren.elem),
        Type::Reference(reference) => {
            return text_type(&reference.elem).map(|inner| format!("&{inner}"));
        }
        Type::Path(path) => &path.path,
        _ => return None,
    };
    let last = path.segments.last()?;
    let name = last.ident.to_string();
    match name.as_str() {
        "Text" | "String" | "str" => Some(name),
        "Cow" | "Arc" | "Box" | "Rc" => {
            let PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return None;
            };
            let inner = arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })?;
            text_type(inner)?;
            Some(last.to_token_stream().to_string().replace(' ', ""))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::text_type;
    use syn::parse_quote;

    #[test]
    fn text_is_recognised_by_name() {
        assert_eq!(text_type(&parse_quote!(Text)).as_deref(), Some("Text"));
        assert_eq!(
            text_type(&parse_quote!(std::string::String)).as_deref(),
            Some("String")
        );
        assert_eq!(
            text_type(&parse_quote!(&'static str)).as_deref(),
            Some("&str")
        );
        assert_eq!(
            text_type(&parse_quote!(Arc<str>)).as_deref(),
            Some("Arc<str>")
        );
        assert_eq!(
            text_type(&parse_quote!(Cow<'static, str>)).as_deref(),
            Some("Cow<'static,str>")
        );
        assert_eq!(text_type(&parse_quote!(Performative)), None);
        assert_eq!(text_type(&parse_quote!(Arc<Performative>)), None);
    }
}
