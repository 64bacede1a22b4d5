//! Options that several of the attributes have.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::parse::ParseStream;
use syn::{Error, Expr, LitStr, Path, Result};

use crate::shared::attrs::{self, Keyed, Slot, set_once};
use crate::shared::{expansion, messages, words};

/// A name, an owner, a runbook, and the facade's path; which of them there are
/// is up to the attribute.
#[derive(Default)]
pub(crate) struct Common {
    pub(crate) name: Slot<LitStr>,
    pub(crate) owner: Slot<LitStr>,
    pub(crate) runbook: Slot<LitStr>,
    pub(crate) facade: Slot<Path>,
}

impl Common {
    pub(crate) fn set(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        if key == words::NAME {
            let name = attrs::string(key, input, "name = \"AgentsFail\"")?;
            let text = name.value();
            let is_word = text.starts_with(|first: char| first.is_ascii_uppercase())
                && text.chars().all(|letter| letter.is_ascii_alphanumeric());
            if !is_word {
                return Err(Error::new(name.span(), messages::declared_name(&text)));
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

    /// `.with_owner(..).with_runbook(..)`, as far as they are stated.
    pub(super) fn people(&self) -> TokenStream {
        let mut options = TokenStream::new();
        if let Some(owner) = &self.owner {
            let owner = &owner.value;
            options.extend(quote!(.with_owner(#owner)));
        }
        if let Some(runbook) = &self.runbook {
            let runbook = &runbook.value;
            options.extend(quote!(.with_runbook(#runbook)));
        }
        options
    }
}

/// Reads `= minutes(5)`.
pub(super) fn window(key: &Ident, input: ParseStream<'_>, example: &str) -> Result<Expr> {
    attrs::value(key, input, "a time", example)
}

/// `.with_hold(..)` and the like, if there is such a time.
pub(super) fn with_window(with: &str, window: Option<&Keyed<Expr>>) -> Option<TokenStream> {
    let with = format_ident!("{with}");
    let window = expansion::taken("lasts", &window?.value);
    Some(quote!(.#with(#window)))
}
