//! How far back a query looks.

use std::time::Duration;

/// A span of whole seconds, at least one.
///
/// ```
/// use caxton_instrument::query::{Window, hours, minutes};
///
/// const DAY: Window = hours(24);
/// assert_eq!(DAY.as_secs(), 86_400);
/// assert!(minutes(5) < DAY);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    seconds: u64,
}

impl Window {
    #[track_caller]
    const fn of(count: u32, unit: u64) -> Self {
        assert!(
            count > 0,
            "a window of no time holds no sample: write 1 or more"
        );
        Self {
            seconds: count as u64 * unit,
        }
    }

    /// Its length in seconds.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.seconds
    }

    /// Its length.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

/// So many seconds.
///
/// # Panics
///
/// When it is none, which in a constant does not compile.
#[must_use]
#[track_caller]
pub const fn seconds(count: u32) -> Window {
    Window::of(count, 1)
}

/// So many minutes.
///
/// # Panics
///
/// When it is none, which in a constant does not compile.
#[must_use]
#[track_caller]
pub const fn minutes(count: u32) -> Window {
    Window::of(count, 60)
}

/// So many hours.
///
/// # Panics
///
/// When it is none, which in a constant does not compile.
#[must_use]
#[track_caller]
pub const fn hours(count: u32) -> Window {
    Window::of(count, 3_600)
}

/// So many days of 24 hours.
///
/// # Panics
///
/// When it is none, which in a constant does not compile.
#[must_use]
#[track_caller]
pub const fn days(count: u32) -> Window {
    Window::of(count, 86_400)
}
