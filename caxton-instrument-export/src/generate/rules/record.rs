//! Recording rules that the code declares.

use std::collections::BTreeMap;

use caxton_instrument::Record;
use serde_saphyr::LitString;

use super::{RecordingRule, Rule};
use crate::promql::{self, Route};

pub(super) fn rule(record: &Record, route: &Route) -> Rule {
    Rule::Record(RecordingRule {
        record: record.name.into(),
        expr: LitString(promql::render_for(record.query, route)),
        labels: BTreeMap::new(),
    })
}
