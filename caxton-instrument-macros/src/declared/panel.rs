//! `#[panel]`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Result;
use syn::parse::ParseStream;

use super::options::Common;
use super::{Declared, Mistakes, Parts};
use crate::shared::{expansion, messages, words};

#[derive(Default)]
pub(crate) struct Panel {
    common: Common,
}

impl Declared for Panel {
    const ATTRIBUTE: &'static str = words::PANEL;
    const KNOWN: &'static [&'static str] = &[words::NAME, words::CRATE];
    const REGISTRATION: &'static str = "panel";
    const MISTAKES: Mistakes = Mistakes {
        on_a_static: messages::PANEL_ON_A_STATIC,
        mutable: messages::PANEL_MUT,
        without_summary: messages::PANEL_TITLE,
    };

    fn common(&self) -> &Common {
        &self.common
    }

    fn set(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        self.common.set(key, input)
    }

    fn value(&self, parts: &Parts<'_>) -> TokenStream {
        let Parts {
            name,
            summary,
            description,
            location,
            expr,
            ..
        } = parts;
        // A sentence in a doc comment, a title above a panel.
        let title = summary.strip_suffix('.').unwrap_or(summary);
        let query = expansion::taken("asks", expr);
        quote! {
            const QUERY: &dyn __caxton::query::AnyQuery = &#query;
            __caxton::Panel::new(#name, QUERY, #title, #location).with_description(#description)
        }
    }
}
