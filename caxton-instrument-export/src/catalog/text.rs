//! Words and numbers that both pages write in the same way.

use super::document::Native;

/// `1 metric`, `2 metrics`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// A doc comment on one line.
pub(crate) fn sentence(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The buckets of a native histogram.
pub(super) fn buckets(native: &Native) -> String {
    format!(
        "{} for each doubling (schema {}), from {} to {}",
        1_u32 << native.schema.clamp(0, 8),
        native.schema,
        bound(native.zero_threshold),
        bound(native.highest)
    )
}

/// A bucket bound as the text format writes it.
pub(super) fn bound(value: f64) -> String {
    let mut text = String::new();
    crate::bound::write(&mut text, value);
    text
}
