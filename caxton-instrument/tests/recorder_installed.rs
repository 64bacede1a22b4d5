//! Our own recorder, installed bare: handles keep the cell itself, and the
//! series of an entity really ends.

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Registry, Value};
use caxton_instrument::{Catalog, install};

#[derive(LabelSet)]
struct Agent {
    #[label(max_values = 3)]
    agent_id: Text,
}

/// Agents.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton")]
struct Agents {
    /// Memory that one agent uses.
    #[metric(unit = bytes)]
    agent_memory: Gauge<Agent>,
    /// Messages that were handled.
    messages_handled: Counter,
}

#[derive(LabelSet)]
struct Stray {
    #[label(max_values = 20_000)]
    stray: Text,
}

/// A set that is not in the catalog.
#[derive(MetricSet)]
#[metric_set(namespace = "stray", unlisted)]
struct Strays {
    /// Strays that were seen.
    #[metric(max_series = 20_000)]
    seen: Counter<Stray>,
}

fn memory(registry: &Registry) -> Vec<(String, Value)> {
    registry
        .families()
        .iter()
        .filter(|family| family.name() == "caxton_agent_memory_bytes")
        .flat_map(|family| {
            family.series().map(|series| {
                let mut labels = String::new();
                series.write_labels(&mut labels);
                (labels, series.value())
            })
        })
        .collect()
}

/// One test: a program has one recorder.
#[test]
fn entities_come_and_go_and_leave_nothing() {
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    install(registry.clone()).expect("the first install");
    let agents = Agents::global();

    let stays = agents.agent_memory.at(&Agent::of("stays")).entity();
    stays.set(7);
    for i in 0..10_000 {
        let id = format!("agent-{i}");
        let entity = agents.agent_memory.at(&Agent::of(&id)).entity();
        entity.set(i);
        agents.messages_handled.increment(1);
        if i % 1_000 == 0 {
            assert_eq!(
                memory(&registry),
                [
                    (format!("agent_id=\"{id}\""), Value::Gauge(f64::from(i))),
                    ("agent_id=\"stays\"".to_owned(), Value::Gauge(7.0)),
                ]
            );
        }
    }
    assert_eq!(
        memory(&registry),
        [("agent_id=\"stays\"".to_owned(), Value::Gauge(7.0))]
    );

    // A name that comes back starts anew.
    let again = agents.agent_memory.at(&Agent::of("agent-5")).entity();
    again.add(1);
    assert_eq!(memory(&registry)[0].1, Value::Gauge(1.0));
    drop((again, stays));
    assert_eq!(memory(&registry), []);

    let handled = registry
        .families()
        .iter()
        .find(|family| family.name() == "caxton_messages_handled_total")
        .and_then(|family| Some(family.series().next()?.value()));
    assert_eq!(handled, Some(Value::Counter(10_000)));
    assert_eq!(registry.refused(), 0);

    // A macro does not go on with a series that was removed.
    let level = |value: f64| {
        for _ in 0..4 {
            metrics::gauge!("caxton_agent_memory_bytes", "agent_id" => "macro").set(value);
        }
    };
    level(3.0);
    drop(agents.agent_memory.at(&Agent::of("macro")).entity());
    let entity = agents.agent_memory.at(&Agent::of("macro")).entity();
    entity.set(4);
    drop(entity);
    assert_eq!(memory(&registry), []);
    level(5.0);
    let line = ("agent_id=\"macro\"".to_owned(), Value::Gauge(5.0));
    assert_eq!(memory(&registry), [line]);

    // What no catalog knows is bounded, and each series refused counts once.
    for i in 0..10_005 {
        Strays::global()
            .seen
            .at(&Stray::of(&i.to_string()))
            .increment(1);
    }
    assert_eq!(registry.refused(), 5);
}
