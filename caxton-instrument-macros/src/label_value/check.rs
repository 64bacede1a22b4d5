//! What has to hold over all variants together.

use std::collections::HashSet;

use super::model::{LabelValue, Values};
use crate::shared::errors::Errors;
use crate::shared::messages;

pub(super) fn check(model: &LabelValue, errors: &mut Errors) {
    let Values::Variants(variants) = &model.values else {
        return;
    };
    let mut seen = HashSet::new();
    for variant in variants {
        let value = variant.value.as_str();
        if value == "_overflow" {
            errors.at(variant.span, messages::reserved_value(value));
        } else if !seen.insert(value) {
            errors.at(variant.span, messages::duplicate_value(value));
        }
    }
}
