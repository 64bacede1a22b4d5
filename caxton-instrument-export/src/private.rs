//! What the expansions of `http_metrics!` and `capacity_alerts!` name: their
//! caller may have none of it in scope.

pub use caxton_instrument;
#[cfg(feature = "server")]
pub use caxton_instrument::{Counter, Gauge, Histogram, MetricSet};

#[cfg(feature = "process")]
pub use crate::process::{bytes, share_of};
