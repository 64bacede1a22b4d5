//! Futures and calls inside an execution.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::execution::{Execution, Prepared};
use super::outcome::Verdict;

/// Calls `body`. The bound makes a closure `FnOnce`, so that it may return a
/// reborrow of what it captured.
#[inline(always)]
#[allow(clippy::inline_always)]
pub fn call<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// `future`, each poll of it and its drop inside `execution`.
///
/// When it is ready the execution is still entered: the outcome is judged, and
/// the execution finished, by whoever awaits this.
#[inline(always)]
#[allow(clippy::inline_always)]
pub fn poll_in<F: Future>(execution: &mut Execution, future: F) -> InExecution<'_, F> {
    InExecution {
        future: Some(future),
        execution,
    }
}

pin_project! {
    /// See [`poll_in`].
    pub struct InExecution<'a, F> {
        // An option, so that it can be dropped inside the span.
        #[pin]
        future: Option<F>,
        execution: &'a mut Execution,
    }

    impl<F> PinnedDrop for InExecution<'_, F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                this.execution.enter_drop();
                this.future.set(None);
                this.execution.leave_drop();
            }
        }
    }
}

impl<F: Future> Future for InExecution<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        this.execution.enter();
        let poll = future.poll(context);
        if poll.is_ready() {
            this.future.set(None);
        } else {
            this.execution.leave();
        }
        poll
    }
}

/// `future`, whose output is `T`: the compiler is told before it reads on.
#[inline(always)]
#[allow(clippy::inline_always)]
pub fn future_of<T, F: Future<Output = T>>(future: F) -> F {
    future
}

/// `future` as an execution that starts when it is first polled; as itself, if
/// the execution had ended.
pub async fn measured<F: Future>(
    prepared: Option<Prepared>,
    future: F,
    judge: impl FnOnce(&F::Output) -> Verdict<'_>,
) -> F::Output {
    let Some(prepared) = prepared else {
        return future.await;
    };
    let mut execution = prepared.start();
    let value = poll_in(&mut execution, future).await;
    execution.finish(judge(&value));
    value
}
