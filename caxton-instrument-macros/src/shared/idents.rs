//! Identifiers as names: without `r#`, and in the cases that names take.

use proc_macro2::Ident;
use syn::ext::IdentExt;

/// The identifier's text without `r#`.
pub(crate) fn text(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// The constant that stands for a field: upper case, at the field's token.
pub(crate) fn constant(field: &Ident) -> Ident {
    Ident::new(&text(field).to_uppercase(), field.span())
}

/// The words of an identifier: `HTTPRequest` is `http`, `request`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (i, &c) in chars.iter().enumerate() {
        let after_lower = i > 0 && (chars[i - 1].is_lowercase() || chars[i - 1].is_numeric());
        let before_lower = chars.get(i + 1).is_some_and(|next| next.is_lowercase());
        let starts = c.is_uppercase() && (after_lower || (i > 0 && before_lower));
        if (c == '_' || starts) && !word.is_empty() {
            words.push(core::mem::take(&mut word));
        }
        if c != '_' {
            word.extend(c.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// `snake_case`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_")
}

#[cfg(test)]
mod tests {
    use super::snake;

    #[test]
    fn words_are_found_at_every_border() {
        assert_eq!(snake("Request"), "request");
        assert_eq!(snake("NotUnderstood"), "not_understood");
        assert_eq!(snake("HTTPRequest"), "http_request");
        assert_eq!(snake("Http2Server"), "http2_server");
        assert_eq!(snake("A"), "a");
        assert_eq!(snake("ok"), "ok");
        assert_eq!(snake("Gpt_4o"), "gpt_4o");
    }
}
