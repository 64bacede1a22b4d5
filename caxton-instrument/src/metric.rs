//! Metrics and sets of metrics as types, and typed references to them.

use std::fmt;
use std::marker::PhantomData;

use crate::descriptor::{LabelDescriptor, MetricDescriptor, MetricKind, SetDescriptor};
use crate::label::LabelSet;
use crate::scope::{IntoRecorder, Scope};
use crate::unit::Unit;

/// A metric: [`Counter`](crate::Counter), [`FloatCounter`](crate::FloatCounter),
/// [`Gauge`](crate::Gauge), [`Histogram`](crate::Histogram) or
/// [`Info`](crate::Info).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a metric",
    label = "expected `Counter<L>`, `Gauge<L>`, `Histogram<L>` or `Info<L>`"
)]
pub trait Metric: Sized {
    /// Its labels.
    type Labels: LabelSet;

    /// Its type.
    const KIND: MetricKind;

    /// Its labels, as declared.
    const LABELS: &'static [LabelDescriptor] = <Self::Labels as LabelSet>::LABELS;

    #[doc(hidden)]
    fn new(descriptor: &'static MetricDescriptor, scope: &Scope) -> Self;
}

/// A set of metrics: derive it for a struct of them.
///
/// ```
/// use caxton_instrument::prelude::*;
///
/// /// What the mailer does.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct MailMetrics {
///     /// Messages that were sent.
///     messages_sent: Counter,
///     /// Messages that wait to be sent.
///     messages_waiting: Gauge,
/// }
///
/// MailMetrics::global().messages_sent.increment(1);
/// let _waiting = MailMetrics::global().messages_waiting.track(1);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of metrics",
    label = "not a set of metrics",
    note = "`#[derive(MetricSet)]` on a struct of metrics"
)]
pub trait MetricSet: Sized + Send + Sync + 'static {
    /// The set as declared.
    const SET: &'static SetDescriptor;

    /// The set in the program's recorder.
    ///
    /// Works before a recorder is installed: updates then go nowhere, and
    /// reach it from the moment it is.
    fn global() -> &'static Self;

    /// A set in a recorder of one's own.
    ///
    /// ```
    /// use caxton_instrument::prelude::*;
    /// use caxton_instrument::testing::TestRecorder;
    ///
    /// # /// What the mailer does.
    /// # #[derive(MetricSet)]
    /// # #[metric_set(namespace = "mailer")]
    /// # struct MailMetrics {
    /// #     /// Messages that were sent.
    /// #     messages_sent: Counter,
    /// # }
    /// let recorder = TestRecorder::new();
    /// let metrics = MailMetrics::new_in(&recorder);
    /// metrics.messages_sent.increment(2);
    /// assert_eq!(recorder.counter(MailMetrics::MESSAGES_SENT, &()), 2);
    /// ```
    #[must_use]
    fn new_in(recorder: impl IntoRecorder) -> Self {
        Self::build(&Scope::own(recorder.into_recorder()))
    }

    #[doc(hidden)]
    fn build(scope: &Scope) -> Self;
}

/// One metric as a constant, which queries, alerts and panels name instead of
/// a string.
///
/// ```
/// use caxton_instrument::prelude::*;
///
/// # /// What the mailer does.
/// # #[derive(MetricSet)]
/// # #[metric_set(namespace = "mailer")]
/// # struct MailMetrics {
/// #     /// Time to send one message.
/// #     #[metric(unit = seconds, buckets = [0.1, 1.0])]
/// #     send_duration: Histogram,
/// # }
/// const BOUNDS: &[f64] = MailMetrics::SEND_DURATION.bounds();
/// assert_eq!(MailMetrics::SEND_DURATION.name(), "mailer_send_duration_seconds");
/// assert_eq!(BOUNDS, [0.1, 1.0]);
/// ```
///
/// A query may narrow it to some series: `F` has the
/// [matchers](crate::query::Matcher), and is `()` where there are none.
pub struct MetricRef<M, F = ()> {
    descriptor: &'static MetricDescriptor,
    filter: F,
    of: PhantomData<fn() -> M>,
}

impl<M> MetricRef<M> {
    /// A reference to a metric; the derive makes it.
    #[must_use]
    pub const fn new(descriptor: &'static MetricDescriptor) -> Self {
        Self::selecting(descriptor, ())
    }
}

impl<M, F: Copy> MetricRef<M, F> {
    pub(crate) const fn selecting(descriptor: &'static MetricDescriptor, filter: F) -> Self {
        Self {
            descriptor,
            filter,
            of: PhantomData,
        }
    }

    pub(crate) const fn filter(self) -> F {
        self.filter
    }

    /// The metric as declared.
    #[must_use]
    pub const fn descriptor(self) -> &'static MetricDescriptor {
        self.descriptor
    }

    /// The full name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.descriptor.name
    }

    /// The unit of its samples.
    #[must_use]
    pub const fn unit(self) -> Unit {
        self.descriptor.unit
    }

    /// The bucket bounds of a histogram, rising; of a native one, those of its
    /// classic view.
    #[must_use]
    pub const fn bounds(self) -> &'static [f64] {
        self.descriptor.buckets
    }
}

impl<M, F: Copy> Clone for MetricRef<M, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, F: Copy> Copy for MetricRef<M, F> {}

impl<M, F> fmt::Debug for MetricRef<M, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MetricRef")
            .field(&self.descriptor.name)
            .finish()
    }
}
