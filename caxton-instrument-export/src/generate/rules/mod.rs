//! Recording and alerting rules for
//! [Prometheus](https://prometheus.io/docs/prometheus/3.5/configuration/alerting_rules/).
//!
//! ```text
//! file       the format
//! record     recording rules that the code declares
//! alert      alerts that the code declares
//! objective  what objectives are measured by, and alerts on their budgets
//! absence    targets that do not answer, are gone, or say nothing
//! ```

pub(super) mod absence;
mod alert;
mod file;
pub(super) mod objective;
mod record;

use std::collections::BTreeMap;

use caxton_instrument::Catalog;

use super::{Deployment, telemetry};
pub(super) use file::RuleFile;
use file::{AlertingRule, Annotations, Group, RecordingRule, Rule};

/// The two files: what is tested in minutes, and what takes days.
pub(super) const RULES: &str = "rules.yml";
pub(super) const OBJECTIVES: &str = "slo_rules.yml";

/// The rule files, by name.
pub(super) fn files(catalog: &Catalog, deployment: &Deployment) -> Vec<(&'static str, RuleFile)> {
    let mut files = vec![(RULES, groups(catalog, deployment))];
    if !catalog.slos().is_empty() {
        files.push((OBJECTIVES, objectives(catalog, deployment)));
    }
    let file = |(name, groups)| (name, RuleFile { groups });
    files.into_iter().map(file).collect()
}

/// For each crate what it records, and its alerts; then what is said of the
/// targets.
fn groups(catalog: &Catalog, deployment: &Deployment) -> Vec<Group> {
    let route = deployment.metrics_route();
    let mut crates: BTreeMap<&str, Vec<Group>> = BTreeMap::new();
    for (krate, records) in by_crate(catalog.records(), |record| record.location.krate) {
        let rules = records.iter().map(|it| record::rule(it, route)).collect();
        let group = Group::new(format!("{krate} records"), rules);
        crates.entry(krate).or_default().push(group);
    }
    let alerts = [catalog.alerts(), &telemetry::alerts(catalog)].concat();
    for (krate, alerts) in by_crate(&alerts, |alert| alert.location.krate) {
        let rules = alerts.iter().map(|it| alert::rule(it, route)).collect();
        let group = Group::new(krate, rules);
        crates.entry(krate).or_default().push(group);
    }
    let groups = crates.into_values().flatten();
    groups.chain(absence::group(catalog, deployment)).collect()
}

/// For each crate what its objectives are measured by, and their alerts.
fn objectives(catalog: &Catalog, deployment: &Deployment) -> Vec<Group> {
    let crates = by_crate(catalog.slos(), |slo| slo.location.krate);
    let crates = crates.iter();
    crates
        .flat_map(|(krate, slos)| objective::groups(krate, slos, deployment))
        .collect()
}

fn by_crate<T: Copy>(
    all: &[T],
    krate: impl Fn(T) -> &'static str,
) -> BTreeMap<&'static str, Vec<T>> {
    let mut crates: BTreeMap<_, Vec<T>> = BTreeMap::new();
    for declared in all {
        crates.entry(krate(*declared)).or_default().push(*declared);
    }
    crates
}
