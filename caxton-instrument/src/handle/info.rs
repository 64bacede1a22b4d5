//! Info metrics.

use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::entity::GaugeEntity;
use crate::descriptor::{MetricDescriptor, MetricKind};
use crate::label::{AsLabels, LabelSet};
use crate::link::GaugeLink;
use crate::metric::Metric;
use crate::scope::{self, Scope};
use crate::series::Core;

/// Facts about the process as labels of a gauge that is always 1, as
/// [OpenMetrics](https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#info)
/// has it.
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::testing::TestRecorder;
///
/// #[derive(LabelSet)]
/// struct Build {
///     #[label(max_values = 10)]
///     version: Text,
/// }
///
/// /// The program.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Program {
///     /// Version that runs.
///     build: Info<Build>,
/// }
///
/// let recorder = TestRecorder::new();
/// let program = Program::new_in(recorder.shared());
/// program.build.set(&Build::of("1.2.3"));
/// assert_eq!(recorder.info(Program::BUILD, &Build::of("1.2.3")), 1.0);
/// ```
pub struct Info<L = ()> {
    core: Arc<Core<GaugeLink>>,
    current: Arc<Mutex<Current>>,
    labels: PhantomData<fn() -> L>,
}

#[derive(Default)]
struct Current {
    facts: Option<GaugeEntity>,
    /// Whether the facts wait for a recorder; once is enough.
    waiting: bool,
}

impl<L: LabelSet> Metric for Info<L> {
    type Labels = L;

    const KIND: MetricKind = MetricKind::Info;

    fn new(descriptor: &'static MetricDescriptor, scope: &Scope) -> Self {
        Self {
            core: Arc::new(Core::new::<L>(descriptor, scope)),
            current: Arc::default(),
            labels: PhantomData,
        }
    }
}

impl<L: LabelSet> Info<L> {
    /// States the facts; those stated before end. Facts stated before a
    /// recorder is installed reach it when it is.
    pub fn set<'a>(&self, labels: impl AsLabels<'a, L>) {
        let labels = labels.as_labels();
        let values = L::open_values(labels);
        let (open, closed) = (values.as_ref(), L::closed_index(labels));
        let mut current = lock(&self.current);
        // Others end first: the place that they give back may be the only one.
        if current
            .facts
            .as_ref()
            .is_some_and(|facts| !facts.is(open, closed))
        {
            current.facts = None;
        }
        let next = GaugeEntity::new(Arc::clone(&self.core), open, closed);
        current.facts = None;
        let live = next.state(1.0);
        current.facts = Some(next);
        let waits = !live && !std::mem::replace(&mut current.waiting, true);
        drop(current);
        if waits {
            let current = Arc::clone(&self.current);
            scope::when_installed(move || {
                let mut current = lock(&current);
                current.waiting = false;
                if let Some(facts) = &current.facts {
                    facts.state(1.0);
                }
            });
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

debug_by_name! {
    [L] Info<L>, core;
}
