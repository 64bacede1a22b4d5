//! Everything that is counted: `labels` are what series differ in, `declared`
//! are the metrics. Without the feature `instrumented`, `absent` stands in for
//! them, with the same words and no effect.

mod labels;

#[cfg(not(feature = "instrumented"))]
#[path = "metrics/absent.rs"]
mod declared;
#[cfg(feature = "instrumented")]
mod declared;

pub use declared::*;
pub use labels::*;
