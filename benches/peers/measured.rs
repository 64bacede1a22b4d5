//! `measured`.

use std::sync::Mutex;

use measured::label::StaticLabelSet;
use measured::metric::histogram::Thresholds;
use measured::text::BufferedTextEncoder;
use measured::{Counter, CounterVec, Gauge, Histogram, HistogramVec, LabelGroup, MetricGroup};
use paracord::ParaCord;

use crate::load::{AGENT_TYPES, BOUNDS, Labels, Performative, Priority, Scraped, pair, sample};
use crate::table::{Row, Table};

#[derive(Clone, Copy, LabelGroup)]
#[label(set = ClosedSet)]
struct Closed {
    performative: Performative,
    priority: Priority,
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = OpenSet)]
struct Open<'a> {
    performative: Performative,
    #[label(dynamic_with = ParaCord)]
    agent_type: &'a str,
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = ThreeSet)]
struct Three<'a> {
    performative: Performative,
    priority: Priority,
    #[label(dynamic_with = ParaCord)]
    agent_type: &'a str,
}

pub fn cases(table: &mut Table) {
    let bounds = || Thresholds::with_buckets(BOUNDS);
    let a = Counter::new();
    let b = CounterVec::dense_with_label_set(closed_set());
    let c = CounterVec::with_label_set(OpenSet {
        performative: StaticLabelSet::new(),
        agent_type: ParaCord::default(),
    });
    let d = Histogram::with_metadata(bounds());
    let labelled = HistogramVec::dense_with_label_set_and_metadata(closed_set(), bounds());
    let e = Gauge::new();
    let name = "measured";
    table
        .case(Row::A, name, move |_| a.inc())
        .case(Row::B, name, move |i| b.inc(closed(i)))
        .case(Row::C, name, move |i| {
            c.inc(Open {
                performative: pair(i).0,
                agent_type: AGENT_TYPES[i],
            });
        })
        .case(Row::D, name, move |i| d.observe(sample(i)))
        .case(Row::DLabelled, name, move |i| {
            labelled.observe(closed(i), sample(i));
        })
        .case(Row::E, name, move |_| {
            e.get_metric().inc();
            e.get_metric().dec();
        });
}

fn closed(i: usize) -> Closed {
    let (performative, priority) = pair(i);
    Closed {
        performative,
        priority,
    }
}

fn closed_set() -> ClosedSet {
    ClosedSet {
        performative: StaticLabelSet::new(),
        priority: StaticLabelSet::new(),
    }
}

#[derive(MetricGroup)]
struct Metrics {
    /// A counter
    messages_total: CounterVec<ThreeSet>,
    /// A histogram
    handling_seconds: HistogramVec<ThreeSet, 12>,
}

pub struct Measured {
    metrics: Metrics,
    encoder: Mutex<BufferedTextEncoder>,
}

impl Default for Measured {
    fn default() -> Self {
        let labels = || ThreeSet {
            performative: StaticLabelSet::new(),
            priority: StaticLabelSet::new(),
            agent_type: ParaCord::default(),
        };
        Self {
            metrics: Metrics {
                messages_total: CounterVec::with_label_set(labels()),
                handling_seconds: HistogramVec::with_label_set_and_metadata(
                    labels(),
                    Thresholds::with_buckets(BOUNDS),
                ),
            },
            encoder: Mutex::new(BufferedTextEncoder::new()),
        }
    }
}

impl Scraped for Measured {
    fn count(&self, labels: Labels) {
        self.metrics.messages_total.inc(three(labels));
    }

    fn record(&self, labels: Labels, value: f64) {
        self.metrics.handling_seconds.observe(three(labels), value);
    }

    fn scrape(&self, _: &mut String) -> usize {
        let mut encoder = self.encoder.lock().unwrap();
        self.metrics.collect_group_into(&mut *encoder).unwrap();
        encoder.finish().len()
    }
}

fn three(labels: Labels) -> Three<'static> {
    Three {
        performative: labels.performative,
        priority: labels.priority,
        agent_type: labels.agent_type,
    }
}
