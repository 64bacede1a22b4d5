//! What both text formats write alike.

use caxton_instrument::exemplar::Exemplar;
use caxton_instrument::recorder::{Family, HistogramValue, LabelHead, Series, Value};
use caxton_instrument::{MetricKind, NativeBuckets};

use super::number;

/// Bytes that a name and its labels rarely exceed.
const USUAL: usize = 256;

/// Writes into one text, with memory that is kept from one series to the next.
pub(super) struct Lines<'a> {
    pub(super) out: &'a mut String,
    samples: Opening<'a>,
    created: Opening<'a>,
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
            samples: Opening::default(),
            created: Opening::default(),
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
    pub(super) fn begin(&mut self, family: &'a Family, write: fn(&mut String, f64)) {
        self.samples.head = None;
        self.created.head = None;
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
    pub(super) fn series(&mut self, name: &str, series: &Series<'a>) {
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
                self.samples.write(self.out, name, "", series);
                number::integer(self.out, *value);
                push_exemplar(self.out, exemplars.next());
                self.out.push('\n');
            }
            Value::FloatCounter(value) | Value::Gauge(value) => {
                self.samples.write(self.out, name, "", series);
                number::float(self.out, *value);
                self.out.push('\n');
            }
            Value::Histogram(value) => {
                if let Some(native) = self.native {
                    native.group(&mut value.buckets);
                }
                self.bucket.clear();
                self.bucket.reserve(USUAL);
                self.bucket.push_str(name);
                self.bucket.push_str("_bucket{");
                let labels = self.bucket.len();
                series.write_labels(&mut self.bucket);
                if self.bucket.len() > labels {
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
                start(self.out, name, "_sum", series);
                number::float(self.out, value.sum);
                self.out.push('\n');
                start(self.out, name, "_count", series);
                number::integer(self.out, count);
                self.out.push('\n');
            }
            _ => {}
        }
    }

    /// What begins the line of when a series began.
    pub(super) fn created(&mut self, name: &str, series: &Series<'a>) {
        self.created.write(self.out, name, "_created", series);
    }
}

/// The beginning of a line, which many lines of a family have in common.
#[derive(Default)]
struct Opening<'a> {
    head: Option<LabelHead<'a>>,
    /// The name, a brace, and the head of the labels.
    text: String,
    has_labels: bool,
}

impl<'a> Opening<'a> {
    /// A sample up to its value.
    #[inline]
    fn write(&mut self, out: &mut String, name: &str, suffix: &str, series: &Series<'a>) {
        let (head, labels) = series.split_labels();
        if self.head != Some(head) {
            self.compose(head, name, suffix);
        }
        out.push_str(&self.text);
        if self.has_labels || !labels.is_empty() {
            out.push_str(labels);
            out.push_str("} ");
        } else {
            out.pop();
            out.push(' ');
        }
    }

    fn compose(&mut self, head: LabelHead<'a>, name: &str, suffix: &str) {
        self.head = Some(head);
        self.text.clear();
        self.text.reserve(USUAL);
        for part in [name, suffix, "{"] {
            self.text.push_str(part);
        }
        let bare = self.text.len();
        head.write(&mut self.text);
        self.has_labels = self.text.len() > bare;
    }
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

/// A sample up to its value.
fn start(out: &mut String, name: &str, suffix: &str, series: &Series<'_>) {
    out.push_str(name);
    out.push_str(suffix);
    out.push('{');
    let labels = out.len();
    series.write_labels(out);
    if out.len() == labels {
        out.pop();
    } else {
        out.push('}');
    }
    out.push(' ');
}
