//! `#[recording_rule(name = "caxton:task_failures:ratio5m")]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::parse::ParseStream;
use syn::{Error, Result};

use super::options::Common;
use super::{Declared, Mistakes, Parts};
use crate::shared::attrs::{self, set_once};
use crate::shared::errors::Errors;
use crate::shared::{expansion, messages, words};

#[derive(Default)]
pub(crate) struct RecordingRule {
    common: Common,
}

impl Declared for RecordingRule {
    const ATTRIBUTE: &'static str = words::RECORDING_RULE;
    const KNOWN: &'static [&'static str] = &[words::NAME, words::CRATE];
    const REGISTRATION: &'static str = "record";
    const MISTAKES: Mistakes = Mistakes {
        on_a_static: messages::RECORD_ON_A_STATIC,
        mutable: messages::RECORD_MUT,
        without_summary: messages::RECORD_SUMMARY,
    };

    fn common(&self) -> &Common {
        &self.common
    }

    fn set(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        if key != words::NAME {
            return self.common.set(key, input);
        }
        let name = attrs::string(key, input, "name = \"caxton:task_failures:ratio5m\"")?;
        if let Some(message) = wrong_name(&name.value()) {
            return Err(Error::new(name.span(), message));
        }
        set_once(&mut self.common.name, key, name)
    }

    fn check(&self, errors: &mut Errors) {
        if self.common.name.is_none() {
            errors.at(Span::call_site(), messages::RECORD_NAME_MISSING);
        }
    }

    fn value(&self, parts: &Parts<'_>) -> TokenStream {
        let Parts {
            name,
            summary,
            location,
            expr,
            ..
        } = parts;
        let query = expansion::taken("asks", expr);
        quote! {
            const QUERY: &dyn __caxton::query::AnyQuery = &#query;
            __caxton::Record::new(#name, QUERY, #summary, #location)
        }
    }
}

/// What is wrong with the name of a recording rule, if anything is.
fn wrong_name(name: &str) -> Option<String> {
    let is_valid = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':');
    if !is_valid || name.starts_with(|first: char| first.is_ascii_digit()) {
        return Some(messages::record_charset(name));
    }
    let parts: Vec<&str> = name.split(':').collect();
    if parts.len() < 2 || parts.iter().any(|part| part.is_empty()) {
        return Some(messages::record_parts(name));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::wrong_name;

    #[test]
    fn names_have_parts() {
        assert_eq!(wrong_name("caxton:task_failures:ratio5m"), None);
        assert_eq!(wrong_name("job:requests"), None);
        for name in [
            "task_failures",
            ":ratio5m",
            "job:",
            "a::b",
            "a:b c",
            "9:a",
            "a:b-c",
            "ä:b",
        ] {
            assert!(wrong_name(name).is_some(), "{name}");
        }
    }
}
