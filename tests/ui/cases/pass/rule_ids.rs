//! Every rule can be allowed by its id.

use caxton_instrument::prelude::*;
use caxton_instrument::rules::Rule;

/// Everything that can be allowed.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    #[metric(
        name = "Things_p99_gauge_count",
        allow(
            charset, namespace, total_suffix, reserved_suffix, base_unit, unit_suffix,
            type_in_name, precomputed, label_charset, label_reserved, label_in_name,
            label_target, label_identity, label_bound, series_bound, help, buckets,
        ),
        reason = "shows that each rule has its word"
    )]
    things: Gauge,
}

fn main() {
    let allowed: Vec<_> = Metrics::THINGS.descriptor().allowed.iter().map(|a| a.rule).collect();
    assert_eq!(allowed, Rule::ALL);
}
