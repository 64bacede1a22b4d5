//! What every case updates: the same labels, samples and bounds.

use std::sync::LazyLock;

use caxton_instrument::prelude::*;

/// Bounds of every histogram.
pub const BOUNDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
#[cfg_attr(
    feature = "peers",
    derive(
        measured::FixedCardinalityLabel,
        prometheus_client::encoding::EncodeLabelValue
    )
)]
pub enum Performative {
    Request,
    Inform,
    Refuse,
    Failure,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
#[cfg_attr(
    feature = "peers",
    derive(
        measured::FixedCardinalityLabel,
        prometheus_client::encoding::EncodeLabelValue
    )
)]
pub enum Priority {
    Normal,
    Urgent,
}

/// The closed labels of run `i`: eight combinations in turn.
#[inline]
pub fn pair(i: usize) -> (Performative, Priority) {
    let performative = match i % 4 {
        0 => Performative::Request,
        1 => Performative::Inform,
        2 => Performative::Refuse,
        _ => Performative::Failure,
    };
    let priority = if i % 8 < 4 {
        Priority::Normal
    } else {
        Priority::Urgent
    };
    (performative, priority)
}

/// The sample of run `i`: all buckets are met, some of them more often.
#[inline]
pub fn sample(i: usize) -> f64 {
    let i = i % 64;
    0.0005 * (i * i + 1) as f64
}

macro_rules! agent_types {
    ($($ten:literal)*) => {
        [$(
            concat!("agent-type-", $ten, 0),
            concat!("agent-type-", $ten, 1),
            concat!("agent-type-", $ten, 2),
            concat!("agent-type-", $ten, 3),
            concat!("agent-type-", $ten, 4),
            concat!("agent-type-", $ten, 5),
            concat!("agent-type-", $ten, 6),
            concat!("agent-type-", $ten, 7),
            concat!("agent-type-", $ten, 8),
            concat!("agent-type-", $ten, 9),
        )*]
    };
}

/// Values of the open label of an update, at hand without a test of whether they
/// are made yet.
pub static AGENT_TYPES: [&str; 100] = agent_types!["" 1 2 3 4 5 6 7 8 9];

/// Those of the scrape's families.
pub static MANY_AGENT_TYPES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    (0..12_500)
        .map(|i| &*format!("agent-type-{i}").leak())
        .collect()
});

/// A series of the scrape's families, which have three labels.
#[derive(Clone, Copy)]
pub struct Labels {
    pub performative: Performative,
    pub priority: Priority,
    pub agent_type: &'static str,
}

impl Labels {
    pub fn of(series: usize) -> Self {
        let (performative, priority) = pair(series);
        Self {
            performative,
            priority,
            agent_type: MANY_AGENT_TYPES[series / 8],
        }
    }
}

/// A library with one counter and one histogram of three labels.
pub trait Scraped: Send + Sync {
    fn count(&self, labels: Labels);

    fn record(&self, labels: Labels, value: f64);

    /// Writes the text format, into `text` where the library allows a buffer
    /// of the caller's, and says how long it is.
    fn scrape(&self, text: &mut String) -> usize;
}
