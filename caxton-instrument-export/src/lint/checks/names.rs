//! NAM, CAT and TYP: metrics that a page declares, against the rules for names
//! and against the catalog.

use caxton_instrument::rules::{self, Message};
use caxton_instrument::{Catalog, Location, MetricDescriptor, MetricKind, Unit};

use super::interned::interned;
use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::documented::{self, Documented};
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::promql::{self, Known, Use, UseKind};

pub(super) fn check(document: &Document, context: &Context<'_>, out: &mut Findings) {
    let is_whole =
        document.kind == Kind::Page || (document.kind == Kind::Rust && !document.is_example);
    if !is_whole {
        return;
    }
    let mut seen: Vec<&Documented> = Vec::new();
    let all = context.documented(document);
    for metric in all.filter(|it| it.file == document.file) {
        if let Some(before) = seen.iter().find(|it| it.name == metric.name) {
            twice(metric, before, out);
            continue;
        }
        seen.push(metric);
        judge(metric, context, out);
    }
}

/// One name that stands for two things.
fn twice(metric: &Documented, before: &Documented, out: &mut Findings) {
    let place = before.place;
    if metric.kind.is_some() && before.kind.is_some() && metric.kind != before.kind {
        let message = format!(
            "`{}` is a {} here and a {} in line {}",
            metric.name,
            word(metric.kind),
            word(before.kind),
            place.line
        );
        let remedy = "give each its own name, or one type";
        out.add(Class::Typ, &metric.file, metric.place, message, remedy);
    } else if !metric.help.is_empty()
        && !before.help.is_empty()
        && metric.help != before.help
        && !metric.is_code
        && !before.is_code
    {
        let message = format!(
            "`{}` is declared here and in line {}, as two things",
            metric.name, place.line
        );
        let remedy = "say once what it is, and write the other as a query over it";
        out.add(Class::Drift, &metric.file, metric.place, message, remedy);
    }
}

fn word(kind: Option<MetricKind>) -> &'static str {
    kind.map_or("metric", MetricKind::as_str)
}

fn judge(metric: &Documented, context: &Context<'_>, out: &mut Findings) {
    let catalog = context.catalog;
    if let Some(declared) = declared(catalog, &metric.name) {
        compare(metric, declared, out);
        return;
    }
    if is_foreign(catalog, &metric.name) {
        return;
    }
    let replaced = replacement(catalog, &metric.name);
    let kind = metric.kind.unwrap_or_else(|| match replaced {
        // What took its place knows that it falls.
        Some((it, _)) if it.kind == MetricKind::Gauge => it.kind,
        _ => documented::kind_by_name(&metric.name).unwrap_or(MetricKind::Gauge),
    });
    let named = named(&metric.name, kind);
    for (message, remedy) in &named {
        let declared = replaced.map(|(it, _)| it.location);
        out.add(
            Class::Nam,
            &metric.file,
            metric.place,
            message.as_str(),
            remedy.as_str(),
        )
        .declared = declared;
    }
    let (message, remedy, location) = undeclared(catalog, &metric.name, replaced);
    out.add(Class::Cat, &metric.file, metric.place, message, remedy)
        .declared = location;
}

/// The declaration of a name, or of the histogram whose part it is.
fn declared(catalog: &Catalog, name: &str) -> Option<&'static MetricDescriptor> {
    catalog.metric(name).or_else(|| {
        let base = ["_bucket", "_count", "_sum"]
            .iter()
            .find_map(|end| name.strip_suffix(end))?;
        let metric = catalog.metric(base)?;
        (metric.kind == MetricKind::Histogram).then_some(metric)
    })
}

/// The metric that takes the place of a name, and why.
fn replacement(catalog: &Catalog, name: &str) -> Option<(&'static MetricDescriptor, &'static str)> {
    catalog.metrics().iter().find_map(|metric| {
        let replaced = metric.replaces.iter().find(|it| it.name == name)?;
        Some((*metric, replaced.reason))
    })
}

fn compare(metric: &Documented, declared: &MetricDescriptor, out: &mut Findings) {
    if metric.name != declared.name {
        return;
    }
    let is_gauge = |kind| matches!(kind, MetricKind::Gauge | MetricKind::Info);
    if let Some(kind) = metric.kind
        && kind != declared.kind
        && !(is_gauge(kind) && is_gauge(declared.kind))
    {
        let message = format!("`{}` is no {kind}, it is a {}", metric.name, declared.kind);
        let remedy = format!("write `{}`", declared.kind);
        out.add(Class::Typ, &metric.file, metric.place, message, remedy)
            .declared = Some(declared.location);
    }
    for (label, place) in metric.labels.iter().flatten() {
        let is_declared = declared.labels.iter().any(|it| it.name == label)
            || declared.constant_labels.iter().any(|(it, _)| it == label);
        if is_declared || matches!(label.as_str(), "job" | "instance" | "le" | "quantile") {
            continue;
        }
        let names: Vec<_> = declared.labels.iter().map(|it| it.name).collect();
        let message = format!("`{}` has no label `{label}`", metric.name);
        let remedy = match names.as_slice() {
            [] => String::from("leave it out, the metric has no labels"),
            names => format!("its labels are {}", names.join(", ")),
        };
        out.add(Class::Lbl, &metric.file, *place, message, remedy)
            .declared = Some(declared.location);
    }
}

fn undeclared(
    catalog: &Catalog,
    name: &str,
    replaced: Option<(&'static MetricDescriptor, &'static str)>,
) -> (String, String, Option<Location>) {
    if let Some((metric, reason)) = replaced {
        let because = if reason.is_empty() { "" } else { ": " };
        return (
            format!(
                "`{name}` is documented here; `{}` took its place{because}{reason}",
                metric.name
            ),
            format!("write `{}`", metric.name),
            Some(metric.location),
        );
    }
    let message = format!("`{name}` is documented here and declared nowhere");
    match nearest(catalog, name) {
        Some(near) => (
            message,
            format!("the nearest is `{}`; or declare it", near.name),
            Some(near.location),
        ),
        None => (message, String::from("declare it, or leave it out"), None),
    }
}

/// The metric whose name is nearest, if it is near.
fn nearest(catalog: &Catalog, name: &str) -> Option<&'static MetricDescriptor> {
    const NEAR: f64 = 0.75;
    let distances = catalog
        .metrics()
        .iter()
        .map(|it| (strsim::normalized_damerau_levenshtein(name, it.name), *it));
    distances
        .filter(|(near, _)| *near >= NEAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, metric)| metric)
}

/// What a name breaks of the rules: what is wrong, and what to write.
fn named(name: &str, kind: MetricKind) -> Vec<(String, String)> {
    let Some(name) = interned(name) else {
        return Vec::new();
    };
    let here = Location::new("", 1, 1, "", "", "");
    let metric = MetricDescriptor::new(kind, name, here).with_unit(unit_of(name));
    of_message(&rules::metric_name(&metric))
}

/// The lines of a rule's message, each with what to write instead.
pub(super) fn of_message(message: &Message) -> Vec<(String, String)> {
    let lines = message.as_str().lines();
    lines
        .map(|line| {
            let line = line.trim();
            match line.split_once(": ") {
                Some((wrong, right)) => (wrong.into(), right.into()),
                None => (line.into(), String::new()),
            }
        })
        .collect()
}

fn unit_of(name: &str) -> Unit {
    let end = name.strip_suffix("_total").unwrap_or(name);
    Unit::SUFFIXED
        .into_iter()
        .find(|unit| end.rsplit('_').next() == Some(unit.suffix()))
        .unwrap_or(Unit::None)
}

/// Whether other programs or Prometheus itself have the name.
fn is_foreign(catalog: &Catalog, name: &str) -> bool {
    let faults = promql::check(&Known::new(catalog), name, &Use::new(UseKind::Prose));
    faults.iter().all(|it| it.class != Class::Cat)
}
