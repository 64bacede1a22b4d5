//! Texts that cannot leave their quotes.

use std::fmt::Write as _;

use serde::Serialize;

use super::HEADER;

/// A file, after the header. Texts are quoted where YAML would read something
/// else, and texts that are wrapped in `LitString` stand in lines of their own.
pub(super) fn file(content: &impl Serialize) -> String {
    noted(&[], content)
}

/// The same, with notes as comments below the header.
pub(super) fn noted(notes: &[String], content: &impl Serialize) -> String {
    let mut out = String::from(HEADER);
    for note in notes {
        // Nothing that could end the line.
        let line: String = note.chars().filter(|it| !it.is_control()).collect();
        out.push_str("# ");
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str(&object(content));
    out
}

/// Several objects as one file, as Kubernetes reads them.
pub(super) fn objects(objects: &[String]) -> String {
    format!("{HEADER}{}", objects.join("---\n"))
}

/// A value alone.
pub(super) fn object(content: &impl Serialize) -> String {
    let options = serde_saphyr::ser_options! {
        min_fold_chars: 0,
        prefer_block_scalars: false,
        compact_list_indent: false,
    };
    // Structs of texts, lists and maps cannot fail to be written.
    serde_saphyr::to_string_with_options(content, options).unwrap_or_default()
}

/// A text in double quotes: JSON's escapes are YAML's too
/// ([YAML 1.2](https://yaml.org/spec/1.2.2/#12-yaml-and-json)).
pub(super) fn quoted(text: &str) -> String {
    // A text cannot fail to be written.
    let mut quoted = serde_json::to_string(text).unwrap_or_default();
    // Line ends for YAML, but none that JSON escapes.
    for separator in ['\u{85}', '\u{2028}', '\u{2029}', '\u{feff}'] {
        if quoted.contains(separator) {
            let escape = format!("\\u{:04x}", u32::from(separator));
            quoted = quoted.replace(separator, &escape);
        }
    }
    quoted
}

/// `key: |-` and the text below it, indented by two more.
pub(super) fn block(out: &mut String, indent: usize, key: &str, text: &str) {
    let space = " ".repeat(indent);
    // A first line that starts with a space would be taken for the indentation.
    let indicator = if text.starts_with(' ') { "|2-" } else { "|-" };
    let _ = writeln!(out, "{space}{key}: {indicator}");
    for line in text.lines() {
        let _ = writeln!(out, "{space}  {line}");
    }
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

    #[test]
    fn a_first_line_may_be_indented() {
        let mut out = String::new();
        super::block(&mut out, 2, "expr", "  a\n/\n  b");
        assert_eq!(out, "  expr: |2-\n      a\n    /\n      b\n");
    }
}
