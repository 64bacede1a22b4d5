//! Mistakes that take the whole attribute or the whole function to see.

use proc_macro2::{Span, TokenStream};
use syn::visit::Visit;
use syn::{GenericParam, Item, Path};

use super::args::{Args, Metrics};
use super::function::{Body, Function};
use super::{form, messages};
use crate::shared::errors::Errors;

/// The fields that every span has.
const SPAN_FIELDS: &[&str] = &[
    "agent_type",
    "operation",
    "status",
    "error",
    "otel.status_code",
];

pub(super) fn check(args: &Args, function: &Function, errors: &mut Errors) {
    let sig = &function.sig;
    if let Some(constness) = &sig.constness {
        errors.over(constness, messages::CONST_FN);
    }
    if let Some(variadic) = &sig.variadic {
        errors.over(variadic, messages::VARIADIC);
    }
    let track_caller = function
        .attrs
        .iter()
        .find(|attr| attr.path().is_ident("track_caller"));
    if let (Some(attr), None) = (track_caller, &sig.asyncness) {
        errors.over(attr, messages::TRACK_CALLER);
    }
    if let (Some(ty), None) = (form::stream(&sig.output), &sig.asyncness) {
        errors.over(ty, messages::STREAM);
    }
    if matches!(function.body, Body::None) {
        errors.over(&sig.ident, messages::NO_BODY);
    }
    if !args.has_agent_type() && errors.len() == 0 {
        errors.at(Span::call_site(), messages::NO_AGENT_TYPE);
    }
    if let (Some(_), Some(error_if)) = (&args.ok_if, &args.error_if) {
        errors.at(error_if.key, messages::OK_AND_ERROR);
    }
    span_options(args, errors);
    fields(args, errors);
    set(args, function, errors);
}

fn span_options(args: &Args, errors: &mut Errors) {
    if args.skip_span.is_none() {
        return;
    }
    let options = [
        ("name", args.name.as_ref().map(|slot| slot.key)),
        ("level", args.level.as_ref().map(|slot| slot.key)),
        ("fields", args.fields.as_ref().map(|slot| slot.key)),
        ("agent_id", args.agent_id.as_ref().map(|slot| slot.key)),
    ];
    for (option, key) in options {
        if let Some(key) = key {
            errors.at(key, messages::needs_span(option));
        }
    }
}

fn fields(args: &Args, errors: &mut Errors) {
    let Some(fields) = &args.fields else { return };
    let mut seen: Vec<&str> = Vec::new();
    for field in &fields.value {
        let Some(name) = field.name.as_deref() else {
            continue;
        };
        if name == "agent.id" {
            errors.at(field.span, messages::agent_id_field());
        } else if SPAN_FIELDS.contains(&name) {
            errors.at(field.span, messages::taken_field(name));
        } else if seen.contains(&name) {
            errors.at(field.span, messages::field_twice(name));
        }
        seen.push(name);
    }
}

/// A static cannot name `Self` or a type parameter.
fn set(args: &Args, function: &Function, errors: &mut Errors) {
    let Some(Metrics::Set(set) | Metrics::Instance { set: Some(set), .. }) =
        args.metrics.as_ref().map(|slot| &slot.value)
    else {
        return;
    };
    let params = function
        .sig
        .generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Type(param) => Some(param.ident.to_string()),
            _ => None,
        });
    let mut generic = Generic {
        words: params.chain(["Self".to_owned()]).collect(),
        found: false,
    };
    generic.visit_type(set);
    if generic.found {
        errors.over(set, messages::SELF_SET);
    }
}

struct Generic {
    words: Vec<String>,
    found: bool,
}

impl Visit<'_> for Generic {
    fn visit_path(&mut self, path: &Path) {
        if let Some(first) = path.segments.first() {
            self.found |=
                path.leading_colon.is_none() && self.words.iter().any(|word| first.ident == word);
        }
        syn::visit::visit_path(self, path);
    }
}

/// Reports an item that is no function. What does not parse at all is the
/// compiler's to report.
pub(super) fn not_a_function(item: &TokenStream, errors: &mut Errors) {
    let Ok(item) = syn::parse2::<Item>(item.clone()) else {
        return;
    };
    let methods = "annotate its methods one by one";
    let functions = "annotate the functions that do its work";
    let (kind, instead) = match item {
        Item::Impl(_) => ("an `impl`", methods),
        Item::Trait(_) => (
            "a trait",
            "annotate its default methods, or the methods in each `impl`",
        ),
        Item::Mod(_) => ("a module", "annotate its functions one by one"),
        Item::Struct(_) => ("a struct", "annotate the methods in its `impl`"),
        Item::Enum(_) => ("an enum", "annotate the methods in its `impl`"),
        Item::ForeignMod(_) => (
            "an `extern` block",
            "annotate the functions that call into it",
        ),
        Item::Const(_) => ("a constant", functions),
        Item::Static(_) => ("a static", functions),
        _ => ("this item", functions),
    };
    errors.at(Span::call_site(), messages::not_a_function(kind, instead));
}
