//! A real Prometheus scrapes names of other crates in every format and
//! escaping, answers queries that name them, and writes them as we do.
//!
//! The servers come from `scripts/get-servers.sh`. Without them the test says
//! that it was skipped; where `CI` is set it fails.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod parsed;
mod prometheus;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use caxton_instrument::prelude::*;
use caxton_instrument_export::exposition::{Escaping, Exposition, Format, Representation};
use parsed::Parsed;
use prometheus::{Folder, Job, Prometheus, servers};
use serde_json::Value;

/// A library.
#[derive(MetricSet)]
#[metric_set(namespace = "library")]
struct Library {
    /// People who came in.
    visits: Counter,
}

/// Names that break readers which take them for something else.
const HOSTILE: [&str; 9] = [
    "größe 🦀",
    "quote\"",
    "back\\slash",
    "both\\\"",
    "brace{a=\"e\"} 1",
    "# EOF",
    "9 lives",
    "a,e=o",
    "le",
];

#[test]
fn prometheus_knows_names_as_they_are() {
    let Some(servers) = servers() else { return };
    let folder = Folder::new();
    let telemetry = caxton_instrument_export::builder()
        .listen("127.0.0.1:0")
        .install()
        .expect("a free port and a sound catalog");
    let target = telemetry.local_addr().expect("it listens");
    Library::global().visits.increment(1);
    emit();

    let prometheus = Prometheus::start(&servers, &folder.0, target, &JOBS);
    let jobs = JOBS.len();
    prometheus.wait_for(&format!("count(up == 1) == {jobs}"));
    prometheus.wait_for(&format!("count(library_visits_total) == {jobs}"));
    queries(&prometheus);
    metadata(&prometheus);
    for (name, value) in HOSTILE.into_iter().zip(1_u32..) {
        let found = by_job(
            &prometheus,
            &format!("{{__name__={name:?},{name:?}=\"x\"}}"),
        );
        let own = if name == "le" {
            vec![]
        } else {
            of_jobs(&UTF8, f64::from(value))
        };
        assert_eq!(found, own, "{name}");
    }
    as_prometheus_writes_them(&prometheus);
    promtool_is_silent(&servers, telemetry.exposition());
}

fn emit() {
    metrics::describe_histogram!("http.server.duration", "Time to answer, in \"seconds\".");
    metrics::describe_counter!("http.server.requests_total", "Requests.");
    for n in 0..40 {
        metrics::histogram!("http.server.duration", "http.method" => "GET")
            .record(f64::from(n) / 4.0);
    }
    metrics::counter!("http.server.requests_total", "http.method" => "GET").increment(3);
    metrics::counter!("http.server.requests_total", "http.method" => "PUT").increment(4);
    for (name, value) in HOSTILE.into_iter().zip(1_u32..) {
        metrics::describe_gauge!(name, "A gauge.");
        metrics::gauge!(name, name => "x").set(value);
    }
}

/// How each job asks; those whose configuration asks for names as they are come
/// first.
const JOBS: [Job; 10] = [
    ("default", &[]),
    ("text", &["scrape_protocols: [PrometheusText1.0.0]"]),
    (
        "open_metrics",
        &["scrape_protocols: [OpenMetricsText1.0.0]"],
    ),
    // Which does not say it: the other one does.
    (
        "protobuf",
        &["scrape_protocols: [PrometheusProto, PrometheusText1.0.0]"],
    ),
    ("old_text", &["scrape_protocols: [PrometheusText0.0.4]"]),
    (
        "old_open_metrics",
        &["scrape_protocols: [OpenMetricsText0.0.1]"],
    ),
    (
        "legacy",
        &[
            "metric_name_validation_scheme: legacy",
            "metric_name_escaping_scheme: underscores",
        ],
    ),
    ("underscores", &["metric_name_escaping_scheme: underscores"]),
    ("dots", &["metric_name_escaping_scheme: dots"]),
    ("values", &["metric_name_escaping_scheme: values"]),
];

const UTF8: [&str; 4] = ["default", "open_metrics", "protobuf", "text"];
const UNDERSCORES: [&str; 4] = ["legacy", "old_open_metrics", "old_text", "underscores"];

fn by_job(prometheus: &Prometheus, query: &str) -> Vec<(String, f64)> {
    let rows = prometheus.query(&format!("sum by (job) ({query})"));
    let mut rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let job = row["metric"]["job"].as_str().expect("a label");
            let value = row["value"][1].as_str().expect("a value");
            (job.to_owned(), value.parse().expect("a number"))
        })
        .collect();
    rows.sort_by(|a: &(String, f64), b| a.0.cmp(&b.0));
    rows
}

fn of_jobs(jobs: &[&str], value: f64) -> Vec<(String, f64)> {
    jobs.iter().map(|job| ((*job).to_owned(), value)).collect()
}

fn queries(prometheus: &Prometheus) {
    for (jobs, name, method) in [
        (&UTF8[..], "http.server.", "http.method"),
        (&UNDERSCORES, "http_server_", "http_method"),
        (&["dots"], "http_dot_server_dot_", "http_dot_method"),
        (&["values"], "U__http_2e_server_2e_", "U__http_2e_method"),
    ] {
        let total = if jobs == ["dots"] || jobs == ["values"] {
            "__total"
        } else {
            "_total"
        };
        let is = |query: &str, value: f64| {
            assert_eq!(by_job(prometheus, query), of_jobs(jobs, value), "{query}");
        };
        is(&format!("{{\"{name}requests{total}\"}}"), 7.0);
        is(
            &format!("{{\"{name}requests{total}\",\"{method}\"=\"GET\"}}"),
            3.0,
        );
        is(
            &format!("{{\"{name}duration_count\",\"{method}\"=\"GET\"}}"),
            40.0,
        );
        is(&format!("{{\"{name}duration_sum\"}}"), 195.0);
        is(&format!("{{\"{name}duration_bucket\",le=~\"1|1.0\"}}"), 5.0);
        is(&format!("{{\"{name}duration_bucket\",le=\"+Inf\"}}"), 40.0);
        let rate = format!("histogram_quantile(0.5, {{\"{name}duration_bucket\"}})");
        assert_eq!(by_job(prometheus, &rate).len(), jobs.len());
    }
    // When a series began is read as such, and is no series of its own.
    let created = prometheus.query("{__name__=~\".*_created\"}");
    assert!(created.is_empty(), "{created:?}");
}

/// Types and help texts belong to names too.
fn metadata(prometheus: &Prometheus) {
    for job in UTF8 {
        let path = format!(
            "/api/v1/targets/metadata?match_target={}",
            http::encode(&format!("{{job=\"{job}\"}}"))
        );
        let answer = http::get(prometheus.address, &path);
        let answer: Value = serde_json::from_str(&answer.body).expect("JSON");
        let all = answer["data"].as_array().expect("a list");
        let of = |name: &str| {
            let found = all.iter().find(|found| found["metric"] == name);
            found.unwrap_or_else(|| panic!("{job}: {name} is not among {all:?}"))
        };
        assert_eq!(of("http.server.duration")["type"], "histogram", "{job}");
        assert_eq!(
            of("http.server.duration")["help"],
            "Time to answer, in \"seconds\".",
            "{job}"
        );
        assert_eq!(of("größe 🦀")["type"], "gauge", "{job}");
    }
}

/// Prometheus escapes names itself where it is scraped by another one: as we
/// do, to the character.
fn as_prometheus_writes_them(prometheus: &Prometheus) {
    let path = format!(
        "/federate?match[]={}",
        http::encode("{job=\"text\",__name__!~\"up|scrape_.*\"}")
    );
    let path = path.replace("[]", "%5B%5D");
    for escaping in [
        Escaping::Underscores,
        Escaping::Dots,
        Escaping::Values,
        Escaping::AllowUtf8,
    ] {
        let accept = format!("text/plain;version=0.0.4;escaping={}", escaping.as_str());
        let answer = http::request_with("GET", prometheus.address, &path, &[("Accept", &accept)]);
        let theirs = Parsed::of(&without_times(&answer.expect("an answer").body));
        let mut found = 0;
        for sample in theirs.samples.keys() {
            let own = HOSTILE
                .into_iter()
                .find(|name| escaping.metric_name(name) == sample.name);
            let Some(own) = own else { continue };
            let label = if own == "le" { "exported_le" } else { own };
            let label = escaping.label_name(label);
            // A name of its own kind it writes as it comes.
            let plain = label.strip_prefix("exported_");
            let plain = plain.filter(|label| label.starts_with("__"));
            let label = plain.unwrap_or(&label);
            assert_eq!(
                sample.labels.get(label).map(String::as_str),
                Some("x"),
                "{sample:?}"
            );
            found += 1;
        }
        assert_eq!(found, HOSTILE.len(), "{escaping:?}: {theirs:?}");
    }
}

/// Federation writes when it scraped.
fn without_times(text: &str) -> String {
    let line = |line: &str| match line.rsplit_once(' ') {
        Some((sample, _)) if !line.starts_with('#') => format!("{sample}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// It does not take other names than plain ones.
fn promtool_is_silent(servers: &Path, exposition: &Exposition) {
    for escaping in [Escaping::Underscores, Escaping::Dots, Escaping::Values] {
        let asked = Representation::new(Format::Text, escaping);
        let mut promtool = Command::new(servers.join("promtool"))
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("promtool starts");
        let mut stdin = promtool.stdin.take().expect("piped");
        stdin
            .write_all(&exposition.render(asked))
            .expect("promtool reads");
        drop(stdin);
        let output = promtool.wait_with_output().expect("promtool ends");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(said.is_empty(), "{asked:?}: promtool says {said}");
        assert!(output.status.success());
    }
}
