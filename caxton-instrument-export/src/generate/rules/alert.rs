//! Alerts that the code declares.

use std::collections::BTreeMap;

use caxton_instrument::Alert;
use serde_saphyr::LitString;

use super::{AlertingRule, Annotations, Rule};
use crate::generate::wording::{plain, template};
use crate::promql::{self, Route};

pub(super) fn rule(alert: &Alert, route: &Route) -> Rule {
    let mut labels = BTreeMap::from([("severity", alert.severity.as_str().into())]);
    if !alert.owner.is_empty() {
        labels.insert("team", plain(alert.owner));
    }
    let dimension = alert.condition.dimension();
    let told = |text| template(text, dimension, route);
    Rule::Alert(AlertingRule {
        alert: alert.name.into(),
        expr: LitString(promql::render_for(alert.condition, route)),
        hold: alert.hold.map(promql::duration),
        keep: alert.keep.map(promql::duration),
        labels,
        annotations: Annotations {
            summary: told(alert.summary),
            description: told(alert.description),
            runbook_url: told(alert.runbook),
        },
    })
}
