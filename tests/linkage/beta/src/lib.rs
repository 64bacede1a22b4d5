//! Declares metrics and uses those of `alpha`.

use caxton_instrument::prelude::*;

/// A postman's round.
#[derive(MetricSet)]
#[metric_set(namespace = "round")]
pub struct RoundMetrics {
    /// Streets walked.
    pub streets: Counter,
}

/// Walks a street and delivers a letter there.
pub fn walk() {
    RoundMetrics::global().streets.increment(1);
    caxton_linkage_alpha::deliver();
}
