//! `opentelemetry_sdk`, read by `opentelemetry-prometheus`.

use caxton_instrument::LabelValue as _;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter, MeterProvider as _};
use opentelemetry_sdk::metrics::{Instrument, SdkMeterProvider, Stream};
use prometheus::{Registry, TextEncoder};

use crate::load::{AGENT_TYPES, BOUNDS, Labels, Scraped, pair, sample};
use crate::table::{Row, Table};

/// Leaked: instruments do nothing once their provider is gone.
fn meter(registry: &Registry) -> Meter {
    let exporter = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .without_target_info()
        .build()
        .unwrap();
    let provider = SdkMeterProvider::builder()
        .with_reader(exporter)
        // Past 2,000 series all else would be one.
        .with_view(|_: &Instrument| {
            Stream::builder()
                .with_cardinality_limit(200_000)
                .build()
                .ok()
        })
        .build();
    let meter = provider.meter("bench");
    Box::leak(Box::new(provider));
    meter
}

pub fn cases(table: &mut Table) {
    let meter = meter(&Registry::new());
    let (a, b, c) = (
        meter.u64_counter("a").build(),
        meter.u64_counter("b").build(),
        meter.u64_counter("c").build(),
    );
    let bounds = || BOUNDS.to_vec();
    let d = meter.f64_histogram("d").with_boundaries(bounds()).build();
    let labelled = meter.f64_histogram("l").with_boundaries(bounds()).build();
    let e = meter.i64_up_down_counter("e").build();

    let a_bound = a.bind(&[]);
    let b_bound: Vec<_> = (0..8).map(|i| b.bind(&closed(i))).collect();
    let c_bound = c.bind(&open(1));
    let d_bound = d.bind(&[]);
    let labelled_bound: Vec<_> = (0..8).map(|i| labelled.bind(&closed(i))).collect();
    let e_bound = e.bind(&[]);
    let (add, bound) = ("opentelemetry_sdk", "opentelemetry_sdk, bound");
    table
        .case(Row::A, add, move |_| a.add(1, &[]))
        .case(Row::A, bound, move |_| a_bound.add(1))
        .case(Row::B, add, move |i| b.add(1, &closed(i)))
        .case(Row::B, bound, move |i| b_bound[i % 8].add(1))
        .case(Row::C, add, move |i| c.add(1, &open(i)))
        .case(Row::CBound, bound, move |_| c_bound.add(1))
        .case(Row::D, add, move |i| d.record(sample(i), &[]))
        .case(Row::D, bound, move |i| d_bound.record(sample(i)))
        .case(Row::DLabelled, add, move |i| {
            labelled.record(sample(i), &closed(i));
        })
        .case(Row::DLabelled, bound, move |i| {
            labelled_bound[i % 8].record(sample(i));
        })
        .case(Row::E, bound, move |_| {
            e_bound.add(1);
            e_bound.add(-1);
        });
}

fn closed(i: usize) -> [KeyValue; 2] {
    let (performative, priority) = pair(i);
    [
        KeyValue::new("performative", performative.as_str()),
        KeyValue::new("priority", priority.as_str()),
    ]
}

fn open(i: usize) -> [KeyValue; 2] {
    [
        KeyValue::new("performative", pair(i).0.as_str()),
        KeyValue::new("agent_type", AGENT_TYPES[i]),
    ]
}

pub struct OpenTelemetry {
    registry: Registry,
    counter: Counter<u64>,
    histogram: Histogram<f64>,
}

impl Default for OpenTelemetry {
    fn default() -> Self {
        let registry = Registry::new();
        let meter = meter(&registry);
        Self {
            counter: meter.u64_counter("messages").build(),
            histogram: meter
                .f64_histogram("handling_seconds")
                .with_boundaries(BOUNDS.to_vec())
                .build(),
            registry,
        }
    }
}

impl Scraped for OpenTelemetry {
    fn count(&self, labels: Labels) {
        self.counter.add(1, &three(labels));
    }

    fn record(&self, labels: Labels, value: f64) {
        self.histogram.record(value, &three(labels));
    }

    fn scrape(&self, text: &mut String) -> usize {
        text.clear();
        TextEncoder::new()
            .encode_utf8(&self.registry.gather(), text)
            .unwrap();
        text.len()
    }
}

fn three(labels: Labels) -> [KeyValue; 3] {
    [
        KeyValue::new("performative", labels.performative.as_str()),
        KeyValue::new("priority", labels.priority.as_str()),
        KeyValue::new("agent_type", labels.agent_type.to_owned()),
    ]
}
