//! Words and numbers that all pages write in the same way.

use super::document::{Document, Native, Query};

/// `1 metric`, `2 metrics`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// How much there is of what reads the metrics, where there is any:
/// `2 alerts, 1 panel`.
pub(super) fn readers(document: &Document) -> Option<String> {
    let counts: Vec<_> = [
        (document.alerts.len(), "alert"),
        (document.objectives.len(), "objective"),
        (document.records.len(), "recording rule"),
        (document.panels.len(), "panel"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, noun)| counted(count, noun))
    .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
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

/// A span of time as Prometheus writes it.
pub(super) fn span(seconds: u64) -> String {
    crate::promql::duration_of(seconds)
}

/// A share as people read it: `99.9 %`, without the last bits of the product.
pub(super) fn percent(share: f64) -> String {
    let rounded = (share * 1e9).round() / 1e7;
    format!("{rounded} %")
}

/// The unit of a query's answer: `bytes per second`.
pub(super) fn unit(query: &Query) -> Option<String> {
    match (query.unit.as_deref(), query.per_second) {
        (Some(unit), false) => Some(unit.into()),
        (Some(unit), true) => Some(format!("{unit} per second")),
        (None, true) => Some(String::from("per second")),
        (None, false) => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_share_is_read_as_it_was_written() {
        for (share, text) in [(0.999, "99.9 %"), (0.99, "99 %"), (0.9995, "99.95 %")] {
            assert_eq!(super::percent(share), text);
        }
    }
}
