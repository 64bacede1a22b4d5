//! What a figure is about, in whatever words.

use std::collections::BTreeSet;

/// What is measured, of what, at which quantile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Subject {
    topics: BTreeSet<&'static str>,
    /// Other words: `api`, `worker`.
    of: BTreeSet<String>,
    /// Words that it may be called by too: those of its metrics' names.
    also: BTreeSet<String>,
    quantile: Option<String>,
}

/// Words for what is measured.
const TOPICS: [(&str, &[&str]); 9] = [
    (
        "errors",
        &[
            "error", "errors", "failure", "failures", "failed", "failing",
        ],
    ),
    (
        "latency",
        &["latency", "duration", "response", "slow", "latencies"],
    ),
    ("memory", &["memory", "rss", "heap"]),
    ("processor", &["cpu", "processor"]),
    ("queue", &["queue", "backlog", "queues"]),
    ("disk", &["disk", "filesystem", "storage"]),
    ("connections", &["connections", "connection", "pool"]),
    ("throughput", &["throughput", "ingestion", "rps"]),
    ("availability", &["availability", "uptime"]),
];

/// Words that say nothing of what is measured.
const FILLERS: [&str; 40] = [
    "high",
    "low",
    "too",
    "many",
    "much",
    "rate",
    "rates",
    "ratio",
    "usage",
    "used",
    "utilization",
    "time",
    "times",
    "total",
    "depth",
    "size",
    "large",
    "nearly",
    "exhausted",
    "space",
    "left",
    "the",
    "of",
    "a",
    "and",
    "percent",
    "percentage",
    "alert",
    "p",
    "seconds",
    "bytes",
    "count",
    "over",
    "in",
    "is",
    "are",
    "for",
    "processing",
    "http",
    "req",
];

impl Subject {
    /// Of words; `None` where they name nothing that is measured.
    pub(super) fn of(words: impl IntoIterator<Item = String>) -> Option<Self> {
        let mut subject = Self::default();
        for word in words {
            let word = word.to_lowercase();
            let topic = TOPICS
                .iter()
                .find(|(_, words)| words.contains(&word.as_str()));
            let digits = word.strip_prefix('p').unwrap_or_default();
            if let Some((topic, _)) = topic {
                subject.topics.insert(topic);
            } else if !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()) {
                subject.quantile = Some(digits.into());
            } else if !FILLERS.contains(&word.as_str()) && word.len() > 1 {
                subject.of.insert(word);
            }
        }
        (!subject.topics.is_empty()).then_some(subject)
    }

    /// With more words that others may name it by.
    pub(super) fn known_as(mut self, words: impl IntoIterator<Item = String>) -> Self {
        self.also.extend(words);
        self
    }

    pub(super) fn at_quantile(mut self, quantile: Option<String>) -> Self {
        self.quantile = quantile.or(self.quantile);
        self
    }

    /// Whether what is said of this is said of the other too.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let is_same_quantile = match (&self.quantile, &other.quantile) {
            (Some(a), Some(b)) => a == b,
            (None, None) => true,
            // A latency without a quantile is an average, or anything.
            _ => !self.topics.contains("latency"),
        };
        // What is said of no part is said of the whole.
        let is_same_part = if self.of.is_empty() {
            other.of.is_empty()
        } else {
            let is_named = |it: &String| other.of.contains(it) || other.also.contains(it);
            self.of.iter().all(is_named)
        };
        is_same_quantile && is_same_part && self.topics == other.topics
    }
}

/// The words of a text: `HighErrorRate`, `http_requests_total`, `Error rate`.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for letter in text.chars() {
        if !letter.is_alphanumeric() {
            before = ' ';
            continue;
        }
        let begins = before == ' ' || (letter.is_uppercase() && before.is_lowercase());
        if begins {
            words.push(String::new());
        }
        if let Some(last) = words.last_mut() {
            last.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_have_words() {
        assert_eq!(words("HighErrorRate"), ["high", "error", "rate"]);
        assert_eq!(words("P99 Latency"), ["p99", "latency"]);
        assert_eq!(words("http_requests_total"), ["http", "requests", "total"]);
    }

    #[test]
    fn the_same_in_other_words_is_one_subject() {
        let subject = |text| Subject::of(words(text)).expect("it names what is measured");
        assert!(subject("Error Rate").covers(&subject("HighFailureRate")));
        assert!(!subject("P50 Latency").covers(&subject("P99 latency")));
        assert!(!subject("Worker queue depth").covers(&subject("MailQueue")));
        assert_eq!(Subject::of(words("Support")), None);
    }
}
