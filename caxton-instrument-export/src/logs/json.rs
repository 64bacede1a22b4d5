//! Values as JSON text.

use std::fmt::{self, Write};

/// Appends a JSON string of at most so many bytes, quotes included. What does
/// not fit is cut between two characters, and then this is `false`.
pub(super) fn string(out: &mut String, most: usize, text: impl FnOnce(&mut Escaped<'_>)) -> bool {
    out.push('"');
    let end = out.len() + most.saturating_sub(2);
    let mut escaped = Escaped {
        out,
        end,
        is_cut: false,
    };
    text(&mut escaped);
    let is_cut = escaped.is_cut;
    out.push('"');
    !is_cut
}

/// Inside of the quotes of a JSON string.
pub(super) struct Escaped<'a> {
    out: &'a mut String,
    end: usize,
    is_cut: bool,
}

impl Escaped<'_> {
    /// Appends text.
    pub(super) fn text(&mut self, text: &str) {
        _ = self.write_str(text);
    }

    fn push(&mut self, character: char) -> fmt::Result {
        let mut code = [0; 6];
        let escape = match character {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            // Those above ASCII among them: a terminal obeys them too.
            control if control.is_control() => hex(u32::from(control), &mut code),
            other => other.encode_utf8(&mut code),
        };
        if self.out.len() + escape.len() > self.end {
            self.is_cut = true;
            return Err(fmt::Error);
        }
        self.out.push_str(escape);
        Ok(())
    }
}

/// Fails where the space ends, so that a value without end is not formatted to
/// its end.
impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.is_cut {
            return Err(fmt::Error);
        }
        let plain = |byte: u8| (b' '..0x7f).contains(&byte) && byte != b'"' && byte != b'\\';
        if text.len() <= self.end.saturating_sub(self.out.len()) && text.bytes().all(plain) {
            self.out.push_str(text);
            return Ok(());
        }
        text.chars().try_for_each(|character| self.push(character))
    }
}

/// As in `\u001b`; control characters end at U+009F.
fn hex(code: u32, space: &mut [u8; 6]) -> &str {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |shift: u32| DIGITS[(code >> shift) as usize & 15];
    *space = [b'\\', b'u', digit(12), digit(8), digit(4), digit(0)];
    std::str::from_utf8(space).unwrap_or_default()
}

/// Appends a number. JSON has none that is not finite: those are strings, as
/// the JSON form of protobuf has them.
pub(super) fn float(out: &mut String, value: f64) {
    if value.is_nan() {
        out.push_str("\"NaN\"");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 {
            "\"Infinity\""
        } else {
            "\"-Infinity\""
        });
    } else {
        _ = write!(out, "{value:?}");
    }
}

/// The longest beginning of a JSON string, without its quotes, that has at most
/// so many bytes and ends between two characters.
pub(super) fn beginning(inner: &str, most: usize) -> &str {
    if inner.len() <= most {
        return inner;
    }
    let mut end = 0;
    let mut characters = inner.char_indices();
    while let Some((_, character)) = characters.next() {
        if character == '\\' {
            let escape = characters.next();
            if escape.is_some_and(|(_, kind)| kind == 'u') {
                _ = characters.nth(3);
            }
        }
        if characters.offset() > most {
            break;
        }
        end = characters.offset();
    }
    &inner[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, most: usize) -> (String, bool) {
        let mut out = String::new();
        let is_whole = string(&mut out, most, |escaped| escaped.text(text));
        (out, is_whole)
    }

    #[test]
    fn control_characters_are_escaped() {
        let text = "a\"b\\c\nd\te\u{1b}[31mf\u{7f}\u{9b}ü\u{2028}";
        let (json, is_whole) = of(text, 1_000);
        assert!(is_whole);
        assert_eq!(
            json,
            "\"a\\\"b\\\\c\\nd\\te\\u001b[31mf\\u007f\\u009bü\u{2028}\""
        );
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
    }

    #[test]
    fn text_is_cut_between_characters() {
        for most in 2..20 {
            let (json, is_whole) = of("aü\u{1b}\n€", most);
            assert!(json.len() <= most, "{json} in {most}");
            let read: String = serde_json::from_str(&json).expect("JSON");
            assert!("aü\u{1b}\n€".starts_with(&read), "{read}");
            assert_eq!(is_whole, read == "aü\u{1b}\n€");
        }
    }

    #[test]
    fn a_string_that_is_encoded_is_cut_between_characters() {
        let inner = "aü\\u001b\\n€\\\\";
        for most in 0..=inner.len() {
            let cut = beginning(inner, most);
            assert!(cut.len() <= most);
            serde_json::from_str::<String>(&format!("\"{cut}\"")).expect("JSON");
        }
        assert_eq!(beginning(inner, inner.len()), inner);
        assert_eq!(beginning(inner, 4), "aü");
        assert_eq!(beginning(inner, 9), "aü\\u001b");
    }

    #[test]
    fn a_value_without_end_ends() {
        struct Endless;
        impl fmt::Display for Endless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    f.write_str("on and ")?;
                }
            }
        }
        let mut out = String::new();
        assert!(!string(&mut out, 16, |escaped| _ = write!(escaped, "{Endless}")));
        assert_eq!(out, "\"on and on and \"");
    }

    #[test]
    fn numbers_are_those_of_json() {
        let of = |value| {
            let mut out = String::new();
            float(&mut out, value);
            out
        };
        let cases = [
            (1.0, "1.0"),
            (-0.25, "-0.25"),
            (1e300, "1e300"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (f64::NAN, "\"NaN\""),
            (f64::INFINITY, "\"Infinity\""),
            (f64::NEG_INFINITY, "\"-Infinity\""),
        ];
        for (value, text) in cases {
            assert_eq!(of(value), text);
            serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        }
    }
}
