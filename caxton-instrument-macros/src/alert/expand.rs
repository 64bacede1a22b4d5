//! The static as an alert, and its registration.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Ident, ItemStatic, StaticMutability};

use super::args::Args;
use crate::shared::errors::Errors;
use crate::shared::expansion::{self, at};
use crate::shared::location::Place;
use crate::shared::{docs, idents, messages};

pub(super) fn expand(args: &Args, item: &ItemStatic, mut errors: Errors) -> TokenStream {
    let ItemStatic {
        attrs,
        vis,
        mutability,
        ident,
        ty,
        expr,
        ..
    } = item;
    if let StaticMutability::Mut(word) = mutability {
        errors.at(word.span, messages::ALERT_MUT);
    }
    let (summary, description) = docs::paragraphs(attrs);
    if summary.is_empty() {
        errors.at(ident.span(), messages::ALERT_SUMMARY);
    }
    if errors.len() > 0 {
        // The item as it stands would only add what follows from the mistake.
        return errors.into_tokens();
    }
    let facade = expansion::facade(args.facade.as_ref().map(|facade| &facade.value));
    let name = args
        .name
        .as_ref()
        .map_or_else(|| camel(&idents::text(ident)), |name| name.value.value());
    let location = Place::of(ident.span()).tokens();
    let options = options(args);
    let text = format!("{summary}\n\n{description}");
    // At the expression, so that what is wrong with it is shown there.
    let span = at(syn::spanned::Spanned::span(expr));
    let condition = quote_spanned!(span=> __caxton::__private::says(#expr, #text));
    let registration = expansion::block(
        &facade,
        &quote! {
            __caxton::__private::submit! {
                __caxton::__private::Registration::alert(&#ident)
            }
        },
    );
    quote! {
        #(#attrs)*
        // `{agent_type}` is told, not code.
        #[allow(clippy::doc_markdown)]
        #vis static #ident: #ty = {
            use #facade as __caxton;
            const CONDITION: &dyn __caxton::query::AnyQuery = &#condition;
            __caxton::Alert::new(#name, CONDITION, #location)
                .with_text(#summary, #description)
                #options
        };
        #registration
    }
}

fn options(args: &Args) -> TokenStream {
    let mut options = TokenStream::new();
    if let Some(severity) = &args.severity {
        let severity: &Ident = &severity.value;
        options.extend(quote!(.with_severity(__caxton::Severity::#severity)));
    }
    if let Some(hold) = &args.hold {
        let hold = &hold.value;
        options.extend(quote!(.with_hold(#hold)));
    }
    if let Some(keep) = &args.keep_firing {
        let keep = &keep.value;
        options.extend(quote!(.with_keep(#keep)));
    }
    if let Some(owner) = &args.owner {
        let owner = &owner.value;
        options.extend(quote!(.with_owner(#owner)));
    }
    if let Some(runbook) = &args.runbook {
        let runbook = &runbook.value;
        options.extend(quote!(.with_runbook(#runbook)));
    }
    options
}

/// `AGENTS_FAIL` as `AgentsFail`.
fn camel(name: &str) -> String {
    let mut camel = String::new();
    for word in name.split('_') {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.extend(letters.map(|letter| letter.to_ascii_lowercase()));
    }
    camel
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_static_names_its_alert() {
        assert_eq!(super::camel("AGENTS_FAIL"), "AgentsFail");
        assert_eq!(super::camel("P99_TOO_HIGH"), "P99TooHigh");
    }
}
