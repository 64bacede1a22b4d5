//! The labels of a declared metric. A series of it is the place of its closed
//! values among their combinations, and the text of its open ones; everything
//! else is kept once for the whole family.

use std::cmp::Ordering;
use std::sync::Arc;

use metrics::Key;

use super::bounds::Bounds;
use super::label_text::{
    LabelText, SEPARATOR, compare_values, is_identifier, labels, push_label, write_quoted,
};
use super::stored::MAX_CLOSED;
use crate::descriptor::{LabelValues, MetricDescriptor};
use crate::label::{MAX_VALUE_BYTES, OVERFLOW};
use crate::open::visible;

/// How the labels of a series are put together.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) metric: &'static MetricDescriptor,
    /// Of a histogram; of other types there are none.
    pub(super) bounds: Arc<Bounds>,
    /// Labels that readers do not get.
    pub(super) without: Box<[&'static str]>,
    pieces: Box<[Piece]>,
    /// Combinations of closed values.
    combinations: u32,
    /// Runs of open labels with closed ones between them.
    runs: usize,
    /// No closed label comes after an open one.
    ends_open: bool,
    has_utf8_labels: bool,
    /// The text is not the pieces one after the other.
    is_composed: bool,
}

/// A stretch of the text, with the comma that leads to it.
#[derive(Debug)]
enum Piece {
    Constant(Box<str>),
    Closed {
        /// By value.
        texts: Box<[Box<str>]>,
        /// The place of each value in the order of all.
        ranks: Box<[u32]>,
        /// Combinations of the closed labels behind this one.
        rest: u32,
    },
    /// The next run of open labels.
    Open,
}

impl Schema {
    pub(super) fn new(
        metric: &'static MetricDescriptor,
        bounds: Arc<Bounds>,
        without: Box<[&'static str]>,
    ) -> Self {
        let mut pieces = Vec::new();
        let mut constant = String::new();
        for (name, value) in metric.constant_labels {
            push(&mut constant, name, value, true);
        }
        let mut has_labels = !constant.is_empty();
        if has_labels {
            // What follows brings its own comma.
            pieces.push(Piece::Constant(constant.into()));
        }
        let mut combinations = closed_combinations(metric);
        let all = combinations;
        let mut runs = 0;
        for label in metric.labels {
            match label.values {
                LabelValues::Closed(values) => {
                    combinations /= u32::try_from(values.len()).unwrap_or(u32::MAX).max(1);
                    pieces.push(closed(label.name, values, has_labels, combinations));
                }
                LabelValues::Open { .. } => {
                    if !matches!(pieces.last(), Some(Piece::Open)) {
                        pieces.push(Piece::Open);
                        runs += 1;
                    }
                }
            }
            has_labels = true;
        }
        let has_utf8_labels = {
            let constant = metric.constant_labels.iter().map(|(name, _)| *name);
            let mut names = constant.chain(metric.labels.iter().map(|label| label.name));
            names.any(|name| !is_identifier(name))
        };
        let ends_open = runs == 0 || (runs == 1 && matches!(pieces.last(), Some(Piece::Open)));
        Self {
            metric,
            bounds,
            without,
            ends_open: ends_open && !has_utf8_labels,
            is_composed: runs > 1 || has_utf8_labels,
            has_utf8_labels,
            pieces: pieces.into(),
            combinations: all,
            runs,
        }
    }

    /// Whether a name was declared that is no identifier.
    pub(super) fn has_utf8_labels(&self) -> bool {
        self.has_utf8_labels
    }

    /// Whether series share the texts of their open labels.
    pub(super) fn shares_texts(&self) -> bool {
        self.combinations > 1
    }

    /// Series that the declaration allows, overflow included.
    pub(super) fn room(&self) -> usize {
        let values = self.metric.labels.iter().map(|label| match label.values {
            LabelValues::Closed(values) => values.len(),
            LabelValues::Open { max_values } => max_values as usize + 1,
        });
        values.fold(1, usize::saturating_mul)
    }

    /// The closed values of a key as a number, and its open ones as text;
    /// `None` unless it has the declared labels, each once and with a declared
    /// value.
    pub(super) fn locate(&self, key: &Key) -> Option<(u32, String)> {
        let constant = self.metric.constant_labels;
        if self.combinations == 0 || key.labels().len() != constant.len() + self.metric.labels.len()
        {
            return None;
        }
        let value_of = |name: &str| {
            let label = key.labels().find(|label| label.key() == name)?;
            Some(label.value())
        };
        if constant
            .iter()
            .any(|(name, value)| value_of(name) != Some(value))
        {
            return None;
        }
        let mut number = 0;
        let mut text = String::new();
        let mut in_run = true;
        for (at, label) in self.metric.labels.iter().enumerate() {
            let value = value_of(label.name)?;
            match label.values {
                LabelValues::Closed(values) => {
                    let value = values.iter().position(|known| *known == value)?;
                    number =
                        number * u32::try_from(values.len()).ok()? + u32::try_from(value).ok()?;
                    in_run = false;
                }
                LabelValues::Open { .. } => {
                    if !in_run && !text.is_empty() {
                        text.push(SEPARATOR);
                    }
                    let first = at == 0 && constant.is_empty();
                    push_open(&mut text, label.name, value, first);
                    in_run = true;
                }
            }
        }
        Some((number, text))
    }

    /// Writes all labels of a series.
    #[inline]
    pub(super) fn write(&self, closed: u32, open: &str, out: &mut String) {
        if self.is_composed {
            return self.compose(closed, open, out);
        }
        for piece in &self.pieces {
            out.push_str(match piece {
                Piece::Open => open,
                piece => piece.text(closed),
            });
        }
    }

    #[inline(never)]
    fn compose(&self, closed: u32, open: &str, out: &mut String) {
        if self.has_utf8_labels {
            write_quoted(self.labels(closed, open), out);
        } else {
            out.extend(self.texts(closed, open));
        }
    }

    /// The labels up to a text that follows them, and that text.
    #[inline]
    pub(super) fn split<'a>(&self, open: &'a str) -> (&'a str, &'a str) {
        if self.ends_open {
            ("", open)
        } else {
            (open, "")
        }
    }

    /// All labels of a series.
    pub(super) fn labels<'a>(
        &'a self,
        closed: u32,
        open: &'a str,
    ) -> impl Iterator<Item = (&'a str, LabelText<'a>)> {
        self.texts(closed, open).flat_map(labels)
    }

    /// The same, in parts as they are kept.
    fn texts<'a>(&'a self, closed: u32, open: &'a str) -> impl Iterator<Item = &'a str> {
        let mut runs = open.split(SEPARATOR);
        self.pieces.iter().map(move |piece| match piece {
            Piece::Open => runs.next().unwrap_or_default(),
            piece => piece.text(closed),
        })
    }

    /// The order of two series: by their values in declared order.
    pub(super) fn compare(&self, a: (u32, &str), b: (u32, &str)) -> Ordering {
        let (mut open_a, mut open_b) = (a.1.split(SEPARATOR), b.1.split(SEPARATOR));
        for piece in &self.pieces {
            let order = match piece {
                Piece::Constant(_) => Ordering::Equal,
                Piece::Closed { ranks, .. } => {
                    let rank = |closed| ranks.get(piece.value(closed));
                    rank(a.0).cmp(&rank(b.0))
                }
                Piece::Open if self.runs > 1 => compare_values(
                    open_a.next().unwrap_or_default(),
                    open_b.next().unwrap_or_default(),
                ),
                Piece::Open => compare_values(a.1, b.1),
            };
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }
}

impl Piece {
    /// The text of a piece that is no open one.
    fn text(&self, closed: u32) -> &str {
        match self {
            Self::Constant(text) => text,
            Self::Closed { texts, .. } => texts.get(self.value(closed)).map_or("", |text| text),
            Self::Open => "",
        }
    }

    /// Which value a closed label has.
    fn value(&self, closed: u32) -> usize {
        match self {
            Self::Closed { texts, rest, .. } => {
                (closed / (*rest).max(1)) as usize % texts.len().max(1)
            }
            Self::Constant(_) | Self::Open => 0,
        }
    }
}

fn closed(name: &str, values: &[&str], comma: bool, rest: u32) -> Piece {
    let text = |value: &&str| {
        let mut text = String::new();
        if comma {
            text.push(',');
        }
        push_label(&mut text, name, value);
        text.into_boxed_str()
    };
    let mut order: Vec<&str> = values.to_vec();
    order.sort_unstable();
    order.dedup();
    let rank = |value: &&str| order.binary_search(value).unwrap_or(0);
    Piece::Closed {
        texts: values.iter().map(text).collect(),
        ranks: values
            .iter()
            .map(|value| u32::try_from(rank(value)).unwrap_or(u32::MAX))
            .collect(),
        rest,
    }
}

/// 0 where they do not fit a number that a series keeps.
fn closed_combinations(metric: &MetricDescriptor) -> u32 {
    let mut combinations: u32 = 1;
    for label in metric.labels {
        if let LabelValues::Closed(values) = label.values {
            let values = u32::try_from(values.len()).unwrap_or(u32::MAX);
            combinations = match combinations.checked_mul(values) {
                Some(product) if product <= MAX_CLOSED => product,
                _ => return 0,
            };
        }
    }
    combinations
}

fn push(text: &mut String, name: &str, value: &str, first: bool) {
    if !(first && text.is_empty()) {
        text.push(',');
    }
    push_label(text, name, value);
}

/// A typed handle has bounded and rendered its value; rendering makes it three
/// times as long at most. What else comes is made fit here.
fn push_open(text: &mut String, name: &str, value: &str, first: bool) {
    if value.len() > 4 * MAX_VALUE_BYTES {
        push(text, name, OVERFLOW, first);
    } else if value.contains(|c: char| c.is_control() && c != '\n') {
        push(text, name, &visible(value), first);
    } else {
        push(text, name, value, first);
    }
}
