//! One scrape, its memory, and what gathers between two scrapes.
//!
//! `cargo bench -p caxton-benches --bench scrape [-- ROUNDS]`
//!
//! Each measurement has a process of its own, since a library's memory is to
//! be told from another's and a process has one global recorder.

#![allow(clippy::expect_used)]

use std::process::Command;
use std::sync::Barrier;
use std::time::Instant;

use caxton_benches::load::{Labels, MANY_AGENT_TYPES, Scraped, sample};
use caxton_benches::memory::{Allocated, Counting, resident};
use caxton_benches::ours_scraped::Ours;
use caxton_benches::peers::measured::Measured;
use caxton_benches::peers::metrics::Exporter;
use caxton_benches::peers::opentelemetry::OpenTelemetry;
use caxton_benches::peers::prometheus::Prometheus;
use caxton_benches::peers::prometheus_client::Client;
use caxton_benches::report::{self, Scrape, ScrapeLine};
use caxton_benches::table::median;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const LIBRARIES: [&str; 6] = [
    "this",
    "metrics-exporter-prometheus",
    "prometheus",
    "prometheus-client",
    "measured",
    "opentelemetry",
];

const COUNTERS: usize = 100_000;
const HISTOGRAMS: usize = 10_000;
const OBSERVATIONS: usize = 10_000_000;

/// Threads that update every series before the scrapes.
const THREADS: usize = 4;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--one") {
        let numbers = one(&arguments[at + 1], &arguments[at + 2]);
        println!("{}", serde_json::to_string(&numbers).expect("numbers"));
        return;
    }
    let rounds = arguments.iter().find_map(|argument| argument.parse().ok());
    let lines = all(rounds.unwrap_or(3));
    report::record("scrape", &lines, &report::scrape(&lines));
}

/// Medians over processes, the libraries in turn.
fn all(rounds: usize) -> Vec<ScrapeLine> {
    let mut runs = vec![[const { Vec::<Vec<f64>>::new() }; 3]; LIBRARIES.len()];
    for _ in 0..rounds {
        for (library, runs) in LIBRARIES.iter().zip(&mut runs) {
            for (what, runs) in ["counters", "histograms", "growth"].iter().zip(runs) {
                runs.push(child(library, what));
            }
        }
    }
    let medians = |runs: &[Vec<f64>]| -> Vec<f64> {
        let column = |at| median(&mut runs.iter().map(|run| run[at]).collect::<Vec<f64>>());
        (0..runs[0].len()).map(column).collect()
    };
    let scrape = |numbers: &[f64]| Scrape {
        ms: numbers[0],
        allocations: numbers[1],
        allocated: numbers[2],
        text: numbers[3],
        bytes_a_series: numbers[4],
    };
    let line = |(library, [counters, histograms, growth]): (&&str, &[Vec<Vec<f64>>; 3])| {
        let growth = medians(growth);
        ScrapeLine {
            library: (*library).into(),
            counters: scrape(&medians(counters)),
            histograms: scrape(&medians(histograms)),
            growth: growth[0],
            next_ms: growth[1],
        }
    };
    LIBRARIES.iter().zip(&runs).map(line).collect()
}

fn child(library: &str, what: &str) -> Vec<f64> {
    let output = Command::new(std::env::current_exe().expect("it runs"))
        .args(["--one", library, what])
        .output()
        .expect("it starts");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{library} {what}: {error}");
    serde_json::from_slice(&output.stdout).expect("numbers")
}

fn one(library: &str, what: &str) -> Vec<f64> {
    match library {
        "this" => measure::<Ours>(what),
        "metrics-exporter-prometheus" => measure::<Exporter>(what),
        "prometheus" => measure::<Prometheus>(what),
        "prometheus-client" => measure::<Client>(what),
        "measured" => measure::<Measured>(what),
        "opentelemetry" => measure::<OpenTelemetry>(what),
        _ => panic!("no such library: {library}"),
    }
}

fn measure<L: Scraped + Default>(what: &str) -> Vec<f64> {
    // Made before anything is measured.
    assert!(MANY_AGENT_TYPES.len() * 8 >= COUNTERS);
    let library = L::default();
    match what {
        "counters" => scrape(&library, COUNTERS, |series| {
            library.count(Labels::of(series));
        }),
        "histograms" => scrape(&library, HISTOGRAMS, |series| {
            library.record(Labels::of(series), sample(series));
        }),
        _ => growth(&library),
    }
}

fn scrape(library: &impl Scraped, series: usize, update: impl Fn(usize) + Sync) -> Vec<f64> {
    let before = Allocated::now().live;
    let together = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                together.wait();
                (0..series).for_each(&update);
                // All are alive until the last one has updated everything.
                together.wait();
            });
        }
    });
    let kept = Allocated::now().live.saturating_sub(before);

    let mut text = String::new();
    library.scrape(&mut text);
    let mut times = Vec::new();
    let mut last = [0.0; 3];
    let begun = Instant::now();
    while times.len() < 3 || (times.len() < 50 && begun.elapsed().as_millis() < 500) {
        let before = Allocated::now();
        let start = Instant::now();
        let length = library.scrape(&mut text);
        times.push(start.elapsed().as_secs_f64() * 1e3);
        let after = Allocated::now();
        last = [
            (after.calls - before.calls) as f64,
            (after.bytes - before.bytes) as f64,
            length as f64,
        ];
    }
    assert!(last[2] > 60.0 * series as f64, "all series are there");
    let [allocations, allocated, length] = last;
    let kept = kept as f64 / series as f64;
    vec![median(&mut times), allocations, allocated, length, kept]
}

fn growth(library: &impl Scraped) -> Vec<f64> {
    let labels = Labels::of(0);
    let mut text = String::new();
    (0..1000).for_each(|i| library.record(labels, sample(i)));
    library.scrape(&mut text);
    let before = resident();
    (0..OBSERVATIONS).for_each(|i| library.record(labels, sample(i)));
    let after = resident();
    let start = Instant::now();
    library.scrape(&mut text);
    vec![
        after.saturating_sub(before) as f64,
        start.elapsed().as_secs_f64() * 1e3,
    ]
}
