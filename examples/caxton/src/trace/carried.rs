//! The trace as `caxton-instrument-export` carries it.

use axum::Router;
use axum::extract::MatchedPath;
use caxton_instrument_export::propagation::{self, ServerLayer};
use opentelemetry::context::FutureExt as _;

use crate::conversation::Metadata;

/// The metadata of messages that are part of what goes on.
pub(crate) fn current() -> Metadata {
    let mut metadata = Metadata::new();
    propagation::inject(&mut metadata);
    metadata
}

/// Work on a message: its spans are children of the sender's.
pub(crate) fn within<F: Future>(
    metadata: &Metadata,
    work: F,
) -> impl Future<Output = F::Output> + use<F> {
    work.with_context(propagation::extract(metadata))
}

/// The same without waiting.
pub(crate) fn in_scope<T>(metadata: &Metadata, work: impl FnOnce() -> T) -> T {
    let _attached = propagation::extract(metadata).attach();
    work()
}

/// Each request goes on with its caller's trace, in a span of its own.
pub(crate) fn served(router: Router) -> Router {
    let layer = ServerLayer::new();
    router.layer(layer.route(|extensions| extensions.get().map(MatchedPath::as_str)))
}
