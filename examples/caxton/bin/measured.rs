//! Telemetry, or nothing at all, see the feature `instrumented`.

#[cfg(not(feature = "instrumented"))]
#[path = "measured/absent.rs"]
mod telemetry;
#[cfg(feature = "instrumented")]
#[path = "measured/installed.rs"]
mod telemetry;

pub(super) use telemetry::Telemetry;
