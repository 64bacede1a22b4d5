//! Texts of declarations as parts of the page. What is written between
//! parentheses of `html!` is escaped; here is what escaping leaves.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::super::text::sentence;

/// Text that is seen as it is: no control character, and none that turns the
/// direction of the text around it
/// ([UAX #9](https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters)).
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        );
        if c.is_control() || turns {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// A name, a value or a bound.
pub(super) fn code(text: &str) -> Markup {
    if text.is_empty() {
        return html! { "(empty)" };
    }
    html! { code { (visible(text)) } }
}

/// A doc comment: what it sets as code is code.
pub(super) fn prose(text: &str) -> Markup {
    let text = sentence(text);
    let pieces: Vec<_> = text.split('`').collect();
    // Without an even number of them, the last one is a letter like others.
    let pairs = (pieces.len() - 1) / 2;
    html! {
        @for (at, piece) in pieces.iter().enumerate() {
            @if at % 2 == 1 && at < 2 * pairs + 1 && !piece.is_empty() {
                (code(piece))
            } @else if at % 2 == 1 && at == 2 * pairs + 1 {
                "`" (visible(piece))
            } @else {
                (visible(piece))
            }
        }
    }
}

/// Several paragraphs.
pub(super) fn paragraphs(texts: &[&str]) -> Markup {
    let paragraphs = texts.iter().flat_map(|text| text.split("\n\n"));
    html! {
        @for paragraph in paragraphs.filter(|it| !it.trim().is_empty()) {
            p { (prose(paragraph)) }
        }
    }
}

/// A query; a long one is scrolled with the keyboard too.
pub(super) fn promql(query: &str) -> Markup {
    let lines: Vec<_> = query.lines().map(visible).collect();
    html! { pre tabindex="0" { code { (lines.join("\n")) } } }
}

/// A link, of what is an address on the web; anything else is shown.
pub(super) fn link(address: &str) -> Markup {
    let is_web = ["https://", "http://"]
        .iter()
        .any(|scheme| address.starts_with(scheme));
    html! {
        @if is_web {
            a href=(address) rel="noopener noreferrer" { (visible(address)) }
        } @else {
            (code(address))
        }
    }
}

/// The name as an anchor: a plain one as it is. A hyphen starts what is
/// escaped, so that no name is that of a section.
pub(super) fn anchor(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            out.push(c);
        } else {
            // Writing to text cannot fail.
            let _ = write!(out, "-{:x}", u32::from(c));
        }
    }
    out
}

/// Names for an attribute that holds several.
pub(super) fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(visible).collect();
    names.join("\n")
}

/// What is searched: words in lower case.
pub(super) fn searched<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<_> = texts
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(|text| visible(&sentence(text)).to_lowercase())
        .collect();
    texts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doc_comment_keeps_its_code() {
        let cases = [
            ("plain", "plain"),
            ("a `b` c", "a <code>b</code> c"),
            ("one ` alone", "one ` alone"),
            ("`a` and ` alone", "<code>a</code> and ` alone"),
            (
                "`<b>` & \"d\"",
                "<code>&lt;b&gt;</code> &amp; &quot;d&quot;",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(prose(text).into_string(), expected);
        }
    }

    #[test]
    fn only_the_web_is_linked() {
        assert!(link("https://a/?b").into_string().starts_with("<a href="));
        for address in ["javascript:alert(1)", "data:text/html,x", " https://a"] {
            assert!(!link(address).into_string().contains("href"), "{address}");
        }
    }

    #[test]
    fn an_anchor_is_one_word() {
        assert_eq!(anchor("shop_orders_total"), "shop_orders_total");
        assert_eq!(anchor("shop:orders rate"), "shop-3aorders-20rate");
    }

    #[test]
    fn no_character_turns_or_ends_a_line() {
        assert_eq!(
            visible("a\u{202e}b\u{2028}c\0"),
            "a\\u{202e}b\\u{2028}c\\u{0}"
        );
    }
}
