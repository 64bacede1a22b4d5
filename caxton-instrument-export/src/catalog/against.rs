//! Declarations against what a program exposes.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, Metric, Values};
use super::found::{Class, Found};
use super::text::{bound, sentence};
use crate::scrape::{Family, Sample, Scrape};

static UNSEEN: Class = Class::note(
    "not_exposed",
    "it is declared and has no series: nothing has happened yet that it counts, or nothing updates it",
);
static UNDECLARED: Class = Class::error(
    "undeclared_metric",
    "it is exposed and not declared: declare it, or link the crate that does into the catalog",
);
static TYPE: Class = Class::error(
    "exposed_type",
    "its type is not the declared one: the program was built from other declarations",
);
static HELP: Class = Class::error(
    "exposed_help",
    "its help is not the declared one: the program was built from other declarations",
);
static LABELS: Class = Class::error(
    "exposed_labels",
    "its labels are not the declared ones: the program was built from other declarations, or its \
     configuration leaves one out",
);
static VALUES: Class = Class::error(
    "exposed_value",
    "a label has a value that is not declared: the program was built from other declarations",
);
static BUCKETS: Class = Class::error(
    "exposed_buckets",
    "a declared bucket bound is missing: what asks for it is silent",
);

/// What every exposition may have, whoever wrote it
/// ([OpenMetrics](https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#supporting-target-metadata-in-both-push-based-and-pull-based-systems)).
const OF_THE_TARGET: [&str; 2] = ["target", "target_info"];

/// What one exposition says otherwise.
pub(super) fn of(document: &Document, scrape: &Scrape) -> Vec<Found> {
    let mut found = Vec::new();
    let families = families(document);
    for (name, family) in &scrape.families {
        if family.samples.is_empty() || OF_THE_TARGET.contains(&name.as_str()) {
            continue;
        }
        if let Some(metric) = families.get(name.as_str()) {
            compare(metric, family, &mut found);
        } else {
            let series = family.samples.len();
            found.push(UNDECLARED.on(name, format!("{series} samples")));
        }
    }
    found
}

/// What none of the expositions has. An endpoint that is one of several has a
/// part of them all.
pub(super) fn unseen(document: &Document, scrapes: &[Scrape]) -> Vec<Found> {
    let seen = |name: &str| {
        let of = |it: &Scrape| {
            it.families
                .get(name)
                .is_some_and(|it| !it.samples.is_empty())
        };
        scrapes.iter().any(of)
    };
    document
        .metrics
        .iter()
        .filter(|metric| !names(metric).into_iter().any(seen))
        .map(|metric| {
            let source = &metric.source;
            UNSEEN.on(&metric.name, format!("{}:{}", source.file, source.line))
        })
        .collect()
}

fn families(document: &Document) -> BTreeMap<&str, &Metric> {
    let metrics = document.metrics.iter();
    metrics
        .flat_map(|metric| names(metric).into_iter().map(move |name| (name, metric)))
        .collect()
}

/// What its family is called: in OpenMetrics without what the type adds.
fn names(metric: &Metric) -> Vec<&str> {
    let suffix = match metric.kind.as_str() {
        "counter" => "_total",
        "info" => "_info",
        _ => return vec![&metric.name],
    };
    let mut names = vec![metric.name.as_str()];
    names.extend(metric.name.strip_suffix(suffix));
    names
}

fn compare(metric: &Metric, family: &Family, found: &mut Vec<Found>) {
    let mut add = |class: &'static Class, message: String| {
        let one = class.on(&metric.name, message);
        if !found.contains(&one) {
            found.push(one);
        }
    };
    let kind = family.kind.as_deref().unwrap_or("untyped");
    // The text format has no info: a gauge that is 1.
    let is_kind = kind == metric.kind || (metric.kind == "info" && kind == "gauge");
    if !is_kind {
        add(
            &TYPE,
            format!("its type is {kind}, and declared as {}", metric.kind),
        );
        return;
    }
    let help = family.help.as_deref().unwrap_or_default();
    if sentence(help) != sentence(&metric.help) {
        add(
            &HELP,
            format!("{help:?}, and declared as {:?}", sentence(&metric.help)),
        );
    }
    let declared: BTreeSet<_> = metric
        .labels
        .iter()
        .map(|label| label.name.as_str())
        .chain(metric.constant_labels.keys().map(String::as_str))
        .collect();
    for sample in &family.samples {
        let own = own_labels(metric, sample);
        // A label with an empty value is one that is not there.
        let is_empty = |label: &str| sample.labels.get(label).is_none_or(String::is_empty);
        for label in own.difference(&declared) {
            add(&LABELS, format!("label `{label}` is not declared"));
        }
        for label in declared.iter().filter(|label| is_empty(label)) {
            if !allows_empty(metric, label) {
                add(&LABELS, format!("label `{label}` is missing"));
            }
        }
        values(metric, sample, &mut add);
    }
    let exposed: BTreeSet<_> = family
        .samples
        .iter()
        .filter_map(|sample| sample.labels.get("le")?.parse::<f64>().ok())
        .map(f64::to_bits)
        .collect();
    if !exposed.is_empty() {
        for bucket in &metric.buckets {
            if !exposed.contains(&bucket.to_bits()) {
                add(&BUCKETS, format!("bound {} is missing", bound(*bucket)));
            }
        }
    }
}

/// Labels without those of the type.
fn own_labels<'a>(metric: &Metric, sample: &'a Sample) -> BTreeSet<&'a str> {
    let labels = sample.labels.keys().map(String::as_str);
    labels
        .filter(|label| metric.kind != "histogram" || *label != "le")
        .collect()
}

fn allows_empty(metric: &Metric, label: &str) -> bool {
    metric
        .labels
        .iter()
        .filter(|it| it.name == label)
        .any(|it| match &it.values {
            Values::Closed { values } => values.iter().any(String::is_empty),
            Values::Open { .. } => true,
        })
}

fn values(metric: &Metric, sample: &Sample, add: &mut impl FnMut(&'static Class, String)) {
    for label in &metric.labels {
        let (Values::Closed { values }, Some(value)) =
            (&label.values, sample.labels.get(&label.name))
        else {
            continue;
        };
        if !values.contains(value) {
            add(
                &VALUES,
                format!("label `{}` has the value {value:?}", label.name),
            );
        }
    }
    for (name, value) in &metric.constant_labels {
        if let Some(exposed) = sample.labels.get(name)
            && exposed != value
        {
            add(
                &VALUES,
                format!("label `{name}` is {exposed:?}, not {value:?}"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "a test says what it expects")]

    use serde_json::json;

    use super::*;

    fn shop() -> Document {
        let source = json!({
            "crate": "shop", "version": "1", "module": "shop", "file": "src/lib.rs", "line": 1,
            "column": 1,
        });
        let metric = |name: &str, kind: &str, labels, buckets: &[f64]| {
            json!({
                "name": name, "type": kind, "unit": null, "help": "What\n it is.",
                "namespace": "shop", "field": "f", "labels": labels,
                "constant_labels": { "component": "till" }, "buckets": buckets, "native": null,
                "series_bound": 1, "max_series": 1, "stability": { "level": "stable" },
                "replaces": [], "allowed": [], "source": source,
            })
        };
        let way = json!([{ "name": "way", "help": "", "values": ["web", "till"], "allowed": [] }]);
        serde_json::from_value(json!({
            "version": 2, "sets": [], "operations": [],
            "metrics": [
                metric("shop_orders_total", "counter", way, &[]),
                metric("shop_build_info", "info", json!([]), &[]),
                metric("shop_wait_seconds", "histogram", json!([]), &[0.5, 1e6]),
            ],
        }))
        .expect("a document")
    }

    const TEXT: &str = "\
# HELP shop_orders_total What it is.
# TYPE shop_orders_total counter
shop_orders_total{component=\"till\",way=\"web\"} 1
# HELP shop_build_info What it is.
# TYPE shop_build_info gauge
shop_build_info{component=\"till\"} 1
# HELP shop_wait_seconds What it is.
# TYPE shop_wait_seconds histogram
shop_wait_seconds_bucket{component=\"till\",le=\"0.5\"} 1
shop_wait_seconds_bucket{component=\"till\",le=\"1e+06\"} 1
shop_wait_seconds_bucket{component=\"till\",le=\"+Inf\"} 1
shop_wait_seconds_sum{component=\"till\"} 1
shop_wait_seconds_count{component=\"till\"} 1
";

    fn told(text: &str) -> Vec<String> {
        let scrape = Scrape::parse(text).expect("an exposition");
        let document = shop();
        let mut found = of(&document, &scrape);
        found.extend(unseen(&document, &[scrape]));
        found
            .iter()
            .map(|it| format!("{} {} {}", it.class.id, it.subject, it.message))
            .collect()
    }

    #[test]
    fn what_is_declared_is_no_finding() {
        assert_eq!(told(TEXT), Vec::<String>::new());
        let open = TEXT
            .replace("HELP shop_orders_total", "HELP shop_orders")
            .replace("TYPE shop_orders_total", "TYPE shop_orders")
            .replace("TYPE shop_build_info gauge", "TYPE shop_build info")
            .replace("HELP shop_build_info", "HELP shop_build");
        assert_eq!(told(&format!("{open}# EOF\n")), Vec::<String>::new());
    }

    #[test]
    fn what_differs_is() {
        let cases = [
            (
                "way=\"web\"} 1",
                "way=\"phone\"} 1",
                "exposed_value shop_orders_total label `way` has the value \"phone\"",
            ),
            (
                ",way=\"web\"",
                "",
                "exposed_labels shop_orders_total label `way` is missing",
            ),
            (
                "way=\"web\"",
                "way=\"web\",who=\"x\"",
                "exposed_labels shop_orders_total label `who` is not declared",
            ),
            (
                "component=\"till\",way",
                "component=\"bar\",way",
                "exposed_value shop_orders_total label `component` is \"bar\", not \"till\"",
            ),
            (
                "_total counter",
                "_total gauge",
                "exposed_type shop_orders_total its type is gauge, and declared as counter",
            ),
            (
                "# TYPE shop_build_info gauge\n",
                "",
                "exposed_type shop_build_info its type is untyped, and declared as info",
            ),
            (
                "shop_build_info What it is.",
                "shop_build_info What?",
                "exposed_help shop_build_info \"What?\", and declared as \"What it is.\"",
            ),
            (
                "shop_wait_seconds_bucket{component=\"till\",le=\"1e+06\"} 1\n",
                "",
                "exposed_buckets shop_wait_seconds bound 1e+06 is missing",
            ),
            (
                "shop_build_info{component=\"till\"} 1\n",
                "",
                "not_exposed shop_build_info src/lib.rs:1",
            ),
            (
                "# HELP shop_build_info",
                "other 1\n# HELP shop_build_info",
                "undeclared_metric other 1 samples",
            ),
        ];
        for (from, to, expected) in cases {
            assert!(TEXT.contains(from), "{from}");
            assert_eq!(told(&TEXT.replace(from, to)), [expected]);
        }
    }
}
