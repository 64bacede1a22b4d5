//! `#[slo(objective = 99.0, window = days(30), ..)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::ParseStream;
use syn::spanned::Spanned as _;
use syn::{Error, Expr, Lit, Result};

use super::options::{Common, window};
use super::{Declared, Mistakes, Parts};
use crate::shared::attrs::{self, Slot, set_once};
use crate::shared::errors::Errors;
use crate::shared::{expansion, messages, words};

#[derive(Default)]
pub(crate) struct Slo {
    common: Common,
    /// The share, between 0 and 1.
    objective: Slot<f64>,
    window: Slot<Expr>,
    min_events: Slot<u32>,
}

impl Declared for Slo {
    const ATTRIBUTE: &'static str = words::SLO;
    const KNOWN: &'static [&'static str] = &[
        words::OBJECTIVE,
        words::WINDOW,
        words::MIN_EVENTS,
        words::NAME,
        words::OWNER,
        words::RUNBOOK,
        words::CRATE,
    ];
    const REGISTRATION: &'static str = "slo";
    const MISTAKES: Mistakes = Mistakes {
        on_a_static: messages::SLO_ON_A_STATIC,
        mutable: messages::SLO_MUT,
        without_summary: messages::SLO_SUMMARY,
    };

    fn common(&self) -> &Common {
        &self.common
    }

    fn set(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        if key == words::OBJECTIVE {
            let objective = objective(key, input)?;
            set_once(&mut self.objective, key, objective)
        } else if key == words::WINDOW {
            let window = window(key, input, "window = days(30)")?;
            set_once(&mut self.window, key, window)
        } else if key == words::MIN_EVENTS {
            let min_events = attrs::number(key, input, "min_events = 100")?;
            set_once(&mut self.min_events, key, min_events)
        } else {
            self.common.set(key, input)
        }
    }

    fn check(&self, errors: &mut Errors) {
        if self.objective.is_none() {
            errors.at(Span::call_site(), messages::OBJECTIVE_MISSING);
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
        let indicator = expansion::taken("measures", expr);
        let indicator = quote_spanned!(*span=> __caxton::__private::promises(#indicator, #text));
        let objective = self.objective.as_ref().map(|it| it.value);
        let mut options = TokenStream::new();
        if let Some(window) = &self.window {
            let stated = expansion::taken("lasts", &window.value);
            // At the time: that is where one that is too short is shown.
            let checked = quote_spanned! {expansion::at(window.value.span())=>
                __caxton::__private::at_least_a_day(#stated)
            };
            options.extend(quote!(.with_window(#checked)));
        }
        if let Some(min_events) = &self.min_events {
            let min_events = min_events.value;
            options.extend(quote!(.with_min_events(#min_events)));
        }
        options.extend(self.common.people());
        quote! {
            const INDICATOR: &dyn __caxton::slo::Indicator = &#indicator;
            __caxton::Slo::new(#name, INDICATOR, #objective, #location)
                .with_text(#summary, #description)
                #options
        }
    }
}

/// Reads `= 99.9`, a percentage, as the share that it is.
fn objective(key: &Ident, input: ParseStream<'_>) -> Result<f64> {
    let (kind, example) = ("a percentage", "objective = 99.0");
    let literal: Lit = attrs::value(key, input, kind, example)?;
    let wrong = |message: String| Error::new(literal.span(), message);
    let digits = match &literal {
        Lit::Float(number) => number.base10_digits(),
        Lit::Int(number) => number.base10_digits(),
        _ => return Err(wrong(messages::wrong_value(key, kind, example))),
    };
    let percent: f64 = digits
        .parse()
        .map_err(|_| wrong(messages::wrong_value(key, kind, example)))?;
    if percent <= 0.0 || percent >= 100.0 {
        return Err(wrong(messages::objective_out_of_range(digits)));
    }
    if percent <= 1.0 {
        return Err(wrong(messages::objective_as_a_share(digits, percent)));
    }
    // By its digits: 99.9 divided by 100 is another number than 0.999.
    Ok(format!("{digits}e-2").parse().unwrap_or(percent / 100.0))
}
