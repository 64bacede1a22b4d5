//! What a reader gets: a format, and how names are written in it.

use super::escaping::Escaping;

/// A format of the exposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Format {
    /// The Prometheus text format 0.0.4, which everything reads.
    #[default]
    Text,
    /// Version 1.0.0 of it: the same, and names that need it stand in quotes.
    Text1,
    /// OpenMetrics 1.0: with units and the moments at which series began.
    OpenMetrics,
    /// The same text for a reader that knows OpenMetrics as 0.0.1, its draft.
    OpenMetrics0,
    /// Protocol buffers, each family led by its length; with units and the
    /// moments at which series began.
    Protobuf,
}

impl Format {
    /// Every format, the one that suits any reader first.
    pub(super) const ALL: [Self; 5] = [
        Self::Text,
        Self::Text1,
        Self::OpenMetrics,
        Self::OpenMetrics0,
        Self::Protobuf,
    ];

    /// Whether names can be written as they are: the first versions have no
    /// quotes.
    pub(super) const fn knows_utf8(self) -> bool {
        !matches!(self, Self::Text | Self::OpenMetrics0)
    }
}

/// A [`Format`], and how names are written in it that need an [`Escaping`].
///
/// ```
/// use caxton_instrument_export::exposition::{Escaping, Format, Representation};
///
/// let asked = Representation::negotiate("text/plain;version=1.0.0;escaping=dots");
/// assert_eq!(asked, Representation::new(Format::Text1, Escaping::Dots));
/// assert_eq!(asked.content_type(), "text/plain; version=1.0.0; charset=utf-8; escaping=dots");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Representation {
    format: Format,
    escaping: Escaping,
}

impl Representation {
    /// [`Format::Text`] and [`Format::OpenMetrics0`] have no way to write names
    /// as they are: with [`Escaping::AllowUtf8`] they have underscores.
    #[must_use]
    pub const fn new(format: Format, escaping: Escaping) -> Self {
        let escaping = match escaping {
            Escaping::AllowUtf8 if !format.knows_utf8() => Escaping::Underscores,
            escaping => escaping,
        };
        Self { format, escaping }
    }

    /// The format.
    #[must_use]
    pub const fn format(self) -> Format {
        self.format
    }

    /// How names are written.
    #[must_use]
    pub const fn escaping(self) -> Escaping {
        self.escaping
    }

    /// The `Content-Type`. It names the escaping where the version of a format
    /// asks for that, and where it is not what all readers expect.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        macro_rules! with_escaping {
            ($format:literal) => {
                match self.escaping {
                    Escaping::Underscores => concat!($format, "; escaping=underscores"),
                    Escaping::AllowUtf8 => concat!($format, "; escaping=allow-utf-8"),
                    Escaping::Dots => concat!($format, "; escaping=dots"),
                    Escaping::Values => concat!($format, "; escaping=values"),
                }
            };
        }
        macro_rules! with_other_escaping {
            ($format:literal) => {
                match self.escaping {
                    Escaping::Underscores => $format,
                    _ => with_escaping!($format),
                }
            };
        }
        match self.format {
            Format::Text => with_other_escaping!("text/plain; version=0.0.4; charset=utf-8"),
            Format::Text1 => with_escaping!("text/plain; version=1.0.0; charset=utf-8"),
            Format::OpenMetrics => {
                with_escaping!("application/openmetrics-text; version=1.0.0; charset=utf-8")
            }
            Format::OpenMetrics0 => {
                with_other_escaping!("application/openmetrics-text; version=0.0.1; charset=utf-8")
            }
            Format::Protobuf => with_other_escaping!(
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; \
                 encoding=delimited"
            ),
        }
    }
}

impl From<Format> for Representation {
    /// With names as readers get them that do not say.
    fn from(format: Format) -> Self {
        Self::new(format, Escaping::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ESCAPINGS: [Escaping; 4] = [
        Escaping::Underscores,
        Escaping::AllowUtf8,
        Escaping::Dots,
        Escaping::Values,
    ];

    #[test]
    fn a_content_type_says_how_names_are_written() {
        for format in Format::ALL {
            for escaping in ESCAPINGS {
                let asked = Representation::new(format, escaping);
                let told = asked.content_type();
                assert_eq!(asked.format(), format);
                if escaping == Escaping::AllowUtf8 && !format.knows_utf8() {
                    assert_eq!(asked, format.into());
                    continue;
                }
                assert_eq!(asked.escaping(), escaping);
                let parameter = format!("; escaping={}", escaping.as_str());
                let is_silent = escaping == Escaping::Underscores
                    && !matches!(format, Format::Text1 | Format::OpenMetrics);
                assert_eq!(told.ends_with(&parameter), !is_silent, "{told}");
                assert_eq!(told.matches("escaping").count(), usize::from(!is_silent));
                // What it says is what it is.
                assert_eq!(Representation::negotiate(told), asked, "{told}");
            }
        }
    }
}
