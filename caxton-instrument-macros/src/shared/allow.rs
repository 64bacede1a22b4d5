//! `allow(rule, ..), reason = ".."`: rules that a declaration may break.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, LitStr, Result};

use super::attrs::{self, Slot};
use super::errors::Errors;
use super::{messages, words};

/// A rule and why it may be broken.
pub(crate) struct Allowance {
    variant: Ident,
    reason: String,
}

impl Allowance {
    /// The list of `Allowance`s, or nothing when there are none.
    pub(crate) fn list(allowed: &[Self]) -> Option<TokenStream> {
        if allowed.is_empty() {
            return None;
        }
        let each = allowed.iter().map(|Self { variant, reason }| {
            quote!(__caxton::Allowance::new(__caxton::rules::Rule::#variant, #reason))
        });
        Some(quote!(&[#(#each),*]))
    }
}

/// The two options of one attribute.
#[derive(Default)]
pub(crate) struct AllowArgs {
    rules: Slot<Vec<(Span, &'static str)>>,
    reason: Slot<LitStr>,
    /// One of the two did not parse; that it is missing then is no mistake.
    broken: bool,
}

impl AllowArgs {
    /// Reads `allow(..)`.
    pub(crate) fn read_rules(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        let example = "allow(unit_suffix), reason = \"..\"";
        let rules = attrs::list(key, input, example, rule).inspect_err(|_| self.broken = true)?;
        attrs::set_once(&mut self.rules, key, rules)
    }

    /// Reads `reason = ".."`.
    pub(crate) fn read_reason(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        let example = "reason = \"kept for older dashboards\"";
        let reason = attrs::string(key, input, example).inspect_err(|_| self.broken = true)?;
        attrs::set_once(&mut self.reason, key, reason)
    }

    /// Adds what the attribute allows; each attribute states its own reason.
    pub(crate) fn finish(self, allowed: &mut Vec<Allowance>, errors: &mut Errors) {
        match (self.rules, self.reason) {
            (Some(rules), Some(reason)) => {
                for (span, variant) in rules.value {
                    let variant = format_ident!("{variant}");
                    if allowed.iter().any(|a| a.variant == variant) {
                        errors.at(span, messages::ALLOWED_TWICE);
                        continue;
                    }
                    allowed.push(Allowance {
                        variant,
                        reason: reason.value.value(),
                    });
                }
            }
            _ if self.broken => {}
            (Some(rules), None) => errors.at(rules.key, messages::ALLOW_WITHOUT_REASON),
            (None, Some(reason)) => errors.at(reason.key, messages::REASON_WITHOUT_ALLOW),
            (None, None) => {}
        }
    }
}

fn rule(input: ParseStream<'_>) -> Result<(Span, &'static str)> {
    let span = input.span();
    let word = input
        .call(Ident::parse_any)
        .map_err(|_| Error::new(span, messages::EXPECTED_RULE))?;
    let text = word.to_string();
    words::RULES
        .iter()
        .find(|(id, _)| *id == text)
        .map(|&(_, variant)| (span, variant))
        .ok_or_else(|| Error::new(span, messages::unknown_rule(&text)))
}
