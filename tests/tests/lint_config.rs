//! Configuration that was written by hand: fields that a version has not, files
//! that disagree, routes that nothing reaches, secrets, figures that drift.

#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use caxton_instrument::Catalog;
use caxton_instrument_export::lint::{self, Class, Finding};

/// The files of one system, and what is found in them.
fn findings(name: &str, files: &[(&str, &str)]) -> Vec<Finding> {
    let folder = std::env::temp_dir().join(format!("lint-config-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("a file");
    }
    let catalog = Catalog::of([], []).expect("an empty catalog");
    let report = lint::run(&catalog, None, std::slice::from_ref(&folder)).expect("it is there");
    fs::remove_dir_all(&folder).expect("written above");
    report.findings
}

/// Findings of the classes that are looked at here, as `class line: message`.
fn told(findings: &[Finding]) -> Vec<String> {
    let wanted = [
        Class::Sch,
        Class::Wire,
        Class::Route,
        Class::Sec,
        Class::Drift,
    ];
    let own = findings.iter().filter(|it| wanted.contains(&it.class));
    own.map(|it| format!("{} {}: {}", it.class, it.line, it.message))
        .collect()
}

const SCRAPE: &str =
    "scrape_configs:\n- job_name: shop\n  static_configs:\n  - targets: ['shop:9464']\n";
const ALERTING: &str =
    "alerting: {alertmanagers: [{static_configs: [{targets: ['alertmanager:9093']}]}]}\n";
const COLLECTOR: &str = "receivers: {otlp: {protocols: {grpc: {}}}}\nexporters: {debug: {}}\n";
const PIPELINE: &str = "service: {pipelines: {metrics: {receivers: [otlp], exporters: [debug]}}}\n";

/// A name, the files of a system, and what has to be told of them.
type Case = (&'static str, Vec<(&'static str, String)>, &'static str);

#[test]
#[allow(clippy::too_many_lines, reason = "a line for each case")]
fn each_fault_is_told_where_it_stands() {
    let alert = |labels: &str| {
        format!(
            "groups:\n- name: a\n  rules:\n  - alert: HighErrorRate\n    expr: sum(rate(a_total{{code=\"5\"}}[5m])) / sum(rate(a_total[5m])) > 0.05\n    labels: {{{labels}}}\n"
        )
    };
    let manager = |routes: &str| {
        format!(
            "route:\n  receiver: all\n  routes:\n{routes}receivers: [{{name: all}}, {{name: a, webhook_configs: [{{url_file: /run/secrets/a}}]}}, {{name: b}}]\n"
        )
    };
    let cases: Vec<Case> = vec![
        // Prometheus
        ("unknown", vec![("prometheus.yml", format!("{SCRAPE}  scrape_intervall: 5s\n"))],
            "SCH 5: Prometheus 3.5 has no `scrape_intervall` in `scrape_configs`"),
        ("range", vec![("prometheus.yml", SCRAPE.replace("9464", "9464-9470"))],
            "SCH 4: `9464-9470` of the target `shop:9464-9470` is no port: Prometheus knows no ranges"),
        ("scheme", vec![("prometheus.yml", SCRAPE.replace("shop:9464", "http://shop:9464"))],
            "SCH 4: the target `http://shop:9464` has a scheme, which is refused"),
        ("path", vec![("prometheus.yml", SCRAPE.replace("shop:9464", "shop:9464/metrics"))],
            "SCH 4: the target `shop:9464/metrics` has a path, which is refused"),
        ("twice", vec![("prometheus.yml", format!("{SCRAPE}- job_name: shop\n"))],
            "SCH 5: the job `shop` stands at line 2 already, which is refused"),
        ("timeout", vec![("prometheus.yml", format!("global: {{scrape_interval: 5s}}\n{SCRAPE}  scrape_timeout: 10s\n"))],
            "SCH 6: the job `shop` waits longer for an answer than until the next scrape"),
        ("flags", vec![("prometheus.yml", format!("{SCRAPE}storage:\n  tsdb:\n    retention.time: 30d\n"))],
            "SCH 7: Prometheus 3.5 has no `retention.time` in `storage.tsdb`"),
        ("rule", vec![("rules.yml", alert("severity: page").replace("    labels", "    fore: 5m\n    labels"))],
            "SCH 6: Prometheus 3.5 has no `fore` in `groups.rules`"),
        // The collector
        ("removed", vec![("c.yml", COLLECTOR.replace("debug", "logging") + &PIPELINE.replace("debug", "logging"))],
            "SCH 2: the collector 0.152 has no exporter `logging`"),
        ("stranger", vec![("c.yml", COLLECTOR.replace("debug", "nowhere/1") + &PIPELINE.replace("debug", "nowhere/1"))],
            "SCH 2: no exporter of the collector's distributions is called `nowhere`"),
        ("loglevel", vec![("c.yml", COLLECTOR.replace("debug: {}", "debug: {loglevel: debug}") + PIPELINE)],
            "SCH 2: the exporter `debug` has no `loglevel`"),
        ("limiter", vec![("c.yml", format!("{COLLECTOR}processors:\n  memory_limiter: {{limit_mib: 100}}\n{}", PIPELINE.replace("exporters", "processors: [memory_limiter], exporters")))],
            "SCH 4: `memory_limiter` does not start without `check_interval` and a limit"),
        ("order", vec![("c.yml", format!("{COLLECTOR}processors: {{batch: {{}}, memory_limiter: {{check_interval: 1s, limit_mib: 100}}}}\n{}", PIPELINE.replace("exporters", "processors: [batch, memory_limiter], exporters")))],
            "SCH 4: in the pipeline `metrics` `memory_limiter` stands behind `batch`, which has taken the memory by then"),
        ("dollar", vec![("c.yml", "receivers:\n  prometheus:\n    config:\n      scrape_configs:\n      - job_name: a\n        relabel_configs:\n        - replacement: $1:9464\nexporters: {debug: {}}\n".to_owned() + &PIPELINE.replace("otlp", "prometheus"))],
            "SCH 7: the collector takes the `$` of `$1:9464` for its own variable"),
        ("signal", vec![("c.yml", COLLECTOR.to_owned() + &PIPELINE.replace("metrics", "metric"))],
            "SCH 3: `metric` is no signal that a pipeline is for"),
        ("undefined", vec![("c.yml", COLLECTOR.to_owned() + &PIPELINE.replace("[debug]", "[debug, otlp_http]"))],
            "WIRE 3: the pipeline `metrics` names `otlp_http`, which is not among the exporters"),
        ("unused", vec![("c.yml", format!("{}{PIPELINE}", COLLECTOR.replace("debug: {}", "debug: {}, nop: {}")))],
            "WIRE 2: no pipeline names `nop`: nothing goes through it"),
        ("connector", vec![("c.yml", format!("{COLLECTOR}connectors: {{forward: {{}}}}\n{}", PIPELINE.replace("[debug]", "[debug, forward]")))],
            "WIRE 3: no pipeline receives from the connector `forward`"),
        ("extension", vec![("c.yml", format!("{COLLECTOR}extensions: {{health_check: {{}}}}\n{PIPELINE}"))],
            "WIRE 3: `service.extensions` does not name `health_check`: it is not started"),
        // Between files
        ("loaded", vec![("prometheus.yml", format!("rule_files: [other.yml]\n{ALERTING}{SCRAPE}")), ("rules.yml", alert("severity: page"))],
            "WIRE 1: `rule_files` of prometheus.yml does not load `rules.yml`"),
        ("nowhere", vec![("prometheus.yml", format!("rule_files: ['*.yml']\n{SCRAPE}")), ("rules.yml", alert("severity: page"))],
            "WIRE 1: there are alerts, and no `alerting` that says which Alertmanager is told of them"),
        ("job", vec![("prometheus.yml", format!("rule_files: ['*.yml']\n{ALERTING}{SCRAPE}")), ("rules.yml", "groups:\n- name: a\n  rules:\n  - record: a:up\n    expr: |\n      sum(\n        up{job=\"store\"})\n".to_owned())],
            "WIRE 7: no job of prometheus.yml is called `store`"),
        ("port", vec![("prometheus.yml", SCRAPE.replace("shop:9464", "otel-collector:8888")), ("c.yml", (COLLECTOR.to_owned() + PIPELINE).replace("debug: {}", "prometheus: {endpoint: 'localhost:8889'}").replace("[debug]", "[prometheus]"))],
            "WIRE 4: the job `shop` scrapes port 8888: there the collector tells about itself; what it exports is at port 8889"),
        ("itself", vec![("prometheus.yml", SCRAPE.replace("shop:9464", "localhost:9090"))],
            "WIRE 4: `localhost:9090` is Prometheus itself, unless it was moved: the job `shop` gets its metrics"),
        ("doubled", vec![("prometheus.yml", format!("{SCRAPE}- job_name: again\n  static_configs: [{{targets: ['shop:9464']}}]\n"))],
            "WIRE 6: the job `shop` scrapes `shop:9464/metrics` already: every series comes twice"),
        ("annotated", vec![("k.yml", "apiVersion: apps/v1\nkind: Deployment\nspec:\n  selector: {}\n  template:\n    metadata:\n      annotations:\n        prometheus.io/port: '9090'\n    spec:\n      containers: [{name: a, ports: [{containerPort: 9464}]}]\n".to_owned())],
            "WIRE 8: the pod is to be scraped at port 9090, and none of its containers opens that"),
        // Alertmanager
        ("receiver", vec![("am.yml", "route: {receiver: nobody}\nreceivers: []\n".to_owned())],
            "WIRE 1: no receiver is called `nobody`"),
        ("idle", vec![("am.yml", "route: {receiver: all}\nreceivers: [{name: all}, {name: b}]\n".to_owned())],
            "WIRE 2: no route leads to the receiver `b`"),
        ("deprecated", vec![("am.yml", manager("  - match: {severity: page}\n    receiver: a\n  - matchers: [severity=info]\n    receiver: b\n"))],
            "SCH 4: `match` in `route` is deprecated in Alertmanager 0.33"),
        ("shadowed", vec![("am.yml", manager("  - matchers: [severity=page]\n    receiver: a\n  - matchers: [team=a]\n    receiver: b\n"))],
            "ROUTE 6: an alert with team=\"a\" that has severity=\"page\" too ends at the route of line 4: this one is not told of it"),
        ("wide", vec![("am.yml", manager("  - matchers: [severity=page]\n    receiver: a\n  - matchers: [severity=page, team=a]\n    receiver: b\n"))],
            "ROUTE 6: the route at line 4 takes every alert that this one is for"),
        ("never", vec![("am.yml", manager("  - matchers: [severity=page]\n    receiver: a\n  - matchers: [severity=urgent]\n    receiver: b\n")), ("rules.yml", alert("severity: page"))],
            "ROUTE 6: no alert of these rules has `severity: urgent`: the route waits for nothing"),
        // Secrets
        ("inline", vec![("am.yml", "global: {smtp_auth_password: hunter2}\nroute: {receiver: all}\nreceivers: [{name: all}]\n".to_owned())],
            "SEC 1: `smtp_auth_password` is a secret, and stands in the file"),
        ("webhook", vec![("am.yml", "route: {receiver: all}\nreceivers:\n- name: all\n  webhook_configs: [{url: 'https://hooks.slack.com/services/T0/B0/x'}]\n".to_owned())],
            "SEC 4: this is the address of a Slack webhook, and it stands in the file"),
        ("known", vec![("compose.yml", "services:\n  grafana:\n    image: grafana/grafana:12.0.0\n    environment:\n      GF_SECURITY_ADMIN_PASSWORD: admin\n".to_owned())],
            "SEC 5: `GF_SECURITY_ADMIN_PASSWORD` is a password that everybody knows"),
        ("variable", vec![("k.yml", "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    env:\n    - name: DB_PASSWORD\n      value: s3cr3t\n".to_owned())],
            "SEC 8: `DB_PASSWORD` is a secret, and stands in the file"),
        // Pages
        ("table", vec![("guide.md", format!("# Goals\n\n| Metric | Target | Critical |\n|---|---|---|\n| Error rate | < 0.1% | < 1% |\n\n```yaml\n{}```\n", alert("severity: critical")))],
            "DRIFT 12: `HighErrorRate` fires at 5 %, and line 5 says Critical < 1%"),
        ("list", vec![("guide.md", "# Limits\n\n- **Memory usage**: >90% over 10 minutes\n\n# Capacity\n\n- **Memory usage** > 80%: add replicas\n".to_owned())],
            "DRIFT 7: this says Memory usage > 80%: add replicas, and line 3 says Memory usage: >90% over 10 minutes"),
        ("load", vec![("guide.md", format!("# Load\n\n```javascript\nexport let options = {{ thresholds: {{ http_req_failed: ['rate<0.1'] }} }};\n```\n\n```yaml\n{}```\n", alert("severity: warning")))],
            "DRIFT 12: `HighErrorRate` fires at 5 %, and line 4 says http_req_failed: ['rate<0.1"),
        ("chart", vec![("guide.md", "# Logs\n\n```bash\nhelm install loki grafana/loki-stack --set grafana.adminPassword=admin\n```\n".to_owned())],
            "SCH 4: `grafana/loki-stack` is at its end"),
        ("image", vec![("k.yml", "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {name: a, image: 'jaegertracing/all-in-one:1.45'}\n".to_owned())],
            "SCH 5: the image `jaegertracing/all-in-one:1.45` is at its end"),
    ];
    for (name, files, expected) in cases {
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, it)| (*name, it.as_str()))
            .collect();
        let found = findings(name, &files);
        let told = told(&found);
        assert!(told.iter().any(|it| it == expected), "{name}: {told:#?}");
        assert!(
            found.iter().all(|it| !it.remedy.is_empty()),
            "{name}: {found:#?}"
        );
    }
}

#[test]
fn what_is_right_is_left_alone() {
    let cases: [(&str, &[(&str, &str)]); 9] = [
        (
            "prometheus",
            &[
                (
                    "prometheus.yml",
                    "global: {scrape_interval: 15s, external_labels: {cluster: a}}\nrule_files: [rules/*.yml]\nalerting: {alertmanagers: [{static_configs: [{targets: ['alertmanager:9093']}]}]}\nscrape_configs:\n- job_name: shop\n  kubernetes_sd_configs: [{role: pod}]\n  relabel_configs: [{source_labels: [__address__], regex: '(.+)', replacement: '$1', target_label: a}]\n- job_name: prometheus\n  static_configs: [{targets: ['localhost:9090', '[::1]:9464']}]\nremote_write: [{url: 'https://store/api/v1/write', basic_auth: {username: a, password_file: /run/secrets/p}}]\n",
                ),
                (
                    "rules.yml",
                    "groups:\n- name: a\n  rules:\n  - alert: Down\n    expr: absent(up{job=\"shop\"}) or up{job=\"shop\"} == 0\n    labels: {severity: page}\n",
                ),
            ],
        ),
        (
            "alertmanager",
            &[(
                "am.yml",
                "global: {slack_api_url_file: /run/secrets/slack}\nroute:\n  receiver: all\n  routes:\n  - matchers: [severity=\"page\", team=\"a\"]\n    receiver: both\n  - matchers: [severity=\"page\"]\n    receiver: page\n    continue: true\n  - matchers: [team=\"a\"]\n    receiver: a\n  - matchers: [team=\"b\"]\n    receiver: a\nreceivers: [{name: all}, {name: both}, {name: page}, {name: a}]\n",
            )],
        ),
        (
            "collector",
            &[(
                "c.yml",
                "receivers: {otlp: {protocols: {grpc: {endpoint: 'localhost:4317'}}}}\nprocessors: {memory_limiter: {check_interval: 1s, limit_mib: 100, spike_limit_mib: 20}, batch: {}}\nconnectors: {forward: {}}\nextensions: {health_check: {}}\nexporters:\n  debug: {verbosity: detailed}\n  otlp_http: {endpoint: 'https://otlp.nr-data.net', headers: {api-key: '${env:NEW_RELIC_KEY}'}}\nservice:\n  extensions: [health_check]\n  pipelines:\n    metrics: {receivers: [otlp], processors: [memory_limiter, batch], exporters: [forward]}\n    metrics/out: {receivers: [forward], exporters: [debug, otlp_http]}\n",
            )],
        ),
        // What is critical for a team is told to its own pager, of others to this one.
        (
            "pagers",
            &[(
                "am.yml",
                "route:\n  receiver: all\n  routes:\n  - matchers: [team=\"a\"]\n    receiver: a\n    routes: [{matchers: [severity=\"critical\"], receiver: pager a}]\n  - matchers: [severity=\"critical\"]\n    receiver: pager\nreceivers: [{name: all}, {name: a}, {name: pager a}, {name: pager}]\n",
            )],
        ),
        (
            "traces",
            &[(
                "c.yml",
                "receivers: {otlp: {protocols: {grpc: {endpoint: 'localhost:4317'}}}}\nprocessors: {memory_limiter: {check_interval: 1s, limit_mib: 100, spike_limit_mib: 20}, batch: {}}\nexporters:\n  load_balancing: {routing_key: traceID, protocol: {otlp: {}}, resolver: {dns: {hostname: gateway}}}\n  jaeger_storage_exporter: {trace_storage: traces}\nservice:\n  pipelines:\n    traces: {receivers: [otlp], processors: [memory_limiter, batch], exporters: [load_balancing, jaeger_storage_exporter]}\n",
            )],
        ),
        (
            "operator",
            &[
                (
                    "prometheus.yml",
                    "rule_files: []\nscrape_configs: [{job_name: shop, static_configs: [{targets: ['shop:1']}]}]\n",
                ),
                (
                    "k.yml",
                    "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: a}\nspec:\n  groups: [{name: a, rules: [{alert: A, expr: 'sum(rate(a_total[5m])) > 1', labels: {severity: page}}]}]\n",
                ),
            ],
        ),
        (
            "timeouts",
            &[
                (
                    "prometheus.yml",
                    "global: {scrape_timeout: 15s}\nscrape_configs: [{job_name: shop, scrape_interval: 5s, static_configs: [{targets: ['shop:1']}]}]\n",
                ),
                ("names.yml", "global: {external_labels: {cluster: prod}}\n"),
                (
                    "otlp.yml",
                    "otlp: {translation_strategy: NoUTF8EscapingWithSuffixes}\n",
                ),
            ],
        ),
        (
            "teams",
            &[
                (
                    "am.yml",
                    "route: {receiver: team}\nreceivers: [{name: team, victorops_configs: [{api_key_file: /run/key, routing_key: shop}]}]\n",
                ),
                (
                    "c.yml",
                    "receivers: {otlp: {protocols: {grpc: {endpoint: 'localhost:4317'}}}}\nexporters: {loadbalancing/a: {routing_key: traceID, protocol: {otlp: {}}, resolver: {static: {hostnames: ['a:4317']}}}}\nservice: {pipelines: {traces: {receivers: [otlp], exporters: [loadbalancing/a]}}}\n",
                ),
            ],
        ),
        (
            "guide",
            &[(
                "guide.md",
                "# Goals\n\n| Metric | Target | Critical |\n|---|---|---|\n| P99 latency | < 500ms | < 2s |\n\nOf an exporter only:\n\n```yaml\nexporters:\n  datadog: {api: {key: '${env:DD_API_KEY}'}}\n```\n\n```yaml\ngroups:\n- name: a\n  rules:\n  - alert: HighLatency\n    expr: histogram_quantile(0.99, sum by (le) (rate(a_seconds_bucket[5m]))) > 1\n    labels: {severity: warning}\n  - alert: MailerSlowQueries\n    expr: histogram_quantile(0.99, sum by (le) (rate(b_query_duration_seconds_bucket[5m]))) > 10\n    labels: {severity: warning}\n```\n",
            )],
        ),
    ];
    for (name, files) in cases {
        let told = told(&findings(name, files));
        assert!(told.is_empty(), "{name}: {told:#?}");
    }
}

fn servers() -> Option<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
        PathBuf::from,
    );
    let servers = target.join("servers/bin");
    if servers.join("promtool").exists() && servers.join("amtool").exists() {
        return Some(servers);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "promtool and amtool are not there: scripts/get-servers.sh"
    );
    eprintln!("SKIPPED: promtool and amtool are not there: run scripts/get-servers.sh");
    None
}

/// Each key that one of the tables has, and one that none has, asked of the
/// program that reads it.
#[test]
fn programs_know_the_keys_that_the_linter_knows() {
    let Some(servers) = servers() else { return };
    let folder = std::env::temp_dir().join(format!("lint-keys-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let keys = include_str!("../../caxton-instrument-export/src/lint/checks/shape/keys.tsv");
    let mut asked = 0;
    for line in keys.lines().filter(|it| !it.starts_with('#')) {
        let [format, place, keys] = line
            .split('\t')
            .collect::<Vec<_>>()
            .try_into()
            .expect("a row");
        let (tool, arguments): (&str, &[&str]) = match format {
            "prometheus" => ("promtool", &["check", "config"]),
            "rules" => ("promtool", &["check", "rules"]),
            "alertmanager" => ("amtool", &["check-config"]),
            _ => continue,
        };
        // Of newer versions, of other builds, and patterns.
        let keys = keys.split(' ').filter(|it| {
            !it.contains(['>', '*'])
                && !["azuread", "google_iam", "partial_response_strategy"].contains(it)
        });
        let (mut text, mut indent) = (String::new(), String::new());
        for part in place.split('.').filter(|it| !it.is_empty()) {
            let list = part.ends_with("[]");
            let _ = writeln!(text, "{indent}{}:", part.trim_end_matches("[]"));
            indent += "  ";
            if list {
                let _ = writeln!(text, "{indent}- zz_list:");
                indent += "  ";
            }
        }
        for key in keys.chain(["zz_unknown"]) {
            let _ = writeln!(text, "{indent}{key}:");
            asked += 1;
        }
        let path = folder.join("config.yml");
        fs::write(&path, &text).expect("a file");
        let output = Command::new(servers.join(tool))
            .args(arguments)
            .arg(&path)
            .output()
            .expect("it starts");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let unknown: Vec<&str> = said
            .split("field ")
            .skip(1)
            .filter_map(|it| it.split_once(" not found").map(|(key, _)| key))
            .filter(|key| *key != "zz_list")
            .collect();
        assert_eq!(unknown, ["zz_unknown"], "{format} {place}: {said}");
    }
    fs::remove_dir_all(&folder).expect("written above");
    assert!(asked > 200, "{asked}");
}
