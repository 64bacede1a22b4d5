//! This library over its own recorder: updates.

use caxton_instrument::Catalog;
use caxton_instrument::prelude::*;
use caxton_instrument::recorder::Registry;
use metrics::{counter, histogram};

use crate::load::{AGENT_TYPES, Performative, Priority, pair, sample};
use crate::table::{Row, Table};

#[derive(LabelSet)]
struct Closed {
    performative: Performative,
    priority: Priority,
}

#[derive(LabelSet)]
struct Open {
    performative: Performative,
    #[label(max_values = 120)]
    agent_type: Text,
}

/// What the benchmark updates.
#[derive(MetricSet)]
#[metric_set(namespace = "bench")]
struct Bench {
    /// Row A.
    a: Counter,
    /// Row B.
    b: Counter<Closed>,
    /// Row C.
    c: Counter<Open>,
    /// Row D.
    #[metric(unit = seconds, buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0])]
    d: Histogram,
    /// Row D'.
    #[metric(unit = seconds, buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0])]
    d_labelled: Histogram<Closed>,
    /// Row D, native.
    #[metric(unit = seconds, native)]
    d_native: Histogram,
    /// Row T.
    #[metric(unit = seconds, buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0])]
    t: Histogram,
    /// Row E.
    e: Gauge,
}

#[instrument_agent(agent_type = "bench", skip_span)]
#[inline(never)]
fn annotated(x: usize) -> Result<usize, ()> {
    std::hint::black_box(Ok(x))
}

#[instrument_agent(agent_type = "bench")]
#[inline(never)]
fn annotated_with_span(x: usize) -> Result<usize, ()> {
    std::hint::black_box(Ok(x))
}

/// The program's recorder, installed once.
pub fn install() -> Registry {
    let registry = Registry::new(&Catalog::collect().unwrap());
    caxton_instrument::install(registry.clone()).unwrap();
    registry
}

/// Over the installed recorder.
pub fn cases(table: &mut Table) {
    let bench = Bench::global();
    let a = bench.a.bind();
    let c = bench
        .c
        .at(&Open::of(Performative::Inform, "agent-type-1"))
        .bind();
    let d = bench.d.bind();
    let e = bench.e.bind();
    let (this, bound) = ("this", "this, bound");
    table
        .case(Row::A, this, |_| bench.a.increment(1))
        .case(Row::A, bound, move |_| a.increment(1))
        .case(Row::B, this, |i| {
            let (performative, priority) = pair(i);
            bench.b.at(&Closed::of(performative, priority)).increment(1);
        })
        .case(Row::C, this, |i| {
            let labels = Open::of(pair(i).0, AGENT_TYPES[i]);
            bench.c.at(&labels).increment(1);
        })
        .case(Row::CBound, bound, move |_| c.increment(1))
        .case(Row::D, this, |i| bench.d.record(sample(i)))
        .case(Row::D, bound, move |i| d.record(sample(i)))
        .case(Row::D, "this, native", |i| bench.d_native.record(sample(i)))
        .case(Row::DLabelled, this, |i| {
            let (performative, priority) = pair(i);
            let labels = Closed::of(performative, priority);
            bench.d_labelled.at(&labels).record(sample(i));
        })
        .case(Row::E, this, |_| drop(bench.e.track(1)))
        .case(Row::E, bound, move |_| drop(e.track(1)))
        .case(Row::Timer, this, |_| drop(bench.t.start_timer()))
        .case(Row::J, "this, `skip_span`", annotated)
        .case(Row::J, "this, span off", annotated_with_span);
    foreign(table);
}

/// How the name of a case ends that has a source of traces.
pub const EXEMPLARS: &str = "exemplars, none due";

/// Updates whose exemplars were taken since the last scrape. For a program that
/// sets a source of traces, which all its cases then have.
pub fn exemplar_cases(table: &mut Table) {
    let bench = Bench::global();
    table
        .case(Row::A, "this, exemplars, none due", |_| {
            bench.a.increment_with_exemplar(1);
        })
        .case(Row::D, "this, exemplars, none due", |i| {
            bench.d.record(sample(i));
        })
        .case(
            Row::J,
            "this, span off, exemplars, none due",
            annotated_with_span,
        );
}

/// What other crates emit through `metrics`, over our recorder.
fn foreign(table: &mut Table) {
    let cached = counter!("foreign_cached_total");
    let samples = histogram!("foreign_cached_seconds");
    let name = "`metrics` macro, our recorder";
    table
        .case(Row::A, name, |_| counter!("foreign_total").increment(1))
        .case(Row::B, name, |i| {
            let (performative, priority) = pair(i);
            counter!("foreign_b_total", "performative" => performative.as_str(), "priority" => priority.as_str())
                .increment(1);
        })
        .case(Row::C, name, |i| {
            counter!("foreign_c_total", "performative" => pair(i).0.as_str(), "agent_type" => AGENT_TYPES[i])
                .increment(1);
        })
        .case(Row::D, name, |i| {
            histogram!("foreign_seconds").record(sample(i));
        })
        .case(Row::A, "`metrics` cached handle, our recorder", move |_| {
            cached.increment(1);
        })
        .case(Row::D, "`metrics` cached handle, our recorder", move |i| {
            samples.record(sample(i));
        });
}
