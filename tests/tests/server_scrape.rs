//! `/metrics` as scrapers of every kind ask for it. One test: a program has
//! one recorder.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;

use std::io::Read as _;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use caxton_instrument::prelude::*;
use caxton_instrument_export::exposition::Format;
use http::{Answer, get, request_with, send};

#[derive(LabelSet)]
struct Shelf {
    #[label(max_values = 30_000)]
    shelf: Text,
}

/// A library.
#[derive(MetricSet)]
#[metric_set(namespace = "library")]
struct Library {
    /// Books on a shelf.
    #[metric(max_series = 30_000)]
    books: Gauge<Shelf>,
    /// People who came in.
    visits: Counter,
    /// Time of a visit.
    #[metric(unit = seconds, buckets = [60.0, 3_600.0])]
    visit_duration: Histogram,
}

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
const PROTOBUF: &str = "application/vnd.google.protobuf; \
                        proto=io.prometheus.client.MetricFamily; encoding=delimited";
const OPEN_METRICS: &str =
    "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores";
const OPEN_METRICS_UTF8: &str =
    "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8";
const TEXT_1: &str = "text/plain; version=1.0.0; charset=utf-8; escaping=dots";

#[test]
fn metrics_are_served_as_asked() {
    let telemetry = caxton_instrument_export::builder()
        .listen("127.0.0.1:0")
        .install()
        .expect("a free port and a sound catalog");
    let address = telemetry.local_addr().expect("it listens");
    let library = Library::global();
    library.visits.increment(3);
    library.visit_duration.record(90.0);

    formats(address);
    assert_eq!(
        ask(address, "/metrics", &[("Accept", OPEN_METRICS)]).body,
        String::from_utf8(telemetry.exposition().render(Format::OpenMetrics)).expect("text")
    );
    packed(address);
    heads(address);
    filters(address);
    for shelf in 0..30_000 {
        let shelf = format!("{shelf:0>200}");
        library.books.at(&Shelf::of(&shelf)).set(1);
    }
    slow_readers_are_alone(address, &telemetry.render());
}

#[track_caller]
fn ask(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    request_with("GET", address, path, headers).expect("the server answers")
}

fn formats(address: SocketAddr) {
    let prometheus = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
                      application/openmetrics-text;version=0.0.1;q=0.4,\
                      text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,\
                      text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for (accept, content_type) in [
        (prometheus, OPEN_METRICS_UTF8),
        ("application/openmetrics-text;version=1.0.0", OPEN_METRICS),
        ("text/plain;version=1.0.0;escaping=dots", TEXT_1),
        (OPEN_METRICS, OPEN_METRICS),
        (browser, TEXT),
        ("*/*", TEXT),
        ("\u{1}nonsense;;q=", TEXT),
    ] {
        let answer = ask(address, "/metrics", &[("Accept", accept)]);
        // What is no header at all is refused before it is read.
        if answer.status == 400 {
            continue;
        }
        assert_eq!(answer.header("content-type"), content_type, "{accept}");
        assert_eq!(answer.header("vary"), "accept, accept-encoding");
        assert_eq!(
            answer.body.ends_with("# EOF\n"),
            content_type.starts_with("application/openmetrics-text")
        );
    }
    let two_lines = [
        ("Accept", "text/plain;q=0.1"),
        ("Accept", "application/openmetrics-text"),
    ];
    let bytes = [("Accept", PROTOBUF)];
    let answer = request_with("HEAD", address, "/metrics", &bytes).expect("an answer");
    assert_eq!(answer.header("content-type"), PROTOBUF);
    let answer = ask(address, "/metrics", &two_lines);
    assert_eq!(answer.header("content-type"), OPEN_METRICS);
}

fn packed(address: SocketAddr) {
    let plain = get(address, "/metrics");
    assert_eq!(plain.header("content-encoding"), "");
    let packed = ask(address, "/metrics", &[("Accept-Encoding", "gzip")]);
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert_eq!(packed.body, plain.body);
    let length: usize = packed.header("content-length").parse().expect("a length");
    assert!(length < plain.body.len() / 2, "{length}");
    let refused = ask(address, "/metrics", &[("Accept-Encoding", "gzip;q=0, br")]);
    assert_eq!(refused.header("content-encoding"), "");
    assert_eq!(refused.body, plain.body);
}

fn heads(address: SocketAddr) {
    for headers in [
        &[("Accept", OPEN_METRICS)][..],
        &[("Accept-Encoding", "gzip")],
    ] {
        let get = ask(address, "/metrics", headers);
        let mut stream = send("HEAD", address, "/metrics", headers).expect("an answer");
        let mut head = String::new();
        stream.read_to_string(&mut head).expect("text");
        let head = head.to_ascii_lowercase();
        assert!(head.ends_with("\r\n\r\n"), "{head}");
        for name in ["content-type", "content-encoding", "content-length"] {
            let line = format!("\r\n{name}: {}\r\n", get.header(name));
            assert!(
                get.header(name).is_empty() || head.contains(&line),
                "{line} in {head}"
            );
        }
    }
}

fn filters(address: SocketAddr) {
    let types = |query: &str| {
        let answer = get(address, &format!("/metrics?{query}"));
        assert_eq!(answer.status, 200);
        let names = answer
            .body
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
        names.map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
    };
    let duration = "library_visit_duration_seconds";
    let visits = "library_visits_total";
    assert_eq!(types("name[]=library_visits_total"), [visits]);
    assert_eq!(types("name%5B%5D=library_visits"), [visits]);
    assert_eq!(
        types("name[]=library_visits_total&x=y&name[]=library_visit_duration_seconds_sum"),
        [duration, visits]
    );
    assert_eq!(types("name[]=library_nights"), [""; 0]);
    for all in ["", "name[]=", "name=library_visits_total", "%ff%%%"] {
        let found = types(all);
        assert!(found.len() > 2, "{all}: {found:?}");
    }
}

/// Forty clients ask for megabytes and take one byte; the others are served.
fn slow_readers_are_alone(address: SocketAddr, text: &str) {
    // More than the buffers between two sockets take.
    assert!(text.len() > 6_000_000, "{}", text.len());
    let mut slow: Vec<TcpStream> = (0..40)
        .map(|_| send("GET", address, "/metrics", &[]).expect("a connection"))
        .collect();
    for stream in &mut slow {
        stream.read_exact(&mut [0]).expect("the first byte");
    }
    let start = Instant::now();
    for _ in 0..3 {
        for stream in &mut slow {
            stream.read_exact(&mut [0]).expect("one more byte");
        }
        assert_eq!(get(address, "/metrics").body, text);
        assert_eq!(get(address, "/livez").status, 200);
    }
    // Far above what it takes, far below what the slow ones need.
    assert!(start.elapsed() < Duration::from_secs(20));
}
