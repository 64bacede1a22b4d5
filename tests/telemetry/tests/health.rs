//! `/health` and `/readyz` as people and probes see them. One test: a program has
//! one recorder.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use caxton_instrument::prelude::*;
use caxton_instrument_export::Telemetry;
use caxton_instrument_export::health::{Check, Settings};
use caxton_telemetry_tests::client::{Answer, ask};

/// So that there is something to read.
#[derive(MetricSet)]
#[metric_set(namespace = "trace")]
struct Traces {
    /// Traces taken in.
    ingested: Counter,
}

/// How a check is to end.
const WELL: u8 = 0;
const FAIL: u8 = 1;
const HANG: u8 = 2;
const PANIC: u8 = 3;
const SLOW: u8 = 4;

/// A dependency that does as it is told.
#[derive(Clone, Default)]
struct Dependency {
    state: Arc<AtomicU8>,
    asked: Arc<AtomicUsize>,
}

impl Dependency {
    fn set(&self, state: u8) {
        self.state.store(state, Ordering::Relaxed);
    }

    fn check(&self, name: &str) -> Check {
        let own = self.clone();
        let ask = move || {
            let own = own.clone();
            async move {
                own.asked.fetch_add(1, Ordering::Relaxed);
                match own.state.load(Ordering::Relaxed) {
                    WELL => Ok(()),
                    FAIL => Err("connection refused\nby \"somebody\""),
                    HANG => std::future::pending().await,
                    SLOW => {
                        tokio::time::sleep(Duration::from_millis(150)).await;
                        Ok(())
                    }
                    _ => panic!("on purpose"),
                }
            }
        };
        Check::new(name, ask).timeout(Duration::from_millis(300))
    }
}

#[test]
fn health_says_what_the_checks_found() {
    let [postgres, clickhouse, redis] = [(); 3].map(|()| Dependency::default());
    let settings = Settings::new()
        .cache_for(Duration::from_millis(100))
        .stale_for(Duration::ZERO)
        .decide_readiness();
    let telemetry = caxton_instrument_export::builder()
        .service("agenttrace", "1.0.0")
        .listen("127.0.0.1:0")
        .health(postgres.check("postgres").critical())
        .health(clickhouse.check("clickhouse"))
        .health(redis.check("redis"))
        .health_settings(settings)
        .install()
        .expect("a sound catalog");
    let address = telemetry.local_addr().expect("it listens");

    Traces::global().ingested.increment(1);
    // As the guide of the service shows it.
    let answer = health(address);
    assert_eq!(answer.all("content-type"), ["application/json"]);
    assert_eq!(
        (answer.code, normal(&answer.body).as_str()),
        (
            200,
            "{\"status\":\"healthy\",\"checks\":{\
             \"postgres\":{\"status\":\"healthy\",\"latency_ms\":N},\
             \"clickhouse\":{\"status\":\"healthy\",\"latency_ms\":N},\
             \"redis\":{\"status\":\"healthy\",\"latency_ms\":N}},\
             \"version\":\"1.0.0\",\"uptime\":\"Ns\"}\n"
        )
    );

    clickhouse.set(FAIL);
    redis.set(HANG);
    let start = Instant::now();
    let answer = health(address);
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(
        (answer.code, normal(&answer.body).as_str()),
        (
            200,
            "{\"status\":\"degraded\",\"checks\":{\
             \"postgres\":{\"status\":\"healthy\",\"latency_ms\":N},\
             \"clickhouse\":{\"status\":\"unhealthy\",\"latency_ms\":N,\"error\":\"connection refused by \\\"somebody\\\"\"},\
             \"redis\":{\"status\":\"unhealthy\",\"latency_ms\":N,\"error\":\"no answer within Nms\"}},\
             \"version\":\"1.0.0\",\"uptime\":\"Ns\"}\n"
        )
    );
    assert_eq!(ask(address, "GET /readyz").expect("an answer").code, 200);

    postgres.set(PANIC);
    let answer = health(address);
    assert_eq!(answer.code, 503);
    assert!(
        answer.body.starts_with("{\"status\":\"unhealthy\""),
        "{}",
        answer.body
    );
    assert!(
        answer.body.contains("the check panicked"),
        "{}",
        answer.body
    );
    let ready = ask(address, "GET /readyz").expect("an answer");
    assert_eq!(
        (ready.code, ready.body.as_str()),
        (503, "{\"status\":\"unhealthy\"}\n")
    );
    assert_eq!(ask(address, "GET /livez").expect("an answer").code, 200);
    let metrics = telemetry.render();
    for line in [
        "caxton_instrument_health_check_passing{check=\"postgres\"} 0\n",
        "caxton_instrument_health_checks_total{check=\"postgres\",result=\"panicked\"} ",
        "caxton_instrument_health_checks_total{check=\"clickhouse\",result=\"failed\"} ",
        "caxton_instrument_health_checks_total{check=\"redis\",result=\"timed_out\"} ",
        "caxton_instrument_health_check_duration_seconds_count{check=\"redis\"} ",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }

    for dependency in [&postgres, &clickhouse, &redis] {
        dependency.set(WELL);
    }
    a_scrape_keeps_the_metric_up_to_date(&telemetry, address);
    many_questions_are_one_round(address, &redis);
    a_router_runs_them_too(&telemetry, &redis);

    telemetry.drain();
    let ready = ask(address, "GET /readyz").expect("an answer");
    assert_eq!(
        (ready.code, ready.body.as_str()),
        (503, "{\"status\":\"draining\"}\n")
    );
    assert_eq!(health(address).code, 200);
}

fn health(address: SocketAddr) -> Answer {
    // Older than what may be given again.
    std::thread::sleep(Duration::from_millis(150));
    ask(address, "GET /health").expect("an answer")
}

/// `N` for every number, which differs from run to run, but those of a version.
fn normal(body: &str) -> String {
    let mut normal = String::new();
    let mut digits = false;
    for c in body.replace("1.0.0", "V").chars() {
        if c.is_ascii_digit() {
            digits = true;
            continue;
        }
        if std::mem::take(&mut digits) {
            normal.push('N');
        }
        normal.push(c);
    }
    normal.replace('V', "1.0.0")
}

fn a_scrape_keeps_the_metric_up_to_date(telemetry: &Telemetry, address: SocketAddr) {
    std::thread::sleep(Duration::from_millis(150));
    let start = Instant::now();
    while !telemetry
        .render()
        .contains("caxton_instrument_health_check_passing{check=\"postgres\"} 1\n")
    {
        ask(address, "GET /metrics").expect("an answer");
        assert!(start.elapsed() < Duration::from_secs(10), "it still says 0");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn many_questions_are_one_round(address: SocketAddr, slow: &Dependency) {
    std::thread::sleep(Duration::from_millis(150));
    slow.set(SLOW);
    let before = slow.asked.load(Ordering::Relaxed);
    let asking: Vec<_> = (0..60)
        .map(|_| std::thread::spawn(move || ask(address, "GET /health").expect("an answer").code))
        .collect();
    for asking in asking {
        assert_eq!(asking.join().expect("an answer"), 200);
    }
    let rounds = slow.asked.load(Ordering::Relaxed) - before;
    // On a busy machine the last thread starts when the first round has grown old.
    assert!(
        (1..=15).contains(&rounds),
        "{rounds} rounds for 60 questions"
    );
    slow.set(WELL);
}

fn a_router_runs_them_too(telemetry: &Telemetry, dependency: &Dependency) {
    std::thread::sleep(Duration::from_millis(150));
    let before = dependency.asked.load(Ordering::Relaxed);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .expect("a free port");
    let address = listener.local_addr().expect("bound");
    let app: axum::Router = telemetry.router();
    runtime.spawn(async move { axum::serve(listener, app).await });
    let answer = ask(address, "GET /health").expect("an answer");
    assert_eq!(answer.code, 200);
    assert!(dependency.asked.load(Ordering::Relaxed) > before);
}
