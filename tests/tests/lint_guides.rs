//! Faults of guides that people write, each with a neighbour that is right.

#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};

use caxton_instrument::Catalog;
use caxton_instrument_export::lint;

/// What is found in a system of these files, as `CLASS line: message`.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("lint-guides-{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("a file");
    }
    let catalog = Catalog::of([], []).expect("an empty catalog");
    let report = lint::run(&catalog, None, std::slice::from_ref(&folder)).expect("it is there");
    fs::remove_dir_all(&folder).expect("written above");
    let findings = report.findings.iter();
    findings
        .map(|it| format!("{} {}: {}", it.class, it.line, it.message))
        .collect()
}

/// That exactly one thing is told of `part`, of what is wrong, and nothing of
/// what is right.
fn assert_told(part: &str, wrong: &[(&str, &str)], right: &[(&str, &str)]) {
    let is_it = |it: &&String| it.contains(part);
    let found = told(wrong);
    assert_eq!(found.iter().filter(is_it).count(), 1, "{part}: {found:#?}");
    let found = told(right);
    assert_eq!(found.iter().filter(is_it).count(), 0, "{part}: {found:#?}");
}

#[test]
fn receivers_have_the_keys_that_alertmanager_reads() {
    let file =
        |settings: &str| format!("route: {{receiver: a}}\nreceivers:\n- name: a\n  {settings}\n");
    let cases = [
        (
            "SCH 4: Alertmanager 0.33 has no `subject`",
            "email_configs: [{to: a@example.com, subject: Down}]",
            "email_configs: [{to: a@example.com, headers: {Subject: Down}}]",
        ),
        (
            "SCH 4: Alertmanager 0.33 has no `body`",
            "email_configs: [{to: a@example.com, body: Down}]",
            "email_configs: [{to: a@example.com, text: Down}]",
        ),
        (
            "SCH 4: Alertmanager 0.33 has no `titel`",
            "slack_configs: [{channel: '#a', titel: Down}]",
            "slack_configs: [{channel: '#a', title: Down}]",
        ),
        (
            "SCH 4: Alertmanager 0.33 has no `headers`",
            "webhook_configs: [{url: 'https://hook:8443/', headers: {a: b}}]",
            "webhook_configs: [{url: 'https://hook:8443/', max_alerts: 5}]",
        ),
        (
            "WIRE 4: the receiver is at `127.0.0.1`",
            "webhook_configs: [{url: 'http://127.0.0.1:5001/'}]",
            "webhook_configs: [{url: 'http://bridge:5001/'}]",
        ),
    ];
    for (part, wrong, right) in cases {
        let name = "alertmanager.yml";
        assert_told(part, &[(name, &file(wrong))], &[(name, &file(right))]);
    }
}

#[test]
fn processors_start_and_keep_what_waits() {
    let file = |settings: &str| {
        format!(
            "receivers: {{otlp: {{protocols: {{grpc: {{}}}}}}}}\nprocessors:\n  {settings}\nexporters: {{debug: {{}}}}\n"
        )
    };
    let cases = [
        (
            "SCH 3: `resource` does not start: the attribute `service.name` says no `action`",
            "resource: {attributes: [{key: service.name, value: shop}]}",
            "resource: {attributes: [{key: service.name, value: shop, action: upsert}]}",
        ),
        (
            "SCH 3: `attributes` has no action `set`",
            "attributes/a: {actions: [{key: a, value: b, action: set}]}",
            "attributes/a: {actions: [{key: a, action: delete}]}",
        ),
        (
            "SCH 3: `resource` does not start: `insert` of `a` says no value",
            "resource: {attributes: [{key: a, action: insert}]}",
            "resource: {attributes: [{key: a, action: insert, from_attribute: b}]}",
        ),
        (
            "SCH 3: `num_traces: 100` is less than the 1000 traces",
            "tail_sampling: {decision_wait: 10s, num_traces: 100, expected_new_traces_per_sec: 100, policies: []}",
            "tail_sampling: {decision_wait: 10s, num_traces: 2000, expected_new_traces_per_sec: 100, policies: []}",
        ),
    ];
    for (part, wrong, right) in cases {
        let name = "collector.yml";
        assert_told(part, &[(name, &file(wrong))], &[(name, &file(right))]);
    }
}

#[test]
fn names_and_traces_come_through_the_collector() {
    let page = "# Metrics\n\n| Metric | Type | Description |\n|---|---|---|\n| `shop_orders_total` | Counter | Orders |\n\n";
    let exporter = |namespace: &str| {
        format!(
            "{page}```yaml\nexporters:\n  prometheus: {{endpoint: '0.0.0.0:8889', namespace: {namespace}}}\n```\n"
        )
    };
    assert_told(
        "WIRE 9: `namespace` comes before names that have it: `shop_orders_total` becomes `shop_shop_orders_total`",
        &[("a.md", &exporter("shop"))],
        &[("a.md", &exporter("edge"))],
    );
    let sampled = |section: &str, share: &str| {
        format!(
            "# Traces\n\n```toml\n[{section}]\ntrace_sample_rate = {share}\n```\n\n```yaml\nprocessors:\n  tail_sampling: {{decision_wait: 10s, policies: []}}\nexporters: {{debug: {{}}}}\n```\n"
        )
    };
    let wrong = sampled("telemetry", "0.1");
    for right in [sampled("telemetry", "1.0"), sampled("logging", "0.1")] {
        assert_told(
            "`trace_sample_rate` in line 5 keeps 0.1 of the traces before `tail_sampling`",
            &[("a.md", &wrong)],
            &[("a.md", &right)],
        );
    }
}

#[test]
fn commands_ask_paths_that_prometheus_has() {
    let page = |path: &str| format!("# Look\n\n```bash\ncurl http://localhost:9090{path}\n```\n");
    let wrong = page("/api/v1/tsdb_status");
    for right in [
        "/api/v1/status/tsdb",
        "/api/v1/query?query=up",
        "/api/v1/label/job/values",
        "/api/v1/targets/metadata",
        "/api/v1/admin/tsdb/snapshot",
        "/prometheus/api/v1/rules",
    ] {
        assert_told(
            "SCH 4: Prometheus has no path `/api/v1/tsdb_status`",
            &[("a.md", &wrong)],
            &[("a.md", &page(right))],
        );
        assert_eq!(told(&[("a.md", &page(right))]), Vec::<String>::new());
    }
    let found = told(&[("a.md", &page("/api/v1/status/storage"))]);
    assert!(
        found[0].contains("no path `/api/v1/status/storage`"),
        "{found:?}"
    );
}

#[test]
fn ports_of_datagrams_say_so() {
    let pod = |port: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n  - name: a\n    image: a:1\n    ports:\n    - {port}\n"
        )
    };
    for wrong in ["containerPort: 6831", "containerPort: 9999  # UDP agent"] {
        for right in [
            "{containerPort: 6831, protocol: UDP}",
            "containerPort: 9999  # no more than HTTP",
        ] {
            assert_told(
                "is opened for TCP, and what comes there is UDP",
                &[("pod.yml", &pod(wrong))],
                &[("pod.yml", &pod(right))],
            );
        }
    }
}

#[test]
fn jaeger_takes_the_strategies() {
    let file = |strategy: &str| {
        format!(
            "{{\"default_strategy\": {{\"type\": \"probabilistic\", \"param\": 0.1}},\n\"service_strategies\": [{strategy}]}}"
        )
    };
    let cases = [
        (
            "SCH 2: Jaeger's strategies have no `max_traces_per_second`",
            r#"{"service": "a", "type": "probabilistic", "param": 0.1, "max_traces_per_second": 9}"#,
            r#"{"service": "a", "type": "ratelimiting", "param": 9}"#,
        ),
        (
            "SCH 2: Jaeger has no `ratelimiting` for one operation",
            r#"{"service": "a", "type": "probabilistic", "param": 0.1, "operation_strategies": [{"operation": "b", "type": "ratelimiting", "param": 5}]}"#,
            r#"{"service": "a", "type": "probabilistic", "param": 0.1, "operation_strategies": [{"operation": "b", "type": "probabilistic", "param": 0.5}]}"#,
        ),
        (
            "SCH 2: 10 is no probability",
            r#"{"service": "a", "type": "probabilistic", "param": 10}"#,
            r#"{"service": "a", "type": "probabilistic", "param": 1}"#,
        ),
        (
            "SCH 2: Jaeger has no strategy `const`",
            r#"{"service": "a", "type": "const", "param": 1}"#,
            r#"{"service": "a", "type": "probabilistic", "param": 1}"#,
        ),
    ];
    for (part, wrong, right) in cases {
        let name = "strategies.json";
        assert_told(part, &[(name, &file(wrong))], &[(name, &file(right))]);
    }
}

#[test]
fn streams_have_few_labels_and_a_tenant() {
    let fluentd = |label: &str| {
        format!(
            "<match a.**>\n  @type loki\n  url http://loki:3100\n  <label>\n    level\n    {label}\n  </label>\n</match>\n"
        )
    };
    assert_told(
        "CARD 6: `agent_id` as a label of Loki",
        &[("fluent.conf", &fluentd("agent_id $.agent.id"))],
        &[("fluent.conf", &fluentd("agent_type"))],
    );
    let promtail = |label: &str, tenant: &str| {
        format!(
            "positions: {{filename: /var/a}}\nclients:\n- url: http://loki:3100/loki/api/v1/push\n{tenant}scrape_configs:\n- job_name: a\n  pipeline_stages:\n  - labels:\n      {label}:\n"
        )
    };
    assert_told(
        "CARD 8: `request_id` as a label of Loki",
        &[("promtail.yml", &promtail("request_id", ""))],
        &[("promtail.yml", &promtail("level", ""))],
    );
    let loki = |auth: &str| {
        format!("server: {{http_listen_port: 3100}}\n{auth}schema_config: {{configs: []}}\n")
    };
    let none = promtail("level", "");
    let named = promtail("level", "  tenant_id: shop\n");
    let (open, closed) = (loki("auth_enabled: false\n"), loki(""));
    for right in [[&open, &none], [&closed, &named]] {
        assert_told(
            "WIRE 1: Loki wants a tenant",
            &[("loki.yml", &closed), ("promtail.yml", &none)],
            &[("loki.yml", right[0]), ("promtail.yml", right[1])],
        );
    }
    assert_told(
        "WIRE 4: Loki is set to know no tenants: `shop` is passed over",
        &[("loki.yml", &open), ("promtail.yml", &named)],
        &[("loki.yml", &closed), ("promtail.yml", &named)],
    );
}

#[test]
fn an_error_rate_is_a_share() {
    let alert = |expr: &str| {
        format!("groups:\n- name: a\n  rules:\n  - alert: HighErrorRate\n    expr: {expr}\n")
    };
    let wrong = alert("rate(errors_total[5m]) > 0.01");
    for right in [
        "sum(rate(errors_total[5m])) / sum(rate(all_total[5m])) > 0.01",
        "sum(rate(errors_total[5m])) > 10",
        "shop:errors:ratio_rate5m > 0.01",
    ] {
        assert_told(
            "DIM 5: `HighErrorRate` compares events per second with the share 0.01",
            &[("rules.yml", &wrong)],
            &[("rules.yml", &alert(right))],
        );
    }
    let panel = |title: &str, expr: &str, unit: &str| {
        format!(
            r#"{{"title": "A", "panels": [{{"title": "{title}", "type": "timeseries", "fieldConfig": {{"defaults": {{"unit": "{unit}"}}}}, "targets": [{{"expr": "{expr}"}}]}}]}}"#
        )
    };
    let rate = "sum(rate(errors_total{path=\\\"/a\\\"}[5m]))";
    let wrong = panel("Error Rate", rate, "percentunit");
    for right in [
        panel("Error Rate", rate, "ops"),
        panel("Errors", rate, "short"),
        panel(
            "Error Rate",
            "sum(rate(a_total[5m])) / sum(rate(b_total[5m]))",
            "percentunit",
        ),
    ] {
        assert_told(
            "DIM 1: the panel `Error Rate` shows events per second",
            &[("dashboard.json", &wrong)],
            &[("dashboard.json", &right)],
        );
    }
}

#[test]
fn panels_of_rates_and_percentages_say_so() {
    let panel = |expr: &str| {
        format!(
            r#"{{"title": "A", "panels": [{{"title": "B", "type": "timeseries", "targets": [{{"expr": "{expr}"}}]}}]}}"#
        )
    };
    for (what, wrong, right) in [
        (
            "events per second",
            "rate(a_total{b=\\\"c\\\"}[5m])",
            "a_active",
        ),
        (
            "events per second",
            "sum by (b) (rate(a_total[5m]))",
            "increase(a_total[1d])",
        ),
        (
            "percent",
            "sum(rate(a[5m])) / sum(rate(b[5m])) * 100",
            "a / 1024",
        ),
    ] {
        assert_told(
            &format!("has no unit, and shows {what}"),
            &[("dashboard.json", &panel(wrong))],
            &[("dashboard.json", &panel(right))],
        );
    }
}

#[test]
fn a_setting_is_written_once() {
    let file = |interval: &str| {
        format!(
            "[telemetry]\nmetrics_export_interval = \"10s\"\n\n[telemetry.metrics]\nexport_interval = {interval}\nexport_timeout = \"5s\"\n"
        )
    };
    assert_told(
        "DRIFT 5: `telemetry.metrics.export_interval` is \"15s\" here, and `telemetry.metrics_export_interval` in line 2 says \"10s\"",
        &[("a.toml", &file("\"15s\""))],
        &[("a.toml", &file("\"10s\""))],
    );
}

#[test]
fn monitors_find_the_services() {
    let objects = |labels: &str, port: &str, timeout: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: shop, labels: {{app: shop}}}}\nspec: {{selector: {{app: shop}}, ports: [{{name: http, port: 80}}]}}\n---\napiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {{name: shop}}\nspec:\n  selector: {{matchLabels: {{app: {labels}}}}}\n  endpoints: [{{port: {port}, interval: 30s, scrapeTimeout: {timeout}}}]\n"
        )
    };
    let right = objects("shop", "http", "10s");
    for (part, wrong) in [
        (
            "WIRE 10: no service here has these labels",
            objects("store", "http", "10s"),
        ),
        (
            "WIRE 11: the service has no port that is called `metrics`",
            objects("shop", "metrics", "10s"),
        ),
        (
            "SCH 11: the monitor waits longer",
            objects("shop", "http", "60s"),
        ),
    ] {
        assert_told(part, &[("shop.yml", &wrong)], &[("shop.yml", &right)]);
    }
}

#[test]
fn the_collector_listens_and_speaks_where_it_can() {
    let file = |port: &str, exporter: &str| {
        format!(
            "receivers:\n  otlp:\n    protocols:\n      grpc: {{endpoint: '0.0.0.0:4317'}}\n      http: {{endpoint: '0.0.0.0:{port}'}}\nprocessors:\n  {exporter}\n"
        )
    };
    let batch =
        |most: u32| format!("batch: {{send_batch_size: 1000, send_batch_max_size: {most}}}");
    let export = |name: &str, port: u32| {
        format!("batch: {{}}\nexporters:\n  {name}: {{endpoint: 'http://jaeger:{port}'}}")
    };
    let right = file("4318", &batch(1000));
    for (part, wrong, right) in [
        (
            "WIRE 5: `0.0.0.0:4317` is taken",
            file("4317", &batch(2000)),
            right.clone(),
        ),
        (
            "SCH 7: `batch` does not start: 999 is less",
            file("4318", &batch(999)),
            right,
        ),
        (
            "WIRE 9: `otlp_grpc` speaks gRPC, and port 4318",
            file("4318", &export("otlp_grpc", 4318)),
            file("4318", &export("otlp_grpc", 4317)),
        ),
        (
            "WIRE 9: `otlp_http` speaks HTTP, and port 4317",
            file("4318", &export("otlp_http", 4317)),
            file("4318", &export("otlp_http", 4318)),
        ),
    ] {
        assert_told(
            part,
            &[("collector.yml", &wrong)],
            &[("collector.yml", &right)],
        );
    }
}

#[test]
fn what_programs_refuse_is_told() {
    let relabel = |rule: &str| {
        format!(
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - {{source_labels: [b], {rule}}}\n"
        )
    };
    let sources = |second: &str| {
        format!(
            "apiVersion: 1\ndatasources:\n- {{name: a, type: prometheus, url: 'http://a:9090', isDefault: true}}\n- {{name: b, type: loki, {second}}}\n"
        )
    };
    let rule = |hold: &str| {
        format!("groups:\n- name: a\n  rules:\n  - alert: B\n    expr: up == 0\n    for: {hold}\n")
    };
    let manager = |levels: [&str; 2]| {
        format!(
            "route: {{receiver: a}}\nreceivers: [{{name: a}}]\ninhibit_rules:\n- {{source_matchers: ['severity=\"{}\"'], target_matchers: ['severity=\"{}\"'], equal: [job]}}\n",
            levels[0], levels[1]
        )
    };
    for (part, name, wrong, right) in [
        (
            "SCH 4: relabelling has no action `keeep`",
            "prometheus.yml",
            relabel("action: keeep, regex: a"),
            relabel("action: keep, regex: true"),
        ),
        (
            "SCH 4: `(.*` is no regular expression",
            "prometheus.yml",
            relabel("target_label: c, regex: '(.*'"),
            relabel("target_label: c, regex: '([^:]+)(?::\\d+)?;(\\d+)'"),
        ),
        (
            "SCH 4: the default is set in line 3 already",
            "datasources.yml",
            sources("isDefault: true"),
            sources("isDefault: false"),
        ),
        (
            "WIRE 4: Grafana writes the path of each request",
            "datasources.yml",
            sources("url: 'http://loki:3100/loki/api/v1/push'"),
            sources("url: 'http://loki:3100'"),
        ),
        (
            "SYN 6: `5` is no span of time",
            "rules.yml",
            rule("5"),
            rule("5m"),
        ),
        (
            "ROUTE 4: an alert that is `warning` silences those that are `critical`",
            "alertmanager.yml",
            manager(["warning", "critical"]),
            manager(["critical", "warning"]),
        ),
    ] {
        assert_told(part, &[(name, &wrong)], &[(name, &right)]);
    }
}
