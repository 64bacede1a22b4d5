//! What the pages' servers say about themselves.

use caxton_instrument::{Counter, LabelSet, LabelValue, MetricSet};

/// Why a client of the pages was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub(super) enum Refusal {
    /// No credentials, or wrong ones: 401.
    Credentials,
    /// The TLS handshake failed, for want of a client's certificate for instance.
    Handshake,
    /// The TLS handshake or the first request took too long.
    Slow,
}

/// Clients that were not answered.
#[derive(LabelSet)]
pub(super) struct RefusalLabels {
    /// Why.
    reason: Refusal,
}

/// The servers of the pages.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton", subsystem = "instrument")]
pub(super) struct ServerMetrics {
    /// Clients of the pages that were not answered, by reason.
    server_refusals: Counter<RefusalLabels>,
}

pub(super) fn refused(reason: Refusal) {
    let labels = RefusalLabels::of(reason);
    ServerMetrics::global()
        .server_refusals
        .at(&labels)
        .increment(1);
}
