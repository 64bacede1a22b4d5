//! Conditions that hold as well where there is nothing to ask.

use super::algebra::{Condition, Node};
use super::expr::{Aggregate, Expr, Logic, Part, Selection};
use crate::descriptor::{MetricDescriptor, MetricKind};

impl<N: Copy, L> Condition<N, L> {
    /// Where it holds, and where one of the metrics that it asks has no series
    /// that it selects: where a program is gone, or never counted what is waited
    /// for. Without it no series is no answer, and an alert is silent.
    ///
    /// Of a share those series count that it is a share of, and what stands
    /// behind [`unless`](Self::unless) does not.
    ///
    /// ```
    /// use caxton_instrument::prelude::*;
    /// use caxton_instrument::query::{AnyQuery, minutes};
    ///
    /// /// The mailer.
    /// #[derive(MetricSet)]
    /// #[metric_set(namespace = "mailer")]
    /// struct Mail {
    ///     /// Messages that were sent.
    ///     messages_sent: Counter,
    /// }
    ///
    /// // sum(increase(mailer_messages_sent_total[1h])) < 1
    /// //   or absent(sum(mailer_messages_sent_total))
    /// static NOTHING_SENT: &dyn AnyQuery =
    ///     &Mail::MESSAGES_SENT.increase(minutes(60)).below(1.0).or_absent();
    /// # assert!(NOTHING_SENT.is_condition());
    /// ```
    ///
    /// # Panics
    ///
    /// When the condition is grouped by labels, which what is absent has not: in a
    /// constant that does not compile.
    #[must_use]
    #[track_caller]
    pub const fn or_absent(self) -> Condition<OrAbsent<N>, L> {
        assert!(
            self.names().is_empty(),
            "what is absent has no labels to be grouped by: leave out `.by(..)`, or declare an \
             alert of its own for `or_absent()`"
        );
        self.without_value(OrAbsent(self.node()))
    }
}

/// A condition, or no series for it.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct OrAbsent<N>(N);

impl<N: Node> Node for OrAbsent<N> {
    fn expr(&self, by: &[&'static str]) -> Expr {
        let condition = self.0.expr(by);
        let mut asked = Vec::new();
        each_series(&condition, &mut asked);
        let mut out = condition;
        for (at, series) in asked.iter().enumerate() {
            // Of those that say the same, the first one.
            let mut others = asked.iter().enumerate();
            let is_within_another = others.any(|(of, other)| {
                series.is_within(other) && (of < at || !other.is_within(series))
            });
            if !is_within_another {
                let absent = Expr::Absent(Box::new(series.any()));
                out = Expr::Logic(Box::new(out), Logic::Or, Box::new(absent));
            }
        }
        out
    }
}

/// Series that are asked.
struct Asked {
    metric: &'static MetricDescriptor,
    matching: Vec<Selection>,
}

impl Asked {
    /// Whether the other ones are the same and more.
    fn is_within(&self, other: &Self) -> bool {
        let is_matched = |matcher| self.matching.contains(matcher);
        self.metric.name == other.metric.name && other.matching.iter().all(is_matched)
    }

    /// An answer where there is one of them.
    fn any(&self) -> Expr {
        let of = |part| Expr::Aggregate {
            how: Aggregate::Sum,
            by: Vec::new(),
            of: Box::new(Expr::Series {
                metric: self.metric,
                part,
                matching: self.matching.clone(),
                over: None,
            }),
        };
        if self.metric.native.is_some() {
            let (native, classic) = (Box::new(of(Part::Native)), Box::new(of(Part::Count)));
            return Expr::Logic(native, Logic::Or, classic);
        }
        match self.metric.kind {
            MetricKind::Histogram => of(Part::Count),
            _ => of(Part::Value),
        }
    }
}

fn each_series(expr: &Expr, out: &mut Vec<Asked>) {
    match expr {
        Expr::Number(_) => {}
        Expr::Series {
            metric, matching, ..
        } => out.push(Asked {
            metric,
            matching: matching.clone(),
        }),
        Expr::Call(_, of) | Expr::Aggregate { of, .. } | Expr::Absent(of) => each_series(of, out),
        // What is nowhere excepts nothing.
        Expr::Logic(left, Logic::Unless, _) => each_series(left, out),
        Expr::Arithmetic(left, _, right)
        | Expr::Compare(left, _, right)
        | Expr::Logic(left, _, right) => {
            each_series(left, out);
            each_series(right, out);
        }
    }
}
