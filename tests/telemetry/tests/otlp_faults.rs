//! A collector that is down and one that hangs: the program goes on, memory is
//! bounded, every span and record is counted once, and the end comes in time.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::net::TcpListener;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use caxton_instrument::prelude::*;
use caxton_instrument_export::otlp::{Endpoint, Logs, Retry, SignalName, Traces};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

const SPANS: u64 = 2_000;
const RECORDS: u64 = 1_000;
const QUEUE: u64 = 64;
const BATCH: u64 = 16;

#[instrument_agent(agent_type = "sailor")]
fn sail() {}

/// What `/metrics` says, which outlives the telemetry that it is about.
struct Page(axum::Router);

impl Page {
    /// A sum over the series of a counter that have all these parts.
    fn sum(&self, name: &str, parts: &[&str]) -> u64 {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let text = runtime.expect("a runtime").block_on(async {
            let request = http::Request::get("/metrics").body(axum::body::Body::empty());
            let answer = self.0.clone().oneshot(request.expect("a request")).await;
            let body = answer.expect("an answer").into_body().collect().await;
            String::from_utf8(body.expect("a body").to_bytes().to_vec()).expect("text")
        });
        text.lines()
            .filter(|line| line.starts_with(name))
            .filter(|line| parts.iter().all(|part| line.contains(part)))
            .map(|line| {
                let (_, value) = line.rsplit_once(' ').expect("a value");
                value.parse::<u64>().expect("a whole number")
            })
            .sum()
    }

    fn lost(&self, parts: &[&str]) -> u64 {
        self.sum("caxton_instrument_lost_items_total{", parts)
    }
}

#[test]
fn nothing_blocks_and_nothing_is_uncounted() {
    // Accepts connections, as the system does for it, and never answers.
    let hanging = TcpListener::bind("127.0.0.1:0").expect("a port");
    let hanging = hanging.local_addr().map(|address| (hanging, address));
    let (_listener, hanging) = hanging.expect("an address");
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let closed_at = closed.local_addr().expect("an address");
    drop(closed);

    let traces = Traces::to(Endpoint::grpc(format!("http://{hanging}")));
    let logs = Logs::to(Endpoint::http(format!("http://{closed_at}")).retry(Retry {
        initial: Duration::from_millis(10),
        max: Duration::from_millis(20),
        elapsed: Duration::from_millis(100),
    }));
    // What is said of a loss is a record of its own.
    let logs = logs.filter("otlp_faults=info");
    let queue = usize::try_from(QUEUE).expect("small");
    let batch = usize::try_from(BATCH).expect("small");
    let telemetry = caxton_instrument_export::builder()
        .otlp_traces(traces.queue(queue).batch(batch, Duration::from_millis(20)))
        .otlp_logs(logs.queue(queue).batch(batch, Duration::from_millis(20)))
        .flush_timeout(Duration::from_secs(1))
        .install()
        .expect("no network is needed to start");
    let page = Page(telemetry.router());

    // From four threads, faster than anything could leave.
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..SPANS / 4 {
                    sail();
                }
                for at in 0..RECORDS / 4 {
                    tracing::info!(at, "ahoy");
                }
            });
        }
    });
    let took = start.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");

    // What is neither lost nor waiting is in the one request that hangs.
    let traces_lost = page.lost(&["signal=\"traces\"", "reason=\"queue_full\""]);
    assert!(traces_lost >= SPANS - QUEUE - BATCH, "{traces_lost}");
    assert!(traces_lost < SPANS, "{traces_lost}");

    // A flush ends in time, whoever asks, on a runtime's thread too.
    let barrier = Barrier::new(3);
    std::thread::scope(|scope| {
        for in_runtime in [false, false, true] {
            let (telemetry, barrier) = (&telemetry, &barrier);
            scope.spawn(move || {
                barrier.wait();
                let start = Instant::now();
                let flush = || telemetry.flush(Duration::from_millis(500));
                let result = if in_runtime {
                    let runtime = tokio::runtime::Builder::new_current_thread();
                    let runtime = { runtime }.build().expect("a runtime");
                    runtime.block_on(async { flush() })
                } else {
                    flush()
                };
                let took = start.elapsed();
                assert!(took < Duration::from_secs(3), "{took:?}");
                let error = result.expect_err("the collector hangs");
                assert_eq!(error.late(), [SignalName::Traces], "{error}");
            });
        }
    });

    // Everything that was logged is lost by now, and why is said.
    let start = Instant::now();
    while page.lost(&["signal=\"logs\""]) < RECORDS {
        assert!(start.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(page.lost(&["signal=\"logs\"", "reason=\"unreachable\""]) > 0);
    assert_eq!(page.lost(&["signal=\"logs\""]), RECORDS);

    // The end comes although a request hangs, and counts what it leaves.
    let start = Instant::now();
    drop(telemetry);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert_eq!(page.lost(&["signal=\"traces\""]), SPANS);
    let exported = "caxton_instrument_exported_items_total{";
    assert_eq!(page.sum(exported, &[]), 0);

    // The program outlives its telemetry.
    sail();
    tracing::info!("still afloat");
    let after = page.lost(&["signal=\"traces\"", "reason=\"shutdown\""]);
    assert_eq!(page.lost(&["signal=\"traces\""]), SPANS + 1);
    assert!(after > 0);
}
