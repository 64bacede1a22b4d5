//! What begins a line: the name and the labels, up to the value.

use caxton_instrument::recorder::{LabelHead, Series};

/// Bytes that a name and its labels rarely exceed.
pub(super) const USUAL: usize = 256;

/// Begins the lines of the series of one family after the other.
pub(super) trait Opening<'a> {
    /// Takes a series, which the other calls are then about; whether it is
    /// written.
    fn take(&mut self, series: &Series<'a>) -> bool;

    /// A sample that has the name of the family.
    fn sample(&mut self, out: &mut String, name: &str, series: &Series<'a>);

    /// When the series began.
    fn created(&mut self, out: &mut String, name: &str, series: &Series<'a>);

    /// The name and the labels without the closing brace; whether there is
    /// anything between the braces.
    fn open(&mut self, out: &mut String, name: &str, suffix: &str, series: &Series<'a>) -> bool;

    /// A sample whose name has a suffix.
    #[inline]
    fn suffixed(&mut self, out: &mut String, name: &str, suffix: &str, series: &Series<'a>) {
        if self.open(out, name, suffix, series) {
            out.push('}');
        } else {
            out.pop();
        }
        out.push(' ');
    }
}

/// As families are kept.
#[derive(Default)]
pub(super) struct Kept<'a> {
    samples: Head<'a>,
    created: Head<'a>,
}

impl Kept<'_> {
    /// Begins a family.
    pub(super) fn begin(&mut self) {
        self.samples.labels = None;
        self.created.labels = None;
    }
}

impl<'a> Opening<'a> for Kept<'a> {
    #[inline]
    fn take(&mut self, _: &Series<'a>) -> bool {
        true
    }

    #[inline]
    fn sample(&mut self, out: &mut String, name: &str, series: &Series<'a>) {
        self.samples.write(out, name, "", series);
    }

    #[inline]
    fn created(&mut self, out: &mut String, name: &str, series: &Series<'a>) {
        self.created.write(out, name, "_created", series);
    }

    #[inline]
    fn open(&mut self, out: &mut String, name: &str, suffix: &str, series: &Series<'a>) -> bool {
        for part in [name, suffix, "{"] {
            out.push_str(part);
        }
        let labels = out.len();
        series.write_labels(out);
        out.len() > labels
    }
}

/// What many lines of a family have in common.
#[derive(Default)]
struct Head<'a> {
    labels: Option<LabelHead<'a>>,
    /// The name, a brace, and the head of the labels.
    text: String,
    has_labels: bool,
}

impl<'a> Head<'a> {
    #[inline]
    fn write(&mut self, out: &mut String, name: &str, suffix: &str, series: &Series<'a>) {
        let (head, labels) = series.split_labels();
        if self.labels != Some(head) {
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
        self.labels = Some(head);
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
