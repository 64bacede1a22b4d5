//! The static as what it declares, and its registration.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned as _;
use syn::{Ident, ItemStatic, StaticMutability, Type};

use super::{Declared, Parts};
use crate::shared::errors::Errors;
use crate::shared::expansion::{self, at};
use crate::shared::location::Place;
use crate::shared::{docs, idents, messages, words};

pub(super) fn expand<D: Declared>(
    declared: &D,
    item: &ItemStatic,
    mut errors: Errors,
) -> TokenStream {
    let ItemStatic {
        attrs,
        vis,
        mutability,
        ident,
        ty,
        expr,
        ..
    } = item;
    if let StaticMutability::Mut(word) = mutability {
        errors.at(word.span, D::MISTAKES.mutable);
    }
    if let Some((ty, other)) = of_another(ty, D::ATTRIBUTE) {
        errors.at(ty.span(), messages::declares(D::ATTRIBUTE, ty, other));
    }
    let (summary, description) = docs::paragraphs(attrs);
    if summary.is_empty() {
        errors.at(ident.span(), D::MISTAKES.without_summary);
    }
    if errors.len() > 0 {
        // The item as it stands would only add what follows from the mistake.
        return errors.into_tokens();
    }
    let common = declared.common();
    let facade = expansion::facade(common.facade.as_ref().map(|facade| &facade.value));
    let value = declared.value(&Parts {
        name: common
            .name
            .as_ref()
            .map_or_else(|| camel(&idents::text(ident)), |name| name.value.value()),
        summary,
        description,
        location: Place::of(ident.span()).tokens_or_call(),
        expr,
        span: at(expr.span()),
    });
    let registration = format_ident!("{}", D::REGISTRATION);
    let registration = expansion::block(
        &facade,
        &quote! {
            __caxton::__private::submit! {
                __caxton::__private::Registration::#registration(&#ident)
            }
        },
    );
    quote! {
        #(#attrs)*
        // `{agent_type}` is told, not code.
        #[allow(clippy::doc_markdown)]
        #vis static #ident: #ty = {
            use #facade as __caxton;
            #value
        };
        #registration
    }
}

/// A type that another attribute declares, and that attribute.
fn of_another<'a>(ty: &'a Type, attribute: &str) -> Option<(&'a Ident, &'static str)> {
    let Type::Path(path) = ty else {
        return None;
    };
    let word = &path.path.segments.last()?.ident;
    let (_, of) = words::DECLARED.iter().find(|(name, _)| word == name)?;
    (*of != attribute).then_some((word, *of))
}

/// `AGENTS_FAIL` as `AgentsFail`.
fn camel(name: &str) -> String {
    let mut camel = String::new();
    for word in name.split('_') {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.extend(letters.map(|letter| letter.to_ascii_lowercase()));
    }
    camel
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_static_names_what_it_declares() {
        assert_eq!(super::camel("AGENTS_FAIL"), "AgentsFail");
        assert_eq!(super::camel("P99_TOO_HIGH"), "P99TooHigh");
    }
}
