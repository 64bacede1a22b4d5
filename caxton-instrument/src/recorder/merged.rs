//! Series as a reader gets them where labels are left out: those that differ
//! in nothing else are one, and read their sum.
//!
//! Nothing changes for an update. A reader pays with a sort of the family.

use std::sync::Arc;
use std::time::SystemTime;

use super::cells::{CounterCell, GaugeCell, HistogramCell, HistogramValue};
use super::family::{Family, Snapshot, Store};
use super::label_text::compare_values;
use super::ordered::Ordered;
use super::stored::{Cell, Series, Stored, Value};
use crate::descriptor::MetricKind;
use crate::exemplar::{self, Exemplar};

/// One series that stands for several.
#[derive(Debug)]
pub(super) struct Merged {
    /// The labels that are left.
    pub(super) text: String,
    pub(super) created: SystemTime,
    members: Members,
}

/// What it is the sum of; at least one.
#[derive(Debug)]
enum Members {
    Counter(Vec<Arc<Stored<CounterCell>>>),
    Gauge(Vec<Arc<Stored<GaugeCell>>>),
    /// Of an info metric, which reads 1 whatever it stands for.
    Info,
    Histogram(Vec<Arc<Stored<HistogramCell>>>),
}

impl Family {
    /// The family without some labels.
    pub(super) fn without(self, labels: &[&str]) -> Self {
        let store = &self.store;
        let is_info = self.kind() == MetricKind::Info;
        let series = match &self.series {
            Snapshot::Counter(series) => {
                merge(store, series, labels, Cell::Counter, Members::Counter)
            }
            Snapshot::Gauge(series) => merge(store, series, labels, Cell::Gauge, |gauges| {
                if is_info {
                    Members::Info
                } else {
                    Members::Gauge(gauges)
                }
            }),
            Snapshot::Histogram(series) => {
                merge(store, series, labels, Cell::Histogram, Members::Histogram)
            }
            Snapshot::Merged(series) => Arc::clone(series),
        };
        Self {
            series: Snapshot::Merged(series),
            store: self.store,
        }
    }
}

fn merge<'a, C>(
    store: &'a Arc<Store>,
    series: &'a Ordered<Stored<C>>,
    without: &[&str],
    cell: impl Fn(&'a Stored<C>) -> Cell<'a>,
    members: impl Fn(Vec<Arc<Stored<C>>>) -> Members,
) -> Arc<[Merged]> {
    let mut all: Vec<(String, SystemTime, &Arc<Stored<C>>)> = series
        .shared()
        .map(|stored| {
            let series = Series::new(store, cell(stored));
            let mut text = String::new();
            for (name, value) in series.labels() {
                if without.contains(&name) {
                    continue;
                }
                if !text.is_empty() {
                    text.push(',');
                }
                for part in [name, "=\"", value.escaped(), "\""] {
                    text.push_str(part);
                }
            }
            (text, series.created(), stored)
        })
        .collect();
    all.sort_by(|a, b| compare_values(&a.0, &b.0));
    all.chunk_by(|a, b| a.0 == b.0)
        .map(|same| Merged {
            text: same.first().map_or_else(String::new, |one| one.0.clone()),
            // It counts from the first of them on.
            created: same
                .iter()
                .map(|one| one.1)
                .min()
                .unwrap_or(SystemTime::UNIX_EPOCH),
            members: members(same.iter().map(|one| Arc::clone(one.2)).collect()),
        })
        .collect()
}

impl Merged {
    pub(super) fn bounds(&self) -> &[f64] {
        match &self.members {
            Members::Histogram(histograms) => {
                histograms.first().map_or(&[], |first| first.bounds())
            }
            _ => &[],
        }
    }

    pub(super) fn value(&self) -> Value {
        match &self.members {
            Members::Counter(counters) => {
                let total = |sum: u64, counter: &Arc<Stored<CounterCell>>| {
                    sum.saturating_add(counter.value())
                };
                Value::Counter(counters.iter().fold(0, total))
            }
            Members::Gauge(gauges) => Value::Gauge(gauges.iter().map(|gauge| gauge.value()).sum()),
            Members::Info => Value::Gauge(1.0),
            Members::Histogram(histograms) => {
                let mut sum = HistogramValue {
                    buckets: vec![0; self.bounds().len() + 1],
                    sum: 0.0,
                };
                let mut one = HistogramValue {
                    buckets: Vec::new(),
                    sum: 0.0,
                };
                for histogram in histograms {
                    histogram.read(&mut one);
                    sum.sum += one.sum;
                    for (sum, bucket) in sum.buckets.iter_mut().zip(&one.buckets) {
                        *sum = sum.saturating_add(*bucket);
                    }
                }
                Value::Histogram(sum)
            }
        }
    }

    /// Of each bucket the newest.
    pub(super) fn exemplars(&self, into: &mut Vec<Option<Exemplar>>) {
        into.clear();
        let indices: Vec<_> = match &self.members {
            Members::Counter(counters) => counters.iter().map(|one| one.index()).collect(),
            Members::Histogram(histograms) => histograms.iter().map(|one| one.index()).collect(),
            Members::Gauge(_) | Members::Info => return,
        };
        let mut one = Vec::new();
        for index in indices {
            exemplar::read(index, &mut one);
            if into.len() < one.len() {
                into.resize(one.len(), None);
            }
            for (kept, new) in into.iter_mut().zip(&one) {
                if let Some(new) = new
                    && kept.is_none_or(|kept| kept.at < new.at)
                {
                    *kept = Some(*new);
                }
            }
        }
    }
}
