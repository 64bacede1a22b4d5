//! What alerts, objectives, records and panels ask: PromQL for people, and
//! which series it names, for those who compare.

use caxton_instrument::query::{AnyQuery, Dimension, Expr, Part, Selection, Test as Compared};
use serde::{Deserialize, Serialize};

use crate::promql::{self, Route};

/// A query.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Query {
    /// As Prometheus reads it, under the names of a scrape.
    #[serde(rename = "query")]
    pub(crate) promql: String,
    /// The unit of the answer; of a condition, that of its left side.
    pub(crate) unit: Option<String>,
    pub(crate) per_second: bool,
    /// The labels that the answer has.
    pub(crate) by: Vec<String>,
    /// The series that it is made of.
    pub(crate) reads: Vec<Read>,
}

/// Series that a query names.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Read {
    pub(crate) metric: String,
    /// Only those with these labels.
    pub(crate) matching: Vec<Test>,
    /// Of a histogram, the bucket up to this bound.
    pub(crate) bound: Option<f64>,
    /// The labels that they are grouped by.
    pub(crate) by: Vec<String>,
}

/// A label compared with values.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Test {
    pub(crate) label: String,
    /// Whether it has one of the values, or none of them.
    pub(crate) is: bool,
    pub(crate) values: Vec<String>,
}

impl Query {
    pub(super) fn of(query: &dyn AnyQuery) -> Self {
        let expr = query.expr();
        Self::with(
            promql::render(query),
            query.dimension(),
            query.labels(),
            &[&expr],
        )
    }

    /// The share of an objective, which reads what both expressions do.
    pub(super) fn of_share(share: &Expr, events: &Expr, labels: &[&str]) -> Self {
        Self::with(
            promql::expression_for(share, &Route::Scrape),
            Dimension::RATIO,
            labels,
            &[share, events],
        )
    }

    fn with(promql: String, dimension: Dimension, by: &[&str], exprs: &[&Expr]) -> Self {
        let mut reads = Vec::new();
        for expr in exprs {
            collect(expr, &[], &mut reads);
        }
        let unit = dimension.unit().suffix();
        Self {
            promql,
            unit: (!unit.is_empty()).then(|| unit.into()),
            per_second: dimension.is_per_second(),
            by: by.iter().map(|label| String::from(*label)).collect(),
            reads,
        }
    }

    pub(crate) fn reads(&self, metric: &str) -> bool {
        self.reads.iter().any(|read| read.metric == metric)
    }

    /// The names of the metrics, each once.
    pub(crate) fn metrics(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.reads.iter().map(|it| it.metric.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Each series once, with the labels of the closest group around it.
fn collect(expr: &Expr, by: &[&'static str], reads: &mut Vec<Read>) {
    match expr {
        Expr::Series {
            metric,
            part,
            matching,
            ..
        } => {
            let read = Read {
                metric: metric.name.into(),
                matching: matching.iter().filter_map(test).collect(),
                bound: match part {
                    Part::BucketUpTo(bound) => Some(bound.get()),
                    _ => None,
                },
                // Which every series of a histogram's buckets has.
                by: by
                    .iter()
                    .filter(|label| **label != "le")
                    .map(|label| String::from(*label))
                    .collect(),
            };
            if !reads.contains(&read) {
                reads.push(read);
            }
        }
        Expr::Call(_, of) | Expr::Absent(of) => collect(of, by, reads),
        Expr::Aggregate { by, of, .. } => collect(of, by, reads),
        Expr::Arithmetic(left, _, right)
        | Expr::Compare(left, _, right)
        | Expr::Logic(left, _, right) => {
            collect(left, by, reads);
            collect(right, by, reads);
        }
        _ => {}
    }
}

fn test(selection: &Selection) -> Option<Test> {
    let (is, values) = match &selection.test {
        Compared::Is(value) => (true, vec![value.clone()]),
        Compared::IsNot(value) => (false, vec![value.clone()]),
        Compared::IsOneOf(values) => (true, values.clone()),
        Compared::IsNoneOf(values) => (false, values.clone()),
        _ => return None,
    };
    Some(Test {
        label: selection.label.into(),
        is,
        values,
    })
}
