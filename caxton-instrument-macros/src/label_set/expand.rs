//! The borrowed twin, the implementations, the constants and the checks.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::model::{Label, LabelSet};
use crate::shared::allow::Allowance;
use crate::shared::expansion::{self, at};

pub(super) fn expand(model: &LabelSet) -> TokenStream {
    let twin = format_ident!("{}Ref", model.ident);
    let definition = definition(model, &twin);
    let inherent = inherent(model, &twin);
    let implementations = implementations(model, &twin);
    let checks = model
        .labels
        .iter()
        .enumerate()
        .filter(|(_, label)| !label.broken)
        .map(|(i, label)| {
            let i = Literal::usize_unsuffixed(i);
            expansion::assertion(label.span.into(), "label", &quote!(&__LABELS[#i]))
        });
    let ident = &model.ident;
    let block = expansion::block(
        &model.facade,
        &quote! {
            #inherent
            #implementations
            const __LABELS: &[__caxton::LabelDescriptor] = <#ident as __caxton::LabelSet>::LABELS;
            #(#checks)*
        },
    );
    quote! {
        #definition
        #block
    }
}

impl Label {
    /// The label's type in the twin and in `of`.
    fn borrowed_type(&self) -> TokenStream {
        match self.max_values {
            Some(_) => quote!(&'a ::core::primitive::str),
            None => {
                let ty = &self.ty;
                quote!(#ty)
            }
        }
    }

    fn descriptor(&self) -> TokenStream {
        let Self { name, ty, help, .. } = self;
        let descriptor = match self.max_values {
            Some(bound) => quote!(open(#name, #bound)),
            None => {
                let values =
                    quote_spanned!(at(ty.span())=> <#ty as __caxton::__private::Closed>::VALUES);
                quote!(closed(#name, #values))
            }
        };
        let help = (help.to_string() != "\"\"").then(|| quote!(.with_help(#help)));
        let allowed = Allowance::list(&self.allowed).map(|allowed| quote!(.with_allowed(#allowed)));
        quote!(__caxton::LabelDescriptor::#descriptor #help #allowed)
    }
}

fn open(model: &LabelSet) -> impl Iterator<Item = &Label> {
    model
        .labels
        .iter()
        .filter(|label| label.max_values.is_some())
}

fn closed(model: &LabelSet) -> impl Iterator<Item = &Label> {
    model
        .labels
        .iter()
        .filter(|label| label.max_values.is_none())
}

fn definition(model: &LabelSet, twin: &Ident) -> TokenStream {
    let LabelSet {
        vis, ident, labels, ..
    } = model;
    let doc = format!("The labels of [`{ident}`], borrowed: what [`{ident}::of`] returns.");
    let fields = labels.iter().map(|label| {
        let Label {
            vis, field, name, ..
        } = label;
        let doc = format!("The label `{name}`.");
        let ty = label.borrowed_type();
        quote!(#[doc = #doc] #vis #field: #ty,)
    });
    // Without an open label nothing borrows, and the lifetime needs a use.
    let lifetime = open(model).next().is_none().then(|| {
        quote! {
            #[doc(hidden)]
            __lifetime: ::core::marker::PhantomData<&'a ()>,
        }
    });
    quote! {
        #[doc = #doc]
        #[allow(dead_code)]
        #vis struct #twin<'a> {
            #(#fields)*
            #lifetime
        }
    }
}

fn inherent(model: &LabelSet, twin: &Ident) -> TokenStream {
    let LabelSet {
        vis, ident, labels, ..
    } = model;
    let constants = labels.iter().map(|label| {
        let Label {
            constant, ty, name, ..
        } = label;
        let doc = format!("The label `{name}`, for queries.");
        quote! {
            #[doc = #doc]
            #vis const #constant: __caxton::LabelRef<#ident, #ty> = __caxton::LabelRef::new(#name);
        }
    });
    let fields: Vec<_> = labels.iter().map(|label| &label.field).collect();
    let types = labels.iter().map(Label::borrowed_type);
    let lifetime = lifetime(model);
    let many = (labels.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    quote! {
        #[automatically_derived]
        #[allow(dead_code)]
        impl #ident {
            #(#constants)*

            /// These labels, borrowed: nothing is allocated.
            #[inline]
            #[must_use]
            #many
            #vis fn of<'a>(#(#fields: #types),*) -> #twin<'a> {
                #twin { #(#fields,)* #lifetime }
            }
        }
    }
}

/// The twin's field for an unused lifetime.
fn lifetime(model: &LabelSet) -> Option<TokenStream> {
    open(model)
        .next()
        .is_none()
        .then(|| quote!(__lifetime: ::core::marker::PhantomData,))
}

fn implementations(model: &LabelSet, twin: &Ident) -> TokenStream {
    let LabelSet { ident, labels, .. } = model;
    let descriptors = labels.iter().map(Label::descriptor);
    let borrowed = labels.iter().map(|label| {
        let Label { field, ty, .. } = label;
        match label.max_values {
            Some(_) => quote_spanned!(at(ty.span())=> #field: <#ty as __caxton::OpenValue>::as_str(&self.#field),),
            None => quote_spanned!(at(ty.span())=> #field: <#ty as __caxton::__private::Closed>::copied(&self.#field),),
        }
    });
    let lifetime = lifetime(model);
    let index = closed(model).map(|label| {
        let Label { field, ty, .. } = label;
        quote_spanned! {at(ty.span())=>
            let __index = __caxton::__private::position(
                __index,
                <#ty as __caxton::__private::Closed>::VALUES.len(),
                <#ty as __caxton::__private::Closed>::index(__labels.#field),
            );
        }
    });
    let twin_name = twin.to_string();
    let open_fields: Vec<_> = open(model).map(|label| &label.field).collect();
    let count = Literal::usize_unsuffixed(open_fields.len());
    quote! {
        #[automatically_derived]
        impl ::core::clone::Clone for #twin<'_> {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }

        #[automatically_derived]
        impl ::core::marker::Copy for #twin<'_> {}

        #[automatically_derived]
        impl ::core::fmt::Debug for #twin<'_> {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __caxton::__private::fmt_labels::<#ident>(#twin_name, *self, __f)
            }
        }

        #[automatically_derived]
        impl __caxton::LabelSet for #ident {
            const LABELS: &'static [__caxton::LabelDescriptor] = &[#(#descriptors),*];

            type Ref<'a> = #twin<'a>;
            type Open<'a> = [&'a ::core::primitive::str; #count];

            #[inline]
            fn borrowed(&self) -> #twin<'_> {
                #twin { #(#borrowed)* #lifetime }
            }

            #[inline]
            fn closed_index(__labels: #twin<'_>) -> ::core::primitive::usize {
                let __index = 0;
                #(#index)*
                __index
            }

            #[inline]
            fn open_values<'a>(
                __labels: <Self as __caxton::LabelSet>::Ref<'a>,
            ) -> <Self as __caxton::LabelSet>::Open<'a> {
                [#(__labels.#open_fields),*]
            }
        }

        #[automatically_derived]
        impl<'a> __caxton::AsLabels<'a, #ident> for &#twin<'a> {
            #[inline]
            fn as_labels(self) -> #twin<'a> {
                *self
            }
        }
    }
}
