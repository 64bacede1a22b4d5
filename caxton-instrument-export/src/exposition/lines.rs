//! What both text formats write alike.

use caxton_instrument::recorder::{Family, HistogramValue, Series, Value};
use caxton_instrument::{MetricKind, NativeBuckets};

use super::number;

/// Writes into one text, with memory that is kept from one series to the next.
pub(super) struct Lines<'a> {
    pub(super) out: &'a mut String,
    /// `le` of each bound of the current family, and where each ends.
    bounds: String,
    ends: Vec<usize>,
    is_histogram: bool,
    /// Of the current family, which shows in its classic view here.
    native: Option<NativeBuckets>,
    number: Value,
    histogram: Value,
}

impl<'a> Lines<'a> {
    pub(super) fn new(out: &'a mut String) -> Self {
        Self {
            out,
            bounds: String::new(),
            ends: Vec::new(),
            is_histogram: false,
            native: None,
            number: Value::Counter(0),
            histogram: Value::Histogram(HistogramValue {
                buckets: Vec::new(),
                sum: 0.0,
            }),
        }
    }

    /// `# KEYWORD name rest`.
    pub(super) fn head(&mut self, keyword: &str, name: &str, rest: &str) {
        for part in ["# ", keyword, " ", name, " ", rest, "\n"] {
            self.out.push_str(part);
        }
    }

    /// `# HELP name help`, without line ends, and without quotes where the
    /// format has them escaped.
    pub(super) fn help(&mut self, name: &str, help: &str, escape_quotes: bool) {
        for part in ["# HELP ", name, " "] {
            self.out.push_str(part);
        }
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

    /// Begins a family. Its histograms all have the same bounds.
    pub(super) fn begin(&mut self, family: &Family, write: fn(&mut String, f64)) {
        self.is_histogram = family.kind() == MetricKind::Histogram;
        self.bounds.clear();
        self.ends.clear();
        self.native = family.native();
        let bounds = match (family.series(), self.native) {
            ([first, ..], None) if self.is_histogram => first.bounds(),
            (_, Some(native)) if self.is_histogram => native.classic_bounds(),
            _ => return,
        };
        for bound in bounds.iter().copied().chain([f64::INFINITY]) {
            write(&mut self.bounds, bound);
            self.ends.push(self.bounds.len());
        }
    }

    /// Every sample of a series, named `name` and what its type appends.
    pub(super) fn series(&mut self, name: &str, series: &Series) {
        // Read once: a histogram's count then equals its last bucket.
        let value = if self.is_histogram {
            &mut self.histogram
        } else {
            &mut self.number
        };
        series.read(value);
        let labels = series.label_text();
        match value {
            Value::Counter(value) => {
                start(self.out, name, "", labels);
                number::integer(self.out, *value);
                self.out.push('\n');
            }
            Value::Gauge(value) => {
                start(self.out, name, "", labels);
                number::float(self.out, *value);
                self.out.push('\n');
            }
            Value::Histogram(value) => {
                if let Some(native) = self.native {
                    native.group(&mut value.buckets);
                }
                let mut from = 0;
                let mut count = 0;
                for (bucket, end) in value.buckets.iter().zip(&self.ends) {
                    count += bucket;
                    for part in [name, "_bucket{", labels] {
                        self.out.push_str(part);
                    }
                    if !labels.is_empty() {
                        self.out.push(',');
                    }
                    for part in ["le=\"", &self.bounds[from..*end], "\"} "] {
                        self.out.push_str(part);
                    }
                    number::integer(self.out, count);
                    self.out.push('\n');
                    from = *end;
                }
                start(self.out, name, "_sum", labels);
                number::float(self.out, value.sum);
                self.out.push('\n');
                start(self.out, name, "_count", labels);
                number::integer(self.out, count);
                self.out.push('\n');
            }
            _ => {}
        }
    }
}

/// A sample up to its value.
pub(super) fn start(out: &mut String, name: &str, suffix: &str, labels: &str) {
    out.push_str(name);
    out.push_str(suffix);
    if !labels.is_empty() {
        out.push('{');
        out.push_str(labels);
        out.push('}');
    }
    out.push(' ');
}
