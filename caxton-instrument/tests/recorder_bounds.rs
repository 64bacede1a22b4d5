//! Handles that are made after the install sort samples by the added bounds
//! themselves, and so offer exemplars.

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::Registry;
use caxton_instrument::{Catalog, exemplar};

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Time from the office to the door.
    #[metric(unit = seconds, buckets = [0.1, 1.0])]
    send_duration: Histogram,
}

#[allow(clippy::unnecessary_wraps, reason = "what a source of traces is")]
fn source(_: &tracing::Span) -> Option<exemplar::TraceContext> {
    Some(exemplar::TraceContext::new([1; 16], [2; 8]))
}

#[test]
fn a_sample_between_added_bounds_has_its_exemplar_there() {
    exemplar::set_trace_source(source).expect("the first");
    let catalog = Catalog::collect().expect("it holds");
    let registry = Registry::builder(&catalog)
        .buckets("mailer_send_duration_seconds", &[0.1, 0.3, 1.0])
        .expect("a bound is added")
        .build();
    caxton_instrument::install(registry.clone()).expect("the first");
    Mail::global().send_duration.record(0.2);
    exemplar::next_interval();
    Mail::global().send_duration.record(0.2);

    let families = registry.families();
    let family = families.iter().find(|it| it.name().starts_with("mailer"));
    let series = family.expect("recorded").series().next().expect("one");
    let mut exemplars = Vec::new();
    series.exemplars(&mut exemplars);
    let at: Vec<_> = exemplars.iter().map(Option::is_some).collect();
    assert_eq!(at, [false, true, false, false]);
}
