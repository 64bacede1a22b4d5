//! `Accept` to a format and an escaping
//! ([content negotiation](https://prometheus.io/docs/instrumenting/content_negotiation/)).

use super::escaping::Escaping;
use super::representation::{Format, Representation};

impl Representation {
    /// What an `Accept` header asks for: the highest `q` wins, then what was
    /// named over what a `*` stands for, then what stands first. Text when it
    /// asks for nothing that is written here, since a scraper would rather try
    /// than have nothing.
    ///
    /// Names are escaped as is said with the format, or else with another one:
    /// Prometheus does not say it with protobuf.
    ///
    /// ```
    /// use caxton_instrument_export::exposition::{Escaping, Format, Representation};
    ///
    /// let prometheus = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
    ///     application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;\
    ///     escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
    /// let asked = Representation::negotiate(prometheus);
    /// assert_eq!(asked, Representation::new(Format::OpenMetrics, Escaping::AllowUtf8));
    ///
    /// assert_eq!(Representation::negotiate("text/html,*/*;q=0.8"), Format::Text.into());
    /// assert_eq!(Representation::negotiate(""), Format::Text.into());
    /// ```
    #[must_use]
    pub fn negotiate(accept: &str) -> Self {
        let ranges = || accept.split(',').enumerate().filter_map(Range::parse);
        let mut best = None;
        for format in Format::ALL {
            // The most exact range that covers a format decides about it.
            let Some(range) = ranges()
                .filter_map(|range| Some((range.covers(format)?, range)))
                .max_by_key(|(exact, range)| (*exact, range.quality, usize::MAX - range.at))
            else {
                continue;
            };
            let (exact, range) = range;
            let rank = (range.quality, exact, usize::MAX - range.at);
            if range.quality > 0 && best.is_none_or(|(least, _, _)| rank > least) {
                best = Some((rank, format, range.escaping()));
            }
        }
        let (format, own) = best.map_or((Format::Text, None), |(_, format, own)| (format, own));
        let elsewhere = || {
            ranges()
                .filter(|range| range.quality > 0 && range.escaping().is_some())
                .max_by_key(|range| (range.quality, usize::MAX - range.at))?
                .escaping()
        };
        Self::new(format, own.or_else(elsewhere).unwrap_or_default())
    }
}

impl Format {
    const fn media_type(self) -> (&'static str, &'static str) {
        match self {
            Self::Text | Self::Text1 => ("text", "plain"),
            Self::OpenMetrics | Self::OpenMetrics0 => ("application", "openmetrics-text"),
            Self::Protobuf => ("application", "vnd.google.protobuf"),
        }
    }

    /// Whether a parameter of the media type is right for the format.
    fn suits(self, name: &str, value: &str) -> bool {
        let is = |parameter| name.eq_ignore_ascii_case(parameter);
        match self {
            Self::Text if is("version") => value == "0.0.4",
            Self::Text1 | Self::OpenMetrics if is("version") => value == "1.0.0",
            Self::OpenMetrics0 if is("version") => value == "0.0.1",
            Self::Protobuf if is("proto") => value == "io.prometheus.client.MetricFamily",
            Self::Protobuf if is("encoding") => value == "delimited",
            // One that is not known is as good as none.
            _ if is(ESCAPING) => {
                self.knows_utf8() || Escaping::of_parameter(value) != Some(Escaping::AllowUtf8)
            }
            // `charset` is always UTF-8.
            _ => true,
        }
    }

    /// The parameter without which a range does not say exactly which format
    /// it means.
    const fn telling(self) -> &'static str {
        match self {
            Self::Protobuf => "encoding",
            _ => "version",
        }
    }
}

/// The parameter that says how names are written.
const ESCAPING: &str = "escaping";

/// One part of an `Accept` header.
#[derive(Debug, Clone, Copy)]
struct Range<'a> {
    at: usize,
    kind: &'a str,
    subtype: &'a str,
    parameters: &'a str,
    /// In thousandths.
    quality: u16,
}

impl<'a> Range<'a> {
    /// `None` for what is no media range.
    fn parse((at, text): (usize, &'a str)) -> Option<Self> {
        let (range, parameters) = text.split_once(';').unwrap_or((text, ""));
        let (kind, subtype) = range.trim().split_once('/')?;
        let mut range = Self {
            at,
            kind,
            subtype,
            parameters,
            quality: 1_000,
        };
        if let Some((_, value)) = range.parameters().find(|(name, _)| is_quality(name)) {
            range.quality = quality(value);
        }
        Some(range)
    }

    fn parameters(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.parameters.split(';').filter_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            Some((name.trim(), value.trim().trim_matches('"')))
        })
    }

    fn escaping(&self) -> Option<Escaping> {
        let mut all = self.parameters();
        let (_, value) = all.find(|(name, _)| name.eq_ignore_ascii_case(ESCAPING))?;
        Escaping::of_parameter(value)
    }

    /// How exactly the range means the format; `None` if it does not.
    fn covers(&self, format: Format) -> Option<u8> {
        let (kind, subtype) = format.media_type();
        match (self.kind, self.subtype) {
            ("*", "*") => Some(0),
            (range, "*") if range.eq_ignore_ascii_case(kind) => Some(1),
            (range, sub)
                if range.eq_ignore_ascii_case(kind) && sub.eq_ignore_ascii_case(subtype) =>
            {
                let mut own = self.parameters().filter(|(name, _)| !is_quality(name));
                let told = |name: &str| name.eq_ignore_ascii_case(format.telling());
                let exact = self.parameters().any(|(name, _)| told(name));
                own.all(|(name, value)| format.suits(name, value))
                    .then_some(if exact { 3 } else { 2 })
            }
            _ => None,
        }
    }
}

fn is_quality(name: &str) -> bool {
    name.eq_ignore_ascii_case("q")
}

/// `0.5` in thousandths; what is no quality counts as none stated.
fn quality(text: &str) -> u16 {
    match text.parse::<f64>() {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 1000"
        )]
        Ok(quality) if (0.0..=1.0).contains(&quality) => (quality * 1_000.0).round() as u16,
        _ => 1_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OM: &str = "application/openmetrics-text";

    #[test]
    fn each_reader_gets_what_it_asks_for() {
        // Prometheus 3 as it stands, with protobuf first, and with
        // `scrape_protocols: [PrometheusText0.0.4, OpenMetricsText1.0.0]`.
        let three = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
                     application/openmetrics-text;version=0.0.1;q=0.4,\
                     text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,\
                     text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
        let protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;\
                        encoding=delimited;q=0.6";
        let text_first = "text/plain;version=0.0.4;q=0.6,\
                          application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,*/*;q=0.4";
        // Prometheus 2.42.
        let two = "application/openmetrics-text;version=1.0.0,\
                   application/openmetrics-text;version=0.0.1;q=0.75,\
                   text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        let cases = [
            (three, Format::OpenMetrics),
            (&format!("{protobuf},{three}"), Format::Protobuf),
            (
                &format!("{protobuf},text/plain;version=0.0.4;q=0.3"),
                Format::Protobuf,
            ),
            (protobuf, Format::Protobuf),
            ("application/vnd.google.protobuf", Format::Protobuf),
            (
                "application/vnd.google.protobuf;encoding=text",
                Format::Text,
            ),
            (text_first, Format::Text),
            (two, Format::OpenMetrics),
            ("", Format::Text),
            ("*/*", Format::Text),
            ("text/*", Format::Text),
            ("application/*", Format::OpenMetrics),
            ("text/html,application/xml;q=0.9,*/*;q=0.8", Format::Text),
            ("image/png", Format::Text),
            (OM, Format::OpenMetrics),
            ("Application/OpenMetrics-Text", Format::OpenMetrics),
            (&format!("{OM};version=0.0.1"), Format::OpenMetrics0),
            (
                &format!("{OM}; version=\"1.0.0\"; charset=utf-8"),
                Format::OpenMetrics,
            ),
            (
                &format!("{OM};version=2.0.0, text/plain;q=0.1"),
                Format::Text,
            ),
            (&format!("{OM};version=2.0.0"), Format::Text),
            // Named over `*`, the first over the second, never what has q=0.
            (&format!("*/*, {OM}"), Format::OpenMetrics),
            (&format!("{OM}, text/plain"), Format::OpenMetrics),
            (&format!("text/plain, {OM}"), Format::Text),
            ("text/plain;q=0, */*;q=0.5", Format::OpenMetrics),
            (&format!("{OM};q=0, */*;q=0.5"), Format::Text),
            // The exact range decides, not the one that says more.
            (
                &format!("{OM};version=1.0.0;q=0.1, {OM};q=0.9, text/plain;q=0.5"),
                Format::OpenMetrics0,
            ),
            (",;, /;q=, */;q=x, text;q=1, ;;;", Format::Text),
        ];
        for (accept, format) in cases {
            let asked = Representation::negotiate(accept);
            assert_eq!(asked.format(), format, "{accept}");
        }
    }

    #[test]
    fn names_are_written_as_the_reader_says() {
        let protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;\
                        encoding=delimited;q=0.6";
        let (utf8, dots) = (Escaping::AllowUtf8, Escaping::Dots);
        let underscores = Escaping::Underscores;
        let cases = [
            (
                &*format!("{OM};version=1.0.0;escaping=allow-utf-8"),
                Format::OpenMetrics,
                utf8,
            ),
            (
                &format!("{OM};version=1.0.0"),
                Format::OpenMetrics,
                underscores,
            ),
            // As the page on content negotiation spelled it.
            (
                "text/plain; version=1.0.0; Escaping=\"Allow-UTF8\"",
                Format::Text1,
                utf8,
            ),
            ("text/plain;version=1.0.0", Format::Text1, underscores),
            // What knows quotes, if a version is not said.
            ("text/plain;escaping=allow-utf-8", Format::Text1, utf8),
            (
                &format!("{OM};escaping=allow-utf-8"),
                Format::OpenMetrics,
                utf8,
            ),
            ("text/plain;escaping=values", Format::Text, Escaping::Values),
            // What has no quotes is not read as if it had.
            (
                "text/plain;version=0.0.4;escaping=allow-utf-8",
                Format::Text,
                underscores,
            ),
            (
                &format!("text/plain;version=0.0.4, {OM};escaping=allow-utf-8;q=0.5"),
                Format::Text,
                underscores,
            ),
            // One that nobody knows is as good as none.
            (
                "text/plain;version=1.0.0;escaping=x",
                Format::Text1,
                underscores,
            ),
            // Said with another format, the better one first.
            (
                &format!("{protobuf}, {OM};version=1.0.0;escaping=allow-utf-8;q=0.5"),
                Format::Protobuf,
                utf8,
            ),
            (
                &format!("text/plain;version=0.0.4, {OM};escaping=dots;q=0.5"),
                Format::Text,
                dots,
            ),
            (
                &format!("{protobuf}, text/plain;escaping=values;q=0.1, {OM};escaping=dots;q=0.3"),
                Format::Protobuf,
                dots,
            ),
            (
                &format!("{protobuf}, text/plain;escaping=values;q=0"),
                Format::Protobuf,
                underscores,
            ),
            (protobuf, Format::Protobuf, underscores),
            (
                &format!("{protobuf};escaping=allow-utf-8, {OM};escaping=dots"),
                Format::OpenMetrics,
                dots,
            ),
            ("", Format::Text, underscores),
        ];
        for (accept, format, escaping) in cases {
            let expected = Representation::new(format, escaping);
            assert_eq!(expected.escaping(), escaping);
            assert_eq!(Representation::negotiate(accept), expected, "{accept}");
        }
    }

    #[test]
    fn a_quality_is_a_number_from_0_to_1() {
        let cases = [
            ("0", 0),
            ("0.0005", 1),
            ("0.3", 300),
            ("1", 1_000),
            ("1.000", 1_000),
        ];
        for (text, expected) in cases {
            assert_eq!(quality(text), expected, "{text}");
        }
        for wrong in ["", "x", "-1", "2", "NaN", "inf"] {
            assert_eq!(quality(wrong), 1_000, "{wrong}");
        }
    }
}
