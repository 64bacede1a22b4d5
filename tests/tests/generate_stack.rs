//! What is generated for the collector, the stores and the load test, judged by the
//! programs that it is for as far as they are at hand, and by the rules that they
//! state.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod addresses;
mod http;
mod prometheus;
mod stack;
mod yaml;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use caxton_instrument::prelude::*;
use caxton_instrument::query::days;
use caxton_instrument::{Catalog, Slo, slo};
use caxton_instrument_export::generate::{
    self, Backend, Collector, Deployment, File, LoadTest, LogKeys, Logs, Service, Traces,
};
use caxton_instrument_export::http::{Code, RequestLabels};
use caxton_instrument_export::{catalog, http_metrics};

use prometheus::Folder;

#[derive(LabelValue, Clone, Copy)]
#[allow(dead_code, reason = "they are only asked about")]
enum Ending {
    Ok,
    TimedOut,
    #[label(rename = "a \"b\": {c} ${env:HOME}")]
    Hostile,
}

#[derive(LabelSet)]
struct JobLabels {
    /// How it: "ended" # not a comment
    ending: Ending,
    /// The queue.
    #[label(max_values = 20)]
    queue: Text,
}

/// What a worker does.
#[derive(MetricSet)]
#[metric_set(namespace = "bench")]
#[allow(dead_code, reason = "they are only asked about")]
struct Worker {
    /// Work that: was "taken" {{ and }} ${env:HOME} brought to an end.
    #[metric(replaces("bench_work_total", reason = "it says 'work' twice"))]
    jobs: Counter<JobLabels>,
    /// Work that waits.
    jobs_waiting: Gauge,
    /// Time that a piece of work took.
    #[metric(unit = seconds, buckets = [0.1, 0.5, 1.0, 10.0], stability = experimental)]
    job_duration: Histogram,
}

http_metrics! {
    /// What the service answers.
    pub struct Answers { namespace = "bench" }
}

/// Requests are answered in time.
#[slo(objective = 99.5, window = days(30))]
static ANSWERS_ARE_FAST: Slo = Answers::HTTP_REQUEST_DURATION.at_most(0.25);

/// Requests are answered.
#[slo(objective = 99.9, window = days(30))]
static ANSWERS_ARE_GIVEN: Slo =
    Answers::HTTP_REQUESTS.bad(RequestLabels::CODE.eq(Code::InternalServerError));

fn catalog() -> Catalog {
    Catalog::collect().expect("sound declarations")
}

const HOSTILE: &str = "a\": {b}\n- $c ${env:HOME} 'd' # e\\\u{2028}*";

/// Everything on, names in the usual form.
fn whole() -> Deployment {
    Deployment::new("bench")
        .prometheus("prometheus:9090")
        .service(Service::new("worker", "worker", 9464))
        .service(Service::new("api", "api.bench", 9465).path("/other"))
        .collector(
            Collector::new("collector")
                .metrics_to(Backend::prometheus())
                .metrics_to(Backend::remote_write("http://store:8428/api/v1/write"))
                .metrics_to(
                    Backend::remote_write("https://store.example.org/write").token_env("STORE"),
                )
                .metrics_to(Backend::otlp("http://victoria:8429/opentelemetry"))
                .metrics_to(Backend::datadog("datadoghq.eu"))
                .metrics_to(Backend::new_relic("https://otlp.nr-data.net"))
                .metrics_to(Backend::cloud_watch("eu-central-1"))
                .scraping()
                .keep_slow_traces(Duration::from_millis(250))
                .keep_share(0.07)
                .environment("staging"),
        )
        .traces_in(Traces::tempo("tempo"))
        .logs_in(Logs::loki("loki").keys(LogKeys::short()))
        .load_test(
            LoadTest::new("http://api:8080")
                .get("/jobs")
                .post_json("/jobs", r#"{"queue": "mail"}"#)
                .users(10)
                .write_results(),
        )
}

/// Only what the collector of the core has.
fn core() -> Deployment {
    Deployment::new("bench")
        .service(Service::new("worker", "worker", 9464))
        .collector(
            Collector::new("collector")
                .metrics_to(Backend::otlp("http://victoria:8429/opentelemetry").token_env("STORE"))
                .keep_every_trace()
                .without_health_check(),
        )
        .traces_in(Traces::jaeger("jaeger"))
        .logs_in(Logs::loki("loki"))
}

fn hostile() -> Deployment {
    Deployment::new(HOSTILE)
        .prometheus("prometheus:9090")
        .service(Service::new(HOSTILE, "worker", 9464).path(HOSTILE))
        .collector(
            Collector::new("collector")
                .metrics_to(Backend::prometheus_namespace(HOSTILE))
                .metrics_to(Backend::otlp(HOSTILE).token_env(HOSTILE))
                .metrics_to(Backend::datadog(HOSTILE))
                .metrics_to(Backend::cloud_watch(HOSTILE))
                .scraping()
                .environment(HOSTILE),
        )
        .traces_in(Traces::tempo("tempo"))
        .logs_in(Logs::loki("loki").keys(LogKeys::default().level(HOSTILE)))
        .load_test(
            LoadTest::new(HOSTILE)
                .get(HOSTILE)
                .post_json(HOSTILE, HOSTILE)
                .write_results(),
        )
}

fn deployments() -> Vec<(&'static str, Deployment)> {
    let gateways = || Collector::new("collector").gateways("gateways");
    vec![
        ("whole", whole()),
        ("core", core()),
        ("hostile", hostile()),
        (
            "gateways",
            whole()
                .collector(gateways())
                .traces_in(Traces::jaeger("jaeger.traces.svc")),
        ),
        (
            "nothing but a collector",
            Deployment::new("a").collector(Collector::new("c")),
        ),
        (
            "gateways without traces",
            Deployment::new("a").collector(gateways()),
        ),
        (
            "differences alone",
            Deployment::new("a").collector(
                Collector::new("c").metrics_to(Backend::new_relic("https://otlp.eu01.nr-data.net")),
            ),
        ),
        (
            "no collector",
            Deployment::new("a").logs_in(Logs::loki("l")),
        ),
        (
            "for an old collector",
            whole().targets("collector=0.143".parse().expect("versions")),
        ),
        (
            "for a new collector",
            whole()
                .collector(gateways())
                .targets("collector=0.154".parse().expect("versions")),
        ),
    ]
}

fn text(files: &[File], path: &str) -> String {
    let file = files.iter().find(|file| file.path == path);
    file.unwrap_or_else(|| panic!("{path} is generated"))
        .text
        .clone()
}

fn written(files: &[File]) -> Folder {
    let folder = Folder::new();
    for file in files {
        let path = folder.0.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, &file.text).expect("a file");
    }
    folder
}

fn run(program: &Path, arguments: &[&str], folder: &Path) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("STORE", "a token")
        .output()
        .expect("it runs")
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|it| String::from_utf8_lossy(it))
        .join("")
}

/// A program that a test can do without, but not in CI.
fn skip(what: &str) {
    use std::io::Write as _;
    assert!(std::env::var_os("CI").is_none(), "{what} is missing");
    let _ = writeln!(std::io::stderr().lock(), "\nSKIPPED: {what} is missing\n");
}

#[test]
fn the_same_declarations_give_the_same_bytes() {
    for (name, deployment) in deployments() {
        let files = generate::files(&catalog(), &deployment);
        assert_eq!(files, generate::files(&catalog(), &deployment), "{name}");
        let mut paths: Vec<_> = files.iter().map(|it| &it.path).collect();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), files.len(), "{name}");
    }
}

#[test]
fn every_file_can_be_read() {
    for (name, deployment) in deployments() {
        for file in generate::files(&catalog(), &deployment) {
            let is = |end: &str| file.path.ends_with(end);
            if is(".yml") || is(".yaml") {
                assert!(
                    !stack::documents(&file.text).is_empty(),
                    "{name}: {}",
                    file.path
                );
            } else if is(".json") {
                let value: serde_json::Value = serde_json::from_str(&file.text).expect(&file.path);
                assert!(value.is_object(), "{name}: {}", file.path);
            }
        }
    }
}

#[test]
fn the_collector_takes_what_its_core_has() {
    let Some(servers) = prometheus::servers() else {
        return;
    };
    let collector = servers.join("otelcolmini");
    if !collector.is_file() {
        return skip("the collector");
    }
    let validate = |files: &[File]| {
        let folder = written(files);
        let config = "--config=collector/collector.yml";
        run(&collector, &["validate", config], &folder.0)
    };
    let mut files = generate::files(&catalog(), &core());
    let output = validate(&files);
    assert!(output.status.success(), "{}", said(&output));

    // It judges: each of these is wrong in one place.
    let at = files
        .iter()
        .position(|it| it.path == "collector/collector.yml")
        .expect("a configuration");
    let sound = files[at].text.clone();
    for (from, to) in [
        ("otlp_grpc/traces", "jaeger/traces"),
        ("limit_percentage", "limit_percent"),
        ("- batch", "- batches"),
        ("send_batch_max_size: 2048", "send_batch_max_size: 1"),
    ] {
        assert!(sound.contains(from), "{from}: {sound}");
        files[at].text = sound.replace(from, to);
        assert!(!validate(&files).status.success(), "{to}");
    }
}

#[test]
fn prometheus_scrapes_the_collector_once() {
    let files = generate::files(&catalog(), &whole());
    let config = text(&files, "prometheus/prometheus.yml");
    assert!(config.contains("- collector:8888\n"), "{config}");
    let job = config.split("job_name: collected").nth(1).expect("a job");
    assert!(job.contains("honor_labels: true"), "{job}");
    assert!(job.contains("- collector:8889\n"), "{job}");
    // What it scrapes itself it does not take from the collector.
    assert!(
        job.contains("regex: worker|api") && job.contains("action: drop"),
        "{job}"
    );

    let elsewhere = core();
    let config = text(
        &generate::files(&catalog(), &elsewhere),
        "prometheus/prometheus.yml",
    );
    assert!(!config.contains("8889"), "{config}");

    let Some(servers) = prometheus::servers() else {
        return;
    };
    for (name, deployment) in deployments() {
        let folder = written(&generate::files(&catalog(), &deployment));
        let arguments = ["check", "config", "prometheus/prometheus.yml"];
        let output = run(&servers.join("promtool"), &arguments, &folder.0);
        assert!(output.status.success(), "{name}: {}", said(&output));
    }
}

#[test]
fn kubernetes_takes_its_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the project");
    let script = root.join("scripts/check-kubernetes.py");
    let test = std::env::current_exe().expect("this test is a file");
    let target = test.ancestors().nth(3).expect("a target folder");
    let python = target.join("kubernetes/bin/python");
    if !python.is_file() || !script.is_file() {
        return skip("what judges files for Kubernetes (scripts/get-kubernetes.sh)");
    }
    let folder = Folder::new();
    let mut arguments = vec![script.display().to_string()];
    for (name, deployment) in deployments() {
        for file in generate::files(&catalog(), &deployment) {
            if ["traces/kubernetes.yml", "load/cronjob.yml"].contains(&&*file.path) {
                let path = folder
                    .0
                    .join(format!("{name} {}", file.path.replace('/', "-")));
                std::fs::write(&path, &file.text).expect("a file");
                arguments.push(path.display().to_string());
            }
        }
    }
    assert!(arguments.len() > 10, "{arguments:?}");
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let output = run(&python, &arguments, &folder.0);
    assert!(output.status.success(), "{}", said(&output));
}

/// Runs the script in Node with what k6 gives it, once.
fn played(script: &str, environment: &str) -> serde_json::Value {
    let node = PathBuf::from("node");
    let rest = script
        .replace("import http from 'k6/http';\n", "")
        .replace("import { check, sleep } from 'k6';\n", "")
        .replace("export const options", "const options")
        .replace("export default function ()", "function round()");
    assert_eq!(rest.matches("import ").count(), 0, "{rest}");
    let played = format!(
        "const __ENV = {environment};\nconst calls = [];\nconst checks = [];\n\
         const http = {{ request: (...given) => {{ calls.push(given); return {{ status: 200 }}; }} }};\n\
         const check = (answer, all) => {{ for (const name in all) checks.push([name, all[name](answer)]); }};\n\
         const sleep = () => {{}};\n{rest}\nround();\n\
         console.log(JSON.stringify({{ options, calls, checks }}));\n"
    );
    let folder = Folder::new();
    std::fs::write(folder.0.join("load.mjs"), script).expect("a file");
    std::fs::write(folder.0.join("played.mjs"), played).expect("a file");
    let syntax = run(&node, &["--check", "load.mjs"], &folder.0);
    assert!(syntax.status.success(), "{}", said(&syntax));
    let output = run(&node, &["played.mjs"], &folder.0);
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).expect("what it says")
}

#[test]
fn the_load_test_asks_what_it_is_told() {
    if Command::new("node").arg("--version").output().is_err() {
        return skip("Node");
    }
    let script = text(&generate::files(&catalog(), &whole()), "load/load.js");
    let played_by_hand = played(&script, "{}");
    let calls = &played_by_hand["calls"];
    assert_eq!(calls[0][0], "GET");
    assert_eq!(calls[0][1], "http://api:8080/jobs");
    assert_eq!(calls[1][2], r#"{"queue": "mail"}"#);
    assert_eq!(calls[1][3]["headers"]["Content-Type"], "application/json");
    assert_eq!(played_by_hand["checks"][1][1], true);
    let options = &played_by_hand["options"];
    assert_eq!(options["scenarios"]["load"]["executor"], "ramping-vus");
    // Those of the objectives.
    assert_eq!(options["thresholds"]["http_req_failed"][0], "rate<0.001");
    assert_eq!(options["thresholds"]["http_req_duration"][0], "p(99.5)<250");
    let nightly = played(&script, "{ BENCHMARK: '1', BASE_URL: 'http://other' }");
    assert_eq!(nightly["options"]["scenarios"]["benchmark"]["vus"], 10);
    assert_eq!(nightly["calls"][0][1], "http://other/jobs");

    let script = text(&generate::files(&catalog(), &hostile()), "load/load.js");
    let played = played(&script, "{}");
    assert_eq!(played["calls"][0][1], format!("{HOSTILE}{HOSTILE}"));
    assert_eq!(played["calls"][1][2], HOSTILE);
}

#[test]
fn the_pages_are_those_of_the_catalog() {
    let files = generate::files(&catalog(), &core());
    assert_eq!(text(&files, "METRICS.md"), catalog::markdown(&catalog()));
    assert_eq!(text(&files, "catalog.json"), catalog::json(&catalog()));
}

/// A secret is read from the environment, and from nowhere else.
#[test]
fn secrets_are_named_and_not_stated() {
    let config = text(
        &generate::files(&catalog(), &whole()),
        "collector/collector.yml",
    );
    for secret in [
        "key: ${env:DD_API_KEY}",
        "api-key: ${env:NEW_RELIC_LICENSE_KEY}",
        "Authorization: Bearer ${env:STORE}",
    ] {
        assert!(config.contains(secret), "{secret}: {config}");
    }
    let hostile = text(
        &generate::files(&catalog(), &hostile()),
        "collector/collector.yml",
    );
    // The one that is hostile is a name of a variable still.
    let variables: Vec<_> = hostile.split("${env:").skip(1).collect();
    assert!(!variables.is_empty());
    for variable in variables {
        let (name, _) = variable.split_once('}').expect("an end");
        let is_literal = name == "HOME";
        let is_name = name
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_');
        assert!(
            is_name && (!is_literal || hostile.contains("$${env:HOME}")),
            "{name}"
        );
    }
    assert_eq!(
        hostile.matches("${env:HOME}").count(),
        hostile.matches("$${env:HOME}").count()
    );
}
