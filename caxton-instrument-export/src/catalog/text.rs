//! Words and numbers that both pages write in the same way.

/// `1 metric`, `2 metrics`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// A doc comment on one line.
pub(super) fn sentence(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A bucket bound as the exposition writes it.
pub(super) fn bound(value: f64) -> String {
    value.to_string()
}
