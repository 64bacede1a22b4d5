//! The implementation of `LabelValue`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::model::{LabelValue, Values};
use crate::shared::expansion::{self, at};

pub(super) fn expand(model: &LabelValue) -> TokenStream {
    let ident = &model.ident;
    let (values, index) = match &model.values {
        Values::Variants(variants) => {
            let values = variants.iter().map(|variant| &variant.value);
            let arms = variants.iter().enumerate().map(|(i, variant)| {
                let variant = &variant.ident;
                quote!(Self::#variant { .. } => #i,)
            });
            (quote!(&[#(#values),*]), quote!(match self { #(#arms)* }))
        }
        Values::Newtype(inner) => {
            let inner = quote_spanned!(at(inner.span())=> <#inner as __caxton::LabelValue>);
            (quote!(#inner::VALUES), quote!(#inner::index(self.0)))
        }
    };
    expansion::block(
        &model.facade,
        &quote! {
            #[automatically_derived]
            impl __caxton::LabelValue for #ident {
                const VALUES: &'static [&'static ::core::primitive::str] = #values;
                #[inline]
                fn index(self) -> ::core::primitive::usize {
                    #index
                }
            }
        },
    )
}
