//! What `/proc` says and what a scrape says are the same. One test: a program
//! has one recorder.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use caxton_instrument::prelude::*;
use caxton_instrument_export::Telemetry;
use caxton_instrument_export::exposition::Format;
use caxton_instrument_export::process::{BuildInfo, NetworkDevices, TaskGroup};

/// The program of the test.
#[derive(MetricSet)]
#[metric_set(namespace = "test")]
struct Program {
    /// What was done.
    work: Counter,
}

static INGEST: TaskGroup = TaskGroup::new("ingest");

/// Longer than values are kept for.
const FRESH: Duration = Duration::from_millis(1_050);

#[test]
fn the_system_says_the_same() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let telemetry = caxton_instrument_export::builder()
        .process_metrics()
        .runtime_metrics("main", runtime.handle())
        .task_metrics([&INGEST])
        .disk_metrics(["/", "/no/such/mount"])
        .network_metrics(NetworkDevices::only(["lo"]))
        .build_info(BuildInfo::new("shop", "1.2.0").revision("7f3c2a1"))
        .install()
        .expect("a sound catalog");
    Program::global().work.increment(1);

    process(&telemetry);
    network(&telemetry);
    disk(&telemetry);
    tasks(&telemetry, &runtime);
    build(&telemetry);
    formats(&telemetry);
    scrapes_at_once(&telemetry);
    promtool(&telemetry);
    drop(telemetry);
}

fn burn() {
    let burnt = Instant::now();
    while burnt.elapsed() < Duration::from_millis(300) {
        std::hint::black_box(0);
    }
}

fn process(telemetry: &Telemetry) {
    burn();
    let before = stat();
    let open: Vec<_> = (0..20).map(|_| TcpListener::bind("127.0.0.1:0")).collect();
    thread::sleep(FRESH);
    let scraped = scrape(telemetry);
    let value = |name: &str| {
        *scraped
            .get(name)
            .unwrap_or_else(|| panic!("{name} is there"))
    };
    let after = stat();

    let cpu = value("process_cpu_seconds_total");
    assert!(
        (before.cpu..=after.cpu).contains(&cpu),
        "{cpu} {before:?} {after:?}"
    );
    assert!(cpu > 0.0);
    let near = |name: &str, expected: f64, share: f64| {
        let found = value(name);
        assert!(
            (found - expected).abs() <= expected * share,
            "{name} {found}, expected {expected}"
        );
    };
    near("process_resident_memory_bytes", after.resident, 0.2);
    near("process_virtual_memory_bytes", after.virtual_memory, 0.2);
    near("process_threads", after.threads, 0.0);
    let fds = fs::read_dir("/proc/self/fd").expect("descriptors").count() as f64;
    // That of the folder itself is one more.
    near("process_open_fds", fds, 0.1);
    assert!(value("process_open_fds") >= open.len() as f64);
    near("process_max_fds", limit("Max open files"), 0.0);
    near(
        "process_virtual_memory_max_bytes",
        limit("Max address space"),
        0.0,
    );
    near("process_start_time_seconds", after.started, 1e-9);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("later")
        .as_secs_f64();
    let age = now - value("process_start_time_seconds");
    assert!((0.0..300.0).contains(&age), "{age} s old");
    drop(open);

    // Only rises, and by what is used.
    burn();
    thread::sleep(FRESH);
    let more = scrape(telemetry)["process_cpu_seconds_total"];
    assert!(more > cpu && more <= stat().cpu, "{cpu} {more}");
}

fn network(telemetry: &Telemetry) {
    let receive = r#"caxton_network_bytes_total{device="lo",direction="receive"}"#;
    let process = "process_network_receive_bytes_total";
    let before = received_from_elsewhere();
    thread::sleep(FRESH);
    let scraped = scrape(telemetry);
    let (first, elsewhere) = (scraped[receive], scraped[process]);
    let (mut from, to) = connected();
    let sender = thread::spawn(move || {
        let mut to = to;
        to.write_all(&vec![7; 1 << 20]).expect("sent");
    });
    let mut all = Vec::new();
    std::io::Read::read_to_end(&mut from, &mut all).expect("received");
    sender.join().expect("it ends");
    assert_eq!(all.len(), 1 << 20);
    thread::sleep(FRESH);
    let scraped = scrape(telemetry);
    let grown = scraped[receive] - first;
    assert!(grown >= f64::from(1 << 20), "{grown}");
    let sent = scraped[&receive.replace("receive", "transmit")];
    assert!(sent >= f64::from(1 << 20));
    // Loopback is no part of these.
    let (grown, most) = (
        scraped[process] - elsewhere,
        received_from_elsewhere() - before,
    );
    assert!((0.0..=most).contains(&grown), "{grown} {most}");
    assert!(!scraped.keys().any(|name| name.contains("eth")));
}

/// Bytes, of all devices but loopback:
/// [`/proc/net/dev`](https://www.kernel.org/doc/html/latest/filesystems/proc.html#networking-info-in-proc-net).
fn received_from_elsewhere() -> f64 {
    let devices = fs::read_to_string("/proc/self/net/dev").expect("Linux has it");
    let received = devices.lines().filter_map(|line| {
        let (device, counts) = line.split_once(':')?;
        let bytes: f64 = counts.split_whitespace().next()?.parse().ok()?;
        (device.trim() != "lo").then_some(bytes)
    });
    received.sum()
}

fn connected() -> (std::net::TcpStream, std::net::TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let to = std::net::TcpStream::connect(listener.local_addr().expect("bound")).expect("connects");
    (listener.accept().expect("accepts").0, to)
}

fn disk(telemetry: &Telemetry) {
    let scraped = scrape(telemetry);
    let value = |what: &str| scraped[&format!("caxton_disk_{what}_bytes{{mountpoint=\"/\"}}")];
    let output = Command::new("df")
        .args(["--block-size=1", "--output=size,used,avail", "/"])
        .output()
        .expect("df runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let numbers: Vec<f64> = text
        .lines()
        .nth(1)
        .expect("a line")
        .split_whitespace()
        .map(|number| number.parse().expect("a number"))
        .collect();
    let near = |what: &str, expected: f64| {
        let found = value(what);
        assert!(
            (found - expected).abs() <= numbers[0] * 0.02,
            "{what}: {found} {expected}"
        );
    };
    assert_eq!(value("size"), numbers[0]);
    near("usage", numbers[1]);
    near("available", numbers[2]);
    // What cannot be read shows nothing, and is counted.
    assert!(!scraped.keys().any(|name| name.contains("/no/such")));
    let failed = r#"caxton_instrument_refreshes_total{source="disk",outcome="failed"}"#;
    assert!(scraped[failed] >= 1.0);
}

fn tasks(telemetry: &Telemetry, runtime: &tokio::runtime::Runtime) {
    let sleeping: Vec<_> = (0..5)
        .map(|_| {
            runtime.spawn(INGEST.instrument(async {
                // Keeps a worker, then waits.
                thread::sleep(Duration::from_millis(20));
                tokio::time::sleep(Duration::from_millis(50)).await;
                std::future::pending::<()>().await;
            }))
        })
        .collect();
    thread::sleep(FRESH);
    let scraped = scrape(telemetry);
    let of_runtime = |name: &str| scraped[&format!("tokio_{name}{{runtime=\"main\"}}")];
    assert_eq!(of_runtime("workers"), 2.0);
    assert_eq!(of_runtime("tasks_alive"), 5.0);
    assert!(of_runtime("worker_busy_seconds_total") >= 0.09);
    assert!(of_runtime("worker_parks_total") >= 1.0);
    let of_task = |name: &str| scraped[&format!("tokio_task_{name}{{task=\"ingest\"}}")];
    assert_eq!(of_task("instrumented_total"), 5.0);
    assert_eq!(of_task("dropped_total"), 0.0);
    assert_eq!(of_task("polls_total"), 10.0);
    assert!(of_task("slow_polls_total") >= 5.0);
    assert!(of_task("poll_seconds_total") >= 0.1);
    assert!(of_task("idle_seconds_total") >= 0.2);
    for task in &sleeping {
        task.abort();
    }
    for task in sleeping {
        assert!(runtime.block_on(task).is_err());
    }
    thread::sleep(FRESH);
    let scraped = scrape(telemetry);
    assert_eq!(scraped[r#"tokio_tasks_alive{runtime="main"}"#], 0.0);
    assert_eq!(scraped[r#"tokio_task_dropped_total{task="ingest"}"#], 5.0);
}

fn build(telemetry: &Telemetry) {
    let text = telemetry.render();
    let line = text
        .lines()
        .find(|line| line.starts_with("process_build_info{"))
        .expect("it is stated");
    for part in [
        r#"program="shop""#,
        r#"version="1.2.0""#,
        r#"revision="7f3c2a1""#,
        "rustc=\"1.",
    ] {
        assert!(line.contains(part), "{line}");
    }
    assert!(line.ends_with(" 1"));
    let here = caxton_instrument_export::build_info!();
    assert!(format!("{here:?}").contains("caxton-telemetry-tests"));
}

/// A counter of fractions is one in every format.
fn formats(telemetry: &Telemetry) {
    let render = |format| telemetry.exposition().render(format);
    let text = String::from_utf8(render(Format::OpenMetrics)).expect("text");
    assert!(
        text.contains("# TYPE process_cpu_seconds counter\n# UNIT process_cpu_seconds seconds\n")
    );
    assert!(text.contains("\nprocess_cpu_seconds_created "));
    let text = telemetry.render();
    assert!(text.contains("# TYPE process_cpu_seconds_total counter\n"));
    // The name, its type 0 left out or written, and a double in a counter.
    let bytes = render(Format::Protobuf);
    let at = bytes
        .windows(27)
        .position(|window| window == b"\x0a\x19process_cpu_seconds_total")
        .expect("it is there");
    // `metric { counter { value: ..` with tags 4, 3 and 1.
    let rest = &bytes[at..at + 160];
    assert!(
        rest.windows(5)
            .any(|bytes| bytes[0] == 0x22 && bytes[2] == 0x1a && bytes[4] == 0x09),
        "{rest:x?}"
    );
}

/// Values are read once for readers that come together, and once a second.
fn scrapes_at_once(telemetry: &Telemetry) {
    let refreshed = r#"caxton_instrument_refreshes_total{source="process",outcome="ok"}"#;
    thread::sleep(FRESH);
    let before = scrape(telemetry)[refreshed];
    thread::sleep(FRESH);
    let exposition = telemetry.exposition();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| exposition.text());
        }
    });
    let after = scrape(telemetry)[refreshed];
    assert_eq!(after - before, 1.0);
    let began = Instant::now();
    for _ in 0..100 {
        let _ = telemetry.render();
    }
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
}

fn promtool(telemetry: &Telemetry) {
    let Some(bin) = servers() else { return };
    let mut child = Command::new(bin.join("promtool"))
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts");
    let text = telemetry.render();
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(text.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(
        output.status.success() && said.trim().is_empty(),
        "{said}\n{text}"
    );
}

/// Where the servers are; `None` when the test is to be skipped.
fn servers() -> Option<PathBuf> {
    let test = std::env::current_exe().expect("this test is a file");
    let target = test.ancestors().nth(3).expect("a target folder");
    let bin = std::env::var_os("CAXTON_SERVERS").map_or(target.join("servers/bin"), PathBuf::from);
    if bin.join("promtool").is_file() {
        return Some(bin);
    }
    let message = format!(
        "SKIPPED: no promtool in {}; get it with `scripts/get-servers.sh`, or name its folder in \
         CAXTON_SERVERS",
        bin.display()
    );
    assert!(std::env::var_os("CI").is_none(), "{message}");
    // Past the harness, which keeps what a passing test prints to itself.
    let _ = writeln!(std::io::stderr().lock(), "\n{message}\n");
    None
}

fn scrape(telemetry: &Telemetry) -> HashMap<String, f64> {
    telemetry
        .render()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("a value");
            (name.to_owned(), value.parse().expect("a number"))
        })
        .collect()
}

/// Of `/proc/self/stat`, without the crate that reads it for the metrics.
#[derive(Debug)]
struct Stat {
    cpu: f64,
    threads: f64,
    started: f64,
    virtual_memory: f64,
    resident: f64,
}

fn stat() -> Stat {
    const TICKS: f64 = 100.0;
    const PAGE: f64 = 4_096.0;
    let text = fs::read_to_string("/proc/self/stat").expect("Linux");
    // The second field may hold spaces and parentheses.
    let (_, rest) = text.rsplit_once(") ").expect("a name");
    let fields: Vec<&str> = rest.split_whitespace().collect();
    // The first one here is the third.
    let field = |number: usize| -> f64 { fields[number - 3].parse().expect("a number") };
    let boot = fs::read_to_string("/proc/stat").expect("Linux");
    let boot: f64 = boot
        .lines()
        .find_map(|line| line.strip_prefix("btime "))
        .expect("a time")
        .parse()
        .expect("a number");
    Stat {
        cpu: (field(14) + field(15)) / TICKS,
        threads: field(20),
        started: boot + field(22) / TICKS,
        virtual_memory: field(23),
        resident: field(24) * PAGE,
    }
}

fn limit(name: &str) -> f64 {
    let limits = fs::read_to_string("/proc/self/limits").expect("Linux");
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .expect("a limit");
    match line.split_whitespace().next() {
        Some("unlimited") => u64::MAX as f64,
        Some(number) => number.parse().expect("a number"),
        None => panic!("no value of {name}"),
    }
}
