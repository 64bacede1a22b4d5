//! Whether the program can do its work: named checks of what it depends on, for
//! `/health`, for `/readyz` if it is asked, and as metrics.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use caxton_instrument_export::health::Check;
//!
//! # struct Pool;
//! # impl Pool { async fn ping(&self) -> Result<(), String> { Ok(()) } }
//! # fn main() -> Result<(), caxton_instrument_export::InstallError> {
//! # let (database, cache) = (std::sync::Arc::new(Pool), std::sync::Arc::new(Pool));
//! let postgres = Check::new("postgres", move || {
//!     let database = database.clone();
//!     async move { database.ping().await }
//! });
//! let redis = Check::new("redis", move || {
//!     let cache = cache.clone();
//!     async move { cache.ping().await }
//! });
//! let telemetry = caxton_instrument_export::builder()
//!     .listen("127.0.0.1:9464")
//!     .health(postgres.critical().timeout(Duration::from_millis(500)))
//!     .health(redis)
//!     .install()?;
//! # Ok(())
//! # }
//! ```
//!
//! `/health` then answers
//!
//! ```json
//! {"status":"degraded","checks":{"postgres":{"status":"healthy","latency_ms":2},"redis":{"status":"unhealthy","latency_ms":1,"error":"connection refused"}},"version":"1.0.0","uptime":"2h15m30s"}
//! ```
//!
//! A critical check that fails makes the whole `unhealthy`, and the answer 503;
//! any other makes it `degraded`, with 200.
//!
//! # When checks run
//!
//! When somebody asks, and not more often than [`Settings::cache_for`] allows:
//! a thousand requests at once run one round of checks. A scrape of `/metrics`
//! asks too, without waiting. While a round is under way, an answer that is not
//! older than [`Settings::stale_for`] is given at once.
//!
//! Each check runs on a thread of the asking runtime's blocking pool, so that
//! one that blocks, which it should not, holds up nothing else. One that takes
//! longer than its timeout, or panics, is unhealthy; one that blocks beyond its
//! timeout is not started again before it has ended.
//!
//! # As metrics
//!
//! `caxton_instrument_health_check_passing{check}` is 1 or 0 as of the last round,
//! `caxton_instrument_health_checks_total{check,result}` and
//! `caxton_instrument_health_check_duration_seconds{check}` tell what led there.
//! The overall status is not a metric: alert on the check that fails.

mod build;
mod check;
mod meta;
mod report;
mod round;
mod shared;

pub use build::Settings;
pub(crate) use build::Wanted;
pub use check::{Check, Probe, ProbeError, ProbeFuture};
pub(crate) use report::{Report, Status};
pub(crate) use shared::Health;
