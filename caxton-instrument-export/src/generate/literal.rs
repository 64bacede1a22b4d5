//! Texts as literals of [JSON](https://www.rfc-editor.org/rfc/rfc8259), which
//! [JavaScript](https://tc39.es/proposal-json-superset/), Alloy and `JMESPath` read too.

/// A text in double quotes, which it cannot leave.
pub(super) fn quoted(text: &str) -> String {
    // A text cannot fail to be written.
    let mut quoted = serde_json::to_string(text).unwrap_or_default();
    // Ends of lines for some readers, but none that JSON escapes.
    for separator in ['\u{85}', '\u{2028}', '\u{2029}', '\u{feff}'] {
        if quoted.contains(separator) {
            let escape = format!("\\u{:04x}", u32::from(separator));
            quoted = quoted.replace(separator, &escape);
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_text_stays_within_its_quotes() {
        assert_eq!(
            super::quoted("a\": b\n- c\u{2028}\\"),
            r#""a\": b\n- c\u2028\\""#
        );
    }
}
