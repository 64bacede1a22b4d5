//! Lists in environment variables: `name=value,name=value` with values
//! percent-encoded, as OpenTelemetry takes them from
//! [W3C Baggage](https://www.w3.org/TR/baggage/#header-content).

use std::fmt;

use percent_encoding::percent_decode_str;

/// Why an entry of a list is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadPair {
    NoValue,
    NoName,
    Encoding,
}

impl fmt::Display for BadPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoValue => "has no `=`",
            Self::NoName => "has no name",
            Self::Encoding => {
                "is not percent-encoded: `%` is followed by two hexadecimal digits, \
                and what they say is UTF-8"
            }
        })
    }
}

/// The entries of a list; empty ones are skipped.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = Result<(String, String), BadPair>> {
    let entries = text.split(',').map(str::trim);
    entries.filter(|entry| !entry.is_empty()).map(|entry| {
        let (name, value) = entry.split_once('=').ok_or(BadPair::NoValue)?;
        let name = decode(name.trim())?;
        if name.is_empty() {
            return Err(BadPair::NoName);
        }
        Ok((name, decode(value.trim())?))
    })
}

fn decode(text: &str) -> Result<String, BadPair> {
    let mut parts = text.split('%');
    parts.next();
    let is_encoded =
        parts.all(|part| part.len() >= 2 && part.bytes().take(2).all(|c| c.is_ascii_hexdigit()));
    if !is_encoded {
        return Err(BadPair::Encoding);
    }
    let decoded = percent_decode_str(text).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| BadPair::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_one_by_one() {
        let text = " a=1, b = x%20y ,,c=,d,=e,f=%zz,g=%ff,h=a%3Db=c";
        let read: Vec<_> = pairs(text).collect();
        let ok = |name: &str, value: &str| Ok((name.to_owned(), value.to_owned()));
        assert_eq!(
            read,
            [
                ok("a", "1"),
                ok("b", "x y"),
                ok("c", ""),
                Err(BadPair::NoValue),
                Err(BadPair::NoName),
                Err(BadPair::Encoding),
                Err(BadPair::Encoding),
                ok("h", "a=b=c"),
            ]
        );
    }
}
