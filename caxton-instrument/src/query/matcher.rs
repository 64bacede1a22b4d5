//! Which series: labels compared with values.

use std::fmt;
use std::marker::PhantomData;

use super::expr::{Selection, Test};
use crate::label::{LabelRef, LabelValue, Text};

/// A label of the set `L` compared with values; made by the methods of
/// [`LabelRef`].
pub struct Matcher<L, C> {
    label: &'static str,
    comparison: C,
    of: PhantomData<fn() -> L>,
}

impl<L, C> Matcher<L, C> {
    const fn new(label: &'static str, comparison: C) -> Self {
        Self {
            label,
            comparison,
            of: PhantomData,
        }
    }

    pub(super) const fn label(&self) -> &'static str {
        self.label
    }
}

impl<L, C: Copy> Clone for Matcher<L, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L, C: Copy> Copy for Matcher<L, C> {}

impl<L, C: fmt::Debug> fmt::Debug for Matcher<L, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Matcher")
            .field(&self.label)
            .field(&self.comparison)
            .finish()
    }
}

/// What a label is compared with.
pub trait Value: Copy + Send + Sync + 'static {
    #[doc(hidden)]
    fn test(&self) -> Test;
}

/// Values of a closed label.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub enum ClosedValue<V: 'static> {
    Is(V),
    IsNot(V),
    IsOneOf(&'static [V]),
    IsNoneOf(&'static [V]),
}

/// Values of an open label.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub enum OpenValue {
    Is(&'static str),
    IsNot(&'static str),
    IsOneOf(&'static [&'static str]),
    IsNoneOf(&'static [&'static str]),
}

impl<V: LabelValue> Value for ClosedValue<V> {
    fn test(&self) -> Test {
        let text = |value: &V| String::from(value.as_str());
        match self {
            Self::Is(value) => Test::Is(text(value)),
            Self::IsNot(value) => Test::IsNot(text(value)),
            Self::IsOneOf(values) => Test::IsOneOf(values.iter().map(text).collect()),
            Self::IsNoneOf(values) => Test::IsNoneOf(values.iter().map(text).collect()),
        }
    }
}

impl Value for OpenValue {
    fn test(&self) -> Test {
        let all = |values: &[&str]| values.iter().map(|&value| value.into()).collect();
        match *self {
            Self::Is(value) => Test::Is(value.into()),
            Self::IsNot(value) => Test::IsNot(value.into()),
            Self::IsOneOf(values) => Test::IsOneOf(all(values)),
            Self::IsNoneOf(values) => Test::IsNoneOf(all(values)),
        }
    }
}

/// # For queries: a closed label compared with its values
///
/// A value that the label does not have does not compile.
impl<L, V: LabelValue> LabelRef<L, V> {
    /// Series whose label has this value.
    #[must_use]
    #[allow(clippy::should_implement_trait)] // a matcher, no comparison
    pub const fn eq(self, value: V) -> Matcher<L, ClosedValue<V>> {
        Matcher::new(self.name(), ClosedValue::Is(value))
    }

    /// Series whose label has another value.
    #[must_use]
    #[allow(clippy::should_implement_trait)] // a matcher, no comparison
    pub const fn ne(self, value: V) -> Matcher<L, ClosedValue<V>> {
        Matcher::new(self.name(), ClosedValue::IsNot(value))
    }

    /// Series whose label has one of these values.
    ///
    /// # Panics
    ///
    /// When there are none, which in a constant does not compile.
    #[must_use]
    #[track_caller]
    pub const fn one_of(self, values: &'static [V]) -> Matcher<L, ClosedValue<V>> {
        refuse_none(values.is_empty());
        Matcher::new(self.name(), ClosedValue::IsOneOf(values))
    }

    /// Series whose label has none of these values.
    ///
    /// # Panics
    ///
    /// When there are none, which in a constant does not compile.
    #[must_use]
    #[track_caller]
    pub const fn none_of(self, values: &'static [V]) -> Matcher<L, ClosedValue<V>> {
        refuse_none(values.is_empty());
        Matcher::new(self.name(), ClosedValue::IsNoneOf(values))
    }
}

/// # For queries: an open label compared with texts
impl<L> LabelRef<L, Text> {
    /// Series whose label has this value.
    #[must_use]
    pub const fn eq(self, value: &'static str) -> Matcher<L, OpenValue> {
        Matcher::new(self.name(), OpenValue::Is(value))
    }

    /// Series whose label has another value.
    #[must_use]
    pub const fn ne(self, value: &'static str) -> Matcher<L, OpenValue> {
        Matcher::new(self.name(), OpenValue::IsNot(value))
    }

    /// Series whose label has one of these values.
    ///
    /// # Panics
    ///
    /// When there are none, which in a constant does not compile.
    #[must_use]
    #[track_caller]
    pub const fn one_of(self, values: &'static [&'static str]) -> Matcher<L, OpenValue> {
        refuse_none(values.is_empty());
        Matcher::new(self.name(), OpenValue::IsOneOf(values))
    }

    /// Series whose label has none of these values.
    ///
    /// # Panics
    ///
    /// When there are none, which in a constant does not compile.
    #[must_use]
    #[track_caller]
    pub const fn none_of(self, values: &'static [&'static str]) -> Matcher<L, OpenValue> {
        refuse_none(values.is_empty());
        Matcher::new(self.name(), OpenValue::IsNoneOf(values))
    }
}

#[track_caller]
const fn refuse_none(is_none: bool) {
    assert!(
        !is_none,
        "a list of no values says nothing about a label: name one value at least"
    );
}

/// The matchers that a metric is asked with: `()` is none, and
/// [`matching`](crate::MetricRef::matching) adds one.
pub trait Filter: Copy + Send + Sync + 'static {
    #[doc(hidden)]
    fn push(&self, out: &mut Vec<Selection>);
}

impl Filter for () {
    fn push(&self, _: &mut Vec<Selection>) {}
}

impl<F: Filter, L: 'static, C: Value> Filter for (F, Matcher<L, C>) {
    fn push(&self, out: &mut Vec<Selection>) {
        self.0.push(out);
        out.push(Selection {
            label: self.1.label,
            test: self.1.comparison.test(),
        });
    }
}
