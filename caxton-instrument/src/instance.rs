//! An instance of a set to keep: the program's, or one in a recorder of one's
//! own.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::metric::MetricSet;
use crate::scope::IntoRecorder;

/// What a library's type keeps of a set: the program's instance, unless it was
/// made with one of its own, as tests do. Clones share it.
///
/// ```
/// use caxton_instrument::SetInstance;
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::testing::TestRecorder;
///
/// /// Connections.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "pool")]
/// struct PoolMetrics {
///     /// Connections that were opened.
///     opened: Counter,
/// }
///
/// struct Pool {
///     metrics: SetInstance<PoolMetrics>,
/// }
///
/// impl Pool {
///     fn new() -> Self {
///         Self { metrics: SetInstance::global() }
///     }
///
///     /// Records in `metrics` instead of the program's recorder.
///     fn with_metrics(self, metrics: impl Into<SetInstance<PoolMetrics>>) -> Self {
///         Self { metrics: metrics.into(), ..self }
///     }
///
///     fn open(&self) {
///         self.metrics.opened.increment(1);
///     }
/// }
///
/// Pool::new().open();
///
/// let recorder = TestRecorder::new();
/// Pool::new().with_metrics(PoolMetrics::new_in(&recorder)).open();
/// assert_eq!(recorder.counter(PoolMetrics::OPENED, &()), 1);
/// ```
///
/// `metrics = self.metrics` of `#[instrument_agent]` takes one, too.
pub struct SetInstance<S: 'static>(Kept<S>);

enum Kept<S: 'static> {
    Global(&'static S),
    Own(Arc<S>),
}

impl<S: MetricSet> SetInstance<S> {
    /// The set in the program's recorder.
    #[must_use]
    pub fn global() -> Self {
        Self(Kept::Global(S::global()))
    }

    /// A set in a recorder of one's own.
    #[must_use]
    pub fn new_in(recorder: impl IntoRecorder) -> Self {
        Self::from(S::new_in(recorder))
    }
}

impl<S: MetricSet> Default for SetInstance<S> {
    /// The set in the program's recorder.
    fn default() -> Self {
        Self::global()
    }
}

impl<S> From<S> for SetInstance<S> {
    fn from(set: S) -> Self {
        Self(Kept::Own(Arc::new(set)))
    }
}

impl<S> From<Arc<S>> for SetInstance<S> {
    fn from(set: Arc<S>) -> Self {
        Self(Kept::Own(set))
    }
}

impl<S> From<&'static S> for SetInstance<S> {
    fn from(set: &'static S) -> Self {
        Self(Kept::Global(set))
    }
}

impl<S> Deref for SetInstance<S> {
    type Target = S;

    #[inline]
    fn deref(&self) -> &S {
        match &self.0 {
            Kept::Global(set) => set,
            Kept::Own(set) => set,
        }
    }
}

impl<S> Borrow<S> for SetInstance<S> {
    fn borrow(&self) -> &S {
        self
    }
}

impl<S> Clone for SetInstance<S> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Kept::Global(set) => Kept::Global(set),
            Kept::Own(set) => Kept::Own(Arc::clone(set)),
        })
    }
}

impl<S: fmt::Debug> fmt::Debug for SetInstance<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
