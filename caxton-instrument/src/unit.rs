//! Base units of measurement.

use core::fmt;

/// The unit of a metric's samples: base units only, as the
/// [Prometheus naming practice](https://prometheus.io/docs/practices/naming/#base-units) asks.
///
/// ```
/// use caxton_instrument::Unit;
///
/// assert_eq!(Unit::Seconds.suffix(), "seconds");
/// assert_eq!(Unit::None.suffix(), "");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Unit {
    /// A plain count of things; adds nothing to the name.
    #[default]
    None,
    /// Seconds, for every duration and time stamp.
    Seconds,
    /// Bytes.
    Bytes,
    /// A share between 0 and 1, never a percentage.
    Ratio,
    /// Metres.
    Meters,
    /// Joules.
    Joules,
    /// Grams.
    Grams,
    /// Degrees Celsius.
    Celsius,
    /// Volts.
    Volts,
    /// Amperes.
    Amperes,
    /// Hertz.
    Hertz,
}

impl Unit {
    /// Every unit that adds a suffix to a name.
    pub const SUFFIXED: [Self; 10] = [
        Self::Seconds,
        Self::Bytes,
        Self::Ratio,
        Self::Meters,
        Self::Joules,
        Self::Grams,
        Self::Celsius,
        Self::Volts,
        Self::Amperes,
        Self::Hertz,
    ];

    /// The word that ends the metric's name, empty for [`Unit::None`].
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Seconds => "seconds",
            Self::Bytes => "bytes",
            Self::Ratio => "ratio",
            Self::Meters => "meters",
            Self::Joules => "joules",
            Self::Grams => "grams",
            Self::Celsius => "celsius",
            Self::Volts => "volts",
            Self::Amperes => "amperes",
            Self::Hertz => "hertz",
        }
    }

    /// The nearest unit of the `metrics` facade, for recorders that want one.
    ///
    /// `metrics` knows no ratio, metre or joule: those read `None` there, and
    /// exporters of this project take the unit from the descriptor instead.
    #[must_use]
    pub const fn as_metrics_unit(self) -> Option<metrics::Unit> {
        match self {
            Self::Seconds => Some(metrics::Unit::Seconds),
            Self::Bytes => Some(metrics::Unit::Bytes),
            _ => None,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.suffix())
    }
}
