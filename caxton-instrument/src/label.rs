//! Labels: closed values, open text, label sets and typed references to them.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use crate::descriptor::{LabelDescriptor, LabelValues};

/// The value that an open label reads once its bound is reached.
///
/// A real value that reads like this is escaped with one more underscore.
pub const OVERFLOW: &str = "_overflow";

/// The longest value of an open label in bytes; a longer one reads
/// [`OVERFLOW`] and is counted as overflowed.
pub const MAX_VALUE_BYTES: usize = 256;

/// A label whose values are known at compile time: derive it for a unit enum,
/// or for a newtype of one.
///
/// ```
/// use caxton_instrument::LabelValue;
///
/// #[derive(LabelValue, Clone, Copy)]
/// enum Performative {
///     Request,
///     NotUnderstood,
/// }
///
/// assert_eq!(Performative::VALUES, ["request", "not_understood"]);
/// assert_eq!(Performative::NotUnderstood.as_str(), "not_understood");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a closed label value",
    label = "not a closed label value",
    note = "for values known at compile time: `#[derive(LabelValue, Clone, Copy)]` on the enum",
    note = "for free text: `#[label(max_values = N)]` on the field, with `Text` as its type"
)]
pub trait LabelValue: Copy + Send + Sync + 'static {
    /// Every value, by [`index`](Self::index).
    const VALUES: &'static [&'static str];

    /// The position of this value in [`VALUES`](Self::VALUES).
    fn index(self) -> usize;

    /// The value as it is exposed.
    #[must_use]
    fn as_str(self) -> &'static str {
        Self::VALUES.get(self.index()).copied().unwrap_or_default()
    }
}

/// [`LabelValue`] as expansions name it: without its supertraits, so that a
/// type that is not `Copy` is reported where it is declared and not again at
/// each label.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a closed label value",
    label = "not a closed label value",
    note = "for values known at compile time: `#[derive(LabelValue, Clone, Copy)]` on the enum",
    note = "for free text: `#[label(max_values = N)]` on the field, with `Text` as its type"
)]
pub trait Closed: Sized {
    /// [`LabelValue::VALUES`].
    const VALUES: &'static [&'static str];

    /// [`LabelValue::index`].
    fn index(self) -> usize;

    /// The value again.
    #[must_use]
    fn copied(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: LabelValue> Closed for T {
    const VALUES: &'static [&'static str] = <T as LabelValue>::VALUES;

    #[inline(always)]
    fn index(self) -> usize {
        LabelValue::index(self)
    }

    #[inline(always)]
    fn copied(&self) -> Self {
        *self
    }
}

impl LabelValue for bool {
    const VALUES: &'static [&'static str] = &["false", "true"];

    fn index(self) -> usize {
        usize::from(self)
    }
}

/// The owned value of an open label: cheap to clone, any text.
///
/// ```
/// use caxton_instrument::Text;
///
/// let planner = Text::from("planner");
/// assert_eq!(&*planner, "planner");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(Arc<str>);

impl<T: Into<Arc<str>>> From<T> for Text {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A type that can hold the value of an open label.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold the text of an open label",
    label = "not text",
    note = "use `Text`, `String`, `Cow<'static, str>` or `&'static str`, or remove `max_values` and derive `LabelValue` for the type"
)]
pub trait OpenValue: Send + Sync + 'static {
    /// The text.
    fn as_str(&self) -> &str;
}

macro_rules! open_values {
    ($($text:ty),* $(,)?) => {$(
        impl OpenValue for $text {
            fn as_str(&self) -> &str {
                self
            }
        }
    )*};
}

open_values!(
    Text,
    String,
    &'static str,
    Arc<str>,
    Box<str>,
    Cow<'static, str>
);

/// The labels of a metric: derive it for a struct of labels. The unit type is
/// the empty set.
///
/// ```
/// use caxton_instrument::prelude::*;
///
/// #[derive(LabelSet)]
/// struct JobLabels {
///     urgent: bool,
///     #[label(max_values = 50)]
///     queue: Text,
/// }
///
/// let labels = JobLabels::of(true, "mail"); // borrowed: nothing is allocated
/// assert_eq!(labels.queue, "mail");
/// assert_eq!(JobLabels::QUEUE.name(), "queue");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a label set",
    label = "not a label set",
    note = "`#[derive(LabelSet)]` on a struct of labels, or `()` for no labels"
)]
pub trait LabelSet: Send + Sync + 'static {
    /// The labels, in declared order.
    const LABELS: &'static [LabelDescriptor];

    /// The borrowed twin: the same labels, open ones as `&str`.
    type Ref<'a>: Copy + Send;

    /// The open labels' values, in declared order.
    type Open<'a>: AsRef<[&'a str]> + Copy;

    /// These labels, borrowed.
    fn borrowed(&self) -> Self::Ref<'_>;

    /// The position of the closed labels' values among all their
    /// combinations, the first declared label counting most.
    fn closed_index(labels: Self::Ref<'_>) -> usize;

    /// The values of the open labels.
    fn open_values(labels: Self::Ref<'_>) -> Self::Open<'_>;
}

impl LabelSet for () {
    const LABELS: &'static [LabelDescriptor] = &[];

    type Ref<'a> = ();
    type Open<'a> = [&'a str; 0];

    fn borrowed(&self) -> Self::Ref<'_> {}

    fn closed_index((): ()) -> usize {
        0
    }

    fn open_values<'a>((): ()) -> [&'a str; 0] {
        []
    }
}

/// `Debug` of a borrowed twin: the labels as they are exposed, which asks
/// nothing of their types.
///
/// # Errors
///
/// When the formatter fails.
pub fn fmt_labels<L: LabelSet>(
    name: &str,
    labels: L::Ref<'_>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let open = L::open_values(labels);
    let mut open = open.as_ref().iter();
    let mut closed = L::closed_index(labels);
    let mut values: Vec<&str> = Vec::new();
    // The last declared label counts least; open ones keep their order.
    for label in L::LABELS.iter().rev() {
        if let LabelValues::Closed(all) = label.values {
            let value = all.get(closed % all.len().max(1));
            values.push(value.copied().unwrap_or_default());
            closed /= all.len().max(1);
        }
    }
    let mut text = f.debug_struct(name);
    for label in L::LABELS {
        let value = match label.values {
            LabelValues::Closed(_) => values.pop(),
            LabelValues::Open { .. } => open.next().copied(),
        };
        text.field(label.name, &value.unwrap_or_default());
    }
    text.finish()
}

/// The empty label set, of metrics whose one series needs no `at(..)`.
#[diagnostic::on_unimplemented(
    message = "this metric is labelled by `{Self}`: name the series first, `.at(&{Self}::of(..))`",
    label = "which series?"
)]
pub trait Unlabelled: LabelSet {
    #[doc(hidden)]
    const NONE: &'static Self;
}

#[diagnostic::do_not_recommend]
impl Unlabelled for () {
    const NONE: &'static Self = &();
}

/// Labels that name a series of a metric over `L`: a reference to `L` itself,
/// or to its borrowed twin.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a series of a metric labelled by `{L}`",
    label = "expected `&{L}::of(..)`, or a reference to a `{L}`"
)]
pub trait AsLabels<'a, L: LabelSet> {
    /// The labels, borrowed.
    #[allow(clippy::wrong_self_convention)] // the implementors are references
    fn as_labels(self) -> L::Ref<'a>;
}

impl<'a, L: LabelSet> AsLabels<'a, L> for &'a L {
    fn as_labels(self) -> L::Ref<'a> {
        self.borrowed()
    }
}

/// One label of the set `L` with values of type `V`, as a constant that
/// queries, alerts and panels name instead of a string.
pub struct LabelRef<L, V> {
    name: &'static str,
    of: PhantomData<fn() -> (L, V)>,
}

impl<L, V> LabelRef<L, V> {
    /// A reference to the label `name` of `L`; the derive makes it.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            of: PhantomData,
        }
    }

    /// The label's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl<L, V> Clone for LabelRef<L, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L, V> Copy for LabelRef<L, V> {}

impl<L, V> fmt::Debug for LabelRef<L, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LabelRef").field(&self.name).finish()
    }
}
