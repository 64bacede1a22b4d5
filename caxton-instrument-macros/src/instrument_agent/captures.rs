//! In which order a body that became a closure or an async block drops the
//! arguments: in that of the function as written.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::visit::Visit;
use syn::{FnArg, PatIdent, Signature};

/// A statement that never runs, to stand first in the body. What a block
/// captures it drops in the order of its first mentions, whole or in the parts
/// that it mentions; a function drops its arguments whole, the last one first.
///
/// An argument that the body does not mention stays outside, so that the
/// compiler can warn of it.
pub(super) fn in_order(sig: &Signature, body: &Group) -> TokenStream {
    let mut arguments = Arguments(Vec::new());
    for input in &sig.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                let span = receiver.self_token.span;
                arguments.0.push(Ident::new("self", span));
            }
            FnArg::Typed(argument) => arguments.visit_pat(&argument.pat),
        }
    }
    let mut names = arguments.0;
    names.retain(|name| {
        let text = name.to_string();
        text.starts_with('_') || mentions(body.stream(), name, text.trim_start_matches("r#"))
    });
    if names.is_empty() {
        return TokenStream::new();
    }
    let names = names.iter().rev();
    quote_spanned! {Span::mixed_site()=>
        #[allow(clippy::all, clippy::pedantic, clippy::nursery, unused_qualifications)]
        if false {
            let _ = (#(&#names,)*);
        }
    }
}

struct Arguments(Vec<Ident>);

impl Visit<'_> for Arguments {
    fn visit_pat_ident(&mut self, pat: &PatIdent) {
        self.0.push(pat.ident.clone());
        syn::visit::visit_pat_ident(self, pat);
    }
}

/// Also in a format string: `"{name}"`.
fn mentions(tokens: TokenStream, name: &Ident, text: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(group.stream(), name, text),
        TokenTree::Literal(literal) => literal.to_string().contains(&format!("{{{text}")),
        TokenTree::Punct(_) => false,
    })
}
