//! Descriptors, constants, the implementation, the registration and the checks.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::model::{Metric, MetricSet};
use super::sound;
use crate::shared::allow::Allowance;
use crate::shared::expansion::{self, assertion, at, enforce};
use crate::shared::idents;

pub(super) fn expand(set: &MetricSet) -> TokenStream {
    let ident = &set.ident;
    let constant_labels = constant_labels(set);
    let metrics: TokenStream = set
        .metrics
        .iter()
        .enumerate()
        .map(|(i, metric)| descriptor(set, metric, i))
        .collect();
    let set_descriptor = set_descriptor(set);
    let constants = set.metrics.iter().enumerate().map(|(i, metric)| {
        let Metric {
            constant, ty, name, ..
        } = metric;
        let (vis, place) = (&set.vis, descriptor_ident(i));
        let doc = format!("The metric `{name}`, for queries.");
        quote! {
            #[doc = #doc]
            #vis const #constant: __caxton::MetricRef<#ty> = __caxton::MetricRef::new(&#place);
        }
    });
    let implementation = implementation(set);
    let checks: TokenStream = set
        .metrics
        .iter()
        .enumerate()
        .filter(|(_, metric)| !metric.broken)
        .map(|(i, metric)| checks(set, metric, i))
        .collect();
    let registration = set.listed.then(|| {
        quote!(__caxton::__private::submit! { __caxton::__private::Registration::set(&__SET) })
    });
    expansion::block(
        &set.facade,
        &quote! {
            #constant_labels
            #metrics
            #set_descriptor

            #[automatically_derived]
            #[allow(dead_code)]
            impl #ident {
                #(#constants)*
            }

            #implementation
            #registration
            #checks
        },
    )
}

fn descriptor_ident(i: usize) -> Ident {
    format_ident!("__METRIC_{i}")
}

fn constant_labels(set: &MetricSet) -> Option<TokenStream> {
    if set.constant_labels.is_empty() {
        return None;
    }
    let pairs = set.constant_labels.iter().map(|label| {
        let (name, value) = (&label.name, &label.value);
        quote!((#name, #value))
    });
    let checks = set.constant_labels.iter().map(|label| {
        let name = &label.name;
        enforce(
            label.name.span().into(),
            &quote!(__caxton::__private::constant_label(#name)),
        )
    });
    Some(quote! {
        const __CONSTANT_LABELS: &[(&::core::primitive::str, &::core::primitive::str)] =
            __caxton::__private::constant_labels(&[#(#pairs),*]);
        #(#checks)*
    })
}

fn descriptor(set: &MetricSet, metric: &Metric, i: usize) -> TokenStream {
    let Metric {
        name,
        kind,
        ty,
        help,
        ..
    } = metric;
    let place = descriptor_ident(i);
    let kind = format_ident!("{}", kind.variant());
    let (namespace, field) = (&set.namespace, idents::text(&metric.field));
    let mut options = TokenStream::new();
    if metric.fractional {
        options.extend(quote!(.with_fractions()));
    }
    let unit = format_ident!("{}", metric.unit.unwrap_or("None"));
    let labels = if metric.is_labelled() {
        let declared = quote_spanned!(at(ty.span())=> <#ty as __caxton::Metric>::LABELS);
        if metric.max_values.is_empty() {
            declared
        } else {
            bounded(metric, &declared)
        }
    } else {
        quote!(&[])
    };
    let buckets = metric
        .buckets
        .as_ref()
        .map_or_else(|| quote!(&[]), |buckets| buckets.tokens.clone());
    if !set.constant_labels.is_empty() {
        options.extend(quote!(.with_constant_labels(__CONSTANT_LABELS)));
    }
    if metric.native {
        options.extend(quote!(.with_native(__caxton::NativeBuckets::of(__caxton::Unit::#unit))));
    }
    if let Some(bound) = metric.max_series {
        options.extend(quote!(.with_max_series(#bound)));
    }
    if let Some(stability) = &metric.stability {
        options.extend(quote!(.with_stability(#stability)));
    }
    if !metric.replaces.is_empty() {
        let older = metric
            .replaces
            .iter()
            .map(|(name, reason)| quote!(__caxton::Replaced::new(#name, #reason)));
        options.extend(quote!(.with_replaces(&[#(#older),*])));
    }
    if let Some(allowed) = Allowance::list(&metric.allowed) {
        options.extend(quote!(.with_allowed(#allowed)));
    }
    let declared = if let Some((line, column)) = metric.place.within(&set.place) {
        quote!(__caxton::__private::metric(
            &__SET,
            __caxton::MetricKind::#kind,
            #name,
            #help,
            #field,
            __caxton::Unit::#unit,
            #labels,
            #buckets,
            #line,
            #column
        ))
    } else {
        // A declarative macro of another file wrote a part of the set.
        let location = metric.place.tokens();
        quote!(
            __caxton::MetricDescriptor::new(__caxton::MetricKind::#kind, #name, #location)
                .with_help(#help)
                .with_namespace(#namespace)
                .with_field(#field)
                .with_unit(__caxton::Unit::#unit)
                .with_labels(#labels)
                .with_buckets(#buckets)
        )
    };
    quote!(static #place: __caxton::MetricDescriptor = #declared #options;)
}

/// The declared labels with the bounds of this metric.
fn bounded(metric: &Metric, declared: &TokenStream) -> TokenStream {
    let bounds = metric.max_values.iter().map(|(label, bound)| {
        let label = idents::text(label);
        quote!((#label, #bound))
    });
    quote! {{
        const __DECLARED: &[__caxton::LabelDescriptor] = #declared;
        const __BOUNDED: &[__caxton::LabelDescriptor] =
            &__caxton::__private::bounded::<{ __DECLARED.len() }>(__DECLARED, &[#(#bounds),*]);
        __BOUNDED
    }}
}

fn set_descriptor(set: &MetricSet) -> TokenStream {
    let MetricSet {
        ident,
        help,
        namespace,
        ..
    } = set;
    let name = idents::text(ident);
    let location = set.place.tokens();
    let metrics = (0..set.metrics.len()).map(descriptor_ident);
    quote! {
        static __SET: __caxton::SetDescriptor =
            __caxton::SetDescriptor::new(#name, #location)
                .with_help(#help)
                .with_namespace(#namespace)
                .with_metrics(&[#(&#metrics),*]);
    }
}

fn implementation(set: &MetricSet) -> TokenStream {
    let ident = &set.ident;
    let build = if set.complete {
        let fields = set.metrics.iter().enumerate().map(|(i, metric)| {
            let (field, ty, place) = (&metric.field, &metric.ty, descriptor_ident(i));
            quote_spanned!(at(ty.span())=> #field: <#ty as __caxton::Metric>::new(&#place, __scope),)
        });
        quote!(Self { #(#fields)* })
    } else {
        // Never runs: the field that is no metric was refused.
        quote!(::core::unreachable!())
    };
    quote! {
        #[automatically_derived]
        impl __caxton::MetricSet for #ident {
            const SET: &'static __caxton::SetDescriptor = &__SET;

            fn global() -> &'static Self {
                static __GLOBAL: __caxton::__private::Global<#ident> =
                    __caxton::__private::Global::new();
                __caxton::__private::Global::get(&__GLOBAL)
            }

            fn build(__scope: &__caxton::__private::Scope) -> Self {
                #build
            }
        }
    }
}

fn checks(set: &MetricSet, metric: &Metric, i: usize) -> TokenStream {
    let place = descriptor_ident(i);
    let subject = quote!(&#place);
    let mut checks = TokenStream::new();
    if !sound::help(metric, &idents::text(&metric.field)) {
        checks.extend(assertion(
            metric.field.span().into(),
            "metric_help",
            &subject,
        ));
    }
    if set.named && !sound::name(set, metric) {
        checks.extend(assertion(metric.name_span.into(), "metric_name", &subject));
    }
    if let Some(labels) = metric.labels_place
        && (metric.is_labelled() || !set.constant_labels.is_empty())
    {
        checks.extend(assertion(labels, "metric_labels", &subject));
    }
    if let Some(buckets) = metric.buckets.as_ref().filter(|it| !it.is_sound) {
        checks.extend(assertion(buckets.span.into(), "metric_buckets", &subject));
    }
    for (label, _) in &metric.max_values {
        let name = idents::text(label);
        let message = quote!(__caxton::__private::open_label(#place.name, #place.labels, #name));
        checks.extend(enforce(label.span().into(), &message));
    }
    checks
}
