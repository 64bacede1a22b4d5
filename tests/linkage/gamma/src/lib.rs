//! Declares the same names as `alpha` does, each with another mistake.

use caxton_instrument::prelude::*;

/// Labels of a letter, as another team sees them.
#[derive(LabelSet)]
pub struct LetterLabels {
    /// Whether somebody paid.
    paid: bool,
}

/// Another post office.
#[derive(MetricSet)]
#[metric_set(namespace = "post")]
pub struct OtherPostMetrics {
    /// Letters handled, by whether they were paid.
    pub letters: Counter<LetterLabels>,
    /// How long a letter waits.
    #[metric(name = "post_letters_waiting", buckets = [1.0, 2.0])]
    pub letters_waiting: Histogram,
    /// Weight of a letter, counted up.
    #[metric(unit = grams)]
    pub letter_weight: Gauge,
    /// Doors that stand open.
    pub doors: Gauge,
}
