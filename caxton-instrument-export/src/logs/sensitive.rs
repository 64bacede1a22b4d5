//! What is never written.

use std::fmt;

/// What stands in the place of a secret.
pub(super) const REDACTED: &str = "[redacted]";

/// A value that no log shows: `Debug` and `Display` print `[redacted]`,
/// whatever it is a part of and whichever layer prints it.
///
/// ```
/// use caxton_instrument_export::logs::Sensitive;
///
/// #[derive(Debug)]
/// struct Login {
///     user: &'static str,
///     password: Sensitive<&'static str>,
/// }
///
/// let login = Login { user: "ada", password: Sensitive::new("hunter2") };
/// assert_eq!(format!("{login:?}"), r#"Login { user: "ada", password: [redacted] }"#);
/// assert_eq!(*login.password.expose(), "hunter2");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for the one who needs it.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, given away.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Sensitive<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl<T> fmt::Display for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// Names of fields that hold secrets.
#[derive(Debug, Clone)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// Those that are secret everywhere.
    const ALWAYS: [&'static str; 10] = [
        "api_key",
        "authorization",
        "cookie",
        "passwd",
        "password",
        "private_key",
        "proxy-authorization",
        "secret",
        "set-cookie",
        "token",
    ];

    pub(super) fn add(&mut self, name: String) {
        self.0.push(name);
    }

    /// Whether the name, or the part behind its last dot, is one of them:
    /// `http.request.header.authorization`.
    pub(super) fn contains(&self, field: &str) -> bool {
        let last = field.rsplit_once('.').map_or(field, |(_, last)| last);
        let is_one =
            |name: &String| name.eq_ignore_ascii_case(field) || name.eq_ignore_ascii_case(last);
        self.0.iter().any(is_one)
    }
}

impl Default for Names {
    fn default() -> Self {
        Self(Self::ALWAYS.map(String::from).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_as_the_last_part() {
        let mut names = Names::default();
        names.add(String::from("iban"));
        let secret = [
            "password",
            "Authorization",
            "http.request.header.authorization",
            "IBAN",
            "account.iban",
        ];
        for name in secret {
            assert!(names.contains(name), "{name}");
        }
        for name in ["pass", "token_count", "password.length", "iban.country", ""] {
            assert!(!names.contains(name), "{name}");
        }
    }
}
