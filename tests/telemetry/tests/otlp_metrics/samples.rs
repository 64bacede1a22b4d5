//! OTLP/JSON as Prometheus names it, to compare with what was scraped.

use std::collections::BTreeMap;

use serde_json::Value;

/// A name and its labels, a bucket's bound as a number.
pub(crate) type Sample = (String, BTreeMap<String, String>, Option<u64>);
pub(crate) type Samples = BTreeMap<Sample, f64>;

/// Without what an export changes while it runs.
pub(crate) fn not_of_the_export(samples: &Samples) -> Samples {
    let mut samples = samples.clone();
    samples.retain(|(name, ..), _| !name.starts_with("caxton_instrument_"));
    samples
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Each attribute's value as text.
pub(crate) fn attributes(value: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| match value
        .as_object()
        .and_then(|of_type| of_type.values().next())
    {
        Some(Value::String(text)) => text.clone(),
        other => panic!("{other:?} in {value}"),
    };
    list(value)
        .iter()
        .map(|attribute| {
            let key = attribute["key"].as_str().expect("a key");
            (key.to_owned(), text(&attribute["value"]))
        })
        .collect()
}

/// A number of the format, where 0 is left out and whole ones are text.
pub(crate) fn number(value: &Value) -> f64 {
    match value {
        Value::Null => 0.0,
        Value::String(text) => text.parse().expect("a number"),
        value => value.as_f64().expect("a number"),
    }
}

/// Every data point of the batches; each series once.
#[track_caller]
pub(crate) fn of_batches(batches: &[Value]) -> Samples {
    let mut samples = Samples::new();
    for metric in metrics(batches) {
        let name = metric["name"].as_str().expect("a name");
        let mut insert = |end: &str, point: &Value, bound: Option<f64>, value: f64| {
            let labels = attributes(&point["attributes"]);
            let sample = (format!("{name}{end}"), labels, bound.map(f64::to_bits));
            assert_eq!(samples.insert(sample, value), None, "{name} twice");
        };
        for kind in ["gauge", "sum"] {
            for point in list(&metric[kind]["dataPoints"]) {
                let value = if point["asInt"].is_null() {
                    &point["asDouble"]
                } else {
                    &point["asInt"]
                };
                insert("", point, None, number(value));
            }
        }
        for point in list(&metric["histogram"]["dataPoints"]) {
            let bounds = list(&point["explicitBounds"])
                .iter()
                .map(number)
                .chain([f64::INFINITY]);
            let mut cumulative = 0.0;
            for (bound, count) in bounds.zip(list(&point["bucketCounts"])) {
                cumulative += number(count);
                insert("_bucket", point, Some(bound), cumulative);
            }
            insert("_sum", point, None, number(&point["sum"]));
            insert("_count", point, None, number(&point["count"]));
        }
        for point in list(&metric["exponentialHistogram"]["dataPoints"]) {
            assert_eq!(point["scale"], 3);
            let positive = &point["positive"];
            let (zero, lowest) = (number(&point["zeroCount"]), number(&point["zeroThreshold"]));
            // The view that the text format has: bounds are the powers of four.
            for bound in (0..=20)
                .map(|n| lowest * 4_f64.powi(n))
                .chain([f64::INFINITY])
            {
                let counts = list(&positive["bucketCounts"]).iter().zip(0_i32..);
                let end =
                    |at: i32| 2_f64.powf((number(&positive["offset"]) + f64::from(at) + 1.0) / 8.0);
                let upto = counts
                    .filter(|(_, at)| end(*at) <= bound)
                    .map(|(count, _)| number(count));
                insert("_bucket", point, Some(bound), zero + upto.sum::<f64>());
            }
            insert("_sum", point, None, number(&point["sum"]));
            insert("_count", point, None, number(&point["count"]));
        }
    }
    samples
}

pub(crate) fn metrics(batches: &[Value]) -> impl Iterator<Item = &Value> {
    batches
        .iter()
        .flat_map(|batch| list(&batch["resourceMetrics"]))
        .flat_map(|resource| list(&resource["scopeMetrics"]))
        .flat_map(|scope| list(&scope["metrics"]))
}

/// An exposition. Its label values have neither quotes nor commas.
pub(crate) fn of_text(text: &str) -> Samples {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').expect("a value");
            let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
            let mut labels: BTreeMap<_, _> = labels
                .trim_end_matches('}')
                .split(',')
                .filter_map(|label| label.split_once('='))
                .map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()))
                .collect();
            let bound = labels
                .remove("le")
                .map(|bound| bound.parse::<f64>().expect("a bound").to_bits());
            (
                (name.to_owned(), labels, bound),
                value.parse().expect("a number"),
            )
        })
        .collect()
}
