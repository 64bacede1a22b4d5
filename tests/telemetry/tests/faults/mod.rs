//! One program, one collector, and one fault after another: the program counts
//! on, each fault shows in the attempts by result, and once it is over the total
//! that arrives is the one that `/metrics` shows.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::fmt::{Display, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use caxton_instrument::prelude::*;
use caxton_instrument_export::Telemetry;
use caxton_instrument_export::otlp::{Endpoint, Metrics, Retry};
use caxton_telemetry_tests::fault_server::{FaultServer, Received, Reply, free_address};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;

/// Work of a program.
#[derive(MetricSet)]
#[metric_set(namespace = "faults")]
struct Work {
    /// Orders taken since the start.
    orders: Counter,
}

const ORDERS: &str = "faults_orders_total";

/// Far more than anything here takes.
const LONG: Duration = Duration::from_secs(60);

/// The end of a program may take so long, and must not take ten times of it.
const FLUSH: Duration = Duration::from_secs(1);

/// Memory may grow by so many bytes, requests that the collector keeps included.
const GROWTH: u64 = 64 << 20;

/// A fault, and the result of attempts that counts it.
fn faults() -> Vec<(&'static str, Reply, &'static str)> {
    vec![
        ("hangs", Reply::Hang, "timed_out"),
        ("slower than the timeout", Reply::Slow(LONG), "timed_out"),
        ("its connection hangs", Reply::HangConnection, "timed_out"),
        ("resets before the answer", Reply::Reset, "disconnected"),
        (
            "resets in the middle of the answer",
            Reply::ResetMidAnswer,
            "disconnected",
        ),
        (
            "closes in the middle of the answer",
            Reply::CloseMidAnswer,
            "disconnected",
        ),
        (
            "asks for a pause of a second",
            Reply::Throttle(1),
            "throttled",
        ),
        (
            "503 or UNAVAILABLE",
            Reply::Unavailable(None),
            "unavailable",
        ),
        ("a malformed pause", Reply::Malformed, "unavailable"),
        (
            "400 or INVALID_ARGUMENT",
            Reply::Refuse("no name"),
            "rejected",
        ),
        (
            "401 or UNAUTHENTICATED",
            Reply::Unauthorized,
            "unauthorized",
        ),
        ("404 or UNIMPLEMENTED", Reply::Unsupported, "unsupported"),
        ("500 or INTERNAL", Reply::Internal, "server_error"),
        ("too large, whatever is sent", Reply::Limit(0), "too_large"),
        (
            "redirects",
            Reply::Redirect(String::from("http://127.0.0.1:9/")),
            "redirected",
        ),
        ("takes a part", Reply::Partial(1, "too old"), "partial"),
        ("garbage as an answer", Reply::Garbage, "bad_answer"),
        ("an answer that does not end", Reply::Endless, "bad_answer"),
    ]
}

pub(crate) fn run(protocol: &str, endpoint: fn(String) -> Endpoint) {
    let address = free_address();
    let endpoint = endpoint(format!("http://{address}"))
        .timeout(Duration::from_millis(500))
        .retry(Retry {
            initial: Duration::from_millis(10),
            max: Duration::from_millis(50),
            elapsed: Duration::from_secs(3),
        });
    let telemetry = caxton_instrument_export::builder()
        .otlp_metrics(Metrics::to(endpoint).interval(Duration::from_millis(50)))
        .flush_timeout(FLUSH)
        .install()
        .expect("telemetry");
    let program = Program::start();
    let mut rows = Vec::new();

    // Nobody listens when the program starts.
    let counted = wait_for_result(&telemetry, "unreachable", 0);
    let mut server = FaultServer::start_at(address, [], Reply::Accept, None);
    rows.push(row(
        "down at the start",
        counted,
        arrives(&telemetry, &server, &program),
    ));
    let memory = resident();

    for (fault, reply, result) in faults() {
        let before = attempts(&telemetry, result);
        server.answer([], reply);
        let counted = wait_for_result(&telemetry, result, before);
        server.answer([], Reply::Accept);
        rows.push(row(fault, counted, arrives(&telemetry, &server, &program)));
    }

    let before = attempts(&telemetry, "unreachable");
    drop(server);
    let counted = wait_for_result(&telemetry, "unreachable", before);
    server = FaultServer::start_at(address, [], Reply::Accept, None);
    rows.push(row(
        "down later, and up again",
        counted,
        arrives(&telemetry, &server, &program),
    ));

    let grown = resident().saturating_sub(memory);
    rows.push(Row {
        fault: String::from("memory after all of it"),
        expected: String::from("no more than 64 MiB more"),
        seen: if grown <= GROWTH {
            String::from("no more than 64 MiB more")
        } else {
            format!("{grown} bytes more")
        },
    });

    server.answer([], Reply::Hang);
    let hanging = server.received().len() + 1;
    server.wait_for(hanging);
    program.stop();
    let start = Instant::now();
    drop(telemetry);
    let took = start.elapsed();
    rows.push(Row {
        fault: String::from("the program ends while an export hangs"),
        expected: String::from("ends in time"),
        seen: if took < FLUSH * 10 {
            String::from("ends in time")
        } else {
            format!("ends after {took:?}")
        },
    });
    report(protocol, &rows);
}

/// Something that counts as long as it lives.
struct Program {
    goes_on: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<()>,
}

impl Program {
    fn start() -> Self {
        let goes_on = Arc::new(AtomicBool::new(true));
        let asked = Arc::clone(&goes_on);
        let thread = std::thread::spawn(move || {
            while asked.load(Ordering::Relaxed) {
                Work::global().orders.increment(1);
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        Self { goes_on, thread }
    }

    fn stop(self) {
        self.goes_on.store(false, Ordering::Relaxed);
        self.thread.join().expect("it ends");
    }
}

/// Waits until attempts end with a result more often than before.
fn wait_for_result(telemetry: &Telemetry, result: &str, before: u64) -> String {
    let start = Instant::now();
    while attempts(telemetry, result) <= before {
        if start.elapsed() > LONG {
            return format!("not counted as {result}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    String::from("counted")
}

/// Whether a total that is counted from now on arrives.
fn arrives(telemetry: &Telemetry, server: &FaultServer, program: &Program) -> String {
    assert!(!program.thread.is_finished(), "the program counts on");
    let now = value(&telemetry.render(), ORDERS);
    let start = Instant::now();
    loop {
        let _ = telemetry.flush(Duration::from_secs(10));
        let last = server.received().iter().rev().find_map(orders);
        let most = value(&telemetry.render(), ORDERS);
        if last.is_some_and(|last| (now..=most).contains(&last)) {
            return String::from("the total arrives");
        }
        if start.elapsed() > LONG {
            return format!("{last:?} arrived of {now} to {most}");
        }
    }
}

fn orders(request: &Received) -> Option<u64> {
    let resources = if request.is_kept {
        request.metrics().resource_metrics
    } else {
        Vec::new()
    };
    let scopes = resources
        .into_iter()
        .flat_map(|resource| resource.scope_metrics);
    let mut metrics = scopes.flat_map(|scope| scope.metrics);
    let Data::Sum(sum) = metrics.find(|metric| metric.name == ORDERS)?.data? else {
        return None;
    };
    match sum.data_points.first()?.value? {
        Value::AsInt(value) => u64::try_from(value).ok(),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count"
        )]
        Value::AsDouble(value) => Some(value as u64),
    }
}

fn attempts(telemetry: &Telemetry, result: &str) -> u64 {
    let text = telemetry.render();
    let name = "caxton_instrument_export_attempts_total";
    value(
        &text,
        &format!("{name}{{signal=\"metrics\",result=\"{result}\"}}"),
    )
    .max(value(
        &text,
        &format!("{name}{{result=\"{result}\",signal=\"metrics\"}}"),
    ))
}

fn value(text: &str, series: &str) -> u64 {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok()).unwrap_or(0)
}

/// Bytes of this process in memory; 0 where the system does not say.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) * 1_024
}

struct Row {
    fault: String,
    expected: String,
    seen: String,
}

fn row(fault: &str, counted: impl Display, arrived: impl Display) -> Row {
    Row {
        fault: String::from(fault),
        expected: String::from("counted, then the total arrives"),
        seen: format!("{counted}, then {arrived}"),
    }
}

fn report(protocol: &str, rows: &[Row]) {
    let mut table = String::from("| fault | expected | seen |\n|---|---|---|\n");
    for Row {
        fault,
        expected,
        seen,
    } in rows
    {
        let seen = if seen == expected {
            "as expected"
        } else {
            seen
        };
        let _ = writeln!(table, "| {protocol}: {fault} | {expected} | {seen} |");
    }
    println!("\n{table}");
    let wrong: Vec<&str> = rows
        .iter()
        .filter(|row| row.seen != row.expected)
        .map(|row| &*row.fault)
        .collect();
    assert!(wrong.is_empty(), "not as expected: {wrong:?}");
}
