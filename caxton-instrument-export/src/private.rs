//! What the expansion of `http_metrics!` names: its caller may have none of it
//! in scope.

pub use caxton_instrument;
pub use caxton_instrument::{Counter, Gauge, Histogram, MetricSet};
