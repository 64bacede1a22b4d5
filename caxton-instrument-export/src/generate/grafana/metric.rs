//! The panels of a metric: what its type, its labels and its unit ask for.

use caxton_instrument::query::{Aggregate, Arithmetic, Dimension, Expr, Part};
use caxton_instrument::{LabelDescriptor, LabelValues, MetricDescriptor, MetricKind, Unit};

use super::context::Context;
use super::model::Panel;
use super::queries::{self, MANY};
use super::{text, units};

const QUANTILES: [f64; 3] = [0.5, 0.9, 0.99];

/// All of them, in the order in which they are looked at.
pub(super) fn panels(context: Context<'_>, metric: &'static MetricDescriptor) -> Vec<Panel> {
    let panels = match metric.kind {
        MetricKind::Counter => counter(context, metric),
        MetricKind::Histogram => histogram(context, metric),
        MetricKind::Info => vec![facts(context, metric)],
        _ => gauge(context, metric),
    };
    let about = |panel: Panel| {
        panel
            .described(description(metric))
            .linked(context.page_of(metric))
    };
    panels.into_iter().map(about).collect()
}

/// The one that stands for the metric where there is little room.
pub(super) fn headline(context: Context<'_>, metric: &'static MetricDescriptor) -> Option<Panel> {
    panels(context, metric)
        .into_iter()
        .find(|panel| panel.kind != "heatmap")
}

/// What it is called where people read.
pub(super) fn title(metric: &MetricDescriptor) -> String {
    let sentence = text::subject(metric.help);
    if sentence.is_empty() {
        text::title(metric.name)
    } else {
        sentence
    }
}

fn description(metric: &MetricDescriptor) -> String {
    let help = text::description(metric.help);
    let kind = format!("`{}`, {}", metric.name, metric.kind);
    let unit = metric.unit.suffix();
    if unit.is_empty() {
        format!("{help}\n\n{kind}.")
    } else {
        format!("{help}\n\n{kind} in {unit}.")
    }
}

/// The rate, split by one label after the other.
fn counter(context: Context<'_>, metric: &'static MetricDescriptor) -> Vec<Panel> {
    let unit = unit_of_rate(metric, Dimension::of(metric.unit).per_second());
    let rate = || queries::rate(metric, Part::Value);
    let name = title(metric);
    if metric.labels.is_empty() {
        let sum = queries::by(Aggregate::Sum, &[], rate());
        let panel = Panel::time_series(name, unit).asking_by(context, &sum, &[], false);
        return vec![context.watched(metric, &sum, panel)];
    }
    let split = |label: &LabelDescriptor| {
        let sum = queries::by(Aggregate::Sum, &[label.name], rate());
        let panel = Panel::time_series(format!("{name}, by {}", label.name), unit)
            .asking_by(context, &sum, &[label.name], is_many(label))
            .stacked();
        context.watched(metric, &sum, panel)
    };
    in_reading_order(metric).map(split).collect()
}

/// Closed labels, such as how something ended, are what is looked at first.
fn in_reading_order(
    metric: &'static MetricDescriptor,
) -> impl Iterator<Item = &'static LabelDescriptor> {
    let is_closed = |label: &&LabelDescriptor| matches!(label.values, LabelValues::Closed(_));
    let closed = metric.labels.iter().filter(is_closed);
    let open = metric.labels.iter().filter(move |it| !is_closed(it));
    closed.chain(open)
}

fn is_many(label: &LabelDescriptor) -> bool {
    label.values.bound() > u64::from(MANY)
}

fn unit_of_rate(metric: &MetricDescriptor, dimension: Dimension) -> &'static str {
    let counts_requests = metric.name.ends_with("_requests_total");
    match units::of(dimension) {
        units::RATE if counts_requests => "reqps",
        unit => unit,
    }
}

/// How its samples are distributed, some quantiles, and how many there are.
fn histogram(context: Context<'_>, metric: &'static MetricDescriptor) -> Vec<Panel> {
    let unit = units::of(Dimension::of(metric.unit));
    let name = title(metric);
    let mut quantiles = Panel::time_series(format!("{name}, quantiles"), unit);
    for share in QUANTILES {
        let expr = queries::quantile(metric, share, &[]);
        quantiles = quantiles.asking(context.text(&expr), &percentile(share));
        quantiles = context.watched(metric, &expr, quantiles);
    }
    let mut panels = vec![quantiles];
    for label in in_reading_order(metric) {
        let expr = queries::quantile(metric, 0.99, &[label.name]);
        let of = format!("{name}, {} by {}", percentile(0.99), label.name);
        let panel =
            Panel::time_series(of, unit).asking_by(context, &expr, &[label.name], is_many(label));
        panels.push(context.watched(metric, &expr, panel));
    }
    panels.push(heatmap(context, metric, &name, unit));
    panels
}

fn heatmap(
    context: Context<'_>,
    metric: &'static MetricDescriptor,
    name: &str,
    unit: &'static str,
) -> Panel {
    let (samples, labels): (Part, &[&'static str]) = if metric.native.is_some() {
        (Part::Native, &[])
    } else {
        (Part::Buckets, &["le"])
    };
    let expr = queries::by(Aggregate::Sum, labels, queries::rate(metric, samples));
    Panel::heatmap(format!("{name}, distribution"), unit)
        .asking(context.text(&expr), &context.legend(labels))
}

/// `p99`.
fn percentile(share: f64) -> String {
    format!("p{}", share * 100.0)
}

/// What it is now: added up where that has a meaning, otherwise the largest.
fn gauge(context: Context<'_>, metric: &'static MetricDescriptor) -> Vec<Panel> {
    let name = title(metric);
    if is_moment(metric) {
        return vec![moment(context, metric, name)];
    }
    let unit = units::of(Dimension::of(metric.unit));
    let how = match metric.unit {
        Unit::None | Unit::Bytes | Unit::Joules | Unit::Grams => Aggregate::Sum,
        _ => Aggregate::Max,
    };
    let last = || queries::last(metric, Part::Value);
    if metric.labels.is_empty() {
        let each = queries::by(how, &["job", "instance"], last());
        let panel =
            Panel::time_series(name, unit).asking_by(context, &each, &["job", "instance"], true);
        return vec![context.watched(metric, &each, panel)];
    }
    let split = |label: &LabelDescriptor| {
        let expr = queries::by(how, &[label.name], last());
        let panel = Panel::time_series(format!("{name}, by {}", label.name), unit).asking_by(
            context,
            &expr,
            &[label.name],
            is_many(label),
        );
        context.watched(metric, &expr, panel)
    };
    in_reading_order(metric).map(split).collect()
}

/// Whether its seconds are since 1970, as the
/// [names of time stamps](https://prometheus.io/docs/practices/naming/) end.
fn is_moment(metric: &MetricDescriptor) -> bool {
    metric.unit == Unit::Seconds
        && ["_timestamp_seconds", "_start_time_seconds"]
            .iter()
            .any(|end| metric.name.ends_with(end))
}

fn moment(context: Context<'_>, metric: &'static MetricDescriptor, name: String) -> Panel {
    let labels = ["job", "instance"];
    let last = queries::by(Aggregate::Max, &labels, queries::last(metric, Part::Value));
    let milliseconds = Expr::Arithmetic(
        Box::new(last),
        Arithmetic::Times,
        Box::new(Expr::Number(1_000.0)),
    );
    Panel::stat(name, units::MOMENT).asking(context.text(&milliseconds), &context.legend(&labels))
}

/// A row for each process.
fn facts(context: Context<'_>, metric: &'static MetricDescriptor) -> Panel {
    let mut labels = vec!["job", "instance"];
    labels.extend(metric.labels.iter().map(|label| label.name));
    let expr = queries::by(Aggregate::Max, &labels, queries::last(metric, Part::Value));
    Panel::table(title(metric)).asking(context.text(&expr), "")
}
