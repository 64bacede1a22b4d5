//! Servers that are not well, each played by a few lines.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use caxton_instrument::Catalog;

use super::{Base, Report, verified};
use crate::generate::{Deployment, Service};

/// Pages by their path, each with a status; any other is 404. It ends with the
/// test's process.
fn server(pages: &'static [(&'static str, u16, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(&stream);
            let mut line = String::new();
            let _ = reader.read_line(&mut line);
            let path = line.split(' ').nth(1).unwrap_or_default();
            let mut head = Vec::new();
            loop {
                let mut line = String::new();
                match reader.read_line(&mut line) {
                    Ok(n) if n > 2 => head.push(line.to_lowercase()),
                    _ => break,
                }
            }
            let found = pages.iter().find(|page| page.0 == path);
            let (_, mut status, body) = found.copied().unwrap_or(("", 404, ""));
            let token = "authorization: bearer secret\r\n";
            if path == "/guarded" && !head.iter().any(|line| line == token) {
                status = 401;
            }
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            let _ = (&stream).write_all(answer.as_bytes());
        }
    });
    address.to_string()
}

fn told(addresses: &[String], token: Option<&str>) -> Report {
    let catalog = Catalog::collect().expect("sound declarations");
    let deployment = Deployment::new("shop").service(Service::new("shop", "localhost", 9464));
    verified(&catalog, &deployment, addresses, token)
}

fn ids(report: &Report) -> Vec<&str> {
    let ids = report.found.iter().map(|it| it.class.id);
    ids.filter(|id| *id != "not_exposed").collect()
}

#[test]
fn an_address_is_told_from_its_path() {
    let cases = [
        ("localhost:9464", "http://localhost:9464", "/metrics"),
        ("https://a.example", "https://a.example", "/metrics"),
        ("http://a:1/", "http://a:1", "/metrics"),
        ("a:1/internal/metrics", "http://a:1", "/internal/metrics"),
    ];
    for (address, origin, metrics) in cases {
        let base = Base::of(address);
        assert_eq!(
            (base.origin.as_str(), base.metrics.as_str()),
            (origin, metrics)
        );
    }
}

#[test]
fn a_service_that_is_not_well_says_what_fails() {
    let address = server(&[
        ("/livez", 500, ""),
        ("/readyz", 503, ""),
        (
            "/health",
            503,
            r#"{"status": "unhealthy", "checks": {"till": {"status": "unhealthy", "error": "gone"}}}"#,
        ),
        ("/metrics", 200, "<html>"),
    ]);
    let report = told(&[address], None);
    assert_eq!(
        ids(&report),
        ["not_live", "not_ready", "unhealthy", "no_exposition"]
    );
    assert!(report.found[2].message.contains("till: gone"), "{report:?}");
    assert!(report.passed.is_empty(), "{report:?}");

    let address = server(&[
        ("/livez", 200, ""),
        ("/health", 200, r#"{"status": "degraded"}"#),
        ("/metrics", 403, ""),
    ]);
    let report = told(&[address], None);
    assert_eq!(ids(&report), ["no_page", "degraded", "no_metrics"]);
}

#[test]
fn a_token_is_sent_to_the_addresses_alone() {
    let address = server(&[("/guarded", 200, "")]);
    let address = format!("{address}/guarded");
    let report = told(std::slice::from_ref(&address), Some("secret"));
    assert!(!ids(&report).contains(&"no_metrics"), "{report:?}");
    let report = told(&[address], None);
    assert!(ids(&report).contains(&"no_metrics"), "{report:?}");
}

#[test]
fn a_prometheus_says_what_is_wrong_with_it() {
    const BUILD: (&str, u16, &str) = (
        "/api/v1/status/buildinfo",
        200,
        r#"{"status": "success", "data": {"version": "3.5.0"}}"#,
    );
    let address = server(&[
        BUILD,
        (
            "/api/v1/targets?state=active",
            200,
            r#"{"status": "success", "data": {"activeTargets": [
                {"labels": {"job": "shop"}, "scrapeUrl": "http://a/metrics", "health": "down", "lastError": "refused"},
                {"labels": {"job": "shop"}, "scrapeUrl": "http://b/metrics", "health": "up"}
            ]}}"#,
        ),
        (
            "/api/v1/rules",
            200,
            r#"{"status": "success", "data": {"groups": [{"rules": [
                {"name": "Broken", "query": "x", "health": "err", "lastError": "many-to-many"},
                {"name": "Fires", "query": "x", "health": "ok",
                 "alerts": [{"state": "firing", "annotations": {"summary": "it \u001b[31mburns"}}]}
            ]}]}}"#,
        ),
        ("/api/v1/alertmanagers", 200, "no JSON"),
    ]);
    let report = told(&[address], None);
    let ids = ids(&report);
    for id in ["target_down", "rule_fails", "alert_fires"] {
        assert!(ids.contains(&id), "{id}: {report:?}");
    }
    assert!(!ids.contains(&"job_missing"), "{report:?}");
    let table = super::table(&report);
    assert!(!table.contains('\u{1b}'), "{table:?}");
    assert!(
        table.contains("refused") && table.contains("many-to-many"),
        "{table}"
    );

    // An API that says something else is no crash.
    for body in ["", "null", "[]", r#"{"status": "success", "data": 7}"#] {
        let pages = vec![
            BUILD,
            ("/api/v1/targets?state=active", 200, body),
            ("/api/v1/rules", 200, body),
        ];
        let report = told(&[server(Vec::leak(pages))], None);
        assert!(!report.found.is_empty());
    }
}
