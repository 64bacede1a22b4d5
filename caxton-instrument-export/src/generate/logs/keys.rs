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

    /// Written keys, with those that an agent looks for in their places.
    fn with(written: Keys, read: &LogKeys) -> Keys {
        let keys = written.timestamp(&*read.timestamp).level(&*read.level);
        let keys = match &read.trace_id {
            Some(key) => keys.trace_id(key),
            None => keys.without_trace_id(),
        };
        match &read.span_id {
            Some(key) => keys.span_id(key),
            None => keys.without_span_id(),
        }
    }

    #[test]
    fn they_are_those_that_lines_are_written_with() {
        let pairs = [
            (Keys::default(), LogKeys::default()),
            (Keys::short(), LogKeys::short()),
        ];
        for (written, read) in pairs {
            let same = with(written.clone(), &read);
            assert_eq!(same, written);
        }
    }
}
