//! The struct and, through the stages of `derive(MetricSet)`, all the rest.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, Type, parse_quote};

use super::args::Declaration;
use crate::metric_set::buckets::Buckets;
use crate::metric_set::model::{Kind, Metric, MetricSet};
use crate::shared::errors::Errors;
use crate::shared::{docs, expansion, messages, words};

/// The name by which `#[instrument_agent]` finds the crate's own set.
const DEFAULT_NAME: &str = "__DefaultAgentMetrics";

/// The bounds of the facade's agent labels, and the number of statuses.
const DEFAULT_AGENT_TYPES: u64 = 50;
const DEFAULT_OPERATIONS: u64 = 200;
const STATUSES: u64 = 4;

pub(super) fn expand(declaration: &Declaration, mut errors: Errors) -> TokenStream {
    let Declaration {
        attrs,
        vis,
        ident,
        set,
        ..
    } = declaration;
    let mut model = MetricSet::empty(
        words::AGENT_METRICS,
        set.clone(),
        vis.clone(),
        ident.clone(),
        &mut errors,
    );
    model.help = docs::help(attrs);
    model.metrics = metrics(declaration, &model, &mut errors);
    let facade = model.facade.clone();
    let fields = model.metrics.iter().map(|metric| {
        let Metric {
            field, ty, help, ..
        } = metric;
        quote!(#[doc = #help] pub #field: #ty,)
    });
    let debug = (!derives(attrs, "Debug")).then(|| quote!(#[derive(::core::fmt::Debug)]));
    let definition = quote! {
        #(#attrs)*
        #debug
        #[allow(clippy::struct_field_names)]
        #vis struct #ident {
            #(#fields)*
        }
    };
    let implementation = expansion::block(
        &facade,
        &quote! {
            #[automatically_derived]
            impl __caxton::AgentMetricSet for #ident {
                const EXECUTIONS: __caxton::MetricRef<__caxton::Counter<__caxton::AgentLabels>> =
                    #ident::EXECUTIONS;
                const EXECUTION_DURATION:
                    __caxton::MetricRef<__caxton::Histogram<__caxton::AgentLabels>> =
                    #ident::EXECUTION_DURATION;
                const EXECUTIONS_ACTIVE:
                    __caxton::MetricRef<__caxton::Gauge<__caxton::ActiveLabels>> =
                    #ident::EXECUTIONS_ACTIVE;

                fn executions(&self) -> &__caxton::Counter<__caxton::AgentLabels> {
                    &self.agent_executions
                }

                fn execution_duration(&self) -> &__caxton::Histogram<__caxton::AgentLabels> {
                    &self.agent_execution_duration
                }

                fn executions_active(&self) -> &__caxton::Gauge<__caxton::ActiveLabels> {
                    &self.agent_executions_active
                }
            }
        },
    );
    let default = declaration
        .default
        .map(|span| default(span, ident, &facade));
    let set = crate::metric_set::finish(Some(model), errors);
    quote! {
        #definition
        #set
        #implementation
        #default
    }
}

/// Whether the user derives `name` already.
fn derives(attrs: &[Attribute], name: &str) -> bool {
    let mut found = false;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("derive")) {
        // What does not parse is the compiler's to report.
        let _: syn::Result<()> = attr.parse_nested_meta(|meta| {
            found |= meta
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == name);
            Ok(())
        });
    }
    found
}

fn metrics(declaration: &Declaration, set: &MetricSet, errors: &mut Errors) -> Vec<Metric> {
    let facade = &set.facade;
    let span = declaration.ident.span();
    let metric =
        |field: &str, constant: &str, kind: Kind, unit: Option<&'static str>, help: &str| {
            let labels = if kind == Kind::Gauge {
                "ActiveLabels"
            } else {
                "AgentLabels"
            };
            let (handle, labels) = (
                format_ident!("{}", kind.variant()),
                format_ident!("{labels}"),
            );
            let ty: Type = parse_quote!(#facade::#handle<#facade::#labels>);
            let mut metric = Metric::plain(Ident::new(field, span), ty, kind, unit, &set.prefix());
            metric.constant = Ident::new(constant, span);
            metric.help = help.to_token_stream();
            let bounds = [
                (
                    "agent_type",
                    &declaration.max_agent_types,
                    DEFAULT_AGENT_TYPES,
                ),
                ("operation", &declaration.max_operations, DEFAULT_OPERATIONS),
            ];
            let mut product = if kind == Kind::Gauge { 1 } else { STATUSES };
            for (label, bound, default) in bounds {
                product *= bound
                    .as_ref()
                    .map_or(default, |bound| u64::from(bound.value));
                if let Some(bound) = bound {
                    metric
                        .max_values
                        .push((Ident::new(label, bound.key), bound.value));
                }
            }
            // What the bounds of the labels allow, where nothing else is stated.
            metric.max_series = Some(
                declaration
                    .max_series
                    .as_ref()
                    .map_or(product, |bound| bound.value),
            );
            metric
        };
    let mut executions = metric(
        "agent_executions",
        "EXECUTIONS",
        Kind::Counter,
        None,
        "Executions of annotated agent functions that ended, by how they ended.",
    );
    // The widest of the three: one over its bound is one mistake.
    executions.labels_place = declaration
        .max_series
        .as_ref()
        .map(|bound| bound.key.into());
    let mut duration = metric(
        "agent_execution_duration",
        "EXECUTION_DURATION",
        Kind::Histogram,
        Some("seconds"),
        "Time from the first step of an execution to its end.",
    );
    if let (Some(native), Some(_)) = (&declaration.native, &declaration.buckets) {
        errors.at(native.key, messages::native_and_buckets(&duration.name));
    }
    duration.native = declaration.native.is_some();
    duration.buckets = match &declaration.buckets {
        Some(buckets) => Some(buckets.value.clone()),
        None if duration.native => None,
        None => Some(Buckets::default_seconds(span)),
    };
    let active = metric(
        "agent_executions_active",
        "EXECUTIONS_ACTIVE",
        Kind::Gauge,
        None,
        "Executions of annotated agent functions under way.",
    );
    vec![executions, duration, active]
}

/// Makes the set the one of all annotated functions of this crate.
fn default(default: Span, ident: &Ident, facade: &TokenStream) -> TokenStream {
    // At `default`: that is where a second one is reported.
    let name = Ident::new(DEFAULT_NAME, expansion::at(default));
    let root = quote!(__caxton::__private::crate_root(::core::module_path!()));
    let check = expansion::block(facade, &expansion::enforce(default.into(), &root));
    let alias = quote_spanned! {name.span()=>
        #[doc(hidden)]
        #[allow(dead_code)]
        pub(crate) type #name = #ident;
    };
    quote!(#alias #check)
}
