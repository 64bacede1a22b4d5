//! The context of whoever spawns a task, for the task.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use opentelemetry::Context;
use opentelemetry::context::{FutureExt as _, WithContext};
use pin_project_lite::pin_project;
use tokio::task::JoinHandle;
use tracing::Span;
use tracing::instrument::{Instrument as _, Instrumented};

use super::context::current;

/// Gives futures the context that they are made in.
///
/// ```
/// use caxton_instrument_export::propagation::InContext as _;
///
/// # async fn index(document: String) {}
/// # async fn work() {
/// let mut tasks = tokio::task::JoinSet::new();
/// for document in [String::from("a"), String::from("b")] {
///     tasks.spawn(index(document).in_current_context());
/// }
/// tasks.join_all().await;
/// # }
/// ```
pub trait InContext: Future + Sized {
    /// The future in the current span, and in the current context of
    /// OpenTelemetry with its baggage, wherever it is polled.
    fn in_current_context(self) -> InCurrentContext<Self> {
        // Inside of the span, which makes a context of its own current: baggage
        // that was attached after it began is in the other one alone.
        let future = self.with_context(current());
        InCurrentContext {
            future: future.instrument(Span::current()),
        }
    }
}

impl<F: Future> InContext for F {}

pin_project! {
    /// A future in the context that it was made in.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct InCurrentContext<F> {
        #[pin]
        future: Instrumented<WithContext<F>>,
    }
}

impl<F: Future> Future for InCurrentContext<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        self.project().future.poll(task)
    }
}

/// [`tokio::spawn`], in the current context.
///
/// # Panics
///
/// Outside of a Tokio runtime, as `tokio::spawn` does.
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    tokio::spawn(future.in_current_context())
}

/// A closure that runs in the context that it is made in, on whatever thread:
/// for `spawn_blocking` and threads.
///
/// ```
/// use caxton_instrument_export::propagation;
///
/// # fn compress() {}
/// let thread = std::thread::spawn(propagation::carry(|| compress()));
/// # thread.join().expect("it ends");
/// ```
pub fn carry<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let (span, context): (Span, Context) = (Span::current(), current());
    move || {
        span.in_scope(|| {
            let _attached = context.attach();
            work()
        })
    }
}
