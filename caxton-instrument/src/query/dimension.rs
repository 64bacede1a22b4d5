//! Units through an expression.

use crate::unit::Unit;

/// The unit of a query's answer: that of a panel's axis, and of a value in an
/// alert's text.
///
/// ```
/// use caxton_instrument::Unit;
/// use caxton_instrument::query::Dimension;
///
/// let traffic = Dimension::of(Unit::Bytes).per_second();
/// assert_eq!(traffic.unit(), Unit::Bytes);
/// assert!(traffic.is_per_second());
/// // Seconds in a second are a share of the time.
/// assert_eq!(Dimension::of(Unit::Seconds).per_second(), Dimension::RATIO);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dimension {
    unit: Unit,
    per_second: bool,
}

impl Dimension {
    /// A share between 0 and 1.
    pub const RATIO: Self = Self::of(Unit::Ratio);

    /// A count of things.
    pub const COUNT: Self = Self::of(Unit::None);

    /// The dimension of samples in a unit.
    #[must_use]
    pub const fn of(unit: Unit) -> Self {
        Self {
            unit,
            per_second: false,
        }
    }

    /// The unit; of a rate, of what is counted.
    #[must_use]
    pub const fn unit(self) -> Unit {
        self.unit
    }

    /// Whether it is a rate.
    #[must_use]
    pub const fn is_per_second(self) -> bool {
        self.per_second
    }

    /// The rate at which it grows.
    #[must_use]
    pub const fn per_second(self) -> Self {
        if matches!(self.unit, Unit::Seconds) && !self.per_second {
            return Self::RATIO;
        }
        Self {
            unit: self.unit,
            per_second: true,
        }
    }

    pub(super) const fn is_same(self, other: Self) -> bool {
        self.unit as u8 == other.unit as u8 && self.per_second == other.per_second
    }

    const fn is_count(self) -> bool {
        matches!(self.unit, Unit::None)
    }

    /// The dimension of one divided by another.
    #[track_caller]
    pub(super) const fn divided_by(self, other: Self) -> Self {
        if self.is_same(other) {
            return Self::RATIO;
        }
        if self.per_second == other.per_second && other.is_count() {
            // Bytes a message, seconds a request.
            return Self::of(self.unit);
        }
        if other.is_same(Self::RATIO) {
            return self;
        }
        panic!(
            "this quotient has no unit of its own: divide by the same unit, by a count or by a \
             ratio"
        )
    }
}

pub(super) const NO_SHARE: &str = "a share is between 0 and 1: of 5 % write 0.05";

pub(super) const fn is_share(number: f64) -> bool {
    number >= 0.0 && number <= 1.0
}

/// A share that is stated as a number.
///
/// # Panics
///
/// When it is none, which in a constant does not compile.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn share(number: f64) -> f64 {
    assert!(is_share(number), "{}", NO_SHARE);
    number
}
