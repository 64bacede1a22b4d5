//! Whether what a function returned is an error.

use std::fmt::{Debug, Display};

use super::labels::Status;

/// A return type that knows whether it is an error.
///
/// `Result` is seen through, also behind an alias; any other type counts as
/// ok unless it implements this.
///
/// ```
/// use std::fmt::Display;
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::Outcome;
///
/// enum Answer {
///     Done,
///     GaveUp(String),
/// }
///
/// impl Outcome for Answer {
///     fn is_error(&self) -> bool {
///         matches!(self, Self::GaveUp(_))
///     }
///
///     fn error(&self) -> Option<&dyn Display> {
///         match self {
///             Self::Done => None,
///             Self::GaveUp(why) => Some(why),
///         }
///     }
/// }
///
/// #[instrument_agent(agent_type = "solver")]
/// fn solve(size: usize) -> Answer {
///     if size > 100 { Answer::GaveUp("too large".to_owned()) } else { Answer::Done }
/// }
///
/// assert!(solve(101).is_error()); // counted with status "error"
/// assert!(!solve(3).is_error());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether it is an error",
    note = "implement `caxton_instrument::Outcome` for it, or write `ok_if` or `error_if` on the function"
)]
pub trait Outcome {
    /// Whether the execution that returned this counts as an error.
    fn is_error(&self) -> bool;

    /// The error as text, for the span; asked only when a subscriber wants
    /// the span.
    fn error(&self) -> Option<&dyn Display> {
        None
    }
}

impl<T, E> Outcome for Result<T, E> {
    fn is_error(&self) -> bool {
        self.is_err()
    }
}

/// What a function returned, judged. Nothing is formatted yet.
#[derive(Clone, Copy)]
pub enum Verdict<'a> {
    /// No error.
    Ok,
    /// An error without text.
    Error,
    /// An error for readers.
    Display(&'a dyn Display),
    /// An error for programmers.
    Debug(&'a dyn Debug),
    /// An error that its own type tells.
    Told(&'a dyn Outcome),
}

impl Verdict<'_> {
    pub(crate) fn status(self) -> Status {
        match self {
            Self::Ok => Status::Ok,
            _ => Status::Error,
        }
    }

    /// This verdict, overruled by what the user's condition says.
    #[must_use]
    pub fn overruled(self, is_error: bool) -> Self {
        match (is_error, self) {
            (false, _) => Self::Ok,
            (true, Self::Ok) => Self::Error,
            (true, error) => error,
        }
    }
}

/// Runs `ok_if`: whether the value is an error.
pub fn ok_if<T: ?Sized>(value: &T, condition: impl FnOnce(&T) -> bool) -> bool {
    !condition(value)
}

/// Runs `error_if`: whether the value is an error.
pub fn error_if<T: ?Sized>(value: &T, condition: impl FnOnce(&T) -> bool) -> bool {
    condition(value)
}

/// Picks, by method look-up at the call site, the first of the traits below
/// that applies to `T`: each is implemented for one reference less than the
/// one before it.
pub struct Probe<'v, T: ?Sized>(pub &'v T);

/// A `Result` whose error can be displayed.
pub trait ByDisplay<'v> {
    /// The verdict on the probed value.
    fn __caxton_verdict(&self) -> Verdict<'v>;
}

impl<'v, T, E: Display> ByDisplay<'v> for &&&Probe<'v, Result<T, E>> {
    #[inline]
    fn __caxton_verdict(&self) -> Verdict<'v> {
        match self.0 {
            Ok(_) => Verdict::Ok,
            Err(error) => Verdict::Display(error),
        }
    }
}

/// A `Result` whose error can be debugged.
pub trait ByDebug<'v> {
    /// The verdict on the probed value.
    fn __caxton_verdict(&self) -> Verdict<'v>;
}

impl<'v, T, E: Debug> ByDebug<'v> for &&Probe<'v, Result<T, E>> {
    #[inline]
    fn __caxton_verdict(&self) -> Verdict<'v> {
        match self.0 {
            Ok(_) => Verdict::Ok,
            Err(error) => Verdict::Debug(error),
        }
    }
}

/// A type that tells its outcome: the user's, or any other `Result`.
pub trait ByOutcome<'v> {
    /// The verdict on the probed value.
    fn __caxton_verdict(&self) -> Verdict<'v>;
}

impl<'v, T: Outcome> ByOutcome<'v> for &Probe<'v, T> {
    #[inline]
    fn __caxton_verdict(&self) -> Verdict<'v> {
        if self.0.is_error() {
            Verdict::Told(self.0)
        } else {
            Verdict::Ok
        }
    }
}

/// Everything else.
pub trait AnyOutcome<'v> {
    /// The verdict on the probed value.
    fn __caxton_verdict(&self) -> Verdict<'v>;
}

impl<'v, T: ?Sized> AnyOutcome<'v> for Probe<'v, T> {
    #[inline]
    fn __caxton_verdict(&self) -> Verdict<'v> {
        Verdict::Ok
    }
}
