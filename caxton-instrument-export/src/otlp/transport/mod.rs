//! One batch from here to a collector. `signal` says what a batch is, `body`
//! makes bytes of it, `grpc` and `http` make one attempt each, `answer` reads
//! what comes back, `retry` says when to try again, `sender` brings it together.

mod answer;
mod batch;
mod body;
mod cut;
mod grpc;
mod http;
mod retry;
mod sender;
mod signal;
mod tls;
mod told;

pub(crate) use batch::Delivery;
pub(crate) use sender::Sender;
pub(crate) use signal::{Logs, Metrics, Signal, Traces};

/// Who sends, for a collector's own log.
const USER_AGENT: &str = concat!("caxton-instrument/", env!("CARGO_PKG_VERSION"));

/// A connection that is unused for so long is closed. Shorter than what
/// receivers wait, so that none closes one while a batch is written to it.
const IDLE: std::time::Duration = std::time::Duration::from_secs(15);
