//! Alerting rules for
//! [Prometheus](https://prometheus.io/docs/prometheus/3.5/configuration/alerting_rules/).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use caxton_instrument::{Alert, Catalog};

use super::wording::template;
use super::{HEADER, yaml};
use crate::promql;

/// One group for each crate.
pub(super) fn render(catalog: &Catalog) -> String {
    let mut out = String::from(HEADER);
    let mut crates: BTreeMap<&str, Vec<&Alert>> = BTreeMap::new();
    for alert in catalog.alerts() {
        crates.entry(alert.location.krate).or_default().push(alert);
    }
    if crates.is_empty() {
        out.push_str("groups: []\n");
        return out;
    }
    out.push_str("groups:\n");
    for (krate, alerts) in crates {
        let _ = writeln!(out, "  - name: {}\n    rules:", yaml::quoted(krate));
        for alert in alerts {
            rule(&mut out, alert);
        }
    }
    out
}

fn rule(out: &mut String, alert: &Alert) {
    let _ = writeln!(out, "      - alert: {}", yaml::quoted(alert.name));
    yaml::block(out, 8, "expr", &promql::render(alert.condition));
    if let Some(hold) = alert.hold {
        let _ = writeln!(out, "        for: {}", promql::duration(hold));
    }
    if let Some(keep) = alert.keep {
        let _ = writeln!(out, "        keep_firing_for: {}", promql::duration(keep));
    }
    out.push_str("        labels:\n");
    let _ = writeln!(out, "          severity: {}", alert.severity.as_str());
    if !alert.owner.is_empty() {
        let _ = writeln!(out, "          team: {}", yaml::quoted(alert.owner));
    }
    let dimension = alert.condition.dimension();
    let mut annotations = vec![("summary", template(alert.summary, dimension))];
    if !alert.description.is_empty() {
        annotations.push(("description", template(alert.description, dimension)));
    }
    if !alert.runbook.is_empty() {
        annotations.push(("runbook_url", template(alert.runbook, dimension)));
    }
    out.push_str("        annotations:\n");
    for (name, text) in annotations {
        let _ = writeln!(out, "          {name}: {}", yaml::quoted(&text));
    }
}
