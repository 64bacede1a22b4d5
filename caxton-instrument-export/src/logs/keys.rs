//! How the members of a line are called.

use super::error::LogsError;

/// Keys of what every JSON line says beside its fields.
///
/// [`Keys::default`] is the longer form: `timestamp`, `level`, `message`,
/// `target`, `caller`, `trace_id`, `span_id`. [`Keys::short`] is the shorter
/// one: `ts`, `level`, `msg`, `caller`, `trace_id`.
///
/// ```
/// use caxton_instrument_export::logs::Keys;
///
/// let keys = Keys::default().message("text").without_target();
/// # _ = keys;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "keys are set with `Logs::keys`"]
pub struct Keys {
    pub(super) timestamp: String,
    pub(super) level: String,
    pub(super) message: String,
    pub(super) target: Option<String>,
    pub(super) caller: Option<String>,
    pub(super) trace_id: Option<String>,
    pub(super) span_id: Option<String>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            timestamp: String::from("timestamp"),
            level: String::from("level"),
            message: String::from("message"),
            target: Some(String::from("target")),
            caller: Some(String::from("caller")),
            trace_id: Some(String::from("trace_id")),
            span_id: Some(String::from("span_id")),
        }
    }
}

/// Says that a line was cut.
pub(super) const CUT: &str = "line_truncated";

/// Bytes that a key may have.
const LONGEST: usize = 64;

impl Keys {
    /// `ts`, `level`, `msg`, `caller`, `trace_id`, and no more.
    pub fn short() -> Self {
        Self {
            timestamp: String::from("ts"),
            level: String::from("level"),
            message: String::from("msg"),
            target: None,
            caller: Some(String::from("caller")),
            trace_id: Some(String::from("trace_id")),
            span_id: None,
        }
    }

    /// When it happened, in UTC, as in `2024-01-15T10:30:45.123Z`
    /// ([RFC 3339](https://www.rfc-editor.org/rfc/rfc3339)).
    pub fn timestamp(mut self, key: impl Into<String>) -> Self {
        self.timestamp = key.into();
        self
    }

    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub fn level(mut self, key: impl Into<String>) -> Self {
        self.level = key.into();
        self
    }

    /// The message; empty where there is none.
    pub fn message(mut self, key: impl Into<String>) -> Self {
        self.message = key.into();
        self
    }

    /// The module that said it, or what it said as its target.
    pub fn target(mut self, key: impl Into<String>) -> Self {
        self.target = Some(key.into());
        self
    }

    /// Leaves the target out.
    pub fn without_target(mut self) -> Self {
        self.target = None;
        self
    }

    /// Source file and line, as in `src/order.rs:125`; of a file outside of the
    /// workspace the last two parts of its path.
    pub fn caller(mut self, key: impl Into<String>) -> Self {
        self.caller = Some(key.into());
        self
    }

    /// Leaves the caller out.
    pub fn without_caller(mut self) -> Self {
        self.caller = None;
        self
    }

    /// The OpenTelemetry trace, in 32 hexadecimal digits.
    pub fn trace_id(mut self, key: impl Into<String>) -> Self {
        self.trace_id = Some(key.into());
        self
    }

    /// Leaves the trace out.
    pub fn without_trace_id(mut self) -> Self {
        self.trace_id = None;
        self
    }

    /// The OpenTelemetry span, in 16 hexadecimal digits.
    pub fn span_id(mut self, key: impl Into<String>) -> Self {
        self.span_id = Some(key.into());
        self
    }

    /// Leaves the span out.
    pub fn without_span_id(mut self) -> Self {
        self.span_id = None;
        self
    }

    /// Those that every line has, and those that lines in a trace have.
    fn all(&self) -> impl Iterator<Item = &str> {
        let optional = [&self.target, &self.caller, &self.trace_id, &self.span_id];
        let optional = optional.into_iter().filter_map(Option::as_deref);
        [&*self.timestamp, &*self.level, &*self.message, CUT]
            .into_iter()
            .chain(optional)
    }

    pub(super) fn check(&self) -> Result<(), LogsError> {
        for (index, key) in self.all().enumerate() {
            if key.is_empty() || key.len() > LONGEST {
                return Err(LogsError::Key(String::from(key)));
            }
            if self.all().take(index).any(|before| before == key) {
                return Err(LogsError::SameKey(String::from(key)));
            }
        }
        Ok(())
    }

    /// Whether a field of that name has to give way. The keys of ids are taken
    /// where there are ids.
    pub(super) fn takes(&self, name: &str, in_trace: bool) -> bool {
        let optional = |key: &Option<String>| key.as_deref() == Some(name);
        [&*self.timestamp, &*self.level, &*self.message, CUT].contains(&name)
            || optional(&self.target)
            || optional(&self.caller)
            || (in_trace && (optional(&self.trace_id) || optional(&self.span_id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_cannot_be_are_refused() {
        assert!(Keys::default().check().is_ok());
        assert!(Keys::short().check().is_ok());
        let refused = |keys: Keys| keys.check().expect_err("it is refused").to_string();
        let message = refused(Keys::default().message("level"));
        assert!(
            message.contains("`level`") && message.contains("twice"),
            "{message}"
        );
        assert!(refused(Keys::default().caller(CUT)).contains(CUT));
        let message = refused(Keys::default().level(""));
        assert!(message.contains("1 to 64 bytes"), "{message}");
        refused(Keys::default().level("x".repeat(65)));
    }

    #[test]
    fn ids_take_their_keys_only_where_there_are_ids() {
        let keys = Keys::default();
        assert!(keys.takes("level", false));
        assert!(keys.takes("caller", false));
        assert!(!keys.takes("trace_id", false));
        assert!(keys.takes("trace_id", true));
        assert!(!Keys::short().takes("span_id", true));
    }
}
