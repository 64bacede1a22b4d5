//! A process has four million cells. What comes after is refused and counted,
//! and what there was goes on.

use caxton_instrument::Catalog;
use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Registry, Value};
use metrics::{Key, Label, Level, Metadata, Recorder};

#[derive(LabelSet)]
struct Labels {
    #[label(max_values = 20_000)]
    queue: Text,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Time to send one message.
    #[metric(unit = seconds, native, max_series = 20_000)]
    #[expect(dead_code, reason = "named by keys")]
    send_duration: Histogram<Labels>,
}

const METADATA: Metadata<'_> = Metadata::new("cells", Level::INFO, None);

#[test]
fn without_cells_series_are_refused() {
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    let first = registry.register_counter(&Key::from_name("first_total"), &METADATA);
    let histogram = |queue: u32| {
        let labels = vec![Label::new("queue", queue.to_string())];
        Key::from_parts("mailer_send_duration_seconds", labels)
    };
    // 324 cells each.
    let made = (0..20_000).take_while(|queue| {
        let _ = registry.register_histogram(&histogram(*queue), &METADATA);
        registry.refused() == 0
    });
    let made = made.count();
    assert!((12_000..13_000).contains(&made), "{made}");
    let findings = registry.findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].class, "no_cells");
    let message = &findings[0].message;
    assert!(
        message.contains("no memory for another series"),
        "{message}"
    );

    first.increment(3);
    let families = registry.families();
    let total = families
        .iter()
        .find(|family| family.name() == "first_total")
        .and_then(|family| Some(family.series().next()?.value()));
    assert_eq!(total, Some(Value::Counter(3)));

    // Given back, they serve again.
    drop((registry, families));
    let again = Registry::new(&Catalog::collect().expect("the declarations hold"));
    let _ = again.register_histogram(&histogram(0), &METADATA);
    assert_eq!(again.refused(), 0);
}
