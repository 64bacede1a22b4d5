//! Units through an expression, with the factors that it is scaled by.

use caxton_instrument::Unit;

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::lint) struct Quantity {
    pub(in crate::lint) unit: Unit,
    pub(in crate::lint) per_second: bool,
    /// What the base unit was multiplied by: 100 for a percentage, 1000 for
    /// milliseconds, 1/1024³ for gibibytes.
    pub(in crate::lint) scale: f64,
}

impl Quantity {
    pub(in crate::lint) const RATIO: Self = Self::of(Unit::Ratio);
    pub(in crate::lint) const COUNT: Self = Self::of(Unit::None);
    pub(in crate::lint) const SECONDS: Self = Self::of(Unit::Seconds);

    pub(in crate::lint) const fn of(unit: Unit) -> Self {
        Self {
            unit,
            per_second: false,
            scale: 1.0,
        }
    }

    pub(in crate::lint) const fn per_second(mut self) -> Self {
        self.per_second = true;
        self
    }

    pub(in crate::lint) fn times(mut self, factor: f64) -> Self {
        self.scale *= factor;
        self
    }

    /// Multiplied by a number in an expression: to another unit where the number
    /// is one that units differ by, and to more of the same, `2 * x`, otherwise.
    pub(in crate::lint) fn scaled(self, factor: f64) -> Self {
        let size = if factor.abs() < 1.0 {
            1.0 / factor
        } else {
            factor
        };
        let this = self.settled();
        let is_one_of = |steps: &[f64]| {
            steps
                .iter()
                .any(|step| (1..=4).any(|power| (size / step.powi(power) - 1.0).abs() < 1e-9))
        };
        let converts = match this.unit {
            Unit::Seconds => is_one_of(&[1e3, 60.0, 86_400.0]),
            Unit::Bytes => is_one_of(&[1024.0, 1e3, 8.0]),
            Unit::None => this.per_second && is_one_of(&[60.0]),
            _ => false,
        };
        // A percentage may be made before it is divided: `100 * a / b`.
        if converts || (size / 100.0 - 1.0).abs() < 1e-9 {
            self.times(factor)
        } else {
            self
        }
    }

    /// Whether it is in base units.
    pub(in crate::lint) fn is_plain(self) -> bool {
        self.is_scaled(1.0)
    }

    pub(in crate::lint) fn is_scaled(self, scale: f64) -> bool {
        (self.scale / scale - 1.0).abs() < 1e-9
    }

    /// Seconds in a second are a share of the time.
    pub(in crate::lint) fn settled(self) -> Self {
        if self.unit == Unit::Seconds && self.per_second {
            return Self {
                unit: Unit::Ratio,
                per_second: false,
                scale: self.scale,
            };
        }
        self
    }

    pub(in crate::lint) fn is_ratio(self) -> bool {
        self.settled().unit == Unit::Ratio && !self.settled().per_second
    }

    pub(in crate::lint) fn is_count(self) -> bool {
        self.unit == Unit::None
    }

    /// The same unit, however it is scaled.
    pub(in crate::lint) fn is_alike(self, other: Self) -> bool {
        let (left, right) = (self.settled(), other.settled());
        left.unit == right.unit && left.per_second == right.per_second
    }

    /// Whether it is scaled like another; a hundredfold of what is no ratio is
    /// as much of the same.
    pub(in crate::lint) fn has_scale_of(self, other: Self) -> bool {
        let quotient = self.scale / other.scale;
        let is = |factor: f64| (quotient / factor - 1.0).abs() < 1e-9;
        is(1.0) || (!self.is_ratio() && (is(100.0) || is(0.01)))
    }

    pub(in crate::lint) fn divided_by(self, other: Self) -> Option<Self> {
        let scale = self.scale / other.scale;
        if self.unit == other.unit && self.per_second == other.per_second {
            return Some(Self {
                scale,
                ..Self::RATIO
            });
        }
        if self.per_second == other.per_second && other.is_count() {
            return Some(Self {
                scale,
                ..Self::of(self.unit)
            });
        }
        if other.is_ratio() {
            return Some(Self { scale, ..self });
        }
        None
    }

    pub(in crate::lint) fn multiplied_by(self, other: Self) -> Option<Self> {
        let scale = self.scale * other.scale;
        if other.is_ratio() {
            return Some(Self { scale, ..self });
        }
        self.is_ratio().then_some(Self { scale, ..other })
    }

    /// What it is called in messages: `seconds`, `bytes per second`, `a percentage`.
    pub(in crate::lint) fn said(self) -> String {
        let this = self.settled();
        let unit = match this.unit {
            Unit::None => "a count",
            Unit::Ratio => "a ratio",
            other => other.suffix(),
        };
        let scaled = match () {
            () if this.is_plain() => unit,
            () if this.unit == Unit::Ratio && this.is_scaled(100.0) => "a percentage",
            () if this.unit == Unit::Seconds && this.is_scaled(1e3) => "milliseconds",
            () if this.unit == Unit::Seconds && this.is_scaled(1e6) => "microseconds",
            () if this.unit == Unit::Seconds && this.is_scaled(1.0 / 60.0) => "minutes",
            () if this.unit == Unit::Seconds && this.is_scaled(1.0 / 3600.0) => "hours",
            () if this.unit == Unit::Seconds && this.is_scaled(1.0 / 86_400.0) => "days",
            () if this.unit == Unit::Bytes => bytes(this.scale).unwrap_or("scaled bytes"),
            () => return format!("{unit} times {}", this.scale),
        };
        if this.per_second {
            format!("{scaled} per second")
        } else if this.is_count() && this.is_scaled(60.0) {
            String::from("a count per minute")
        } else {
            scaled.into()
        }
    }
}

/// What bytes are called that are divided by as much.
fn bytes(scale: f64) -> Option<&'static str> {
    const NAMES: [(f64, &str); 9] = [
        (1024.0, "KiB"),
        (1_048_576.0, "MiB"),
        (1_073_741_824.0, "GiB"),
        (1_099_511_627_776.0, "TiB"),
        (1e3, "kB"),
        (1e6, "MB"),
        (1e9, "GB"),
        (1e12, "TB"),
        (0.125, "bits"),
    ];
    let named = NAMES
        .iter()
        .find(|(size, _)| (scale * size - 1.0).abs() < 1e-6);
    named.map(|(_, name)| *name)
}
