//! Functions that are not `async` and may still return a future: told by the
//! type of what they returned.

// The value of a kind picks the method that the call site names.
#![allow(clippy::unused_self)]

use std::future::Future;
use std::pin::Pin;

use super::execution::Execution;
use super::future::measured;
use super::outcome::Verdict;

/// Picks, by method look-up at the call site, the first of the traits below
/// that applies to `T`: each is implemented for one reference less than the
/// one before it.
pub struct Returned<'v, T: ?Sized>(pub &'v T);

type SendBox<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type LocalBox<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A boxed future that is `Send`.
pub trait SendFuture {
    /// How the returned value is measured.
    fn __caxton_kind(&self) -> SendKind {
        SendKind
    }
}

impl<T> SendFuture for &&&Returned<'_, SendBox<'_, T>> {}

/// A boxed future that stays on its thread.
pub trait LocalFuture {
    /// How the returned value is measured.
    fn __caxton_kind(&self) -> LocalKind {
        LocalKind
    }
}

impl<T> LocalFuture for &&Returned<'_, LocalBox<'_, T>> {}

/// Any other future.
pub trait AnyFuture {
    /// How the returned value is measured.
    fn __caxton_kind(&self) -> FutureKind {
        FutureKind
    }
}

impl<F: Future + ?Sized> AnyFuture for &Returned<'_, F> {}

/// No future.
pub trait NoFuture {
    /// How the returned value is measured.
    fn __caxton_kind(&self) -> ValueKind {
        ValueKind
    }
}

impl<T: ?Sized> NoFuture for Returned<'_, T> {}

/// See [`SendFuture`].
pub struct SendKind;
/// See [`LocalFuture`].
pub struct LocalKind;
/// See [`AnyFuture`].
pub struct FutureKind;
/// See [`NoFuture`].
pub struct ValueKind;

impl SendKind {
    /// Moves the execution to the future's polls.
    pub fn finish<'a, T: 'a>(
        self,
        execution: &mut Execution,
        future: SendBox<'a, T>,
        judge: impl FnOnce(&T) -> Verdict<'_> + Send + 'a,
    ) -> SendBox<'a, T> {
        Box::pin(measured(execution.postpone(), future, judge))
    }
}

impl LocalKind {
    /// Moves the execution to the future's polls.
    pub fn finish<'a, T: 'a>(
        self,
        execution: &mut Execution,
        future: LocalBox<'a, T>,
        judge: impl FnOnce(&T) -> Verdict<'_> + 'a,
    ) -> LocalBox<'a, T> {
        Box::pin(measured(execution.postpone(), future, judge))
    }
}

impl FutureKind {
    /// Refuses: the call ends before the work starts, and the type cannot be
    /// wrapped.
    pub fn finish<T: Measurable>(
        self,
        _: &mut Execution,
        future: T,
        _: impl FnOnce(&T) -> Verdict<'_>,
    ) -> T {
        future
    }
}

impl ValueKind {
    /// Ends the execution: the call was the work.
    #[inline]
    pub fn finish<T>(
        self,
        execution: &mut Execution,
        value: T,
        judge: impl FnOnce(&T) -> Verdict<'_>,
    ) -> T {
        execution.finish(judge(&value));
        value
    }
}

/// A future that a function without `async` may return: none but the boxed
/// ones above.
#[diagnostic::on_unimplemented(
    message = "`#[instrument_agent]` cannot time the future `{Self}`",
    label = "a future of a type that cannot be wrapped",
    note = "write `async fn`, or return `impl Future<Output = ..>` or `Pin<Box<dyn Future<Output = ..> + Send>>`"
)]
pub trait Measurable {}
