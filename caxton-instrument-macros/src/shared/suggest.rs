//! The known word that a mistyped one most likely means.

/// The nearest of `known`, when it is near enough to be meant.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase().replace('-', "_");
    let (found, distance) = known
        .into_iter()
        .map(|known| (known, distance(&word, known)))
        .min_by_key(|&(_, distance)| distance)?;
    let near = distance <= 1 + found.len() / 4;
    // `total` means `total_suffix`, `max` means `max_values`.
    let part = word.len() >= 3 && (found.starts_with(&word) || word.starts_with(found));
    (near || part).then_some(found)
}

/// Levenshtein's distance, a swap of neighbours counting one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for k in 1..=b.len() {
            let swap = usize::from(a[i - 1] != b[k - 1]);
            let mut best = (rows[i - 1][k] + 1)
                .min(row[k - 1] + 1)
                .min(rows[i - 1][k - 1] + swap);
            if i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] {
                best = best.min(rows[i - 2][k - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised() {
        let known = ["name", "unit", "buckets", "max_series", "max_values"];
        assert_eq!(nearest("bucket", known), Some("buckets"));
        assert_eq!(nearest("untis", known), Some("unit"));
        assert_eq!(nearest("max-series", known), Some("max_series"));
        assert_eq!(nearest("nmae", known), Some("name"));
    }

    #[test]
    fn another_word_is_not() {
        assert_eq!(nearest("help", ["name", "unit", "buckets"]), None);
    }
}
