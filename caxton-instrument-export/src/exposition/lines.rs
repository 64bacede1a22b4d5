//! What both text formats write alike.

use caxton_instrument::exemplar::Exemplar;
use caxton_instrument::recorder::{HistogramValue, Series, Value};
use caxton_instrument::{MetricKind, NativeBuckets};

use super::escaping::push_quoted;
use super::number;
use super::opening::{Opening, USUAL};
use super::spelling::Shown;

/// Writes into one text, with memory that is kept from one series to the next.
pub(super) struct Lines<'a> {
    pub(super) out: &'a mut String,
    /// What stands behind the labels of each bucket of the current family, and
    /// where each ends.
    bounds: String,
    ends: Vec<usize>,
    /// What stands in front of it, for the current series.
    bucket: String,
    is_histogram: bool,
    /// Of the current family, which shows in its classic view here.
    native: Option<NativeBuckets>,
    number: Value,
    histogram: Value,
    /// Whether the current family shows its exemplars.
    pub(super) has_exemplars: bool,
    /// Of the current series, by bucket.
    exemplars: Vec<Option<Exemplar>>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(out: &'a mut String) -> Self {
        Self {
            out,
            bounds: String::new(),
            ends: Vec::new(),
            bucket: String::new(),
            is_histogram: false,
            native: None,
            number: Value::Counter(0),
            histogram: Value::Histogram(HistogramValue {
                buckets: Vec::new(),
                sum: 0.0,
            }),
            has_exemplars: false,
            exemplars: Vec::new(),
        }
    }

    /// `# KEYWORD name rest`.
    pub(super) fn head(&mut self, keyword: &str, name: Name<'_>, rest: &str) {
        self.keyword(keyword, name);
        self.out.push_str(rest);
        self.out.push('\n');
    }

    /// `# HELP name help`, without line ends, and without quotes where the
    /// format has them escaped.
    pub(super) fn help(&mut self, name: Name<'_>, help: &str, escape_quotes: bool) {
        self.keyword("HELP", name);
        for c in help.chars() {
            match c {
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '"' if escape_quotes => self.out.push_str("\\\""),
                c => self.out.push(c),
            }
        }
        self.out.push('\n');
    }

    fn keyword(&mut self, keyword: &str, name: Name<'_>) {
        for part in ["# ", keyword, " "] {
            self.out.push_str(part);
        }
        if name.is_quoted {
            push_quoted(self.out, name.text, "");
        } else {
            self.out.push_str(name.text);
        }
        self.out.push(' ');
    }

    /// Begins a family. Its histograms all have the same bounds.
    pub(super) fn begin(&mut self, shown: Shown<'_>, write: fn(&mut String, f64)) {
        let family = shown.family;
        self.exemplars.clear();
        self.is_histogram = family.kind() == MetricKind::Histogram;
        self.bounds.clear();
        self.ends.clear();
        self.native = family.native();
        let bounds = match (family.series().next(), self.native) {
            (_, Some(native)) if self.is_histogram => native.classic_bounds(),
            (Some(first), None) if self.is_histogram => first.bounds(),
            _ => return,
        };
        for bound in bounds.iter().copied().chain([f64::INFINITY]) {
            self.bounds.push_str("le=\"");
            write(&mut self.bounds, bound);
            self.bounds.push_str("\"} ");
            self.ends.push(self.bounds.len());
        }
    }

    /// Every sample of a series, named `name` and what its type appends.
    #[inline]
    pub(super) fn series<'s, O: Opening<'s>>(
        &mut self,
        opening: &mut O,
        name: &str,
        series: &Series<'s>,
    ) {
        if self.has_exemplars {
            // Before the value, which then counts their samples.
            series.exemplars(&mut self.exemplars);
        }
        let mut exemplars = self.exemplars.iter();
        // Read once: a histogram's count then equals its last bucket.
        let value = if self.is_histogram {
            &mut self.histogram
        } else {
            &mut self.number
        };
        series.read(value);
        match value {
            Value::Counter(value) => {
                opening.sample(self.out, name, series);
                number::integer(self.out, *value);
                push_exemplar(self.out, exemplars.next());
                self.out.push('\n');
            }
            Value::FloatCounter(value) | Value::Gauge(value) => {
                opening.sample(self.out, name, series);
                number::float(self.out, *value);
                self.out.push('\n');
            }
            Value::Histogram(value) => {
                if let Some(native) = self.native {
                    native.group(&mut value.buckets);
                }
                self.bucket.clear();
                self.bucket.reserve(USUAL);
                if opening.open(&mut self.bucket, name, "_bucket", series) {
                    self.bucket.push(',');
                }
                let mut from = 0;
                let mut count = 0;
                for (bucket, end) in value.buckets.iter().zip(&self.ends) {
                    count += bucket;
                    self.out.push_str(&self.bucket);
                    self.out.push_str(&self.bounds[from..*end]);
                    number::integer(self.out, count);
                    push_exemplar(self.out, exemplars.next());
                    self.out.push('\n');
                    from = *end;
                }
                opening.suffixed(self.out, name, "_sum", series);
                number::float(self.out, value.sum);
                self.out.push('\n');
                opening.suffixed(self.out, name, "_count", series);
                number::integer(self.out, count);
                self.out.push('\n');
            }
            _ => {}
        }
    }
}

/// The name of a family, behind a keyword.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<'a> {
    pub(super) text: &'a str,
    pub(super) is_quoted: bool,
}

/// What stands behind a value: ` # {trace_id="..",span_id=".."} value moment`,
/// of the 128 characters that labels may have 63.
fn push_exemplar(out: &mut String, exemplar: Option<&Option<Exemplar>>) {
    let Some(Some(exemplar)) = exemplar else {
        return;
    };
    for part in [
        " # {trace_id=\"",
        &exemplar.trace.trace_id_hex(),
        "\",span_id=\"",
        &exemplar.trace.span_id_hex(),
        "\"} ",
    ] {
        out.push_str(part);
    }
    number::float(out, exemplar.value);
    out.push(' ');
    number::moment(out, exemplar.at);
}
