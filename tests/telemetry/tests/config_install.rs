//! From a file to running telemetry: what fits no declaration is refused with
//! both places, and what does is seen by whoever reads.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::path::PathBuf;

use caxton_instrument::prelude::*;
use caxton_instrument_export::{Builder, from_file};

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

    // What the builder says is refused by its name.
    let builder = folder.load("").exclude_labels(["city"]);
    let report = builder.install().expect_err("it is refused").to_string();
    assert!(report.contains("--> the builder"), "{report}");
}

fn installs(folder: &Folder) {
    let text = "[observability]\nservice_name = \"shop\"\nservice_version = \"1.2.0\"\n\
         deployment_environment = \"test\"\n\
         [observability.metrics]\n\
         http_duration_buckets = [0.1]\n\
         exclude_labels = [\"agent_type\"]\n\
         [observability.metrics.buckets]\n\
         shop_order_duration_seconds = [0.25, 0.5, 1.0]\n\
         [observability.server]\naddress = \"127.0.0.1:0\"\n";
    let telemetry = folder
        .load(text)
        // The builder wins.
        .exclude_labels(["town"])
        .install()
        .unwrap_or_else(|error| panic!("{error}"));

    for town in ["Ulm", "Köln"] {
        Shop::global()
            .orders
            .at(&OrderLabels::of(town, true))
            .increment(2);
    }
    Shop::global().order_duration.record(0.3);
    Shop::global().van_load.at(&VanLabels::of("a")).set(0.5);
    plan();

    let text = telemetry.render();
    for expected in [
        "\nshop_orders_total{express=\"true\"} 4\n",
        "\nshop_order_duration_seconds_bucket{le=\"0.25\"} 0\n",
        "\nshop_order_duration_seconds_bucket{le=\"0.5\"} 1\n",
        "\nshop_van_load_ratio{van=\"a\"} 0.5\n",
        "\ncaxton_agent_executions_total{agent_type=\"planner\",operation=\"plan\",status=\"ok\"} 1\n",
        "\ncaxton_instrument_config_warnings 1\n",
    ] {
        assert!(text.contains(expected), "{expected}{text}");
    }
    let findings: Vec<_> = telemetry
        .findings()
        .iter()
        .map(ToString::to_string)
        .collect();
    let findings = findings.join("\n");
    let expected = "no histogram `.._http_request_duration_seconds`";
    assert!(
        findings.contains("declares no histogram")
            && findings.contains(expected.trim_start_matches("no ")),
        "{findings}"
    );
    assert!(findings.contains("caxton.toml:6:1"), "{findings}");
}
