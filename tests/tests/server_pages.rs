//! Every page, as a probe, a scraper and a person see it. One test: a program
//! has one recorder.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use caxton_instrument_export::Telemetry;
use http::{get, request};
use serde_json::{Value, json};

#[test]
fn every_page_answers() {
    caxton_linkage_beta::walk();
    let telemetry = caxton_instrument_export::builder()
        .service("post", "1.2.3")
        .listen("127.0.0.1:0")
        .install()
        .expect("a free port and a sound catalog");
    let address = telemetry.local_addr().expect("it listens");

    caxton_linkage_beta::walk();
    let metrics = get(address, "/metrics");
    assert_eq!(metrics.status, 200);
    assert_eq!(
        metrics.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    assert!(
        metrics
            .body
            .contains("# HELP round_streets_total Streets walked.\n"),
        "{}",
        metrics.body
    );
    // What was counted before there was a recorder went nowhere.
    assert!(
        metrics.body.contains("\nround_streets_total 1\n"),
        "{}",
        metrics.body
    );
    assert_eq!(metrics.body, telemetry.render());

    let health = parse(&get(address, "/health").body);
    assert_eq!(health["status"], "healthy");
    assert_eq!(health["checks"], json!({}));
    assert_eq!(health["version"], "1.2.3");
    assert!(
        health["uptime"]
            .as_str()
            .is_some_and(|uptime| uptime.ends_with('s')),
        "{health}"
    );

    let version = get(address, "/version");
    assert_eq!(version.header("content-type"), "application/json");
    let version = parse(&version.body);
    assert_eq!(
        (&version["name"], &version["version"]),
        (&json!("post"), &json!("1.2.3"))
    );
    assert_eq!(get(address, "/livez").status, 200);
    assert_eq!(get(address, "/readyz").status, 200);

    let head = request("HEAD", address, "/metrics").expect("HEAD is answered");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(
        head.header("content-length"),
        metrics.body.len().to_string()
    );
    assert_eq!(
        request("POST", address, "/metrics")
            .expect("an answer")
            .status,
        405
    );
    let unknown = get(address, "/metrisc");
    assert_eq!(unknown.status, 404);
    for page in ["/metrics", "/health", "/livez", "/readyz", "/version"] {
        assert!(unknown.body.contains(page), "{}", unknown.body);
    }

    slow_and_broken_clients_are_alone(&telemetry);
    a_router_serves_the_same(&telemetry);

    let second = caxton_instrument_export::builder()
        .listen(address.to_string())
        .install()
        .expect_err("there is a recorder already")
        .to_string();
    assert!(
        second.contains("a recorder is installed already"),
        "{second}"
    );

    telemetry.drain();
    let readyz = get(address, "/readyz");
    assert_eq!(
        (readyz.status, readyz.body.as_str()),
        (503, "{\"status\":\"draining\"}\n")
    );
    assert_eq!(get(address, "/livez").status, 200);

    // An open connection holds the end up for a bounded time.
    let _open = TcpStream::connect(address).expect("it still listens");
    let start = Instant::now();
    drop(telemetry);
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    assert!(TcpStream::connect(address).is_err(), "it listens no more");
}

fn slow_and_broken_clients_are_alone(telemetry: &Telemetry) {
    let address = telemetry.local_addr().expect("it listens");
    let slow: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = TcpStream::connect(address).expect("a connection");
            stream.write_all(b"GET /metr").expect("half a request");
            stream
        })
        .collect();
    let endless = vec![b'a'; 100_000];
    for nonsense in [&b"\0\0\0\0\r\n\r\n"[..], b"GET\r\n\r\n", &endless] {
        let mut stream = TcpStream::connect(address).expect("a connection");
        // It may hang up before it has read everything.
        let _ = stream.write_all(nonsense);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    let start = Instant::now();
    assert_eq!(get(address, "/livez").status, 200);
    assert!(start.elapsed() < Duration::from_secs(1));
    drop(slow);
}

fn a_router_serves_the_same(telemetry: &Telemetry) {
    #[derive(Clone)]
    struct AppState;

    let app = axum::Router::new()
        .route("/", axum::routing::get(|| async { "shop" }))
        .merge(telemetry.router())
        .with_state(AppState);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .expect("a free port");
    let address = listener.local_addr().expect("bound");
    runtime.spawn(async move { axum::serve(listener, app).await });
    assert_eq!(get(address, "/").body, "shop");
    assert_eq!(get(address, "/metrics").body, telemetry.render());
    assert_eq!(get(address, "/livez").status, 200);
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}
