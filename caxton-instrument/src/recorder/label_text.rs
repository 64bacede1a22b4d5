//! Labels as the text formats write them, `name="value",..`: the one form in
//! which they are kept. Backslash, quote and newline are escaped
//! ([text format](https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information)).
//! A name that needs quotes there stands between two marks and is not escaped,
//! since some readers want it otherwise.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::iter::from_fn;

/// Stands before and behind a name that is no identifier: a control character,
/// which no name has.
const MARK: char = '\u{1f}';

/// Whether a label name is written without quotes, `[a-zA-Z_][a-zA-Z0-9_]*`.
pub(super) fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Appends one label, after what was appended before.
pub(super) fn push_label(text: &mut String, name: &str, value: &str) {
    if is_identifier(name) {
        text.push_str(name);
    } else {
        text.push(MARK);
        // Of another crate they were replaced; a declared name may be anything.
        text.extend(name.chars().filter(|c| !c.is_control()));
        text.push(MARK);
    }
    text.push_str("=\"");
    push_escaped(text, value);
    text.push('"');
}

fn push_escaped(text: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            c => text.push(c),
        }
    }
}

/// Appends labels without the marks: names in quotes that need them.
pub(super) fn write_quoted<'a>(
    labels: impl Iterator<Item = (&'a str, LabelText<'a>)>,
    out: &mut String,
) {
    let mut comma = "";
    for (name, value) in labels {
        out.push_str(comma);
        comma = ",";
        if is_identifier(name) {
            out.push_str(name);
        } else {
            out.push('"');
            push_escaped(out, name);
            out.push('"');
        }
        for part in ["=\"", value.escaped(), "\""] {
            out.push_str(part);
        }
    }
}

/// The labels of a text; what stands between two of them is skipped.
pub(super) fn labels(text: &str) -> impl Iterator<Item = (&str, LabelText<'_>)> {
    // By bytes: a scrape in protobuf reads every label of every series.
    let mut rest = text;
    from_fn(move || {
        while let [b',' | SEPARATOR_BYTE, ..] = rest.as_bytes() {
            rest = rest.get(1..)?;
        }
        let (name, value) = if let Some(marked) = rest.strip_prefix(MARK) {
            let (name, after) = marked.split_once(MARK)?;
            (name, after.strip_prefix('=')?)
        } else {
            let end = rest.bytes().position(|byte| byte == b'=')?;
            (rest.get(..end)?, rest.get(end + 1..)?)
        };
        let value = value.strip_prefix('"')?;
        let end = closing_quote(value)?;
        let (value, after) = value.split_at_checked(end)?;
        rest = after.strip_prefix('"')?;
        Some((name, LabelText(value)))
    })
}

/// The order of two texts with the same names: by their first value that
/// differs, as the values themselves compare.
pub(super) fn compare_values(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let Some(at) = a.iter().zip(b).position(|(a, b)| a != b) else {
        return a.len().cmp(&b.len());
    };
    let backslashes = a[..at].iter().rev().take_while(|byte| **byte == b'\\');
    let is_escaped = backslashes.count() % 2 == 1;
    // The byte that is meant; a value that ends here comes first.
    let meant = |text: &[u8]| match (text.get(at), text.get(at + 1)) {
        (Some(b'n'), _) if is_escaped => Some(b'\n'),
        (Some(byte), _) if is_escaped => Some(*byte),
        (Some(b'\\'), Some(b'n')) => Some(b'\n'),
        (Some(b'\\'), escaped) => escaped.copied(),
        (Some(b'"'), _) => None,
        (byte, _) => byte.copied(),
    };
    meant(a).cmp(&meant(b))
}

/// Comes between parts of one text that are not written next to each other: a
/// newline is always escaped within a value.
pub(super) const SEPARATOR: char = '\n';
const SEPARATOR_BYTE: u8 = b'\n';

fn closing_quote(value: &str) -> Option<usize> {
    let mut bytes = value.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return Some(at),
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
    None
}

/// The value of a label, as it is kept: escaped. Compares by what it means,
/// and is displayed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelText<'a>(&'a str);

impl<'a> LabelText<'a> {
    /// As the text formats write it between the quotes.
    pub fn escaped(self) -> &'a str {
        self.0
    }

    /// The value itself.
    pub(super) fn unescaped(self) -> Cow<'a, str> {
        if self.0.contains('\\') {
            self.pieces().collect()
        } else {
            Cow::Borrowed(self.0)
        }
    }

    /// The value itself, in pieces that follow each other.
    pub fn pieces(self) -> impl Iterator<Item = &'a str> {
        let mut rest = self.0;
        from_fn(move || {
            let at = rest.find('\\').unwrap_or(rest.len());
            let (piece, after) = match at {
                0 => {
                    let (escaped, after) = rest.get(1..)?.split_at_checked(1)?;
                    (if escaped == "n" { "\n" } else { escaped }, after)
                }
                at => rest.split_at_checked(at)?,
            };
            rest = after;
            Some(piece)
        })
    }
}

impl PartialEq<str> for LabelText<'_> {
    fn eq(&self, value: &str) -> bool {
        if !self.0.contains('\\') {
            return self.0 == value;
        }
        let mut rest = Some(value);
        for piece in self.pieces() {
            rest = rest.and_then(|rest| rest.strip_prefix(piece));
        }
        rest == Some("")
    }
}

impl Ord for LabelText<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.0.contains('\\') || other.0.contains('\\') {
            let bytes = |text: Self| text.pieces().flat_map(str::bytes);
            bytes(*self).cmp(bytes(*other))
        } else {
            self.0.cmp(other.0)
        }
    }
}

impl PartialOrd for LabelText<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for LabelText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces().try_for_each(|piece| f.write_str(piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [&str; 11] = [
        "", "a", "a\"", "a\"b", "a\\", "a\\n", "a\n", "a b", "\n", "\\", "ä\n\"",
    ];

    #[test]
    fn what_is_written_is_read() {
        let mut text = String::new();
        for value in VALUES {
            push_label(&mut text, "n", value);
            text.push(',');
        }
        let read: Vec<String> = labels(&text)
            .map(|(name, value)| {
                assert_eq!(name, "n");
                value.to_string()
            })
            .collect();
        assert_eq!(read, VALUES);
        assert!(!text.contains(SEPARATOR));
    }

    #[test]
    fn texts_compare_as_the_values_do() {
        let written = VALUES.map(|value| {
            let mut text = String::new();
            push_label(&mut text, "n", value);
            text
        });
        for (a, text) in VALUES.iter().zip(&written) {
            let (_, read) = labels(text).next().expect("one label");
            let text = format!("{text},m=\"\"");
            for (b, other) in VALUES.iter().zip(&written) {
                let (_, other_read) = labels(other).next().expect("one label");
                assert_eq!(read.cmp(&other_read), a.cmp(b), "{a:?} {b:?}");
                assert_eq!(read == **b, a == b, "{a:?} {b:?}");
                let other = format!("{other},m=\"\"");
                assert_eq!(compare_values(&text, &other), a.cmp(b), "{a:?} {b:?}");
            }
        }
    }
}
