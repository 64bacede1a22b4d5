//! `#[alert(severity = warning, hold = minutes(5), ..)]`.

use proc_macro2::{Ident, Span};
use syn::parse::ParseStream;
use syn::{Error, Expr, LitStr, Path, Result};

use crate::shared::attrs::{self, Options, Slot, set_once};
use crate::shared::errors::Errors;
use crate::shared::{messages, words};

#[derive(Default)]
pub(super) struct Args {
    pub(super) severity: Slot<Ident>,
    pub(super) hold: Slot<Expr>,
    pub(super) keep_firing: Slot<Expr>,
    pub(super) name: Slot<LitStr>,
    pub(super) owner: Slot<LitStr>,
    pub(super) runbook: Slot<LitStr>,
    pub(super) facade: Slot<Path>,
}

const KNOWN: &[&str] = &[
    words::SEVERITY,
    words::HOLD,
    words::KEEP_FIRING,
    words::NAME,
    words::OWNER,
    words::RUNBOOK,
    words::CRATE,
];

/// The words of `severity`, and the variants that they name.
const SEVERITIES: [(&str, &str); 3] = [
    ("info", "Info"),
    ("warning", "Warning"),
    ("critical", "Critical"),
];

impl Args {
    pub(super) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> Self {
        let mut this = Self::default();
        let options = Options {
            owner: words::ALERT,
            known: KNOWN,
            hidden: 1,
        };
        options.read(input, errors, |key, input| this.set(key, input));
        if this.severity.is_none() && errors.len() == 0 {
            errors.at(Span::call_site(), messages::SEVERITY_MISSING);
        }
        this
    }

    fn set(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        if key == words::SEVERITY {
            let word: Ident = attrs::value(key, input, "a severity", "severity = warning")?;
            let severity = severity(&word)?;
            set_once(&mut self.severity, key, severity)
        } else if key == words::HOLD {
            let hold = window(key, input, "hold = minutes(5)")?;
            set_once(&mut self.hold, key, hold)
        } else if key == words::KEEP_FIRING {
            let keep = window(key, input, "keep_firing = minutes(10)")?;
            set_once(&mut self.keep_firing, key, keep)
        } else if key == words::NAME {
            let name = attrs::string(key, input, "name = \"AgentsFail\"")?;
            let text = name.value();
            let is_word = text.starts_with(|first: char| first.is_ascii_uppercase())
                && text.chars().all(|letter| letter.is_ascii_alphanumeric());
            if !is_word {
                return Err(Error::new(name.span(), messages::alert_name(&text)));
            }
            set_once(&mut self.name, key, name)
        } else if key == words::OWNER {
            let owner = attrs::string(key, input, "owner = \"agents\"")?;
            set_once(&mut self.owner, key, owner)
        } else if key == words::RUNBOOK {
            let runbook = attrs::string(key, input, "runbook = \"https://..\"")?;
            if !runbook.value().starts_with("https://") && !runbook.value().starts_with("http://") {
                return Err(Error::new(runbook.span(), messages::RUNBOOK_URL));
            }
            set_once(&mut self.runbook, key, runbook)
        } else {
            let facade = attrs::path(key, input, "crate = path::to::caxton_instrument")?;
            set_once(&mut self.facade, key, facade)
        }
    }
}

fn severity(word: &Ident) -> Result<Ident> {
    let found = SEVERITIES.iter().find(|(name, _)| word == name);
    match found {
        Some((_, variant)) => Ok(Ident::new(variant, word.span())),
        None => Err(Error::new(
            word.span(),
            messages::unknown_severity(&word.to_string(), &SEVERITIES.map(|(name, _)| name)),
        )),
    }
}

fn window(key: &Ident, input: ParseStream<'_>, example: &str) -> Result<Expr> {
    attrs::value(key, input, "a time", example)
}
