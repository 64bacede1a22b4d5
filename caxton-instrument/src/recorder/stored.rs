//! One series, as it is kept: one allocation with its cell, and a reference to
//! the text of its labels.

use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use metrics::{CounterFn, GaugeFn, HistogramFn};

use super::cells::{CounterCell, GaugeCell, HistogramCell, HistogramValue};
use super::family::Store;
use super::label_text::{LabelText, labels, write_quoted};
use super::merged::Merged;
use super::ordered::Ahead;
use super::prefetch::prefetch;
use super::schema::Schema;
use crate::exemplar::{self, Exemplar};

/// A series of one kind. Handles hold it for the sake of its cell.
#[derive(Debug)]
pub(crate) struct Stored<C> {
    /// Of a declared metric the open labels, of another one all of them.
    text: Arc<str>,
    born: Born,
    cell: C,
}

impl<C> Stored<C> {
    pub(super) fn new(text: Arc<str>, closed: u32, cell: C) -> Self {
        Self {
            text,
            born: Born::now(closed),
            cell,
        }
    }

    #[cfg(test)]
    pub(crate) fn for_test(cell: C) -> Arc<Self> {
        Arc::new(Self::new(Arc::from(""), 0, cell))
    }

    /// What tells series of one declared metric apart.
    pub(super) fn identity(&self) -> (u32, &str) {
        (self.born.closed(), &self.text)
    }

    pub(super) fn text(&self) -> &Arc<str> {
        &self.text
    }
}

impl<C> Ahead for Stored<C> {
    #[inline]
    fn prefetch_parts(&self) {
        prefetch(&*self.text);
    }
}

impl<C> Deref for Stored<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.cell
    }
}

/// When a series began, in milliseconds since 1970, and the number of its
/// closed values, in one word.
#[derive(Debug, Clone, Copy)]
struct Born(u64);

/// Bits of the number. The others hold milliseconds until the year 2109.
const CLOSED_BITS: u32 = 22;

/// Combinations of closed values that a metric can have: as many as there are
/// cells.
pub(super) const MAX_CLOSED: u32 = 1 << CLOSED_BITS;

impl Born {
    fn now(closed: u32) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let millis = u64::try_from(now.unwrap_or_default().as_millis()).unwrap_or(0);
        Self(millis << CLOSED_BITS | u64::from(closed % MAX_CLOSED))
    }

    fn closed(self) -> u32 {
        u32::try_from(self.0 % u64::from(MAX_CLOSED)).unwrap_or(0)
    }

    fn created(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.0 >> CLOSED_BITS)
    }
}

/// What a series reads at one moment.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A counter's total.
    Counter(u64),
    /// The total of a counter of fractions, in the metric's unit.
    FloatCounter(f64),
    /// A gauge's value, in the metric's unit.
    Gauge(f64),
    /// A histogram's buckets and sum.
    Histogram(HistogramValue),
}

/// One series of a [`Family`](super::Family): its labels and what it reads.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    store: &'a Store,
    cell: Cell<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Cell<'a> {
    Counter(&'a Stored<CounterCell>),
    Gauge(&'a Stored<GaugeCell>),
    Histogram(&'a Stored<HistogramCell>),
    Merged(&'a Merged),
}

impl<'a> Series<'a> {
    pub(super) fn new(store: &'a Store, cell: Cell<'a>) -> Self {
        Self { store, cell }
    }

    /// The series' labels: what the schema, if any, needs to write them.
    fn identity(&self) -> (Option<&'a Schema>, u32, &'a str) {
        let (closed, text) = match self.cell {
            Cell::Counter(stored) => stored.identity(),
            Cell::Gauge(stored) => stored.identity(),
            Cell::Histogram(stored) => stored.identity(),
            Cell::Merged(merged) => return (None, 0, &merged.text),
        };
        (self.store.schema(), closed, text)
    }

    /// The labels: constant ones first, then in declared order; those of what
    /// was not declared by name.
    pub fn labels(&self) -> impl Iterator<Item = (&'a str, LabelText<'a>)> {
        let (schema, closed, text) = self.identity();
        let declared = schema.map(|schema| schema.labels(closed, text));
        let foreign = schema.is_none().then(|| labels(text));
        let foreign = foreign.into_iter().flatten();
        declared.into_iter().flatten().chain(foreign)
    }

    /// Appends the labels as the text formats write them, `name="value",..`
    /// without braces, backslash, quote and newline escaped
    /// ([text format](https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information)).
    /// A name that is no identifier stands in quotes, which not every reader
    /// knows: [`Family::has_utf8_labels`](super::Family::has_utf8_labels).
    #[inline]
    pub fn write_labels(&self, out: &mut String) {
        match self.identity() {
            (Some(schema), closed, text) => schema.write(closed, text, out),
            (None, _, text) if self.store.others_have_utf8_labels() => {
                write_quoted(labels(text), out);
            }
            (None, _, text) => out.push_str(text),
        }
    }

    /// The same in two parts, of which the first is often that of the series
    /// before: what writes many series composes it once for all of them.
    ///
    /// ```
    /// # use caxton_instrument::recorder::Family;
    /// fn write(family: &Family, out: &mut String) {
    ///     let mut last = None;
    ///     let mut head_text = String::new();
    ///     for series in family.series() {
    ///         let (head, tail) = series.split_labels();
    ///         if last.replace(head) != Some(head) {
    ///             head_text.clear();
    ///             head.write(&mut head_text);
    ///         }
    ///         out.push_str(&head_text);
    ///         out.push_str(tail);
    ///     }
    /// }
    /// ```
    #[inline]
    pub fn split_labels(&self) -> (LabelHead<'a>, &'a str) {
        let (schema, closed, text) = self.identity();
        let (middle, tail) = match schema {
            Some(schema) => schema.split(text),
            None if self.store.others_have_utf8_labels() => (text, ""),
            None => ("", text),
        };
        let head = LabelHead {
            schema,
            closed,
            middle,
        };
        (head, tail)
    }

    /// When the series began, to the millisecond.
    pub fn created(&self) -> SystemTime {
        match self.cell {
            Cell::Counter(stored) => stored.born.created(),
            Cell::Gauge(stored) => stored.born.created(),
            Cell::Histogram(stored) => stored.born.created(),
            Cell::Merged(merged) => merged.created,
        }
    }

    /// The bucket bounds of a histogram, rising, of a native one every boundary
    /// ([`Family::native`](super::Family::native)); none for other types.
    pub fn bounds(&self) -> &'a [f64] {
        match self.cell {
            Cell::Histogram(cell) => cell.bounds(),
            Cell::Merged(merged) => merged.bounds(),
            _ => &[],
        }
    }

    /// Reads the [exemplars](crate::exemplar), into memory that is there
    /// already: of a counter one, of a histogram one for each bucket, of a
    /// native one for each bucket of its classic view; nothing where the
    /// series has none. Read before the value, no exemplar is of a sample that
    /// the value does not count.
    #[inline]
    pub fn exemplars(&self, into: &mut Vec<Option<Exemplar>>) {
        match self.cell {
            Cell::Counter(cell) => exemplar::read(cell.index(), into),
            Cell::Histogram(cell) => exemplar::read(cell.index(), into),
            Cell::Gauge(_) => into.clear(),
            Cell::Merged(merged) => merged.exemplars(into),
        }
    }

    fn counts_fractions(&self) -> bool {
        self.store.metric().is_some_and(|metric| metric.fractional)
    }

    /// What the series reads now.
    #[must_use]
    pub fn value(&self) -> Value {
        match self.cell {
            Cell::Counter(cell) => Value::Counter(cell.value()),
            Cell::Gauge(cell) if self.counts_fractions() => Value::FloatCounter(cell.value()),
            Cell::Gauge(cell) => Value::Gauge(cell.value()),
            Cell::Histogram(cell) => Value::Histogram(cell.value()),
            Cell::Merged(merged) => merged.value(),
        }
    }

    /// As [`value`](Self::value), into a value that was read before: the
    /// buckets of one histogram after another then allocate once.
    #[inline]
    pub fn read(&self, into: &mut Value) {
        match (self.cell, into) {
            (Cell::Counter(cell), Value::Counter(value)) => *value = cell.value(),
            (Cell::Gauge(cell), Value::Gauge(value)) if !self.counts_fractions() => {
                *value = cell.value();
            }
            (Cell::Histogram(cell), Value::Histogram(value)) => cell.read(value),
            (_, into) => *into = self.value(),
        }
    }
}

/// The labels of a [`Series`] up to the text that
/// [`split_labels`](Series::split_labels) gives with it.
#[derive(Debug, Clone, Copy)]
pub struct LabelHead<'a> {
    schema: Option<&'a Schema>,
    closed: u32,
    /// Open labels that closed ones follow.
    middle: &'a str,
}

impl LabelHead<'_> {
    /// Appends it.
    pub fn write(&self, out: &mut String) {
        match self.schema {
            Some(schema) => schema.write(self.closed, self.middle, out),
            None => write_quoted(labels(self.middle), out),
        }
    }
}

/// Whether they are the same text. Those of two families are not, even if they
/// read alike.
impl PartialEq for LabelHead<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.closed == other.closed
            && self.schema.map(std::ptr::from_ref) == other.schema.map(std::ptr::from_ref)
            && self.middle.len() == other.middle.len()
            // Mostly there is none, which needs no call.
            && (self.middle.is_empty() || self.middle == other.middle)
    }
}

impl Eq for LabelHead<'_> {}

impl CounterFn for Stored<CounterCell> {
    #[inline]
    fn increment(&self, n: u64) {
        self.cell.increment(n);
    }

    fn absolute(&self, total: u64) {
        self.cell.absolute(total);
    }
}

impl GaugeFn for Stored<GaugeCell> {
    #[inline]
    fn increment(&self, value: f64) {
        self.cell.increment(value);
    }

    #[inline]
    fn decrement(&self, value: f64) {
        self.cell.decrement(value);
    }

    #[inline]
    fn set(&self, value: f64) {
        self.cell.set(value);
    }
}

impl HistogramFn for Stored<HistogramCell> {
    #[inline]
    fn record(&self, value: f64) {
        self.cell.record(value);
    }
}
