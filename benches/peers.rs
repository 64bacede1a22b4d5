//! The other libraries, each with the same rows.

pub mod functions;
pub mod measured;
pub mod metrics;
pub mod opentelemetry;
pub mod prometheus;
pub mod prometheus_client;
