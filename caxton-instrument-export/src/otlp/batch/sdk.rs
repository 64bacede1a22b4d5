//! Flush and shutdown as the SDK asks for them.

use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};

use crate::otlp::flush::{Flusher, Outcome};

/// The SDK flushes without a deadline.
const FLUSH: Duration = Duration::from_secs(10);

/// Sends what waits.
pub(crate) fn flush(flusher: &Flusher) -> OTelSdkResult {
    result(flusher.ask(FLUSH, false), FLUSH)
}

/// Sends what waits, and takes no more.
pub(crate) fn shutdown(flusher: &Flusher, within: Duration) -> OTelSdkResult {
    result(flusher.ask(within, true), within)
}

fn result(outcome: Outcome, within: Duration) -> OTelSdkResult {
    match outcome {
        Outcome::Delivered => Ok(()),
        Outcome::Lost => Err(OTelSdkError::InternalFailure(String::from(
            "the collector did not take all of it; what is lost is counted",
        ))),
        Outcome::Late => Err(OTelSdkError::Timeout(within)),
        Outcome::Ended => Err(OTelSdkError::AlreadyShutdown),
    }
}
