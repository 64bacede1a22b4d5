//! What has to hold over all labels together.

use std::collections::HashSet;

use super::model::LabelSet;
use crate::shared::errors::Errors;
use crate::shared::messages;

pub(super) fn check(model: &LabelSet, errors: &mut Errors) {
    let mut seen = HashSet::new();
    for label in &model.labels {
        if !seen.insert(label.name.as_str()) {
            errors.at(label.span, messages::duplicate_label(&label.name));
        }
    }
}
