//! Totals, or by how much they grew since the last export that arrived.
//!
//! Differences need what was exported before: by the labels of each series its
//! total, taken over only when the collector has the batch. One that is lost
//! leaves the total before, so that the next difference spans both intervals.
//! Of a batch that a collector took and whose answer was lost the samples come
//! twice then, as they do when such a batch is sent again: OTLP has no ids by
//! which a collector could know. Losing them instead would be silent wherever
//! the network fails; this way what fails is late.

use std::collections::HashMap;

use caxton_instrument::recorder::{HistogramValue, Series, Value};
use opentelemetry_proto::tonic::metrics::v1::AggregationTemporality;

use super::encode::{Span, nanos};

/// Whether sums and histograms carry totals or differences
/// ([temporality](https://opentelemetry.io/docs/specs/otel/metrics/data-model/#temporality)).
/// Gauges carry what they read in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Temporality {
    /// What was counted since the series began: for Prometheus, what is compatible
    /// with it, and most others. An export that is lost loses nothing, since the
    /// next one has it.
    #[default]
    Cumulative,
    /// What was counted since the last export that arrived: for back ends that
    /// add up. Keeps a copy of every total. Series that did not change are left
    /// out.
    Delta,
}

impl From<Temporality> for AggregationTemporality {
    fn from(temporality: Temporality) -> Self {
        match temporality {
            Temporality::Cumulative => Self::Cumulative,
            Temporality::Delta => Self::Delta,
        }
    }
}

/// The totals that a collector has, by family and labels. As many as there are
/// series.
#[derive(Debug, Default)]
pub(super) struct Exported {
    families: HashMap<Box<str>, HashMap<Box<str>, Entry>>,
    pass: u64,
    /// Memory for the labels of one series after another.
    labels: String,
}

#[derive(Debug)]
struct Entry {
    baseline: Baseline,
    /// The last export that met the series.
    pass: u64,
}

/// What a collector has of a series.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Baseline {
    /// When the series began: another one may have had its labels.
    created: u64,
    /// When it was read.
    at: u64,
    total: Total,
}

#[derive(Debug, Clone, PartialEq)]
enum Total {
    Counter(u64),
    Fractions(f64),
    Histogram {
        sum: f64,
        /// The empty buckets before those that follow.
        skipped: usize,
        buckets: Box<[u64]>,
    },
}

/// A baseline that holds once its batch has arrived.
#[derive(Debug)]
pub(super) struct Advance {
    family: Box<str>,
    labels: Box<str>,
    baseline: Baseline,
}

/// What is to be exported of a series.
pub(super) struct Change {
    pub(super) span: Span,
    pub(super) advance: Advance,
}

impl Exported {
    /// Begins an export.
    pub(super) fn begin(&mut self) {
        self.pass += 1;
    }

    /// Makes a total that was read at a time the difference to the one before;
    /// `None` for what did not change.
    pub(super) fn change(
        &mut self,
        family: &str,
        series: &Series<'_>,
        value: &mut Value,
        time: u64,
    ) -> Option<Change> {
        self.labels.clear();
        series.write_labels(&mut self.labels);
        let created = nanos(series.created());
        let total = Total::of(value)?;
        let entry = self
            .families
            .get_mut(family)
            .and_then(|series| series.get_mut(&*self.labels));
        let before = entry.and_then(|entry| {
            entry.pass = self.pass;
            (entry.baseline.created == created).then_some(&entry.baseline)
        });
        let start = match before {
            None => created,
            Some(before) if before.total == total => return None,
            // A total that fell is one that began anew.
            Some(before) => {
                subtract(value, &before.total);
                before.at
            }
        };
        // The clock may have been set back.
        let time = time.max(start);
        Some(Change {
            span: Span { start, time },
            advance: Advance {
                family: Box::from(family),
                labels: Box::from(&*self.labels),
                baseline: Baseline {
                    created,
                    at: time,
                    total,
                },
            },
        })
    }

    /// Says that a series is there, without reading it.
    pub(super) fn keep(&mut self, family: &str, series: &Series<'_>) {
        self.labels.clear();
        series.write_labels(&mut self.labels);
        if let Some(entry) = self
            .families
            .get_mut(family)
            .and_then(|series| series.get_mut(&*self.labels))
        {
            entry.pass = self.pass;
        }
    }

    /// Takes over what a batch said, once it has arrived.
    pub(super) fn advance(&mut self, advances: Vec<Advance>) {
        for Advance {
            family,
            labels,
            baseline,
        } in advances
        {
            let pass = self.pass;
            let entry = Entry { baseline, pass };
            self.families
                .entry(family)
                .or_default()
                .insert(labels, entry);
        }
    }

    /// Ends an export that met every series: forgets those that are gone.
    pub(super) fn end(&mut self) {
        let pass = self.pass;
        self.families.retain(|_, series| {
            series.retain(|_, entry| entry.pass == pass);
            if series.len() < series.capacity() / 4 {
                series.shrink_to_fit();
            }
            !series.is_empty()
        });
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.families.values().map(HashMap::len).sum()
    }
}

impl Total {
    /// `None` for what does not add up.
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Counter(total) => Some(Self::Counter(*total)),
            Value::FloatCounter(total) => Some(Self::Fractions(*total)),
            Value::Histogram(value) => {
                let buckets = &value.buckets;
                let first = buckets.iter().position(|count| *count > 0);
                let last = buckets.iter().rposition(|count| *count > 0);
                let (skipped, buckets) = match first.zip(last) {
                    Some((first, last)) => (first, Box::from(&buckets[first..=last])),
                    None => (0, Box::default()),
                };
                let sum = value.sum;
                Some(Self::Histogram {
                    sum,
                    skipped,
                    buckets,
                })
            }
            _ => None,
        }
    }
}

/// Takes away what was exported before, if all of it is in the value.
fn subtract(value: &mut Value, before: &Total) {
    match (value, before) {
        (Value::Counter(total), Total::Counter(before)) => {
            *total = total.checked_sub(*before).unwrap_or(*total);
        }
        (Value::FloatCounter(total), Total::Fractions(before)) if *total >= *before => {
            *total -= before;
        }
        (
            Value::Histogram(value),
            Total::Histogram {
                sum,
                skipped,
                buckets,
            },
        ) => {
            subtract_buckets(value, *sum, *skipped, buckets);
        }
        _ => {}
    }
}

fn subtract_buckets(value: &mut HistogramValue, sum: f64, skipped: usize, buckets: &[u64]) {
    let Some(counts) = value.buckets.get_mut(skipped..) else {
        return;
    };
    let has_all = counts.len() >= buckets.len()
        && counts
            .iter()
            .zip(buckets)
            .all(|(now, before)| now >= before);
    if has_all {
        for (now, before) in counts.iter_mut().zip(buckets) {
            *now -= before;
        }
        value.sum -= sum;
    }
}
