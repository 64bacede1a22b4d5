//! The hot path beside `metrics` macros and cached `metrics` handles, all in
//! front of the same recorder of metrics-exporter-prometheus.
//!
//! `cargo bench -p caxton-benches --bench hot_path`

#![allow(missing_docs, clippy::unwrap_used)]

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use caxton_benches::{Effort, Table};
use caxton_instrument::prelude::*;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

#[derive(LabelValue, Clone, Copy)]
enum Performative {
    Request,
    Inform,
    Refuse,
    Failure,
}

#[derive(LabelSet)]
struct TwoClosed {
    performative: Performative,
    urgent: bool,
}

#[derive(LabelSet)]
struct OneOpen {
    performative: Performative,
    #[label(max_values = 200)]
    agent_type: Text,
}

/// What the benchmark updates.
#[derive(MetricSet)]
#[metric_set(namespace = "bench")]
struct Bench {
    /// Row A.
    a: Counter,
    /// Row B.
    b: Counter<TwoClosed>,
    /// Row C.
    c: Counter<OneOpen>,
    /// Row D.
    #[metric(unit = seconds, buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0])]
    d: Histogram,
    /// Row D'.
    #[metric(unit = seconds, buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0])]
    d_labelled: Histogram<TwoClosed>,
    /// Row E.
    e: Gauge,
}

#[instrument_agent(agent_type = "bench", skip_span)]
#[inline(never)]
fn annotated(x: u64) -> Result<u64, ()> {
    std::hint::black_box(Ok(x))
}

#[instrument_agent(agent_type = "bench")]
#[inline(never)]
fn annotated_with_span(x: u64) -> Result<u64, ()> {
    std::hint::black_box(Ok(x))
}

#[tracing::instrument(skip_all)]
#[inline(never)]
fn traced(x: u64) -> Result<u64, ()> {
    std::hint::black_box(Ok(x))
}

#[inline(never)]
fn plain(x: u64) -> Result<u64, ()> {
    std::hint::black_box(Ok(x))
}

fn main() {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Prefix("bench_d".into()), Bench::D.bounds())
        .unwrap()
        .build_recorder();
    let handle = recorder.handle();
    caxton_instrument::install(recorder).unwrap();

    let mut table = Table::default();
    // metrics-exporter-prometheus keeps every raw sample until it is drained.
    table.between(move || handle.run_upkeep());
    atomic(&mut table);
    counters(&mut table);
    histograms(&mut table);
    guards(&mut table);
    functions(&mut table);
    println!(
        "{}",
        table.measure(Effort {
            batch: 20_000,
            rounds: 101
        })
    );
}

fn atomic(table: &mut Table) {
    static ATOMIC: AtomicU64 = AtomicU64::new(0);
    table.case("raw", "one uncontended atomic add", || {
        ATOMIC.fetch_add(1, Ordering::Relaxed)
    });
}

fn counters(table: &mut Table) {
    let bench = Bench::global();

    let cached = metrics::counter!("bench_cached_total");
    let bound = bench.a.bind();
    table
        .case("A counter, no labels", "`metrics` macro", || {
            metrics::counter!("bench_macro_total").increment(1);
        })
        .case(
            "A counter, no labels",
            "`metrics` cached handle",
            move || {
                cached.increment(1);
            },
        )
        .case("A counter, no labels", "this, `set.field`", || {
            bench.a.increment(1);
        })
        .case("A counter, no labels", "this, bound", move || {
            bound.increment(1);
        });

    let row = "B counter, two closed labels";
    let cached =
        metrics::counter!("bench_cached_b_total", "performative" => "inform", "urgent" => "true");
    let next = rotation(8);
    let next_macro = rotation(8);
    table
        .case(row, "`metrics` macro", move || {
            let (performative, urgent) = pair(next_macro());
            metrics::counter!("bench_macro_b_total", "performative" => performative.as_str(), "urgent" => urgent.as_str())
                .increment(1);
        })
        .case(row, "`metrics` cached handle (one series)", move || {
            cached.increment(1);
        })
        .case(row, "this, `at`", move || {
            let (performative, urgent) = pair(next());
            bench.b.at(&TwoClosed::of(performative, urgent)).increment(1);
        });

    let row = "C counter, one closed and one open label, 100 values";
    let names: &'static [String] = Box::leak((0..100).map(|i| format!("agent-type-{i}")).collect());
    let next = rotation(100);
    let next_macro = rotation(100);
    let bound = bench
        .c
        .at(&OneOpen::of(Performative::Inform, "agent-type-1"))
        .bind();
    table
        .case(row, "`metrics` macro", move || {
            let i = next_macro();
            metrics::counter!("bench_macro_c_total", "performative" => "inform", "agent_type" => names[i].as_str())
                .increment(1);
        })
        .case(row, "this, `at`", move || {
            let i = next();
            bench.c.at(&OneOpen::of(pair(i).0, &names[i])).increment(1);
        })
        .case("C' the same through a bound handle", "this, bound", move || {
            bound.increment(1);
        });
}

fn histograms(table: &mut Table) {
    let bench = Bench::global();
    let row = "D histogram, 12 bounds";
    let cached = metrics::histogram!("bench_d_cached_seconds");
    let (next, next_macro, next_cached) = (rotation(64), rotation(64), rotation(64));
    table
        .case(row, "`metrics` macro", move || {
            metrics::histogram!("bench_d_macro_seconds").record(sample(next_macro()));
        })
        .case(row, "`metrics` cached handle", move || {
            cached.record(sample(next_cached()));
        })
        .case(row, "this, `set.field`", move || {
            bench.d.record(sample(next()));
        });

    let row = "D' histogram, two closed labels";
    let (next, next_macro) = (rotation(64), rotation(64));
    table
        .case(row, "`metrics` macro", move || {
            let i = next_macro();
            let (performative, urgent) = pair(i);
            metrics::histogram!("bench_d_macro_labelled_seconds", "performative" => performative.as_str(), "urgent" => urgent.as_str())
                .record(sample(i));
        })
        .case(row, "this, `at`", move || {
            let i = next();
            let (performative, urgent) = pair(i);
            bench
                .d_labelled
                .at(&TwoClosed::of(performative, urgent))
                .record(sample(i));
        });
}

fn guards(table: &mut Table) {
    let bench = Bench::global();
    let row = "E in-flight gauge, up and down";
    let cached = metrics::gauge!("bench_cached_e");
    table
        .case(row, "`metrics` macro", || {
            metrics::gauge!("bench_macro_e").increment(1.0);
            metrics::gauge!("bench_macro_e").decrement(1.0);
        })
        .case(row, "`metrics` cached handle", move || {
            cached.increment(1.0);
            cached.decrement(1.0);
        })
        .case(row, "this, `track`", || drop(bench.e.track(1)));
}

fn functions(table: &mut Table) {
    let row = "J a trivial function, no subscriber";
    let executions = metrics::counter!("bench_hand_total", "status" => "ok");
    let failures = metrics::counter!("bench_hand_total", "status" => "error");
    let duration = metrics::histogram!("bench_d_hand_seconds");
    let active = metrics::gauge!("bench_hand_active");
    table
        .case(row, "not measured", || plain(1))
        .case(row, "two clock reads", || {
            let start = Instant::now();
            std::hint::black_box(start.elapsed())
        })
        .case(row, "by hand, cached handles", move || {
            let start = Instant::now();
            active.increment(1.0);
            let result = plain(1);
            active.decrement(1.0);
            duration.record(start.elapsed().as_secs_f64());
            if result.is_ok() {
                &executions
            } else {
                &failures
            }
            .increment(1);
            result
        })
        .case(row, "`tracing::instrument` (no metrics)", || traced(1))
        .case(row, "this, `skip_span`", || annotated(1))
        .case(row, "this", || annotated_with_span(1));
}

/// Counts round and round, so that no case updates one series only.
fn rotation(length: usize) -> impl Fn() -> usize {
    let at = Cell::new(0);
    move || {
        let i = at.get();
        at.set(if i + 1 == length { 0 } else { i + 1 });
        i
    }
}

fn pair(i: usize) -> (Performative, bool) {
    let performative = match i % 4 {
        0 => Performative::Request,
        1 => Performative::Inform,
        2 => Performative::Refuse,
        _ => Performative::Failure,
    };
    (performative, i % 8 >= 4)
}

fn sample(i: usize) -> f64 {
    0.0005 * (i * i + 1) as f64
}
