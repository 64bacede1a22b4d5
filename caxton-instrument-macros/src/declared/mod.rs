//! `#[alert]`, `#[slo]`, `#[recording_rule]`, `#[panel]`: statics that say what
//! is to be read out of metrics, and that are registered.
//!
//! ```text
//! options  those that several of them have
//! expand   the static, its check and its registration
//! ..       what each of them has of its own: its options, its value
//! ```

mod alert;
mod expand;
mod options;
mod panel;
mod recording_rule;
mod slo;

use proc_macro2::{Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, Ident, Result};

pub(crate) use self::alert::Alert;
pub(crate) use self::options::Common;
pub(crate) use self::panel::Panel;
pub(crate) use self::recording_rule::RecordingRule;
pub(crate) use self::slo::Slo;

use crate::shared::attrs::Options;
use crate::shared::errors::Errors;

/// One of the attributes.
pub(crate) trait Declared: Default {
    /// The attribute's word.
    const ATTRIBUTE: &'static str;
    /// Its options; the last one is not offered.
    const KNOWN: &'static [&'static str];
    /// The function of a registration that takes it.
    const REGISTRATION: &'static str;
    /// What is said of a wrong static.
    const MISTAKES: Mistakes;

    fn common(&self) -> &Common;

    /// Reads an option, whose key is known.
    fn set(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()>;

    /// Tells which options are missing.
    fn check(&self, _: &mut Errors) {}

    /// What the static is, with the facade as `__caxton`.
    fn value(&self, parts: &Parts<'_>) -> TokenStream;
}

/// What is said of a wrong static.
pub(crate) struct Mistakes {
    /// There is none.
    on_a_static: &'static str,
    mutable: &'static str,
    without_summary: &'static str,
}

/// What the static says.
pub(crate) struct Parts<'a> {
    /// The static's name in camel case, unless another one is stated.
    name: String,
    summary: String,
    description: String,
    location: TokenStream,
    expr: &'a Expr,
    /// At the expression, so that what is wrong with it is shown there.
    span: Span,
}

impl Parts<'_> {
    /// All that people are told.
    fn text(&self) -> String {
        format!("{}\n\n{}", self.summary, self.description)
    }
}

pub(crate) fn expand<D: Declared>(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let read = |input: ParseStream<'_>| {
        let mut declared = D::default();
        let options = Options {
            owner: D::ATTRIBUTE,
            known: D::KNOWN,
            hidden: 1,
        };
        options.read(input, &mut errors, |key, input| declared.set(key, input));
        if errors.len() == 0 {
            declared.check(&mut errors);
        }
        Ok(declared)
    };
    let parsed = read.parse2(args);
    let item = syn::parse2(item).map_err(|error| Error::new(error.span(), D::MISTAKES.on_a_static));
    match (parsed, item) {
        (Ok(declared), Ok(item)) => expand::expand(&declared, &item, errors),
        (Err(error), _) | (_, Err(error)) => {
            errors.push(error);
            errors.into_tokens()
        }
    }
}
