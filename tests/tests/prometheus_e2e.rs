//! A real Prometheus scrapes this process, and what it then answers equals what
//! was recorded, to the last count.
//!
//! The servers come from `scripts/get-servers.sh`. Without them the test says
//! that it was skipped; where `CI` is set it fails.
#![allow(clippy::expect_used, reason = "a test says what it expects")]
#![allow(clippy::float_cmp, reason = "sums are exact or wrong")]

mod http;
mod prometheus;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use caxton_instrument::prelude::*;
use caxton_instrument::query::{AnyQuery, minutes};
use caxton_instrument_export::{Telemetry, promql};
use serde_json::Value;

use prometheus::{Folder, Job, Prometheus, servers};

/// A name as somebody sends it in.
#[derive(LabelSet)]
struct GuestLabels {
    /// Whatever was typed.
    #[label(max_values = 50)]
    guest: Text,
}

/// A hotel.
#[derive(MetricSet)]
#[metric_set(namespace = "hotel")]
struct HotelMetrics {
    /// Nights booked, by guest.
    nights: Counter<GuestLabels>,
    /// Time a guest stays at the bar.
    #[metric(unit = seconds, native)]
    bar_duration: Histogram,
}

/// What was typed, and what the label then says: control characters that break
/// readers are shown by their pictures.
const HOSTILE: [(&str, &str); 12] = [
    ("line\nend", "line\nend"),
    ("quote\"", "quote\""),
    ("back\\slash", "back\\slash"),
    ("two\\\\slashes", "two\\\\slashes"),
    ("escape\\n", "escape\\n"),
    ("slash, quote \\\"", "slash, quote \\\""),
    ("slash, line end \\\n", "slash, line end \\\n"),
    ("ends with \\", "ends with \\"),
    ("carriage\rreturn", "carriage␍return"),
    ("nul\0byte", "nul␀byte"),
    ("{},= #", "{},= #"),
    ("größe 🦀", "größe 🦀"),
];

#[test]
fn prometheus_answers_what_was_recorded() {
    let Some(servers) = servers() else { return };
    let folder = Folder::new();
    let telemetry = caxton_instrument_export::builder()
        .service("e2e", "1.0.0")
        .listen("127.0.0.1:0")
        .install()
        .expect("a free port and a sound catalog");
    let target = telemetry.local_addr().expect("it listens");

    let documents = index_known_files(&folder.0);
    book_hostile_guests();
    let stays = stay_at_the_bar();
    promtool_is_silent(&servers, &telemetry);

    let prometheus = Prometheus::start(&servers, &folder.0, target, &JOBS);
    let jobs = JOBS.len();
    prometheus.wait_for(&format!("count(up == 1) == {jobs}"));
    prometheus.wait_for(&format!("count(caxton_index_terms) == {jobs}"));
    let sum = |query: &str| prometheus.sum(query);

    assert_eq!(sum("caxton_documents_read_total"), documents.read);
    assert_eq!(
        sum("caxton_documents_read_total{format=\"markdown\"}"),
        documents.markdown
    );
    assert_eq!(
        sum("caxton_document_failures_total{reason=\"not_utf8\"}"),
        1.0
    );
    assert_eq!(
        sum("caxton_document_failures_total{reason=\"unreadable\"}"),
        2.0
    );
    assert_eq!(sum("caxton_document_size_bytes_sum"), documents.bytes);
    assert_eq!(sum("caxton_document_size_bytes_count"), documents.read);
    assert_eq!(
        sum("caxton_document_size_bytes_bucket{le=~\"256|256.0\"}"),
        documents.at_most_256_bytes
    );
    assert_eq!(
        sum("caxton_document_size_bytes_bucket{le=\"+Inf\"}"),
        documents.read
    );
    assert_eq!(sum("caxton_terms_indexed_total"), documents.terms);
    assert_eq!(sum("caxton_documents_in_progress"), 0.0);
    let executions = |agent: &str, status: &str| {
        sum(&format!(
            "caxton_agent_executions_total{{agent_type=\"{agent}\",status=\"{status}\"}}"
        ))
    };
    assert_eq!(executions("reader", "ok"), documents.read);
    assert_eq!(executions("reader", "error"), 3.0);
    assert_eq!(executions("tokeniser", "ok"), documents.paragraphs);
    assert_eq!(executions("indexer", "ok"), documents.paragraphs);
    assert_eq!(
        sum("caxton_agent_execution_duration_seconds_count"),
        sum("caxton_agent_executions_total")
    );
    assert_eq!(sum("caxton_agent_executions_active"), 0.0);

    for (job, _) in JOBS {
        hostile_guests_came_through(&prometheus, job);
    }
    units_come_with_what_knows_them(&prometheus);
    native_histograms_answer(&prometheus, &stays);
    native_queries_answer_in_either_form(&prometheus, &stays);
    println!(
        "Prometheus at {} answered every sum exactly",
        prometheus.address
    );
}

struct Documents {
    read: f64,
    markdown: f64,
    bytes: f64,
    at_most_256_bytes: f64,
    terms: f64,
    paragraphs: f64,
}

/// Forty files of known content, one that is no text, and two that are not
/// there.
fn index_known_files(folder: &Path) -> Documents {
    let mut documents = Documents {
        read: 0.0,
        markdown: 0.0,
        bytes: 0.0,
        at_most_256_bytes: 0.0,
        terms: 0.0,
        paragraphs: 0.0,
    };
    let mut paths = Vec::new();
    for n in 1..=40_u32 {
        let paragraph = "alpha beta gamma it is\n";
        let text = vec![paragraph; n as usize].join("\n");
        let path = folder.join(format!("{n}.{}", if n % 4 == 0 { "rs" } else { "md" }));
        std::fs::write(&path, &text).expect("a file");
        paths.push(path);
        documents.read += 1.0;
        documents.markdown += f64::from(u8::from(n % 4 != 0));
        documents.bytes += text.len() as f64;
        documents.at_most_256_bytes += f64::from(u8::from(text.len() <= 256));
        documents.paragraphs += f64::from(n);
        documents.terms += 3.0 * f64::from(n);
    }
    let binary = folder.join("binary.md");
    std::fs::write(&binary, [0xff, 0xfe, 0x00]).expect("a file");
    paths.extend([binary, folder.join("missing.md"), folder.to_path_buf()]);

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (_, failures) = runtime.block_on(caxton_example::index_files(paths));
    assert_eq!(failures.len(), 3);
    documents
}

fn long_guest() -> String {
    "x".repeat(1 << 20)
}

fn book_hostile_guests() {
    let nights = &HotelMetrics::global().nights;
    for (index, (guest, _)) in HOSTILE.iter().enumerate() {
        nights
            .at(&GuestLabels::of(guest))
            .increment(index as u64 + 1);
    }
    nights.at(&GuestLabels::of(&long_guest())).increment(1_000);
}

fn hostile_guests_came_through(prometheus: &Prometheus, job: &str) {
    let expected: u64 = (1..=HOSTILE.len() as u64).sum();
    assert_eq!(
        prometheus.sum("hotel_nights_total"),
        (expected + 1_000) as f64
    );
    let answer = prometheus.query(&format!("hotel_nights_total{{job=\"{job}\"}}"));
    let found: Vec<(&str, &str)> = answer
        .iter()
        .map(|row| {
            let guest = row["metric"]["guest"].as_str().expect("a label");
            (guest, row["value"][1].as_str().expect("a value"))
        })
        .collect();
    assert_eq!(found.len(), HOSTILE.len() + 1, "{found:?}");
    for (index, (_, guest)) in HOSTILE.iter().enumerate() {
        let nights = (index + 1).to_string();
        assert!(
            found.contains(&(guest, &nights)),
            "{guest:?} is not among {found:?}"
        );
    }
    let (long, _) = found
        .iter()
        .find(|(_, nights)| *nights == "1000")
        .expect("the long guest");
    assert!(long.len() < 10_000, "a label value of {} bytes", long.len());
}

/// From nothing to two seconds, at even distances that add up exactly.
fn stay_at_the_bar() -> Vec<f64> {
    let stays: Vec<f64> = (0..=2048_u32).map(|n| f64::from(n) / 1024.0).collect();
    for stay in &stays {
        HotelMetrics::global().bar_duration.record(*stay);
    }
    stays
}

/// Native in the jobs that can have it, classic in the others, and in one job
/// both; each right.
fn native_histograms_answer(prometheus: &Prometheus, stays: &[f64]) {
    let by_job = |query: &str| -> Vec<(String, f64)> {
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
    };
    let in_jobs = |jobs: [&str; 3], value: f64| jobs.map(|job| (job.to_owned(), value));
    let native = [CLASSIC_TOO, "default", "protobuf"];
    let classic = [CLASSIC_TOO, "open_metrics", "text"];
    let (count, sum) = (stays.len() as f64, stays.iter().sum());
    let at_most = |bound: f64| stays.iter().filter(|stay| **stay <= bound).count() as f64;
    prometheus.wait_for("count(histogram_count(hotel_bar_duration_seconds)) == 3");

    let bar = "hotel_bar_duration_seconds";
    let found = by_job(&format!("histogram_count({bar})"));
    assert_eq!(found, in_jobs(native, count));
    let found = by_job(&format!("histogram_sum({bar})"));
    assert_eq!(found, in_jobs(native, sum));
    // Exact at every boundary.
    let found = by_job(&format!("histogram_fraction(-Inf, 1, {bar})"));
    assert_eq!(found, in_jobs(native, at_most(1.0) / count));
    for quantile in [0.05, 0.5, 0.9, 0.99, 1.0] {
        let found = by_job(&format!("histogram_quantile({quantile}, {bar})"));
        assert_eq!(found.len(), 3, "{found:?}");
        for (job, found) in found {
            let expected = 2.0 * quantile;
            let off = (found / expected - 1.0).abs();
            assert!(off < 0.02, "{job}: {found} for {quantile}, not {expected}");
        }
    }

    let found = by_job(&format!("{bar}_count"));
    assert_eq!(found, in_jobs(classic, count));
    let found = by_job(&format!("{bar}_sum"));
    assert_eq!(found, in_jobs(classic, sum));
    for (le, bound) in [("0.25", 0.25), ("1|1.0", 1.0), ("4|4.0", 4.0)] {
        let found = by_job(&format!("{bar}_bucket{{le=~\"{le}\"}}"));
        assert_eq!(found, in_jobs(classic, at_most(bound)), "{le}");
    }
}

/// One query, whether Prometheus has native histograms or buckets, or both.
fn native_queries_answer_in_either_form(prometheus: &Prometheus, stays: &[f64]) {
    static IN_TIME: &dyn AnyQuery = &HotelMetrics::BAR_DURATION
        .share_at_most(1.0, minutes(5))
        .by_instance();
    static TOO_LONG: &dyn AnyQuery = &HotelMetrics::BAR_DURATION
        .share_above(1.0, minutes(5))
        .by_instance();
    static AVERAGE: &dyn AnyQuery = &HotelMetrics::BAR_DURATION.average(minutes(5)).by_instance();
    static SLOWEST: &dyn AnyQuery = &HotelMetrics::BAR_DURATION
        .quantile(0.9, minutes(5))
        .by_instance();
    static GUESTS: &dyn AnyQuery = &HotelMetrics::BAR_DURATION
        .observations(minutes(5))
        .by_instance();
    static NOBODY: &dyn AnyQuery = &HotelMetrics::BAR_DURATION
        .observations(minutes(5))
        .below(0.0)
        .or_absent();
    // The same once more, so that there is a rate.
    stay_at_the_bar();
    let jobs = JOBS.len();
    let guests = promql::render(GUESTS);
    prometheus.wait_for(&format!("count(({guests}) > 0) == {jobs}"));
    let count = stays.len() as f64;
    let in_time = stays.iter().filter(|stay| **stay <= 1.0).count() as f64 / count;
    let average = stays.iter().sum::<f64>() / count;
    for (query, expected) in [
        (IN_TIME, in_time),
        (TOO_LONG, 1.0 - in_time),
        (AVERAGE, average),
    ] {
        let query = promql::render(query);
        let near = format!("count(abs(({query}) - {expected}) < 1e-9) == {jobs}");
        assert!(!prometheus.query(&near).is_empty(), "{query}");
    }
    // Of classic buckets a quantile is no better than they are.
    let query = promql::render(SLOWEST);
    let near = format!("count(abs(({query}) - 1.8) < 0.1) == 3");
    assert!(!prometheus.query(&near).is_empty(), "{query}");
    assert_eq!(prometheus.query(&query).len(), jobs, "{query}");
    let absent = prometheus.query(&promql::render(NOBODY));
    assert!(absent.is_empty(), "they are there: {absent:?}");
}

/// What Prometheus knows of a metric tells which format it was read in.
fn units_come_with_what_knows_them(prometheus: &Prometheus) {
    for (job, options) in JOBS {
        let is_text = options.concat().contains("PrometheusText");
        let expected = if is_text { "" } else { "seconds" };
        let path = format!(
            "/api/v1/targets/metadata?metric=caxton_agent_execution_duration_seconds&match_target={}",
            http::encode(&format!("{{job=\"{job}\"}}"))
        );
        let answer = http::get(prometheus.address, &path);
        let answer: Value = serde_json::from_str(&answer.body).expect("JSON");
        let found = &answer["data"][0];
        assert_eq!(found["unit"], expected, "{job}: {answer}");
        assert_eq!(found["type"], "histogram", "{job}: {answer}");
    }
    // When a series began is read as such, and is no series of its own.
    let created = prometheus.query("{__name__=~\"caxton_.*_created\"}");
    assert!(created.is_empty(), "{created:?}");
}

fn promtool_is_silent(servers: &Path, telemetry: &Telemetry) {
    let mut promtool = Command::new(servers.join("promtool"))
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts");
    let mut stdin = promtool.stdin.take().expect("piped");
    stdin
        .write_all(telemetry.render().as_bytes())
        .expect("promtool reads");
    drop(stdin);
    let output = promtool.wait_with_output().expect("promtool ends");
    let said = [output.stdout, output.stderr].concat();
    assert!(
        said.is_empty(),
        "promtool says: {}",
        String::from_utf8_lossy(&said)
    );
    assert!(output.status.success());
}

/// How each job asks: as Prometheus does by itself, and in one format.
const JOBS: [Job; 5] = [
    ("default", &[]),
    ("text", &["scrape_protocols: [PrometheusText0.0.4]"]),
    (
        "open_metrics",
        &["scrape_protocols: [OpenMetricsText1.0.0]"],
    ),
    ("protobuf", &["scrape_protocols: [PrometheusProto]"]),
    (
        CLASSIC_TOO,
        &[
            "scrape_protocols: [PrometheusProto]",
            "always_scrape_classic_histograms: true",
        ],
    ),
];

/// The job that takes the classic buckets of native histograms beside them.
const CLASSIC_TOO: &str = "classic_too";
