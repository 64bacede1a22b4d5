//! Only counters, and nothing said of them.

use caxton_instrument::prelude::*;

/// A till.
#[derive(MetricSet)]
#[metric_set(namespace = "till")]
#[allow(dead_code, reason = "they are only asked about")]
struct Till {
    /// Receipts that were printed.
    receipts: Counter,
    /// Paper that was used.
    #[metric(unit = meters)]
    paper: FloatCounter,
    /// Time that the drawer was open.
    #[metric(unit = seconds)]
    drawer_open: FloatCounter,
}
