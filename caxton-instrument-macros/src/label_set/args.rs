//! The options of `#[label_set(..)]` and of `#[label(..)]` on a field.

use syn::{Attribute, LitStr, Path};

use crate::shared::allow::{AllowArgs, Allowance};
use crate::shared::attrs::{self, Options, Slot, set_once};
use crate::shared::errors::Errors;
use crate::shared::{messages, words};

/// `crate = path` of `#[label_set(..)]`.
pub(super) fn facade(attrs: &[Attribute], errors: &mut Errors) -> Option<Path> {
    let mut facade: Slot<Path> = None;
    let options = Options {
        owner: words::LABEL_SET,
        known: &[words::CRATE],
        hidden: 0,
    };
    for attr in attrs {
        if attr.path().is_ident(words::LABEL) {
            let message = messages::misplaced(words::LABEL, words::LABEL_SET, "the struct");
            errors.over(&attr.meta, message);
        } else if attr.path().is_ident(words::LABEL_SET) {
            options.read_attr(attr, errors, |key, input| {
                let path = attrs::path(key, input, "crate = my_crate::caxton_instrument")?;
                set_once(&mut facade, key, path)
            });
        }
    }
    facade.map(|facade| facade.value)
}

/// `#[label(..)]` on a field.
#[derive(Default)]
pub(super) struct FieldArgs {
    pub(super) rename: Slot<LitStr>,
    pub(super) max_values: Slot<u32>,
    pub(super) allowed: Vec<Allowance>,
}

impl FieldArgs {
    pub(super) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let options = Options {
            owner: words::LABEL,
            known: &[
                words::MAX_VALUES,
                words::RENAME,
                words::ALLOW,
                words::REASON,
            ],
            hidden: 0,
        };
        for attr in attrs {
            if attr.path().is_ident(words::LABEL_SET) {
                let message = messages::misplaced(words::LABEL_SET, words::LABEL, "a field");
                errors.over(&attr.meta, message);
            }
            if !attr.path().is_ident(words::LABEL) {
                continue;
            }
            let mut allow = AllowArgs::default();
            options.read_attr(attr, errors, |key, input| {
                if key == words::MAX_VALUES {
                    let bound = attrs::number(key, input, "max_values = 100")?;
                    set_once(&mut args.max_values, key, bound)
                } else if key == words::RENAME {
                    let name = attrs::string(key, input, "rename = \"agent_type\"")?;
                    set_once(&mut args.rename, key, name)
                } else if key == words::ALLOW {
                    allow.read_rules(key, input)
                } else {
                    allow.read_reason(key, input)
                }
            });
            allow.finish(&mut args.allowed, errors);
        }
        args
    }
}
