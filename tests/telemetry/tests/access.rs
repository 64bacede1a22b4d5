//! Who may read the pages, and who waits for whom. One test: a program has one
//! recorder.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use caxton_instrument::prelude::*;
use caxton_instrument_export::server::{Secret, Server};
use caxton_instrument_export::{Builder, Telemetry};
use caxton_telemetry_tests::certificates::{Authority, Issued};
use caxton_telemetry_tests::client::{TlsClient, ask, connect};

/// So that there is something to read.
#[derive(MetricSet)]
#[metric_set(namespace = "vault")]
struct Vault {
    /// Doors opened.
    doors: Counter,
}

const TOKEN: &str = "sesame-4711";
const PASSWORD: &str = "hunter2";

#[test]
fn only_those_who_may_read_the_pages_do() {
    let authority = Authority::new();
    let issued = authority.issue(&["localhost"]);
    a_mistake_is_told_before_anything_is_served(&authority, &issued);

    let (certificate, key) = (&issued.certificate, &issued.key);
    let pages = Server::on("127.0.0.1:0")
        .tls(certificate, key)
        .bearer_token(TOKEN)
        .basic_auth("ann", PASSWORD);
    // Wider than loopback: the certificate says who may come in.
    let admin = Server::on("0.0.0.0:0")
        .tls(certificate, key)
        .client_ca(authority.ca_file());
    let builder = caxton_instrument_export::builder()
        .service("vault", "1.0.0")
        .listen(pages)
        .admin(admin)
        .admin_pages(Router::new().route("/doors", get(async || "all shut\n")));
    let shown = format!("{builder:?}");
    assert!(
        !shown.contains(TOKEN) && !shown.contains(PASSWORD),
        "{shown}"
    );
    let telemetry = builder.install().expect("a sound configuration");
    let address = telemetry.local_addr().expect("it listens");
    let admin = SocketAddr::from((
        [127, 0, 0, 1],
        telemetry.admin_addr().expect("it listens").port(),
    ));

    Vault::global().doors.increment(1);
    credentials_are_asked_for(&telemetry, &authority, address);
    certificates_are_asked_for(&authority, admin, address);
    slow_clients_are_alone(&authority, address);
    too_much_of_a_header_is_refused(&authority, address);
}

fn refused(builder: Builder) -> String {
    builder.install().expect_err("it is refused").to_string()
}

fn a_mistake_is_told_before_anything_is_served(authority: &Authority, issued: &Issued) {
    let builder = caxton_instrument_export::builder;
    let (certificate, key) = (&issued.certificate, &issued.key);
    for wide in ["0.0.0.0:0", "[::]:0"] {
        let message = refused(builder().listen(wide));
        for word in [
            "others reach that address",
            ".bearer_token(..)",
            ".basic_auth(..)",
            ".tls(..).client_ca(..)",
            ".allow_unauthenticated()",
        ] {
            assert!(message.contains(word), "{message}");
        }
        assert_eq!(message, refused(builder().admin(wide)));
        // TLS alone says nothing about who reads.
        let tls = Server::on(wide).tls(certificate, key);
        assert_eq!(message, refused(builder().listen(tls)));
    }
    let here = || Server::on("127.0.0.1:0");
    let other = Authority::new().issue(&["localhost"]);
    let (missing, ca) = ("/no/such/file.pem", authority.ca_file());
    let cases = [
        (here().client_ca(ca), "`.tls(certificate, key)`"),
        (here().tls(missing, key), missing),
        (here().tls(certificate, missing), missing),
        (here().tls(certificate, certificate), "BEGIN PRIVATE KEY"),
        (here().tls(key, key), "BEGIN CERTIFICATE"),
        (
            here().tls(certificate, key).client_ca(key),
            "BEGIN CERTIFICATE",
        ),
        (
            here().bearer_token(Secret::env("CAXTON_NO_SUCH")),
            "`CAXTON_NO_SUCH` is not set",
        ),
        (here().bearer_token("two words"), "the bearer token"),
    ];
    for (server, expected) in cases {
        let message = refused(builder().listen(server));
        assert!(message.contains(expected), "{message}");
        assert!(!message.contains("two words"), "{message}");
    }
    if other.key.is_file() {
        let message = refused(builder().listen(here().tls(certificate, &other.key)));
        assert!(message.contains("another certificate"), "{message}");
    }
    let message = refused(builder().admin_pages(Router::new()));
    assert!(message.contains(".admin(\"127.0.0.1:9465\")"), "{message}");
}

fn credentials_are_asked_for(telemetry: &Telemetry, authority: &Authority, address: SocketAddr) {
    let client = TlsClient::new(authority, None);
    let get = |path: &str, authorization: Option<&str>| {
        let header = authorization.map(|value| ("authorization", value));
        let line = format!("GET {path}");
        client
            .ask(address, &line, header.as_slice())
            .expect("an answer")
    };
    let none = get("/metrics", None);
    assert_eq!(none.code, 401);
    assert_eq!(
        none.all("www-authenticate"),
        [
            "Bearer realm=\"caxton\"",
            "Basic realm=\"caxton\", charset=\"UTF-8\""
        ]
    );
    let head = |answer: &str| -> Vec<String> {
        let lines = answer.lines().filter(|line| !line.starts_with("date: "));
        lines.map(String::from).collect()
    };
    // ann:hunter3, ann:hunter2 without its padding, nonsense.
    for wrong in [
        "Bearer",
        "Bearer sesame",
        "Bearer sesame-4712",
        "Bearer SESAME-4711",
        "sesame-4711",
        "Basic YW5uOmh1bnRlcjM=",
        "Basic YW5uOmh1bnRlcjI",
        "Basic =",
        "Digest x",
    ] {
        let answer = get("/metrics", Some(wrong));
        assert_eq!(head(&answer.head), head(&none.head), "{wrong}");
        assert_eq!(answer.body, none.body, "{wrong}");
    }
    let right = get("/metrics", Some("Bearer sesame-4711"));
    assert_eq!(right.code, 200);
    assert!(right.body.contains("vault_doors_total"), "{}", right.body);
    assert_eq!(get("/metrics", Some("Basic YW5uOmh1bnRlcjI=")).code, 200);
    for path in [
        "/health",
        "/version",
        "/nothing",
        "/livez/",
        "/doors",
        "/findings",
    ] {
        assert_eq!(get(path, None).code, 401, "{path}");
    }
    for probe in ["/livez", "/readyz", "/readyz?verbose"] {
        assert_eq!(get(probe, None).code, 200, "{probe}");
    }
    for admin in ["/doors", "/findings"] {
        assert_eq!(get(admin, Some("Bearer sesame-4711")).code, 404, "{admin}");
    }
    // Not over TLS: no word of HTTP.
    assert!(ask(address, "GET /livez").is_err());
    // 401 is counted before it is sent, a handshake after the client was told.
    for (reason, count) in [("credentials", 16), ("handshake", 1)] {
        let line =
            format!("caxton_instrument_server_refusals_total{{reason=\"{reason}\"}} {count}\n");
        let start = Instant::now();
        while !telemetry.render().contains(&line) {
            let metrics = telemetry.render();
            assert!(start.elapsed() < Duration::from_secs(5), "{line}{metrics}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn certificates_are_asked_for(authority: &Authority, admin: SocketAddr, pages: SocketAddr) {
    let nobody = TlsClient::new(authority, None);
    let stranger = Authority::new();
    let unknown = stranger.issue(&["client"]);
    let unknown = TlsClient::new(authority, Some(&unknown));
    for client in [&nobody, &unknown] {
        for path in ["/metrics", "/livez", "/findings"] {
            let answer = client.ask(admin, &format!("GET {path}"), &[]);
            assert!(answer.is_err(), "{path}: {answer:?}");
        }
    }
    let own = authority.issue(&["client"]);
    let own = TlsClient::new(authority, Some(&own));
    let answer = own.ask(admin, "GET /metrics", &[]).expect("an answer");
    assert_eq!(answer.code, 200);
    let answer = own.ask(admin, "GET /findings", &[]).expect("an answer");
    assert_eq!(
        (answer.code, answer.body.as_str()),
        (200, "nothing to report\n")
    );
    assert_eq!(
        own.ask(admin, "GET /doors", &[]).expect("an answer").body,
        "all shut\n"
    );
    let answer = own.ask(admin, "GET /nothing", &[]).expect("an answer");
    assert!(
        answer.code == 404 && answer.body.contains("/findings"),
        "{answer:?}"
    );
    // A certificate is no token.
    assert_eq!(
        own.ask(pages, "GET /metrics", &[]).expect("an answer").code,
        401
    );
}

fn slow_clients_are_alone(authority: &Authority, address: SocketAddr) {
    let slow: Vec<_> = (0..200)
        .map(|i| {
            let mut stream = connect(address).expect("a connection");
            // Silent, or stuck in the middle of its hello.
            if i % 2 == 0 {
                stream
                    .write_all(&[0x16, 0x03, 0x01, 0x02])
                    .expect("a few bytes");
            }
            stream
        })
        .collect();
    let client = TlsClient::new(authority, None);
    let start = Instant::now();
    for _ in 0..5 {
        assert_eq!(
            client
                .ask(address, "GET /livez", &[])
                .expect("an answer")
                .code,
            200
        );
    }
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "{:?}",
        start.elapsed()
    );
    // Each is left after a while.
    let mut one = slow.into_iter().next().expect("one of them");
    let left = one.read(&mut [0; 64]);
    assert!(
        left.is_ok() && start.elapsed() < Duration::from_secs(15),
        "{left:?}"
    );
}

fn too_much_of_a_header_is_refused(authority: &Authority, address: SocketAddr) {
    let client = TlsClient::new(authority, None);
    let long = "a".repeat(20_000);
    let answer = client.ask(address, "GET /livez", &[("x-long", &long)]);
    assert!(
        answer.as_ref().is_ok_and(|answer| answer.code == 431),
        "{answer:?}"
    );
}
