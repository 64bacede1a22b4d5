//! What is called what in a line.

/// The keys of a JSON line, as far as an agent looks at them: those of
/// `logs::Options`, and of `[observability.logging]` in `caxton.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKeys {
    pub(super) timestamp: String,
    pub(super) level: String,
    pub(super) trace_id: Option<String>,
    pub(super) span_id: Option<String>,
}

impl Default for LogKeys {
    /// `timestamp`, `level`, `trace_id`, `span_id`.
    fn default() -> Self {
        Self {
            timestamp: String::from("timestamp"),
            level: String::from("level"),
            trace_id: Some(String::from("trace_id")),
            span_id: Some(String::from("span_id")),
        }
    }
}

impl LogKeys {
    /// `ts`, `level`, `trace_id`.
    #[must_use]
    pub fn short() -> Self {
        Self {
            timestamp: String::from("ts"),
            span_id: None,
            ..Self::default()
        }
    }

    /// When it happened.
    #[must_use]
    pub fn timestamp(mut self, key: &str) -> Self {
        self.timestamp = key.into();
        self
    }

    /// How bad it is.
    #[must_use]
    pub fn level(mut self, key: &str) -> Self {
        self.level = key.into();
        self
    }

    /// The trace.
    #[must_use]
    pub fn trace_id(mut self, key: &str) -> Self {
        self.trace_id = Some(key.into());
        self
    }

    /// The span.
    #[must_use]
    pub fn span_id(mut self, key: &str) -> Self {
        self.span_id = Some(key.into());
        self
    }
}

#[cfg(all(test, feature = "config"))]
mod tests {
    use super::LogKeys;
    use crate::logs::Keys;

    /// What an agent looks for is what a line has.
    #[test]
    fn they_are_those_that_lines_are_written_with() {
        let agree = |written: &Keys, read: &LogKeys| {
            assert_eq!(written.timestamp, read.timestamp);
            assert_eq!(written.level, read.level);
            assert_eq!(written.trace_id, read.trace_id);
            assert_eq!(written.span_id, read.span_id);
        };
        agree(&Keys::default(), &LogKeys::default());
        agree(&Keys::short(), &LogKeys::short());
    }
}
