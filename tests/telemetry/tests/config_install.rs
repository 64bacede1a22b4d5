//! From a file to running telemetry: what fits no declaration is refused with
//! both places, and what does is seen by whoever reads.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::path::PathBuf;

use caxton_instrument::prelude::*;
use caxton_instrument::query::minutes;
use caxton_instrument::{Alert, alert};
use caxton_instrument_export::{Builder, from_file};
use caxton_telemetry_tests::client;
use caxton_telemetry_tests::fault_server::{FaultServer, Reply};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;

#[derive(LabelSet)]
struct OrderLabels {
    #[label(max_values = 10)]
    town: Text,
    express: bool,
}

#[derive(LabelSet)]
struct VanLabels {
    #[label(max_values = 10)]
    van: Text,
}

/// Orders of a shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Shop {
    /// Orders taken since the start.
    orders: Counter<OrderLabels>,
    /// Time to take an order.
    #[metric(unit = seconds, buckets = [0.5, 1.0])]
    order_duration: Histogram,
    /// How full each van is.
    #[metric(unit = ratio)]
    van_load: Gauge<VanLabels>,
}

/// No order is urgent: {value}.
#[alert(severity = info)]
static NOTHING_URGENT: Alert = Shop::ORDERS
    .matching(OrderLabels::EXPRESS.eq(true))
    .rate(minutes(5))
    .below(0.1);

#[instrument_agent(agent_type = "planner")]
fn plan() {}

struct Folder(tempfile::TempDir);

impl Folder {
    fn file(&self, text: &str) -> PathBuf {
        let path = self.0.path().join("caxton.toml");
        std::fs::write(&path, text).expect("written");
        path
    }

    fn load(&self, text: &str) -> Builder {
        from_file(self.file(text)).unwrap_or_else(|error| panic!("{error}"))
    }

    /// What `install` says, with the file's name alone.
    fn refused(&self, text: &str) -> String {
        let error = self.load(text).install().expect_err("it is refused");
        let folder = format!("{}/", self.0.path().display());
        error.to_string().replace(&folder, "")
    }
}

#[test]
fn a_file_becomes_telemetry() {
    let folder = Folder(tempfile::tempdir().expect("a folder"));
    refusals(&folder);
    installs(&folder);
}

fn refusals(folder: &Folder) {
    let report = folder.refused(
        "[observability.metrics]\n\
         agent_execution_buckets = [0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0]\n\
         exclude_labels = [\"town\", \"sensitive_data\", \"van\"]\n\
         [observability.metrics.buckets]\n\
         shop_order_duration_seconds = [0.1, 0.5]\n\
         shop_order_durations_seconds = [0.1]\n\
         shop_orders_total = [1.0]\n",
    );
    let line = |part: &str| {
        let source = include_str!("config_install.rs").lines();
        let at = source.clone().position(|line| line.contains(part));
        at.map_or(0, |at| at + 1)
    };
    // The guide's bounds for agents leave five out that are declared.
    let expected = [
        "the configuration has 6 mistakes",
        " --> caxton.toml:2:1",
        "declared with the bucket bounds 0.005, 0.025, 0.25, 2.5, which these bounds leave out",
        "[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0]",
        " --> caxton.toml:3:27",
        "no declared metric has a label `sensitive_data`; the labels are",
        " --> caxton.toml:3:45",
        "values of the gauge `shop_van_load_ratio` in ratio",
        " --> caxton.toml:5:31",
        "declared with the bucket bound 1, which these bounds leave out; keep it, since a query may \
         name it: [0.1, 0.5, 1.0]",
        " --> caxton.toml:6:32",
        "meant: \"shop_order_duration_seconds\"?",
        " --> caxton.toml:7:21",
        "`shop_orders_total` is a counter",
        // The other place.
        &format!(
            "tests/config_install.rs:{} (",
            line("order_duration: Histogram")
        ),
    ];
    for expected in expected {
        assert!(report.contains(expected), "{expected}\n{report}");
    }

    let report = folder.refused("observability.metrics.include_labels = [\"town\", \"twon\"]\n");
    assert!(
        report.contains("keeps the label `twon`, which no declared metric has"),
        "{report}"
    );
    assert!(report.contains("meant: \"town\"?"), "{report}");

    // A query that was compiled stays right: both places are named.
    let report = folder.refused("observability.metrics.exclude_labels = [\"express\"]\n");
    let expected = [
        " --> caxton.toml:1:41",
        "label `express` cannot be left out: alert `NothingUrgent` asks `shop_orders_total` by it",
        &format!(
            "tests/config_install.rs:{} (",
            line("static NOTHING_URGENT")
        ),
        &format!("tests/config_install.rs:{} (", line("orders: Counter")),
    ];
    for expected in expected {
        assert!(report.contains(expected), "{expected}\n{report}");
    }

    // What the builder says is refused by its name.
    let builder = folder.load("").exclude_labels(["city"]);
    let report = builder.install().expect_err("it is refused").to_string();
    assert!(report.contains("--> the builder"), "{report}");
}

/// One file: pages that ask for a token, a log file, and a collector.
fn installs(folder: &Folder) {
    let collector = FaultServer::start([], Reply::Accept);
    let token = folder.0.path().join("token");
    std::fs::write(&token, "t0ken\n").expect("written");
    let log = folder.0.path().join("shop.log");
    let text = format!(
        r#"[observability]
service_name = "shop"
service_version = "1.2.0"
deployment_environment = "test"
otlp_endpoint = "{url}"
otlp_compression = "gzip"
otlp_headers = {{ x-tenant = "a", authorization = {{ file = '{token}' }} }}

[observability.metrics]
http_duration_buckets = [0.1]
exclude_labels = ["agent_type"]

[observability.metrics.buckets]
shop_order_duration_seconds = [0.25, 0.5, 1.0]

[observability.logging]
level = "info"
output = '{log}'
message_key = "msg"
include_caller = false

[observability.server]
address = "127.0.0.1:0"
admin_address = "127.0.0.1:0"
bearer_token = {{ file = '{token}' }}

[observability.process]
enabled = true

[profiling]
enabled = true
"#,
        url = collector.url(),
        token = token.display(),
        log = log.display(),
    );
    let telemetry = folder
        .load(&text)
        // The builder wins.
        .exclude_labels(["town"])
        .install()
        .unwrap_or_else(|error| panic!("{error}"));

    for town in ["Ulm", "Köln"] {
        let labels = OrderLabels::of(town, true);
        Shop::global().orders.at(&labels).increment(2);
    }
    Shop::global().order_duration.record(0.3);
    Shop::global().van_load.at(&VanLabels::of("a")).set(0.5);
    plan();
    tracing::info!(parcels = 3, "packed");

    let text = telemetry.render();
    for expected in [
        "\nshop_orders_total{express=\"true\"} 4\n",
        "\nshop_order_duration_seconds_bucket{le=\"0.25\"} 0\n",
        "\nshop_order_duration_seconds_bucket{le=\"0.5\"} 1\n",
        "\nshop_van_load_ratio{van=\"a\"} 0.5\n",
        "\ncaxton_agent_executions_total{agent_type=\"planner\",operation=\"plan\",status=\"ok\"} 1\n",
        "\ncaxton_instrument_config_warnings 1\n",
        "\nprocess_start_time_seconds ",
    ] {
        assert!(text.contains(expected), "{expected}{text}");
    }
    let findings: Vec<_> = telemetry
        .findings()
        .iter()
        .map(ToString::to_string)
        .collect();
    let findings = findings.join("\n");
    let expected = "declares no histogram `.._http_request_duration_seconds`";
    assert!(findings.contains(expected), "{findings}");
    assert!(findings.contains("caxton.toml:10:1"), "{findings}");

    let pages = telemetry.local_addr().expect("an address is set");
    let admin = telemetry.admin_addr().expect("an address is set");
    let status = |address, line: &str| {
        let answer = client::ask(address, line).expect("it answers");
        answer.code
    };
    assert_eq!(status(pages, "GET /metrics"), 401);
    assert_eq!(status(admin, "GET /metrics"), 401);

    drop(telemetry);
    arrived(&collector);
    let log = std::fs::read_to_string(log).expect("it was written");
    let line = log
        .lines()
        .find(|line| line.contains("packed"))
        .expect("it is logged");
    let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
    assert_eq!(
        (&line["msg"], &line["parcels"]),
        (&"packed".into(), &3.into())
    );
    assert!(line.get("caller").is_none(), "{line}");
    // The warning of the file, too.
    assert!(log.contains("_http_request_duration_seconds"), "{log}");
}

/// All three signals, with the headers of the file and who sent them.
fn arrived(collector: &FaultServer) {
    let received = collector.received();
    for path in ["/v1/metrics", "/v1/traces", "/v1/logs"] {
        let request = received.iter().find(|request| request.path == path);
        let request = request.unwrap_or_else(|| panic!("nothing at {path}"));
        let header = |name: &str| request.headers.get(name).and_then(|it| it.to_str().ok());
        assert_eq!(header("authorization"), Some("t0ken"));
        assert_eq!(header("x-tenant"), Some("a"));
        assert_eq!(header("content-encoding"), Some("gzip"));
    }
    let metrics = received
        .iter()
        .find(|request| request.path == "/v1/metrics");
    let message = metrics.expect("checked above").metrics();
    let resource = &message.resource_metrics[0];
    let attributes = &resource.resource.as_ref().expect("one").attributes;
    let attribute = |name: &str| {
        let found = attributes.iter().find(|attribute| attribute.key == name);
        let text = format!("{:?}", found.map(|found| &found.value));
        text
    };
    assert!(
        attribute("service.name").contains("\"shop\""),
        "{attributes:?}"
    );
    assert!(
        attribute("service.version").contains("\"1.2.0\""),
        "{attributes:?}"
    );
    assert!(attribute("deployment.environment.name").contains("\"test\""));
    assert_ne!(attribute("service.instance.id"), "None");
    // As the page has it: one series for both towns.
    let metrics = resource
        .scope_metrics
        .iter()
        .flat_map(|scope| &scope.metrics);
    let orders = metrics.filter(|metric| metric.name.starts_with("shop_orders"));
    let points: Vec<_> = orders
        .filter_map(|metric| match &metric.data {
            Some(Data::Sum(sum)) => Some(&sum.data_points),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(points.len(), 1, "{points:?}");
    assert_eq!(points[0].value, Some(Number::AsInt(4)));
    let labels: Vec<_> = points[0]
        .attributes
        .iter()
        .map(|label| &label.key)
        .collect();
    assert_eq!(labels, ["express"]);
}
