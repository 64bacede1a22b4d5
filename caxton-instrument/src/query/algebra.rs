//! Grouping, arithmetic and comparisons.

use std::fmt;
use std::marker::PhantomData;

use super::dimension::{Dimension, NO_SHARE, is_share};
use super::expr::{Arithmetic, Comparison, Expr, Logic};
use super::names::Names;
use crate::label::LabelRef;
use crate::unit::Unit;

/// A part of a query; its types are of no interest outside.
pub trait Node: Copy + Send + Sync + 'static {
    /// What it asks, with all series aggregated by these labels.
    #[doc(hidden)]
    fn expr(&self, by: &[&'static str]) -> Expr;
}

/// A query or a condition whose types are forgotten, so that lists of them can
/// be kept.
pub trait AnyQuery: Send + Sync + fmt::Debug {
    /// What it asks.
    fn expr(&self) -> Expr;

    /// The unit of the answer; of a condition, that of its left side.
    fn dimension(&self) -> Dimension;

    /// The labels that the answer has, in the order they were named.
    fn labels(&self) -> &[&'static str];

    /// Whether it answers only where something holds, as an alert does.
    fn is_condition(&self) -> bool;
}

/// A question about metrics over the labels `L`: what to ask, by which labels,
/// and in which unit the answer is.
pub struct Query<N, L> {
    node: N,
    dimension: Dimension,
    by: Names,
    /// Labels that it can still be grouped by.
    known: Names,
    of: PhantomData<fn() -> L>,
}

/// A query that answers only where it holds.
pub struct Condition<N, L> {
    query: Query<N, L>,
    /// Whether its answer is the value of the left side, wherever it holds.
    has_value: bool,
}

impl<N: Copy, L> Clone for Query<N, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N: Copy, L> Copy for Query<N, L> {}

impl<N: Copy, L> Clone for Condition<N, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N: Copy, L> Copy for Condition<N, L> {}

#[track_caller]
const fn refuse_other_groups(left: &Names, right: &Names) {
    assert!(
        left.is_same(right),
        "both sides are to have the same labels: group them alike, `.by(..)`, before they meet"
    );
}

#[track_caller]
const fn refuse_other_unit(left: Dimension, right: Dimension) {
    assert!(
        left.is_same(right),
        "both sides are to be in the same unit: seconds do not compare with bytes, nor a rate with \
         a count"
    );
}

impl<N: Copy, L> Query<N, L> {
    pub(super) const fn new(node: N, dimension: Dimension, known: Names) -> Self {
        Self {
            node,
            dimension,
            by: Names::NONE,
            known,
            of: PhantomData,
        }
    }

    /// The unit of the answer.
    #[must_use]
    pub const fn dimension(self) -> Dimension {
        self.dimension
    }

    /// One answer for each value of this label, where there was one for all;
    /// again for more labels.
    ///
    /// # Panics
    ///
    /// When a metric on the other side of an operator has no such label, which
    /// in a constant does not compile.
    #[must_use]
    #[track_caller]
    pub const fn by<V>(self, label: LabelRef<L, V>) -> Self {
        assert!(
            self.known.has(label.name()),
            "not all metrics of this query have that label: group by labels that they share"
        );
        Self {
            by: self.by.with(label.name()),
            ..self
        }
    }

    /// One answer for each scraped process: by `job` and `instance`, which
    /// Prometheus gives every series.
    #[must_use]
    pub const fn by_instance(self) -> Self {
        Self {
            by: self.by.with("job").with("instance"),
            ..self
        }
    }

    #[track_caller]
    const fn meet<M: Copy, K>(
        self,
        operator: Arithmetic,
        other: Query<M, K>,
        dimension: Dimension,
    ) -> Query<Both<N, Arithmetic, M>, L> {
        refuse_other_groups(&self.by, &other.by);
        Query {
            node: Both {
                left: self.node,
                operator,
                right: other.node,
            },
            dimension,
            by: self.by,
            known: self.known.common(&other.known),
            of: PhantomData,
        }
    }

    /// This for each of that: in the unit of the quotient.
    ///
    /// # Panics
    ///
    /// When the sides have other labels, or the quotient has no unit, which in a
    /// constant does not compile.
    #[must_use]
    #[track_caller]
    pub const fn divided_by<M: Copy, K>(
        self,
        other: Query<M, K>,
    ) -> Query<Both<N, Arithmetic, M>, L> {
        let dimension = self.dimension.divided_by(other.dimension);
        self.meet(Arithmetic::DividedBy, other, dimension)
    }

    /// Both together.
    ///
    /// # Panics
    ///
    /// When the sides have other labels or units, which in a constant does not
    /// compile.
    #[must_use]
    #[track_caller]
    pub const fn plus<M: Copy, K>(self, other: Query<M, K>) -> Query<Both<N, Arithmetic, M>, L> {
        refuse_other_unit(self.dimension, other.dimension);
        self.meet(Arithmetic::Plus, other, self.dimension)
    }

    /// This without that.
    ///
    /// # Panics
    ///
    /// When the sides have other labels or units, which in a constant does not
    /// compile.
    #[must_use]
    #[track_caller]
    pub const fn minus<M: Copy, K>(self, other: Query<M, K>) -> Query<Both<N, Arithmetic, M>, L> {
        refuse_other_unit(self.dimension, other.dimension);
        self.meet(Arithmetic::Minus, other, self.dimension)
    }

    /// So many times as much.
    #[must_use]
    pub const fn times(self, factor: f64) -> Query<Both<N, Arithmetic, Number>, L> {
        self.map(Both {
            left: self.node,
            operator: Arithmetic::Times,
            right: Number(factor),
        })
    }

    /// Another question with the same answer, as far as it is known here.
    const fn map<M: Copy>(&self, node: M) -> Query<M, L> {
        Query {
            node,
            dimension: self.dimension,
            by: self.by,
            known: self.known,
            of: PhantomData,
        }
    }

    #[track_caller]
    const fn compared(
        self,
        operator: Comparison,
        threshold: f64,
    ) -> Condition<Both<N, Comparison, Number>, L> {
        assert!(threshold.is_finite(), "a threshold is a finite number");
        assert!(
            !matches!(self.dimension.unit(), Unit::Ratio) || is_share(threshold),
            "{}",
            NO_SHARE
        );
        Condition {
            query: self.map(Both {
                left: self.node,
                operator,
                right: Number(threshold),
            }),
            has_value: true,
        }
    }

    /// Where it is above a threshold, in its own unit: seconds, bytes, a share.
    ///
    /// # Panics
    ///
    /// When the threshold is not finite, or of a share not between 0 and 1,
    /// which in a constant does not compile.
    #[must_use]
    #[track_caller]
    pub const fn above(self, threshold: f64) -> Condition<Both<N, Comparison, Number>, L> {
        self.compared(Comparison::Above, threshold)
    }

    /// Where it is at or above a threshold.
    ///
    /// # Panics
    ///
    /// As [`above`](Self::above).
    #[must_use]
    #[track_caller]
    pub const fn at_least(self, threshold: f64) -> Condition<Both<N, Comparison, Number>, L> {
        self.compared(Comparison::AtLeast, threshold)
    }

    /// Where it is below a threshold.
    ///
    /// # Panics
    ///
    /// As [`above`](Self::above).
    #[must_use]
    #[track_caller]
    pub const fn below(self, threshold: f64) -> Condition<Both<N, Comparison, Number>, L> {
        self.compared(Comparison::Below, threshold)
    }

    /// Where it is at or below a threshold.
    ///
    /// # Panics
    ///
    /// As [`above`](Self::above).
    #[must_use]
    #[track_caller]
    pub const fn at_most(self, threshold: f64) -> Condition<Both<N, Comparison, Number>, L> {
        self.compared(Comparison::AtMost, threshold)
    }

    /// Where it is above another query's answer for the same labels.
    ///
    /// # Panics
    ///
    /// When the sides have other labels or units, which in a constant does not
    /// compile.
    #[must_use]
    #[track_caller]
    pub const fn exceeds<M: Copy, K>(
        self,
        other: Query<M, K>,
    ) -> Condition<Both<N, Comparison, M>, L> {
        refuse_other_unit(self.dimension, other.dimension);
        refuse_other_groups(&self.by, &other.by);
        Condition {
            query: Query {
                node: Both {
                    left: self.node,
                    operator: Comparison::Above,
                    right: other.node,
                },
                dimension: self.dimension,
                by: self.by,
                known: self.known.common(&other.known),
                of: PhantomData,
            },
            has_value: true,
        }
    }
}

impl<N: Copy, L> Condition<N, L> {
    /// The labels of the answer.
    pub(crate) const fn names(&self) -> &Names {
        &self.query.by
    }

    /// Whether the value is told wherever it holds.
    pub(crate) const fn has_value(&self) -> bool {
        self.has_value
    }

    pub(super) const fn node(&self) -> N {
        self.query.node
    }

    /// Another condition, which may hold without the value.
    pub(super) const fn without_value<M: Copy>(&self, node: M) -> Condition<M, L> {
        Condition {
            query: self.query.map(node),
            has_value: false,
        }
    }

    #[track_caller]
    const fn meet<M: Copy, K>(
        self,
        operator: Logic,
        other: Condition<M, K>,
    ) -> Condition<Both<N, Logic, M>, L> {
        let (left, right) = (self.query, other.query);
        refuse_other_groups(&left.by, &right.by);
        Condition {
            query: Query {
                node: Both {
                    left: left.node,
                    operator,
                    right: right.node,
                },
                dimension: left.dimension,
                by: left.by,
                known: left.known.common(&right.known),
                of: PhantomData,
            },
            has_value: self.has_value && (other.has_value || !matches!(operator, Logic::Or)),
        }
    }

    /// Where both hold.
    ///
    /// # Panics
    ///
    /// When the sides have other labels, which in a constant does not compile.
    #[must_use]
    #[track_caller]
    pub const fn and<M: Copy, K>(self, other: Condition<M, K>) -> Condition<Both<N, Logic, M>, L> {
        self.meet(Logic::And, other)
    }

    /// Where one holds at least.
    ///
    /// # Panics
    ///
    /// When the sides have other labels, which in a constant does not compile.
    #[must_use]
    #[track_caller]
    pub const fn or<M: Copy, K>(self, other: Condition<M, K>) -> Condition<Both<N, Logic, M>, L> {
        self.meet(Logic::Or, other)
    }

    /// Where this holds and that does not.
    ///
    /// # Panics
    ///
    /// When the sides have other labels, which in a constant does not compile.
    #[must_use]
    #[track_caller]
    pub const fn unless<M: Copy, K>(
        self,
        other: Condition<M, K>,
    ) -> Condition<Both<N, Logic, M>, L> {
        self.meet(Logic::Unless, other)
    }
}

/// Two parts and what is between them.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Both<N, O, M> {
    left: N,
    operator: O,
    right: M,
}

/// A number.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Number(f64);

impl Node for Number {
    fn expr(&self, _: &[&'static str]) -> Expr {
        Expr::Number(self.0)
    }
}

macro_rules! both {
    ($($operator:ident: $variant:ident,)+) => {$(
        impl<N: Node, M: Node> Node for Both<N, $operator, M> {
            fn expr(&self, by: &[&'static str]) -> Expr {
                let (left, right) = (self.left.expr(by), self.right.expr(by));
                Expr::$variant(Box::new(left), self.operator, Box::new(right))
            }
        }
    )+};
}

both! {
    Arithmetic: Arithmetic,
    Comparison: Compare,
    Logic: Logic,
}

impl<N: Node, L> AnyQuery for Query<N, L> {
    fn expr(&self) -> Expr {
        self.node.expr(self.by.as_slice())
    }

    fn dimension(&self) -> Dimension {
        self.dimension
    }

    fn labels(&self) -> &[&'static str] {
        self.by.as_slice()
    }

    fn is_condition(&self) -> bool {
        false
    }
}

impl<N: Node, L> AnyQuery for Condition<N, L> {
    fn expr(&self) -> Expr {
        self.query.expr()
    }

    fn dimension(&self) -> Dimension {
        self.query.dimension
    }

    fn labels(&self) -> &[&'static str] {
        self.query.by.as_slice()
    }

    fn is_condition(&self) -> bool {
        true
    }
}

impl<N: Node, L> fmt::Debug for Query<N, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Query").field(&AnyQuery::expr(self)).finish()
    }
}

impl<N: Node, L> fmt::Debug for Condition<N, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Condition")
            .field(&AnyQuery::expr(self))
            .finish()
    }
}
