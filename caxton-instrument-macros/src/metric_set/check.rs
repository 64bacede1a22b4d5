//! What has to hold over all metrics of a set together.

use std::collections::HashMap;

use super::model::MetricSet;
use crate::shared::errors::Errors;
use crate::shared::{idents, messages};

pub(super) fn check(set: &mut MetricSet, errors: &mut Errors) {
    let mut names: HashMap<String, String> = HashMap::new();
    let mut constants: HashMap<String, String> = HashMap::new();
    for metric in &mut set.metrics {
        let field = idents::text(&metric.field);
        let constant = metric.constant.to_string();
        if let Some(other) = names.get(&metric.name) {
            errors.at(
                metric.name_span,
                messages::duplicate_metric(&metric.name, other),
            );
            metric.broken = true;
        } else if let Some(other) = constants.get(&constant) {
            errors.at(
                metric.field.span(),
                messages::duplicate_constant(&constant, other),
            );
            metric.broken = true;
        }
        names
            .entry(metric.name.clone())
            .or_insert_with(|| field.clone());
        constants.entry(constant).or_insert(field);
    }
}
