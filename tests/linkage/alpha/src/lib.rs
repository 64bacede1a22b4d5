//! Declares metrics; `beta` calls it, so that naming `beta` is enough to link
//! them.

use caxton_instrument::prelude::*;

/// What became of a letter.
#[derive(LabelValue, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// In the box.
    Delivered,
    /// Back at the sender.
    Returned,
}

/// Labels of a letter.
#[derive(LabelSet)]
pub struct LetterLabels {
    /// What became of the letter.
    delivery: Delivery,
}

/// A post office.
#[derive(MetricSet)]
#[metric_set(namespace = "post")]
pub struct PostMetrics {
    /// Letters handled, by what became of them.
    pub letters: Counter<LetterLabels>,
    /// Letters waiting in the office.
    pub letters_waiting: Gauge,
    /// Weight of a letter.
    #[metric(unit = grams, buckets = [20.0, 50.0, 500.0])]
    pub letter_weight: Histogram,
    /// Doors that stand open.
    pub doors: Gauge,
}

/// Delivers a letter.
pub fn deliver() {
    let labels = LetterLabels::of(Delivery::Delivered);
    PostMetrics::global().letters.at(&labels).increment(1);
}
