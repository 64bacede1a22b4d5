//! Which program a document is for, told by what it says.

use super::tree::{Kind as Value, Node};

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A page of Markdown.
    Page,
    /// Alerting and recording rules: `groups`, some rules alone, one rule.
    Rules,
    /// Unit tests of rules, for promtool.
    RuleTests,
    /// `prometheus.yml`.
    Prometheus,
    /// `alertmanager.yml`.
    Alertmanager,
    /// Configuration of the OpenTelemetry collector.
    Collector,
    /// A Grafana dashboard, maybe as the API wraps it.
    Dashboard,
    /// Grafana's data sources, provisioned.
    Datasources,
    /// Where Grafana finds provisioned dashboards.
    DashboardProviders,
    /// A Kubernetes object.
    Kubernetes,
    /// Configuration of Loki.
    Loki,
    /// Configuration of Promtail.
    Promtail,
    /// Configuration of Fluentd, a text.
    Fluentd,
    /// A compose file.
    Compose,
    /// Other YAML or JSON.
    Tree,
    /// TOML, a text.
    Toml,
    /// A PromQL expression, a text.
    Promql,
    /// Rust, a text.
    Rust,
    /// Commands, a text.
    Shell,
    /// Another text.
    Text,
}

impl Kind {
    /// What a tree is.
    #[must_use]
    pub fn of_tree(node: &Node) -> Self {
        let has = |key: &str| node.get(key).is_some();
        let is_map = |key: &str| matches!(node.get(key).map(|it| &it.kind), Some(Value::Map(_)));
        let is_list = |key: &str| matches!(node.get(key).map(|it| &it.kind), Some(Value::List(_)));
        let any = |keys: &[&str]| keys.iter().any(|key| has(key));
        let text = |key: &str| node.get(key).and_then(Node::text).is_some();

        if text("apiVersion") && text("kind") {
            return Self::Kubernetes;
        }
        if is_rule(node) || node.items().first().is_some_and(is_rule) || has_rule_groups(node) {
            return Self::Rules;
        }
        if is_list("tests") && any(&["rule_files", "evaluation_interval"]) {
            return Self::RuleTests;
        }
        if is_dashboard(node) || node.get("dashboard").is_some_and(is_dashboard) {
            return Self::Dashboard;
        }
        if is_list("datasources") || is_list("deleteDatasources") {
            return Self::Datasources;
        }
        if is_list("providers") && has("apiVersion") {
            return Self::DashboardProviders;
        }
        if any(&["schema_config", "ingester", "limits_config", "compactor"]) && !is_map("service") {
            return Self::Loki;
        }
        if any(&["clients", "positions"]) && !has("groups") {
            return Self::Promtail;
        }
        if [
            "receivers",
            "exporters",
            "processors",
            "connectors",
            "extensions",
        ]
        .iter()
        .any(|key| is_map(key))
            || node.at(&["service", "pipelines"]).is_some()
        {
            return Self::Collector;
        }
        if is_map("route") || is_list("receivers") || any(&["inhibit_rules", "mute_time_intervals"])
        {
            return Self::Alertmanager;
        }
        if is_list("scrape_configs")
            || any(&[
                "rule_files",
                "remote_write",
                "remote_read",
                "scrape_config_files",
            ])
            || is_map("otlp")
            || node.at(&["storage", "tsdb"]).is_some()
            || node.at(&["global", "scrape_interval"]).is_some()
            || node.at(&["global", "evaluation_interval"]).is_some()
            || node.at(&["global", "external_labels"]).is_some()
            || node.at(&["alerting", "alertmanagers"]).is_some()
        {
            return Self::Prometheus;
        }
        let is_service = |it: &Node| it.get("image").is_some() || it.get("build").is_some();
        if node
            .get("services")
            .is_some_and(|it| it.entries().iter().any(|(_, it)| is_service(it)))
        {
            return Self::Compose;
        }
        Self::Tree
    }
}

fn is_rule(node: &Node) -> bool {
    node.get("expr").is_some() && (node.get("alert").is_some() || node.get("record").is_some())
}

fn has_rule_groups(node: &Node) -> bool {
    let Some(groups) = node.get("groups") else {
        return false;
    };
    match &groups.kind {
        Value::List(items) => items.is_empty() || items.iter().any(|it| it.get("rules").is_some()),
        _ => false,
    }
}

fn is_dashboard(node: &Node) -> bool {
    let is_list = |key: &str| matches!(node.get(key).map(|it| &it.kind), Some(Value::List(_)));
    let is_panel = |it: &Node| {
        ["targets", "gridPos", "fieldConfig"]
            .iter()
            .any(|key| it.get(key).is_some())
    };
    let is_called = ["title", "uid", "schemaVersion", "templating"]
        .iter()
        .any(|key| node.get(key).is_some());
    let panels = node.get("panels").map_or(&[][..], Node::items);
    (is_list("panels") && (is_called || panels.iter().any(is_panel)))
        || (is_list("rows") && node.get("title").is_some())
        || (node.get("schemaVersion").is_some() && node.get("title").is_some())
        || (node.get("targets").is_some()
            && node.get("title").is_some()
            && node.get("type").is_some())
}
