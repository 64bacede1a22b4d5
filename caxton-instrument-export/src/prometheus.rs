//! The recorder behind the handles, configured from the catalog.

use std::borrow::Cow;

use caxton_instrument::{Catalog, DEFAULT_SECONDS_BUCKETS, MetricKind};
use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Label, Metadata, Recorder, SharedString, Unit,
};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

/// The exposition format of [`Exposition::render`].
#[cfg(feature = "server")]
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A recorder with the bounds of every declared histogram, and the handle that
/// reads it.
///
/// A histogram of a foreign crate has no declaration to take bounds from. It
/// gets those for seconds, since what is recorded without bounds comes out as
/// a summary, which cannot be aggregated.
pub(crate) fn recorder(catalog: &Catalog) -> Result<(EscapingRecorder, Exposition), BuildError> {
    let mut builder = PrometheusBuilder::new().set_buckets(DEFAULT_SECONDS_BUCKETS)?;
    for metric in catalog.metrics() {
        if metric.kind == MetricKind::Histogram {
            let name = Matcher::Full(String::from(metric.name));
            builder = builder.set_buckets_for_metric(name, metric.buckets)?;
        }
    }
    let recorder = builder.build_recorder();
    let exposition = Exposition(recorder.handle());
    Ok((EscapingRecorder(recorder), exposition))
}

/// What the recorder holds, as text.
#[derive(Debug, Clone)]
pub(crate) struct Exposition(PrometheusHandle);

impl Exposition {
    /// All series: families in the order of their names, series in that of
    /// their labels, so that two scrapes can be compared.
    pub(crate) fn render(&self) -> String {
        let text = self.0.render();
        // No line within a family is empty, so that an empty one ends it.
        let mut families: Vec<_> = text.split("\n\n").filter_map(Family::of).collect();
        families.sort_unstable_by_key(|family| family.name);
        let mut sorted = String::with_capacity(text.len());
        for family in families {
            for part in std::iter::once(family.head).chain(family.series) {
                sorted.push_str(part.trim_end_matches('\n'));
                sorted.push('\n');
            }
        }
        sorted
    }

    /// Moves raw histogram samples into their buckets. Until then each one
    /// takes memory.
    pub(crate) fn run_upkeep(&self) {
        self.0.run_upkeep();
    }
}

/// All series of one name, in the exporter's text.
struct Family<'a> {
    name: &'a str,
    /// The lines for help and type.
    head: &'a str,
    /// The lines of each series, sorted.
    series: Vec<&'a str>,
}

impl<'a> Family<'a> {
    /// `None` for what follows the last family: nothing.
    fn of(text: &'a str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let mut name = "";
        let mut lines = text.split_inclusive('\n').peekable();
        let (mut start, mut end) = (0, 0);
        while let Some(line) = lines.next_if(|line| line.starts_with('#')) {
            end += line.len();
            name = line.strip_prefix("# TYPE ").unwrap_or(name);
        }
        let head = &text[..end];
        let several =
            name.trim_end().ends_with(" histogram") || name.trim_end().ends_with(" summary");
        name = name.split(' ').next()?;
        let mut series = Vec::new();
        start += end;
        for line in lines {
            end += line.len();
            // A distribution is several lines, of which this is the last.
            let last = !several || line.strip_prefix(name)?.starts_with("_count");
            if last {
                series.push(&text[start..end]);
                start = end;
            }
        }
        series.sort_unstable();
        Some(Self { name, head, series })
    }
}

/// Makes the exporter's escaping exact.
///
/// The exporter takes a backslash in front of a backslash or a quote for an
/// escape that the caller has written: `a\b` and `a\\b` come out as the same
/// series, twice, and Prometheus drops one. A text whose backslashes are
/// doubled comes out right, whatever follows them.
#[derive(Debug)]
pub(crate) struct EscapingRecorder(PrometheusRecorder);

impl Recorder for EscapingRecorder {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, help: SharedString) {
        self.0.describe_counter(name, unit, doubled_text(help));
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, help: SharedString) {
        self.0.describe_gauge(name, unit, doubled_text(help));
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, help: SharedString) {
        self.0.describe_histogram(name, unit, doubled_text(help));
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        self.0.register_counter(&doubled_key(key), metadata)
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        self.0.register_gauge(&doubled_key(key), metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        self.0.register_histogram(&doubled_key(key), metadata)
    }
}

fn doubled_text(text: SharedString) -> SharedString {
    if text.contains('\\') {
        SharedString::from(double(&text))
    } else {
        text
    }
}

fn doubled_key(key: &Key) -> Cow<'_, Key> {
    if !key.labels().any(|label| label.value().contains('\\')) {
        return Cow::Borrowed(key);
    }
    let labels: Vec<_> = key
        .labels()
        .map(|label| Label::new(String::from(label.key()), double(label.value())))
        .collect();
    Cow::Owned(Key::from_parts(String::from(key.name()), labels))
}

fn double(text: &str) -> String {
    text.replace('\\', "\\\\")
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrics::Level;

    const METADATA: Metadata<'_> = Metadata::new("tests", Level::INFO, None);

    fn empty() -> (EscapingRecorder, Exposition) {
        let recorder = PrometheusBuilder::new().build_recorder();
        let exposition = Exposition(recorder.handle());
        (EscapingRecorder(recorder), exposition)
    }

    #[test]
    fn every_label_value_comes_out_escaped_and_apart() {
        let cases = [
            (r"a\b", r"a\\b"),
            (r"a\\b", r"a\\\\b"),
            ("a\\\nb", r"a\\\nb"),
            ("a\nb", r"a\nb"),
            ("a\\nb", r"a\\nb"),
            (r#"a"b"#, r#"a\"b"#),
            (r#"a\"b"#, r#"a\\\"b"#),
            (r"a\", r"a\\"),
            ("a\0b", "a\0b"),
        ];
        let (recorder, exposition) = empty();
        for (value, _) in cases {
            let key = Key::from_parts("m_total", vec![Label::new("v", value)]);
            recorder.register_counter(&key, &METADATA).increment(1);
        }
        let text = exposition.render();
        for (value, expected) in cases {
            let line = format!("m_total{{v=\"{expected}\"}} 1\n");
            assert_eq!(text.matches(&line).count(), 1, "{value:?} in\n{text}");
        }
    }

    #[test]
    fn help_comes_out_escaped() {
        let (recorder, exposition) = empty();
        let help = SharedString::from("a\\\\b \"c\"\nd");
        recorder.describe_counter(KeyName::from("m_total"), None, help);
        recorder
            .register_counter(&Key::from_name("m_total"), &METADATA)
            .increment(1);
        let text = exposition.render();
        assert!(
            text.contains("# HELP m_total a\\\\\\\\b \"c\"\\nd\n"),
            "{text}"
        );
    }

    #[test]
    fn a_distribution_stays_together() {
        let recorder = PrometheusBuilder::new()
            .set_buckets(&[1.0])
            .map_or_else(|error| panic!("{error}"), PrometheusBuilder::build_recorder);
        let exposition = Exposition(recorder.handle());
        let recorder = EscapingRecorder(recorder);
        for value in ["b", "a"] {
            let key = Key::from_parts("h", vec![Label::new("v", value)]);
            recorder.register_histogram(&key, &METADATA).record(0.5);
        }
        let one = |v| {
            format!(
                "h_bucket{{v=\"{v}\",le=\"1\"}} 1\nh_bucket{{v=\"{v}\",le=\"+Inf\"}} 1\n\
                 h_sum{{v=\"{v}\"}} 0.5\nh_count{{v=\"{v}\"}} 1\n"
            )
        };
        let expected = format!("# TYPE h histogram\n{}{}", one("a"), one("b"));
        assert_eq!(exposition.render(), expected);
    }

    #[test]
    fn families_stand_in_the_order_of_their_names() {
        let (recorder, exposition) = empty();
        for name in ["c", "a", "d", "b"] {
            recorder
                .register_gauge(&Key::from_name(name), &METADATA)
                .set(1.0);
        }
        recorder
            .register_counter(&Key::from_name("ab"), &METADATA)
            .increment(1);
        let text = exposition.render();
        let types: Vec<_> = text
            .lines()
            .filter(|line| line.starts_with("# TYPE"))
            .collect();
        assert_eq!(
            types,
            [
                "# TYPE a gauge",
                "# TYPE ab counter",
                "# TYPE b gauge",
                "# TYPE c gauge",
                "# TYPE d gauge",
            ]
        );
    }
}
