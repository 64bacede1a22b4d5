//! This library over its own recorder: what a scrape reads.

use caxton_instrument::Catalog;
use caxton_instrument::prelude::*;
use caxton_instrument_export::exposition::{Exposition, Format};

use crate::load::{Labels, Performative, Priority, Scraped};
use crate::ours::install;

#[derive(LabelSet)]
struct Three {
    performative: Performative,
    priority: Priority,
    #[label(max_values = 12_500)]
    agent_type: Text,
}

/// What the scrape reads.
#[derive(MetricSet)]
#[metric_set(namespace = "scraped")]
struct ScrapedSet {
    /// A counter.
    #[metric(max_series = 200_000)]
    messages: Counter<Three>,
    /// A histogram.
    #[metric(max_series = 200_000, unit = seconds, buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0])]
    handling: Histogram<Three>,
}

pub struct Ours {
    exposition: Exposition,
    set: &'static ScrapedSet,
}

impl Default for Ours {
    fn default() -> Self {
        Self {
            exposition: Exposition::new(&Catalog::collect().unwrap(), install()),
            set: ScrapedSet::global(),
        }
    }
}

impl Scraped for Ours {
    fn count(&self, labels: Labels) {
        self.set.messages.at(&three(labels)).increment(1);
    }

    fn record(&self, labels: Labels, value: f64) {
        self.set.handling.at(&three(labels)).record(value);
    }

    fn scrape(&self, _: &mut String) -> usize {
        self.exposition.render(Format::Text).len()
    }
}

fn three(labels: Labels) -> ThreeRef<'static> {
    Three::of(labels.performative, labels.priority, labels.agent_type)
}
