//! Profiles on demand and pushed, over HTTP, decoded as `go tool pprof` does.
#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::collections::HashMap;
use std::hint::black_box;
use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use caxton_instrument::prelude::*;
use caxton_instrument_export::Telemetry;
use caxton_instrument_export::profiling::{self, Profiling, Push};
use flate2::read::GzDecoder;
use prost::Message;
use tokio::net::TcpListener;

/// The program of the test.
#[derive(MetricSet)]
#[metric_set(namespace = "test")]
struct Program {
    /// What was done.
    work: Counter,
}

/// One test: a program has one recorder, and one timer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn profiles_show_where_time_goes() {
    let server = Server::start().await;
    let push = Push::to(format!("http://{}/base", server.address))
        .application("shop")
        .label("region", "eu")
        .header("x-scope-orgid", "tenant-1")
        .every(Duration::from_secs(1));
    let options = Profiling::new().max_duration(Duration::from_secs(20));
    let telemetry = caxton_instrument_export::builder()
        .admin("127.0.0.1:0")
        .profiles(options)
        .push_profiles(push)
        .install()
        .expect("a sound catalog");
    Program::global().work.increment(1);
    let busy = Busy::start();

    pushed(&server, &telemetry).await;
    let admin = telemetry.admin_addr().expect("it listens");
    on_demand(admin).await;
    refused(admin).await;
    aborted(admin, &telemetry).await;
    lost(&server, &telemetry).await;
    calm_storm(admin).await;

    server.mode(Mode::Take);
    let began = Instant::now();
    let taken = server.taken();
    tokio::task::spawn_blocking(move || drop(telemetry))
        .await
        .expect("it ends");
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    assert!(server.taken() > taken, "the last one is sent");
    drop(busy);
}

async fn pushed(server: &Server, telemetry: &Telemetry) {
    server.wait_for(3).await;
    let request = server.last();
    assert_eq!(request.path, "/base/ingest");
    assert_eq!(request.tenant, "tenant-1");
    let query = &request.query;
    assert_eq!(query["name"], "shop{region=eu}");
    assert_eq!(query["format"], "pprof");
    assert_eq!(query["sampleRate"], "100");
    let moment = |key: &str| query[key].parse::<u64>().expect("seconds since 1970");
    assert!(moment("until") - moment("from") <= 3);
    assert!(moment("from") > 1_700_000_000);
    let profile = Profile::decode_gzipped(&request.body);
    assert!(profile.seconds_in("burn_in_the_test") > 0.05, "{profile:?}");
    assert!(outcome(telemetry, "pushed") >= 2);
}

async fn on_demand(address: SocketAddr) {
    let began = Instant::now();
    let answer = get(address, "?seconds=2").await;
    assert_eq!(answer.status(), 200);
    assert!(began.elapsed() >= Duration::from_secs(2));
    assert_eq!(answer.headers()["content-type"], "application/octet-stream");
    let profile = Profile::decode_gzipped(&answer.bytes().await.expect("a body"));
    profile.check();
    // Of two seconds on a processor that others share.
    let burnt = profile.seconds_in("burn_in_the_test");
    assert!(burnt > 0.2, "{burnt} s");
    let called = profile.seconds_in("call_what_burns");
    assert!(
        called > burnt / 2.0,
        "{called} of {burnt} s have their caller"
    );
    // The innermost function is that which runs.
    let share = profile.share_of_innermost("burn_in_the_test");
    assert!(share > 0.5, "{share}");
    assert!(profile.threads().any(|name| name == "test-busy"));
    assert_eq!(profile.period, 10_000_000);
    let seconds = profile.duration_nanos as f64 / 1e9;
    assert!((1.9..4.0).contains(&seconds), "{seconds}");
}

async fn refused(address: SocketAddr) {
    for wrong in ["?seconds=0", "?seconds=21", "?seconds=ten"] {
        let answer = get(address, wrong).await;
        assert_eq!(answer.status(), 400, "{wrong}");
        let text = answer.text().await.expect("text");
        assert!(text.contains("up to 20"), "{text}");
    }
    let first = tokio::spawn(get(address, "?seconds=2"));
    tokio::time::sleep(Duration::from_millis(500)).await;
    let second = get(address, "?seconds=1").await;
    assert_eq!(second.status(), 429);
    let wait: u64 = second.headers()["retry-after"]
        .to_str()
        .expect("text")
        .parse()
        .expect("seconds");
    assert!((1..=2).contains(&wait), "{wait}");
    assert!(second.text().await.expect("text").contains("ask again in"));
    assert_eq!(first.await.expect("it ends").status(), 200);
}

async fn aborted(address: SocketAddr, telemetry: &Telemetry) {
    let long = tokio::spawn(get(address, "?seconds=20"));
    tokio::time::sleep(Duration::from_millis(500)).await;
    long.abort();
    let began = Instant::now();
    // Well before the twenty seconds are over.
    loop {
        let answer = get(address, "?seconds=0.2").await;
        if answer.status() == 200 {
            break;
        }
        assert_eq!(answer.status(), 429);
        assert!(began.elapsed() < Duration::from_secs(5), "it goes on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(outcome(telemetry, "aborted"), 1);
}

/// What a server does to profiles, and how it is counted.
async fn lost(server: &Server, telemetry: &Telemetry) {
    let rejected = outcome(telemetry, "rejected");
    server.mode(Mode::Answer(StatusCode::BAD_REQUEST));
    until(|| outcome(telemetry, "rejected") > rejected).await;
    let unreachable = outcome(telemetry, "unreachable");
    server.mode(Mode::Answer(StatusCode::SERVICE_UNAVAILABLE));
    let asked = server.asked();
    until(|| outcome(telemetry, "unreachable") > unreachable).await;
    assert!(server.asked() >= asked + 2, "it tried again");
    // One hangs: the next are lost at once, not kept.
    server.mode(Mode::Hang);
    let unreachable = outcome(telemetry, "unreachable");
    until(|| outcome(telemetry, "unreachable") > unreachable).await;
    server.mode(Mode::Take);
    let taken = server.taken();
    until(|| server.taken() > taken).await;
    assert_eq!(outcome(telemetry, "failed"), 0);
}

/// Many threads that ask for memory, begin and end while samples are taken
/// often: a handler that took a lock would hang here.
async fn calm_storm(address: SocketAddr) {
    let stop = Arc::new(AtomicBool::new(false));
    let storm: Vec<_> = (0..4)
        .map(|_| {
            let stop = Arc::clone(&stop);
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let inner = thread::spawn(|| {
                        let mut all = Vec::new();
                        for size in 1..200 {
                            all.push(black_box(vec![0_u8; size * 37]));
                        }
                        let unwound = std::panic::catch_unwind(|| {
                            std::panic::resume_unwind(Box::new(all.len()));
                        });
                        assert!(unwound.is_err());
                    });
                    inner.join().expect("it ends");
                }
            })
        })
        .collect();
    let fast = serve(profiling::router(&Profiling::new().sample_rate(1_000))).await;
    let answer = get(fast, "?seconds=3").await;
    assert_eq!(answer.status(), 200);
    let profile = Profile::decode_gzipped(&answer.bytes().await.expect("a body"));
    assert!(profile.seconds() > 0.2, "{} s", profile.seconds());
    stop.store(true, Ordering::Relaxed);
    for thread in storm {
        thread.join().expect("it ends");
    }
    assert_eq!(get(address, "?seconds=0.1").await.status(), 200);
}

// ---- what uses the processor

struct Busy(Arc<AtomicBool>, Option<JoinHandle<()>>);

impl Busy {
    fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let of_thread = Arc::clone(&stop);
        let thread = thread::Builder::new()
            .name(String::from("test-busy"))
            .spawn(move || call_what_burns(&of_thread))
            .expect("a thread");
        Self(stop, Some(thread))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        if let Some(thread) = self.1.take() {
            thread.join().expect("it ends");
        }
    }
}

/// A local that has to be aligned more than the stack is: then a function has a
/// frame pointer, however it is compiled.
#[repr(align(128))]
struct Aligned(#[expect(dead_code, reason = "its address counts")] u64);

#[inline(never)]
fn call_what_burns(stop: &AtomicBool) {
    let aligned = Aligned(7);
    while !stop.load(Ordering::Relaxed) {
        black_box(&aligned);
        burn_in_the_test(black_box(1_000_000));
    }
}

#[inline(never)]
fn burn_in_the_test(rounds: u64) -> u64 {
    let aligned = Aligned(7);
    black_box(&aligned);
    let mut hash = rounds;
    let mut round = 0;
    while round < rounds {
        hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (hash >> 29);
        round += 1;
    }
    black_box(hash)
}

// ---- a server of profiles

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Take,
    Answer(StatusCode),
    Hang,
}

#[derive(Clone)]
struct Request {
    path: String,
    query: HashMap<String, String>,
    tenant: String,
    body: Bytes,
}

struct Server {
    address: SocketAddr,
    shared: Arc<Received>,
}

struct Received {
    mode: Mutex<Mode>,
    asked: AtomicU32,
    taken: Mutex<Vec<Request>>,
}

impl Server {
    async fn start() -> Self {
        let shared = Arc::new(Received {
            mode: Mutex::new(Mode::Take),
            asked: AtomicU32::new(0),
            taken: Mutex::default(),
        });
        let router = Router::new()
            .route("/base/ingest", post(take))
            .with_state(Arc::clone(&shared));
        let address = serve(router).await;
        Self { address, shared }
    }

    fn mode(&self, mode: Mode) {
        *self.shared.mode.lock().expect("no panic") = mode;
    }

    fn asked(&self) -> u32 {
        self.shared.asked.load(Ordering::Relaxed)
    }

    fn taken(&self) -> usize {
        self.shared.taken.lock().expect("no panic").len()
    }

    fn last(&self) -> Request {
        let taken = self.shared.taken.lock().expect("no panic");
        taken.last().expect("one was taken").clone()
    }

    async fn wait_for(&self, count: usize) {
        until(|| self.taken() >= count).await;
    }
}

async fn take(
    State(shared): State<Arc<Received>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    shared.asked.fetch_add(1, Ordering::Relaxed);
    let mode = *shared.mode.lock().expect("no panic");
    match mode {
        Mode::Answer(status) => return status,
        Mode::Hang => std::future::pending().await,
        Mode::Take => {}
    }
    let tenant = headers
        .get("x-scope-orgid")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let url = reqwest::Url::parse(&format!("http://localhost{uri}")).expect("a URL");
    let query = url.query_pairs().into_owned().collect();
    shared.taken.lock().expect("no panic").push(Request {
        path: uri.path().to_owned(),
        query,
        tenant: tenant.to_owned(),
        body,
    });
    StatusCode::OK
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn get(address: SocketAddr, query: &'static str) -> reqwest::Response {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(tls)
        .build()
        .expect("a client");
    client
        .get(format!("http://{address}/debug/pprof/profile{query}"))
        .timeout(Duration::from_secs(40))
        .send()
        .await
        .expect("an answer")
}

async fn until(mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "it does not come"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The meta metric of profiles.
fn outcome(telemetry: &Telemetry, outcome: &str) -> u64 {
    let text = telemetry.render();
    let name = format!("caxton_instrument_profiles_total{{outcome=\"{outcome}\"}} ");
    text.lines()
        .find_map(|line| line.strip_prefix(&name))
        .map_or(0, |value| value.parse().expect("a count"))
}

// ---- profile.proto, as far as the test looks

#[derive(Clone, PartialEq, Message)]
struct Profile {
    #[prost(message, repeated, tag = "1")]
    sample_type: Vec<ValueType>,
    #[prost(message, repeated, tag = "2")]
    sample: Vec<Sample>,
    #[prost(message, repeated, tag = "3")]
    mapping: Vec<Mapping>,
    #[prost(message, repeated, tag = "4")]
    location: Vec<Location>,
    #[prost(message, repeated, tag = "5")]
    function: Vec<Function>,
    #[prost(string, repeated, tag = "6")]
    string_table: Vec<String>,
    #[prost(int64, tag = "9")]
    time_nanos: i64,
    #[prost(int64, tag = "10")]
    duration_nanos: i64,
    #[prost(message, optional, tag = "11")]
    period_type: Option<ValueType>,
    #[prost(int64, tag = "12")]
    period: i64,
}

#[derive(Clone, PartialEq, Message)]
struct ValueType {
    #[prost(int64, tag = "1")]
    kind: i64,
    #[prost(int64, tag = "2")]
    unit: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Sample {
    #[prost(uint64, repeated, tag = "1")]
    location_id: Vec<u64>,
    #[prost(int64, repeated, tag = "2")]
    value: Vec<i64>,
    #[prost(message, repeated, tag = "3")]
    label: Vec<Label>,
}

#[derive(Clone, PartialEq, Message)]
struct Label {
    #[prost(int64, tag = "1")]
    key: i64,
    #[prost(int64, tag = "2")]
    text: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Mapping {
    #[prost(uint64, tag = "1")]
    id: u64,
}

#[derive(Clone, PartialEq, Message)]
struct Location {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(uint64, tag = "2")]
    mapping_id: u64,
    #[prost(uint64, tag = "3")]
    address: u64,
    #[prost(message, repeated, tag = "4")]
    line: Vec<Line>,
}

#[derive(Clone, PartialEq, Message)]
struct Line {
    #[prost(uint64, tag = "1")]
    function_id: u64,
    #[prost(int64, tag = "2")]
    line: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Function {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(int64, tag = "2")]
    name: i64,
    #[prost(int64, tag = "3")]
    system_name: i64,
    #[prost(int64, tag = "4")]
    filename: i64,
}

impl Profile {
    fn decode_gzipped(bytes: &[u8]) -> Self {
        let mut all = Vec::new();
        GzDecoder::new(bytes)
            .read_to_end(&mut all)
            .expect("it is gzipped");
        Self::decode(&*all).expect("it is a profile")
    }

    fn text(&self, index: i64) -> &str {
        &self.string_table[usize::try_from(index).expect("an index")]
    }

    /// What the reader of `go tool pprof` checks.
    fn check(&self) {
        assert_eq!(self.string_table[0], "");
        let types: Vec<_> = self
            .sample_type
            .iter()
            .map(|found| (self.text(found.kind), self.text(found.unit)))
            .collect();
        assert_eq!(types, [("samples", "count"), ("cpu", "nanoseconds")]);
        assert!(self.time_nanos > 1_700_000_000_000_000_000);
        assert_eq!(self.mapping.len(), 1);
        for (at, location) in self.location.iter().enumerate() {
            assert_eq!(location.id, at as u64 + 1);
            assert_eq!(location.mapping_id, 1);
            assert!(!location.line.is_empty() && location.address != 0);
        }
        for (at, function) in self.function.iter().enumerate() {
            assert_eq!(function.id, at as u64 + 1);
            assert!(!self.text(function.name).is_empty());
        }
        for sample in &self.sample {
            assert_eq!(sample.value.len(), 2);
            assert_eq!(sample.value[1], sample.value[0] * self.period);
            assert!(!sample.location_id.is_empty());
            assert!(
                sample
                    .location_id
                    .iter()
                    .all(|id| *id <= self.location.len() as u64)
            );
        }
    }

    fn names(&self, location: u64) -> impl Iterator<Item = &str> {
        let location = &self.location[usize::try_from(location).expect("an id") - 1];
        location.line.iter().map(|line| {
            let function = &self.function[usize::try_from(line.function_id).expect("an id") - 1];
            self.text(function.name)
        })
    }

    /// Time in a function and what it calls.
    fn seconds_in(&self, function: &str) -> f64 {
        let found = |sample: &&Sample| {
            sample
                .location_id
                .iter()
                .any(|id| self.names(*id).any(|name| name.ends_with(function)))
        };
        let nanos: i64 = self
            .sample
            .iter()
            .filter(found)
            .map(|sample| sample.value[1])
            .sum();
        nanos as f64 / 1e9
    }

    fn seconds(&self) -> f64 {
        self.seconds_in("")
    }

    /// Of the time in a function, the share in itself.
    fn share_of_innermost(&self, function: &str) -> f64 {
        let own = |sample: &&Sample| {
            self.names(sample.location_id[0])
                .any(|name| name.ends_with(function))
        };
        let nanos: i64 = self
            .sample
            .iter()
            .filter(own)
            .map(|sample| sample.value[1])
            .sum();
        nanos as f64 / 1e9 / self.seconds_in(function)
    }

    fn threads(&self) -> impl Iterator<Item = &str> {
        self.sample.iter().flat_map(|sample| {
            sample
                .label
                .iter()
                .filter(|label| self.text(label.key) == "thread")
                .map(|label| self.text(label.text))
        })
    }
}
