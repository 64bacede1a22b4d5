//! The checks of the example, against a real Postgres and a real Redis.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

#[path = "../examples/health_checks/checks.rs"]
mod checks;

use std::time::Duration;

use caxton_instrument::prelude::*;
use caxton_instrument_export::health::Settings;
use caxton_telemetry_tests::client::ask;
use caxton_telemetry_tests::databases::Database;
use caxton_telemetry_tests::process::servers;
use serde_json::Value;

/// So that there is something to read.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Shop {
    /// Orders taken.
    orders: Counter,
}

#[test]
fn real_databases_are_healthy_until_they_are_gone() {
    let Some(bin) = servers(&["initdb", "postgres", "redis-server"]) else {
        return;
    };
    let (postgres, redis) = (Database::postgres(&bin), Database::redis(&bin));
    let port = postgres.address.port();
    let config = format!("host=127.0.0.1 port={port} user=caxton dbname=postgres");
    let settings = Settings::new()
        .cache_for(Duration::ZERO)
        .stale_for(Duration::ZERO);
    let telemetry = caxton_instrument_export::builder()
        .service("shop", "1.0.0")
        .listen("127.0.0.1:0")
        .health(
            checks::postgres(&config)
                .expect("a configuration")
                .critical(),
        )
        .health(checks::redis(&format!("redis://{}", redis.address)).expect("a URL"))
        .health_settings(settings)
        .install()
        .expect("a sound catalog");
    let address = telemetry.local_addr().expect("it listens");
    Shop::global().orders.increment(1);
    let health = || {
        let answer = ask(address, "GET /health").expect("an answer");
        let body: Value = serde_json::from_str(&answer.body).expect("JSON");
        (answer.code, body)
    };

    // Postgres listens a moment before it takes anybody in.
    let mut seen = health();
    for _ in 0..100 {
        if seen.1["status"] == "healthy" {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        seen = health();
    }
    let (code, body) = seen;
    assert_eq!((code, &body["status"]), (200, &"healthy".into()), "{body}");
    for name in ["postgres", "redis"] {
        assert_eq!(body["checks"][name]["status"], "healthy", "{body}");
        assert!(
            body["checks"][name]["latency_ms"].as_u64() < Some(1_000),
            "{body}"
        );
    }

    drop(redis);
    let (code, body) = health();
    assert_eq!((code, &body["status"]), (200, &"degraded".into()), "{body}");
    let error = body["checks"]["redis"]["error"].as_str().expect("an error");
    assert!(error.to_lowercase().contains("refused"), "{error}");

    drop(postgres);
    let (code, body) = health();
    assert_eq!(
        (code, &body["status"]),
        (503, &"unhealthy".into()),
        "{body}"
    );
    let error = body["checks"]["postgres"]["error"]
        .as_str()
        .expect("an error");
    assert!(error.contains("refused"), "{error}");

    let metrics = telemetry.render();
    for line in [
        "caxton_instrument_health_check_passing{check=\"postgres\"} 0",
        "caxton_instrument_health_check_passing{check=\"redis\"} 0",
        "caxton_instrument_health_checks_total{check=\"postgres\",result=\"failed\"} ",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
}
