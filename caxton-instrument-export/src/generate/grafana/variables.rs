//! What is chosen at the top of a dashboard, and the alerts that are marked in
//! its panels.

use caxton_instrument::query::{Expr, Part};
use caxton_instrument::{MetricDescriptor, MetricKind};

use super::context::Context;
use super::model::{Annotation, Choice, DataSource, List, Variable};
use super::{panel, queries};
use crate::promql;

/// Data source, jobs and instances; these are those of a series.
pub(super) fn variables(context: Context<'_>, series: &str) -> List<Variable> {
    let job = context.route().label("job");
    let with_job = match series.strip_suffix('}') {
        Some(start) => format!("{start},{job}=~\"$job\"}}"),
        None => format!("{series}{{{job}=~\"$job\"}}"),
    };
    let of_label = |name, shown, series: &str| {
        let label = context.route().label(name);
        of_label(name, shown, format!("label_values({series}, {label})"))
    };
    List {
        list: vec![
            Variable {
                kind: "datasource",
                name: "datasource",
                label: "Data source",
                datasource: None,
                query: String::from("prometheus"),
                current: None,
                multi: false,
                include_all: false,
                all_value: None,
                refresh: 1,
                sort: 0,
                hide: 0,
            },
            of_label("job", "Job", series),
            of_label("instance", "Instance", &with_job),
        ],
    }
}

fn of_label(name: &'static str, label: &'static str, query: String) -> Variable {
    Variable {
        kind: "query",
        name,
        label,
        datasource: Some(panel::DATA_SOURCE),
        query,
        current: Some(Choice {
            text: vec!["All"],
            value: vec!["$__all"],
        }),
        multi: true,
        include_all: true,
        // Also those that come later, and none that has not the label.
        all_value: Some(".+"),
        refresh: 2,
        sort: 1,
        hide: 0,
    }
}

/// The series of a set that is most likely there as soon as the program runs:
/// one without labels, of the simplest type.
pub(super) fn series_of(
    context: Context<'_>,
    metrics: &[&'static MetricDescriptor],
) -> Option<String> {
    let rank = |metric: &&&'static MetricDescriptor| {
        let kind = match metric.kind {
            MetricKind::Gauge | MetricKind::Info => 0,
            MetricKind::Counter => 1,
            _ => 2,
        };
        (metric.labels.len(), kind)
    };
    let metric = metrics.iter().min_by_key(rank)?;
    let part = match (metric.kind, metric.native) {
        (MetricKind::Histogram, None) => Part::Count,
        (MetricKind::Histogram, Some(_)) => Part::Native,
        _ => Part::Value,
    };
    let series: Expr = queries::last(metric, part);
    Some(promql::expression_for(&series, context.route()))
}

/// What Grafana has by itself, and when these alerts fired.
pub(super) fn annotations(alerts: &str) -> List<Annotation> {
    let mut list = vec![Annotation {
        name: "Annotations & Alerts",
        datasource: DataSource {
            kind: "grafana",
            uid: "-- Grafana --",
        },
        enable: true,
        hide: true,
        icon_color: "rgba(0, 211, 255, 1)",
        built_in: Some(1),
        kind: Some("dashboard"),
        expr: None,
        title_format: None,
        tag_keys: None,
    }];
    if !alerts.is_empty() {
        list.push(Annotation {
            name: "Alerts that fire",
            datasource: panel::DATA_SOURCE,
            enable: true,
            hide: false,
            icon_color: "red",
            built_in: None,
            kind: None,
            expr: Some(alerts.to_owned()),
            title_format: Some("{{alertname}}"),
            tag_keys: Some("severity,team"),
        });
    }
    List { list }
}

/// The series that Prometheus has of the alerts of these names while they fire;
/// empty for no alerts.
pub(super) fn firing(alerts: &[String]) -> String {
    if alerts.is_empty() {
        return String::new();
    }
    // Names of alerts are letters and digits.
    let names = alerts.join("|");
    format!("ALERTS{{alertname=~\"{names}\",alertstate=\"firing\"}}")
}
