//! The help text of a declaration: the first paragraph of its doc comment.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The help text as an expression of type `&'static str`.
///
/// A doc attribute that is no literal (`#[doc = concat!(..)]`, as macros
/// write it) is taken as it stands.
pub(crate) fn help(attrs: &[Attribute]) -> TokenStream {
    let mut text = String::new();
    let mut computed = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        let Meta::NameValue(doc) = &attr.meta else {
            continue;
        };
        match literal(&doc.value) {
            Some(line) => {
                text.push_str(&line);
                text.push('\n');
            }
            None => computed.push(&doc.value),
        }
    }
    let text = first_paragraph(&text);
    match (text.is_empty(), computed.as_slice()) {
        (_, []) => quote!(#text),
        (true, [one]) => quote!(#one),
        (true, many) => quote!(::core::concat!(#(#many),*)),
        (false, many) => quote!(::core::concat!(#text, " ", #(#many),*)),
    }
}

/// The first paragraph of a doc comment, and the others as one text with empty
/// lines between them.
pub(crate) fn paragraphs(attrs: &[Attribute]) -> (String, String) {
    let mut text = String::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        if let Meta::NameValue(doc) = &attr.meta
            && let Some(line) = literal(&doc.value)
        {
            text.push_str(line.trim());
            text.push('\n');
        }
    }
    let paragraphs = text.split("\n\n").map(|it| it.trim().replace('\n', " "));
    let mut paragraphs = paragraphs.filter(|it| !it.is_empty());
    let first = paragraphs.next().unwrap_or_default();
    (first, paragraphs.collect::<Vec<_>>().join("\n\n"))
}

fn literal(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

fn first_paragraph(text: &str) -> String {
    text.lines()
        .map(str::trim)
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::help;
    use syn::{ItemStruct, parse_quote};

    fn text(item: &ItemStruct) -> String {
        help(&item.attrs).to_string()
    }

    #[test]
    fn the_first_paragraph_in_one_line() {
        let item = parse_quote! {
            /// Messages
            /// sent.
            ///
            /// More about them.
            struct S;
        };
        assert_eq!(text(&item), r#""Messages sent.""#);
    }

    #[test]
    fn none_is_empty() {
        assert_eq!(
            text(&parse_quote!(
                struct S;
            )),
            r#""""#
        );
    }

    #[test]
    fn a_computed_one_is_kept() {
        let item = parse_quote!(
            #[doc = concat!("a", "b")]
            struct S;
        );
        assert_eq!(text(&item), r#"concat ! ("a" , "b")"#);
    }
}
