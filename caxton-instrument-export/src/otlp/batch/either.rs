//! The first of two futures.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

pub(super) enum Either<A, B> {
    First(A),
    Second(B),
}

/// What is ready first; `first` is asked first.
pub(super) async fn either<A: Future, B: Future>(
    first: A,
    second: B,
) -> Either<A::Output, B::Output> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|context| {
        if let Poll::Ready(output) = first.as_mut().poll(context) {
            return Poll::Ready(Either::First(output));
        }
        second.as_mut().poll(context).map(Either::Second)
    })
    .await
}
