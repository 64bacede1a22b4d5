//! Every panel of every dashboard that the catalog gives has data, when a real
//! Prometheus has scraped the runtime at work for a while.
//!
//! The servers come from `scripts/get-servers.sh`. Without them the test says
//! so and passes, unless `CI` is set.
#![cfg(feature = "instrumented")]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

#[path = "../../../tests/tests/dashboards/mod.rs"]
mod dashboards;
mod parts;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use caxton_instrument::Catalog;
use caxton_instrument_export::generate::{self, Deployment, Service};
// Naming it is what makes the linker keep its declarations.
use caxton_runtime as _;
use caxton_telemetry_tests::collector::{Collector, Options};
use caxton_telemetry_tests::process::{
    Server, free_address, get, percent_encoded, servers, wait_until,
};
use dashboards::{panels, queries, text};
use parts::{Serving, TRAPS, file, http, http_with, path};
use serde_json::Value;

/// What a program at work has no series of, and why.
const WITHOUT_DATA: [(&str, &str); 10] = [
    ("caxton_websocket_connections", "the API has no WebSocket"),
    ("tokio_task_", "the runtime groups no tasks"),
    ("caxton_instrument_lost_items_", "nothing is lost"),
    ("caxton_instrument_log_lines_lost_", "nothing is lost"),
    (
        "caxton_instrument_metric_exports_skipped_",
        "no export is late",
    ),
    (
        "caxton_instrument_registrations_refused_",
        "no name clashes",
    ),
    (
        "caxton_instrument_samples_dropped_",
        "all samples are finite",
    ),
    (
        "caxton_instrument_series_overflowed_",
        "labels stay in bounds",
    ),
    (
        "caxton_instrument_server_certificates_",
        "no certificate is changed",
    ),
    (
        "caxton_instrument_profile_samples_dropped_",
        "no profile is too large",
    ),
];

/// What operators show.
const TOKEN: &str = "shown-by-operators";

/// A Prometheus that scrapes four times a second.
struct Prometheus {
    address: SocketAddr,
    _server: Server,
}

impl Prometheus {
    /// With one alert of this name that fires at once.
    fn start(program: &Path, folder: &Path, target: SocketAddr, alert: &str) -> Self {
        let config = format!(
            "global:\n  scrape_interval: 250ms\n  scrape_timeout: 250ms\n  \
             evaluation_interval: 250ms\nrule_files: [rules.yml]\nscrape_configs:\n  \
             - job_name: caxton\n    static_configs:\n      - targets: ['{target}']\n"
        );
        let rules = format!(
            "groups:\n  - name: fires\n    rules:\n      - alert: {alert}\n        expr: vector(1)\n"
        );
        std::fs::create_dir_all(folder).expect("a folder");
        std::fs::write(folder.join("prometheus.yml"), config).expect("a file");
        std::fs::write(folder.join("rules.yml"), rules).expect("a file");
        let data = folder.join("data");
        let _ = std::fs::remove_dir_all(&data);
        let address = free_address();
        let mut command = Command::new(program);
        command
            .arg(format!(
                "--config.file={}",
                folder.join("prometheus.yml").display()
            ))
            .arg(format!("--storage.tsdb.path={}", data.display()))
            .arg(format!("--web.listen-address={address}"));
        let server = Server::start(&mut command, &folder.join("prometheus.log"), &[address]);
        wait_until("Prometheus is ready", || get(address, "/-/ready").is_ok());
        Self {
            address,
            _server: server,
        }
    }

    /// The values that a query gives; what is no number is none.
    fn values(&self, query: &str) -> Vec<f64> {
        let path = format!("/api/v1/query?query={}", percent_encoded(query));
        let answer = get(self.address, &path);
        let answer = answer.unwrap_or_else(|error| panic!("{query}: {error}"));
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        let rows = answer["data"]["result"].as_array().expect("a vector");
        let values = rows
            .iter()
            .map(|row| text(&row["value"][1]).parse().expect("a number"));
        values.filter(|value: &f64| !value.is_nan()).collect()
    }
}

#[test]
fn every_panel_has_data() {
    let Some(bin) = servers(&["prometheus"]) else {
        return;
    };
    let Some(collector) = Collector::start(Options::default()) else {
        return;
    };
    let catalog = Catalog::collect().expect("a sound catalog");
    let alert = catalog.alerts().first().expect("alerts").name;
    let admin = free_address();
    let serving = start(&collector, admin);
    let folder = path("dashboards/prometheus");
    let prometheus = Prometheus::start(&bin.join("prometheus"), &folder, serving.address, alert);
    wait_until("the first scrapes", || {
        !prometheus.values("count_over_time(up[1m]) > 2").is_empty()
    });
    work(serving.address);
    // An operator's profile, at the second try; it takes the time that it is of.
    let profile = |header: &str| {
        let path = "/debug/pprof/profile?seconds=1";
        http_with(header, "GET", admin, path, "").0
    };
    assert_eq!(profile(""), 401);
    assert_eq!(profile(&format!("Authorization: Bearer {TOKEN}\r\n")), 200);
    // Two scrapes make a rate.
    std::thread::sleep(Duration::from_millis(600));
    work(serving.address);
    wait_until("the alert", || !prometheus.values("ALERTS").is_empty());

    let here = Deployment::new("caxton").service(Service::new(
        "caxton",
        "127.0.0.1",
        serving.address.port(),
    ));
    let files = generate::files(&catalog, &here);
    let mut asked = Vec::new();
    for (path, dashboard) in dashboards::of(&files) {
        for panel in panels(&dashboard) {
            for query in queries(panel, "1m") {
                asked.push((format!("{path}: {}", text(&panel["title"])), query));
            }
        }
    }
    assert!(asked.len() > 100, "{} queries", asked.len());

    let is_explained = |query: &str| WITHOUT_DATA.iter().any(|it| query.contains(it.0));
    let start = Instant::now();
    loop {
        asked.retain(|(_, query)| prometheus.values(query).is_empty());
        let waits = asked.iter().any(|(_, query)| !is_explained(query));
        if !waits || start.elapsed() > Duration::from_secs(30) {
            break;
        }
        work(serving.address);
    }
    asked.sort();
    let (explained, unexplained): (Vec<_>, Vec<_>) =
        asked.iter().partition(|(_, query)| is_explained(query));
    assert!(unexplained.is_empty(), "no data: {unexplained:#?}");
    // An explanation that explains nothing hides something.
    for (start, reason) in WITHOUT_DATA {
        let declared = catalog
            .metrics()
            .iter()
            .any(|it| it.name.starts_with(start));
        let needed = explained.iter().any(|(_, query)| query.contains(start));
        assert!(
            needed || !declared,
            "{start}: there is data, and not \"{reason}\""
        );
    }
}

/// At work until it ends, with an agent that traps.
fn start(collector: &Collector, admin: SocketAddr) -> Serving {
    let module = format!("traps={}", file("dashboards/traps.wat", TRAPS));
    let config = file(
        "dashboards/caxton.toml",
        format!(
            "[observability]\nservice_name = \"caxton\"\notlp_endpoint = \"{}\"\n\
             otlp_protocol = \"grpc\"\ntrace_sample_rate = 0.5\nmetrics_export_interval = \"1s\"\n\
             [observability.traces]\nkeep_errors = 1000\n\
             [observability.logging]\nlevel = \"info\"\noutput = \"{}\"\n\
             levels = {{ caxton_runtime = \"debug\" }}\ndebug_sample_rate = 0.1\n\
             [observability.server]\nadmin_address = \"{admin}\"\n\
             bearer_token = {{ file = \"{}\" }}\n\
             [profiling]\nenabled = true\n",
            collector.grpc(),
            path("dashboards/log.jsonl").display(),
            file("dashboards/token", TOKEN)
        ),
    );
    let load = "1000000";
    Serving::start(&["--config", &config, "--module", &module, "--load", load])
}

/// Every request of the API, and what goes wrong with them.
fn work(address: SocketAddr) {
    let agents = http("GET", address, "/api/agents", "").1;
    let agents: Value = serde_json::from_str(&agents).expect("JSON");
    for agent in agents.as_array().expect("a list") {
        let to = format!("/api/agents/{}/messages", text(&agent["id"]));
        for performative in ["request", "cfp", "inform"] {
            let body =
                format!("{{\"performative\": \"{performative}\", \"content\": \"delta epsilon\"}}");
            http("POST", address, &to, &body);
        }
    }
    let created = http(
        "POST",
        address,
        "/api/agents",
        "{\"agent_type\": \"splitter\"}",
    )
    .1;
    let created: Value = serde_json::from_str(&created).expect("JSON");
    let one = format!("/api/agents/{}", text(&created["id"]));
    http("GET", address, &one, "");
    http("DELETE", address, &one, "");
    http("GET", address, &one, "");
    http("GET", address, "/nothing", "");
    http("GET", address, "/health", "");
    // A proxy on the way that cuts headers.
    let cut = "traceparent: 00-4bf92f3577b34da6\r\n";
    http_with(cut, "GET", address, "/api/agents", "");
}
