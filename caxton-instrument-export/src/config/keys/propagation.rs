//! The keys of `[observability.propagation]`.

use crate::config::key::section;
use crate::config::value::{List, Propagator};

section! {
    /// How the context of a trace goes from one service to another.
    Propagation {
        /// The formats that are read and written.
        propagators: List<Propagator> = List::new(vec![Propagator::TraceContext, Propagator::Baggage]);
            otel("OTEL_PROPAGATORS"); needs("otlp"),
    }
}
