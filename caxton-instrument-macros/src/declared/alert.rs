//! `#[alert(severity = warning, hold = minutes(5), ..)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::ParseStream;
use syn::{Error, Expr, Result};

use super::options::{Common, window, with_window};
use super::{Declared, Mistakes, Parts};
use crate::shared::attrs::{self, Slot, set_once};
use crate::shared::errors::Errors;
use crate::shared::{expansion, messages, words};

#[derive(Default)]
pub(crate) struct Alert {
    common: Common,
    severity: Slot<Ident>,
    hold: Slot<Expr>,
    keep_firing: Slot<Expr>,
}

/// The words of `severity`, and the variants that they name.
const SEVERITIES: [(&str, &str); 3] = [
    ("info", "Info"),
    ("warning", "Warning"),
    ("critical", "Critical"),
];

impl Declared for Alert {
    const ATTRIBUTE: &'static str = words::ALERT;
    const KNOWN: &'static [&'static str] = &[
        words::SEVERITY,
        words::HOLD,
        words::KEEP_FIRING,
        words::NAME,
        words::OWNER,
        words::RUNBOOK,
        words::CRATE,
    ];
    const REGISTRATION: &'static str = "alert";
    const MISTAKES: Mistakes = Mistakes {
        on_a_static: messages::ALERT_ON_A_STATIC,
        mutable: messages::ALERT_MUT,
        without_summary: messages::ALERT_SUMMARY,
    };

    fn common(&self) -> &Common {
        &self.common
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
        } else {
            self.common.set(key, input)
        }
    }

    fn check(&self, errors: &mut Errors) {
        if self.severity.is_none() {
            errors.at(Span::call_site(), messages::SEVERITY_MISSING);
        }
    }

    fn value(&self, parts: &Parts<'_>) -> TokenStream {
        let Parts {
            name,
            summary,
            description,
            location,
            expr,
            span,
        } = parts;
        let text = parts.text();
        let condition = expansion::taken("holds", expr);
        let condition = quote_spanned!(*span=> __caxton::__private::says(#condition, #text));
        let mut options = TokenStream::new();
        if let Some(severity) = &self.severity {
            let severity: &Ident = &severity.value;
            options.extend(quote!(.with_severity(__caxton::Severity::#severity)));
        }
        options.extend(with_window("with_hold", self.hold.as_ref()));
        options.extend(with_window("with_keep", self.keep_firing.as_ref()));
        options.extend(self.common.people());
        quote! {
            const CONDITION: &dyn __caxton::query::AnyQuery = &#condition;
            __caxton::Alert::new(#name, CONDITION, #location)
                .with_text(#summary, #description)
                #options
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
