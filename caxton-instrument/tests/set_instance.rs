//! What a library's type keeps of a set: the program's instance, or one in a
//! recorder of its own.

use std::sync::Arc;

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Registry, Value};
use caxton_instrument::testing::TestRecorder;
use caxton_instrument::{Catalog, IntoRecorder, SetInstance, SharedRecorder};

/// A pool of connections.
#[derive(MetricSet, Debug)]
#[metric_set(namespace = "pool")]
struct PoolMetrics {
    /// Connections that were opened.
    opened: Counter,
}

agent_metrics! {
    /// The operations of pools.
    struct PoolAgents {
        namespace = "pool",
        default,
    }
}

#[derive(Debug, Clone, Default)]
struct Pool {
    metrics: SetInstance<PoolMetrics>,
    agents: SetInstance<PoolAgents>,
}

impl Pool {
    fn new_in(recorder: impl IntoRecorder + Clone) -> Self {
        Self {
            metrics: SetInstance::new_in(recorder.clone()),
            agents: SetInstance::new_in(recorder),
        }
    }

    #[instrument_agent(agent_type = "pool", metrics = self.agents)]
    fn open(&self) {
        self.metrics.opened.increment(1);
    }
}

#[test]
fn a_set_of_its_own_takes_the_updates() {
    let recorder = TestRecorder::new();
    let pool = Pool::new_in(&recorder);
    pool.open();
    pool.clone().open();
    Pool::default().open();
    assert_eq!(recorder.counter(PoolMetrics::OPENED, &()), 2);
    let ended = AgentLabels::of("pool", "open", Status::Ok);
    assert_eq!(recorder.counter(PoolAgents::EXECUTIONS, &ended), 2);
}

#[test]
fn without_one_it_is_the_programs() {
    let pool = Pool::default();
    assert!(std::ptr::eq(
        &raw const *pool.metrics,
        PoolMetrics::global()
    ));
    let given = SetInstance::from(PoolMetrics::global());
    assert!(std::ptr::eq(&raw const *given, PoolMetrics::global()));
}

#[test]
fn a_set_that_is_shared_stays_shared() {
    let recorder = TestRecorder::new();
    let shared = Arc::new(PoolMetrics::new_in(&recorder));
    let instance = SetInstance::from(Arc::clone(&shared));
    assert!(std::ptr::eq(&raw const *instance, &raw const *shared));
}

#[test]
fn it_shows_its_set() {
    let agents = SetInstance::from(PoolAgents::new_in(TestRecorder::new()));
    let shown = format!("{agents:?}");
    assert!(shown.starts_with("PoolAgents {"), "{shown}");
    assert!(shown.contains("pool_agent_executions_total"), "{shown}");
}

/// One update through each way to hand over the same recorder.
#[test]
#[allow(clippy::expect_used)]
fn recorders_pass_by_value_and_reference() {
    let recorder = TestRecorder::new();
    let shared: SharedRecorder = recorder.shared();
    for set in [
        PoolMetrics::new_in(&recorder),
        PoolMetrics::new_in(recorder.clone()),
        PoolMetrics::new_in(&shared),
        PoolMetrics::new_in(shared),
    ] {
        set.opened.increment(1);
    }
    assert_eq!(recorder.counter(PoolMetrics::OPENED, &()), 4);

    let catalog = Catalog::collect().expect("the declarations agree");
    let registry = Registry::new(&catalog);
    for set in [
        PoolMetrics::new_in(&registry),
        PoolMetrics::new_in(registry.clone()),
        PoolMetrics::new_in(Arc::new(registry.clone())),
    ] {
        set.opened.increment(1);
    }
    let opened = registry
        .families()
        .into_iter()
        .find(|family| family.name() == "pool_opened_total")
        .expect("it was updated");
    let values: Vec<_> = opened.series().map(|series| series.value()).collect();
    assert!(matches!(values[..], [Value::Counter(3)]), "{values:?}");
}
