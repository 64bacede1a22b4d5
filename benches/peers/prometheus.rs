//! `prometheus`.

use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
    TextEncoder,
};

use caxton_instrument::LabelValue as _;

use crate::load::{AGENT_TYPES, BOUNDS, Labels, Scraped, pair, sample};
use crate::table::{Row, Table};

pub fn cases(table: &mut Table) {
    let a = IntCounter::new("a", "Row A").unwrap();
    let b = counters("b", &["performative", "priority"]);
    let c = counters("c", &["performative", "agent_type"]);
    let bound = c.with_label_values(&["inform", "agent-type-1"]);
    let d = Histogram::with_opts(HistogramOpts::new("d", "Row D").buckets(BOUNDS.into())).unwrap();
    let labelled = histograms("d_labelled", &["performative", "priority"]);
    let t = Histogram::with_opts(HistogramOpts::new("t", "Row T").buckets(BOUNDS.into())).unwrap();
    let e = IntGauge::new("e", "Row E").unwrap();
    let name = "prometheus";
    table
        .case(Row::A, name, move |_| a.inc())
        .case(Row::B, name, move |i| {
            let (performative, priority) = pair(i);
            b.with_label_values(&[performative.as_str(), priority.as_str()])
                .inc();
        })
        .case(Row::C, name, move |i| {
            c.with_label_values(&[pair(i).0.as_str(), AGENT_TYPES[i]])
                .inc();
        })
        .case(Row::CBound, name, move |_| bound.inc())
        .case(Row::D, name, move |i| d.observe(sample(i)))
        .case(Row::DLabelled, name, move |i| {
            let (performative, priority) = pair(i);
            labelled
                .with_label_values(&[performative.as_str(), priority.as_str()])
                .observe(sample(i));
        })
        .case(Row::E, name, move |_| {
            e.inc();
            e.dec();
        })
        .case(Row::Timer, name, move |_| drop(t.start_timer()));
}

fn counters(name: &str, labels: &[&str]) -> IntCounterVec {
    IntCounterVec::new(Opts::new(name, "A counter"), labels).unwrap()
}

fn histograms(name: &str, labels: &[&str]) -> HistogramVec {
    let options = HistogramOpts::new(name, "A histogram").buckets(BOUNDS.into());
    HistogramVec::new(options, labels).unwrap()
}

pub struct Prometheus {
    registry: Registry,
    counters: IntCounterVec,
    histograms: HistogramVec,
}

impl Default for Prometheus {
    fn default() -> Self {
        let labels = ["performative", "priority", "agent_type"];
        let peer = Self {
            registry: Registry::new(),
            counters: counters("messages_total", &labels),
            histograms: histograms("handling_seconds", &labels),
        };
        peer.registry
            .register(Box::new(peer.counters.clone()))
            .unwrap();
        peer.registry
            .register(Box::new(peer.histograms.clone()))
            .unwrap();
        peer
    }
}

impl Scraped for Prometheus {
    fn count(&self, labels: Labels) {
        self.counters.with_label_values(&values(labels)).inc();
    }

    fn record(&self, labels: Labels, value: f64) {
        self.histograms
            .with_label_values(&values(labels))
            .observe(value);
    }

    fn scrape(&self, text: &mut String) -> usize {
        text.clear();
        TextEncoder::new()
            .encode_utf8(&self.registry.gather(), text)
            .unwrap();
        text.len()
    }
}

fn values(labels: Labels) -> [&'static str; 3] {
    [
        labels.performative.as_str(),
        labels.priority.as_str(),
        labels.agent_type,
    ]
}
