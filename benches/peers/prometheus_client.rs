//! `prometheus-client`.

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::load::{AGENT_TYPES, BOUNDS, Labels, Performative, Priority, Scraped, pair, sample};
use crate::table::{Row, Table};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Closed {
    performative: Performative,
    priority: Priority,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Open {
    performative: Performative,
    agent_type: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Three {
    performative: Performative,
    priority: Priority,
    agent_type: String,
}

/// Makes histograms with the bounds of all.
#[derive(Clone)]
struct New;

impl MetricConstructor<Histogram> for New {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BOUNDS)
    }
}

pub fn cases(table: &mut Table) {
    let a = Counter::<u64>::default();
    let b = Family::<Closed, Counter>::default();
    let c = Family::<Open, Counter>::default();
    let bound = c.get_or_create_owned(&open(1));
    let d = New.new_metric();
    let labelled = Family::<Closed, Histogram, New>::new_with_constructor(New);
    let e = Gauge::<i64>::default();
    let name = "prometheus-client";
    table
        .case(Row::A, name, move |_| a.inc())
        .case(Row::B, name, move |i| b.get_or_create(&closed(i)).inc())
        .case(Row::C, name, move |i| c.get_or_create(&open(i)).inc())
        .case(Row::CBound, name, move |_| bound.inc())
        .case(Row::D, name, move |i| d.observe(sample(i)))
        .case(Row::DLabelled, name, move |i| {
            labelled.get_or_create(&closed(i)).observe(sample(i));
        })
        .case(Row::E, name, move |_| {
            e.inc();
            e.dec();
        });
}

fn closed(i: usize) -> Closed {
    let (performative, priority) = pair(i);
    Closed {
        performative,
        priority,
    }
}

fn open(i: usize) -> Open {
    Open {
        performative: pair(i).0,
        agent_type: AGENT_TYPES[i],
    }
}

pub struct Client {
    registry: Registry,
    counters: Family<Three, Counter>,
    histograms: Family<Three, Histogram, New>,
}

impl Default for Client {
    fn default() -> Self {
        let mut registry = Registry::default();
        let counters = Family::default();
        let histograms = Family::new_with_constructor(New);
        registry.register("messages", "A counter", Family::clone(&counters));
        registry.register(
            "handling_seconds",
            "A histogram",
            Family::clone(&histograms),
        );
        Self {
            registry,
            counters,
            histograms,
        }
    }
}

impl Scraped for Client {
    fn count(&self, labels: Labels) {
        self.counters.get_or_create(&three(labels)).inc();
    }

    fn record(&self, labels: Labels, value: f64) {
        self.histograms.get_or_create(&three(labels)).observe(value);
    }

    fn scrape(&self, text: &mut String) -> usize {
        text.clear();
        encode(text, &self.registry).unwrap();
        text.len()
    }
}

fn three(labels: Labels) -> Three {
    Three {
        performative: labels.performative,
        priority: labels.priority,
        agent_type: labels.agent_type.into(),
    }
}
