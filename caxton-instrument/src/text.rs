//! Text in `const` context: a fixed message buffer and the few comparisons
//! that the rules need.

use core::fmt;

const CAPACITY: usize = 1536;

/// A message built at compile time; empty when there is nothing to say.
///
/// ```
/// use caxton_instrument::rules::Message;
///
/// const M: Message = Message::new().line("help").push(" write one");
/// assert_eq!(M.as_str(), "[help] write one");
/// ```
#[derive(Clone, Copy)]
pub struct Message {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl Message {
    /// An empty message.
    #[must_use]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self {
            bytes: [0; CAPACITY],
            len: 0,
        }
    }

    /// Whether nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.len);
        match core::str::from_utf8(text) {
            Ok(text) => text,
            // A message cut inside a character at the end of the buffer.
            Err(cut) => match core::str::from_utf8(text.split_at(cut.valid_up_to()).0) {
                Ok(text) => text,
                Err(_) => "",
            },
        }
    }

    /// Starts a line with a rule's id in brackets.
    #[must_use]
    pub const fn line(self, id: &str) -> Self {
        let m = if self.is_empty() {
            self
        } else {
            self.push("\n")
        };
        m.push("[").push(id).push("]")
    }

    /// Appends `text`; what does not fit is cut.
    #[must_use]
    pub const fn push(self, text: &str) -> Self {
        self.push_range(text, 0, text.len())
    }

    /// Appends the bytes `from..to` of `text`.
    #[must_use]
    pub const fn push_range(mut self, text: &str, from: usize, to: usize) -> Self {
        let bytes = text.as_bytes();
        let mut i = from;
        while i < to && i < bytes.len() && self.len < CAPACITY {
            self.bytes[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    /// Appends `text` without its last `end` bytes.
    #[must_use]
    pub const fn push_without_end(self, text: &str, end: usize) -> Self {
        self.push_range(text, 0, text.len().saturating_sub(end))
    }

    /// Appends `text` without the word at `start..end` and one underscore.
    #[must_use]
    pub const fn push_without_word(self, text: &str, start: usize, end: usize) -> Self {
        if start == 0 {
            return self.push_range(text, end + 1, text.len());
        }
        self.push_range(text, 0, start - 1)
            .push_range(text, end, text.len())
    }

    /// Appends a number.
    #[must_use]
    pub const fn push_number(mut self, number: u64) -> Self {
        let mut digits = [0u8; 20];
        let mut n = number;
        let mut i = digits.len();
        loop {
            i -= 1;
            digits[i] = b'0' + (n % 10) as u8;
            n /= 10;
            if n == 0 {
                break;
            }
        }
        while i < digits.len() && self.len < CAPACITY {
            self.bytes[self.len] = digits[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    /// Appends `name` in `snake_case`.
    #[must_use]
    pub const fn push_snake(mut self, name: &str) -> Self {
        let bytes = name.as_bytes();
        let mut i = 0;
        let mut last = b'_';
        while i < bytes.len() {
            let byte = bytes[i];
            let upper = byte.is_ascii_uppercase();
            if upper && last != b'_' && !bytes[i - 1].is_ascii_uppercase() {
                self = self.push("_");
            }
            let out = if byte.is_ascii_alphanumeric() {
                byte.to_ascii_lowercase()
            } else {
                b'_'
            };
            let leading_digit = last == b'_' && self.ends_outside_name() && out.is_ascii_digit();
            let repeated = out == b'_' && last == b'_';
            if !repeated && !leading_digit && self.len < CAPACITY {
                self.bytes[self.len] = out;
                self.len += 1;
            }
            last = if leading_digit { b'_' } else { out };
            i += 1;
        }
        if last == b'_' && self.len > 0 && self.bytes[self.len - 1] == b'_' {
            self.len -= 1;
        }
        self
    }

    const fn ends_outside_name(&self) -> bool {
        self.len == 0
            || !(self.bytes[self.len - 1].is_ascii_alphanumeric()
                || self.bytes[self.len - 1] == b'_')
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

pub(crate) const fn equal(a: &str, b: &str) -> bool {
    a.len() == b.len() && starts_with(a, b)
}

pub(crate) const fn starts_with(text: &str, prefix: &str) -> bool {
    matches_at(text.as_bytes(), 0, prefix.as_bytes())
}

const fn matches_at(text: &[u8], at: usize, part: &[u8]) -> bool {
    if at + part.len() > text.len() {
        return false;
    }
    let mut i = 0;
    while i < part.len() {
        if text[at + i] != part[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether a name says by or per what it counts.
pub(crate) const fn has_preposition(name: &str) -> bool {
    let mut bytes = name.as_bytes();
    while let [_, rest @ ..] = bytes {
        if matches!(
            bytes,
            [b'_', b'b', b'y', b'_', ..] | [b'_', b'p', b'e', b'r', b'_', ..]
        ) {
            return true;
        }
        bytes = rest;
    }
    false
}

/// Where `_first_second` stands in `text`, and how long it is.
pub(crate) const fn find_phrase(text: &str, first: &str, second: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let len = first.len() + second.len() + 2;
    let mut at = 0;
    while at + len <= bytes.len() {
        let end = at + len;
        if bytes[at] == b'_'
            && matches_at(bytes, at + 1, first.as_bytes())
            && bytes[at + 1 + first.len()] == b'_'
            && matches_at(bytes, at + 2 + first.len(), second.as_bytes())
            && (end == bytes.len() || bytes[end] == b'_')
        {
            return Some((at, len));
        }
        at += 1;
    }
    None
}

/// `[a-z][a-z0-9_]*`, the label form.
pub(crate) const fn is_label(name: &str) -> bool {
    let mut bytes = name.as_bytes();
    if !matches!(bytes, [b'a'..=b'z', ..]) {
        return false;
    }
    while let [b'a'..=b'z' | b'0'..=b'9' | b'_', rest @ ..] = bytes {
        bytes = rest;
    }
    matches!(bytes, [])
}

pub(crate) const fn is_blank(text: &str) -> bool {
    let mut bytes = text.as_bytes();
    while let [b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'.', rest @ ..] = bytes {
        bytes = rest;
    }
    matches!(bytes, [])
}

/// Whether two texts hold the same letters and digits, whatever stands
/// between them and in whichever case.
pub(crate) const fn equal_words(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    let mut any = false;
    loop {
        while let [byte, rest @ ..] = a
            && !is_word(*byte)
        {
            if !byte.is_ascii() {
                return false;
            }
            a = rest;
        }
        while let [byte, rest @ ..] = b
            && !is_word(*byte)
        {
            b = rest;
        }
        match (a, b) {
            ([x, more @ ..], [y, rest @ ..]) if x.eq_ignore_ascii_case(y) => {
                any = true;
                a = more;
                b = rest;
            }
            ([], []) => return any,
            _ => return false,
        }
    }
}

const fn is_word(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9')
}
