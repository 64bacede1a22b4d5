//! Names for readers that do not take every character
//! ([escaping schemes](https://prometheus.io/docs/instrumenting/escaping_schemes/)).
//!
//! Where that page and Prometheus differ, this does what Prometheus does, so
//! that a metric has one name whoever writes it: a plain name stays as it is,
//! `dots` makes two underscores of any other character, and `values` writes
//! digits above 9 in lower case.

use std::borrow::Cow;
use std::fmt::Write as _;

/// How names are written that are not plain, `[a-zA-Z_:][a-zA-Z0-9_:]*`, labels
/// without the colon. Declared metrics have plain names, which stay as they are;
/// those of other crates may have others.
///
/// ```
/// use caxton_instrument_export::exposition::Escaping;
///
/// let name = "http.server.requests_total";
/// let written = |escaping: Escaping| escaping.metric_name(name).into_owned();
/// assert_eq!(written(Escaping::Underscores), "http_server_requests_total");
/// assert_eq!(written(Escaping::AllowUtf8), name);
/// assert_eq!(written(Escaping::Dots), "http_dot_server_dot_requests__total");
/// assert_eq!(written(Escaping::Values), "U__http_2e_server_2e_requests__total");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Escaping {
    /// `underscores`: another character becomes `_`. What readers get that do
    /// not say.
    #[default]
    Underscores,
    /// `allow-utf-8`: names stay as they are, and stand in quotes in text.
    AllowUtf8,
    /// `dots`: a dot becomes `_dot_`, an underscore and another character become
    /// `__`.
    Dots,
    /// `values`: the name begins with `U__`, another character becomes its code
    /// point in hexadecimal between underscores, and an underscore becomes `__`.
    Values,
}

impl Escaping {
    /// The value of the parameter `escaping`; `None` for one that is not known.
    pub(super) fn of_parameter(value: &str) -> Option<Self> {
        let is = |name| value.eq_ignore_ascii_case(name);
        // The page on content negotiation calls the first one both ways.
        if is("allow-utf-8") || is("allow-utf8") {
            return Some(Self::AllowUtf8);
        }
        [Self::Underscores, Self::Dots, Self::Values]
            .into_iter()
            .find(|escaping| is(escaping.as_str()))
    }

    /// What the parameter `escaping` calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Underscores => "underscores",
            Self::AllowUtf8 => "allow-utf-8",
            Self::Dots => "dots",
            Self::Values => "values",
        }
    }

    /// The name of a metric as it is written. A histogram appends `_bucket` and
    /// so on to that.
    #[must_use]
    pub fn metric_name(self, name: &str) -> Cow<'_, str> {
        self.escape(name, is_of_metric)
    }

    /// The name of a label as it is written. One that would become a name of
    /// Prometheus' own, `__..`, gets the prefix that Prometheus gives to a label
    /// which meets one of its own.
    ///
    /// ```
    /// use caxton_instrument_export::exposition::Escaping;
    ///
    /// assert_eq!(Escaping::Underscores.label_name("http.method"), "http_method");
    /// assert_eq!(Escaping::Underscores.label_name("--name--"), "exported___name__");
    /// ```
    #[must_use]
    pub fn label_name(self, name: &str) -> Cow<'_, str> {
        match self.escape(name, is_of_label) {
            Cow::Owned(escaped) if escaped.starts_with("__") => {
                Cow::Owned(format!("exported_{escaped}"))
            }
            escaped => escaped,
        }
    }

    fn escape(self, name: &str, is_allowed: fn((usize, char)) -> bool) -> Cow<'_, str> {
        if self == Self::AllowUtf8 || name.char_indices().all(is_allowed) {
            return Cow::Borrowed(name);
        }
        let mut escaped = String::with_capacity(name.len() + 16);
        if self == Self::Values {
            escaped.push_str("U__");
        }
        for (at, c) in name.char_indices() {
            match (self, c) {
                (Self::Dots, '.') => escaped.push_str("_dot_"),
                (Self::Dots | Self::Values, '_') => escaped.push_str("__"),
                _ if is_allowed((at, c)) => escaped.push(c),
                (Self::Dots, _) => escaped.push_str("__"),
                (Self::Values, _) => {
                    // Writing to a string cannot fail.
                    let _ = write!(escaped, "_{:x}_", u32::from(c));
                }
                _ => escaped.push('_'),
            }
        }
        Cow::Owned(escaped)
    }
}

/// Whether text has the name of a metric without quotes.
pub(super) fn is_plain_metric(name: &str) -> bool {
    name.char_indices().all(is_of_metric)
}

/// The same of a label.
fn is_plain_label(name: &str) -> bool {
    name.char_indices().all(is_of_label)
}

fn is_of_metric((at, c): (usize, char)) -> bool {
    c == ':' || is_of_label((at, c))
}

fn is_of_label((at, c): (usize, char)) -> bool {
    c == '_' || c.is_ascii_alphabetic() || (at > 0 && c.is_ascii_digit())
}

/// The name of a label in text, in quotes if it needs them.
pub(super) fn push_label_name(out: &mut String, name: &str) {
    if is_plain_label(name) {
        out.push_str(name);
    } else {
        push_quoted(out, name, "");
    }
}

/// A name and what is appended to it, in quotes.
pub(super) fn push_quoted(out: &mut String, name: &str, suffix: &str) {
    out.push('"');
    for c in name.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push_str(suffix);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Escaping; 4] = [
        Escaping::Underscores,
        Escaping::AllowUtf8,
        Escaping::Dots,
        Escaping::Values,
    ];

    /// The name that `values` made this of; `None` if it made none of it.
    fn value(escaped: &str) -> Option<String> {
        let Some(mut rest) = escaped.strip_prefix("U__") else {
            return Some(escaped.to_owned());
        };
        let mut name = String::new();
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            if c != '_' {
                name.push(c);
            } else if let Some(after) = rest.strip_prefix('_') {
                name.push('_');
                rest = after;
            } else {
                let (digits, after) = rest.split_once('_')?;
                name.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                rest = after;
            }
        }
        Some(name)
    }

    #[test]
    fn names_are_escaped_as_prometheus_does() {
        // Name, underscores, dots, values: the examples of the page and of
        // Prometheus' own tests.
        let cases = [
            ("", "", "", ""),
            (
                "metric.name/with/slashes",
                "metric_name_with_slashes",
                "metric_dot_name__with__slashes",
                "U__metric_2e_name_2f_with_2f_slashes",
            ),
            (
                "metric.name.with.dots",
                "metric_name_with_dots",
                "metric_dot_name_dot_with_dot_dots",
                "U__metric_2e_name_2e_with_2e_dots",
            ),
            (
                "metric.name",
                "metric_name",
                "metric_dot_name",
                "U__metric_2e_name",
            ),
            (
                "no:escaping_required",
                "no:escaping_required",
                "no:escaping_required",
                "no:escaping_required",
            ),
            (
                "mysystem.prod.west.cpu.load_total",
                "mysystem_prod_west_cpu_load_total",
                "mysystem_dot_prod_dot_west_dot_cpu_dot_load__total",
                "U__mysystem_2e_prod_2e_west_2e_cpu_2e_load__total",
            ),
            (
                "http.status:sum",
                "http_status:sum",
                "http_dot_status:sum",
                "U__http_2e_status:sum",
            ),
            (
                "label with 😱",
                "label_with__",
                "label__with____",
                "U__label_20_with_20__1f631_",
            ),
            ("花火", "__", "____", "U___82b1__706b_"),
            (
                "label with \u{100}",
                "label_with__",
                "label__with____",
                "U__label_20_with_20__100_",
            ),
            ("9lives", "_lives", "__lives", "U___39_lives"),
        ];
        for (name, underscores, dots, values) in cases {
            let written = ALL.map(|escaping| escaping.metric_name(name).into_owned());
            assert_eq!(written, [underscores, name, dots, values]);
            assert_eq!(value(values).as_deref(), Some(name));
        }
        // In upper case, as the page writes it.
        assert_eq!(value("U__metric_2E_name").as_deref(), Some("metric.name"));
    }

    #[test]
    fn a_label_has_no_colon_and_becomes_none_of_prometheus() {
        let cases = [
            ("a:b", ["a_b", "a:b", "a__b", "U__a_3a_b"]),
            ("le", ["le"; 4]),
            ("_x", ["_x"; 4]),
            (
                "--name--",
                [
                    "exported___name__",
                    "--name--",
                    "exported_____name____",
                    "U___2d__2d_name_2d__2d_",
                ],
            ),
        ];
        for (name, written) in cases {
            assert_eq!(ALL.map(|escaping| escaping.label_name(name)), written);
        }
    }

    #[test]
    fn parameters_are_known_by_name() {
        for escaping in ALL {
            assert_eq!(Escaping::of_parameter(escaping.as_str()), Some(escaping));
        }
        assert_eq!(Escaping::of_parameter("DOTS"), Some(Escaping::Dots));
        assert_eq!(
            Escaping::of_parameter("allow-utf8"),
            Some(Escaping::AllowUtf8)
        );
        assert_eq!(Escaping::of_parameter("percent"), None);
    }

    #[test]
    fn quotes_hold_whatever_a_name_has() {
        let mut text = String::new();
        push_label_name(&mut text, "plain_1");
        push_label_name(&mut text, "a\"b\\c\nd");
        push_quoted(&mut text, "http.x", "_total");
        assert_eq!(text, r#"plain_1"a\"b\\c\nd""http.x_total""#);
    }

    proptest! {
        #[test]
        fn values_are_read_back(name in "([a-z_:.0-9]|\\PC){1,20}") {
            prop_assume!(!name.starts_with("U__"));
            for written in [Escaping::Values.metric_name(&name), Escaping::Values.label_name(&name)] {
                prop_assert!(is_plain_metric(&written), "{}", written);
                prop_assert_eq!(value(&written), Some(name.clone()));
            }
            prop_assert!(is_plain_label(&Escaping::Values.label_name(&name)));
        }

        #[test]
        fn what_is_escaped_needs_no_quotes(name in "([a-z_:.0-9-]|\\PC){1,20}") {
            for escaping in [Escaping::Underscores, Escaping::Dots, Escaping::Values] {
                prop_assert!(is_plain_metric(&escaping.metric_name(&name)));
                let label = escaping.label_name(&name);
                prop_assert!(is_plain_label(&label));
                prop_assert!(!label.starts_with("__") || name.starts_with("__"), "{}", label);
            }
        }
    }
}
