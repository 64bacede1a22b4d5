//! Which keys the configuration of a program has, and what was removed from it:
//! the tables beside this file.

use std::sync::LazyLock;

use crate::generate::Version;

const KEYS: &str = include_str!("keys.tsv");
const REPLACED: &str = include_str!("replaced.tsv");

/// The keys of one place.
pub(super) struct Keys {
    pub(super) format: &'static str,
    pub(super) place: &'static str,
    /// Each with the first version that has it.
    names: Vec<(&'static str, Option<Version>)>,
}

impl Keys {
    /// Whether a version has a key.
    pub(super) fn has(&self, key: &str, version: Version) -> bool {
        self.names.iter().any(|(name, since)| {
            let is_named = match name.strip_prefix('*') {
                Some(ending) => key.ends_with(ending),
                None => key == *name,
            };
            is_named && since.is_none_or(|since| version >= since)
        })
    }

    /// The key that is written most alike.
    pub(super) fn nearest(&self, key: &str) -> Option<&'static str> {
        let alike = |name: &str| strsim::jaro_winkler(name, key);
        let names = self.names.iter().map(|(name, _)| *name);
        names
            .filter(|name| !name.starts_with('*') && alike(name) > 0.9)
            .max_by(|a, b| alike(a).total_cmp(&alike(b)))
    }
}

/// The keys of a place, if the table has it.
pub(super) fn keys(format: &str, place: &str) -> Option<&'static Keys> {
    static TABLE: LazyLock<Vec<Keys>> = LazyLock::new(|| {
        let key = |text: &'static str| match text.split_once(">=") {
            Some((name, since)) => (name, version(since)),
            None => (text, None),
        };
        let row = |[format, place, keys]: [&'static str; 3]| Keys {
            format,
            place,
            names: keys.split(' ').map(key).collect(),
        };
        rows(KEYS).map(row).collect()
    });
    let is_it = |it: &&Keys| it.format == format && it.place == place;
    TABLE.iter().find(is_it)
}

/// What was removed, or is to be written in another way.
pub(super) struct Replaced {
    pub(super) format: &'static str,
    pub(super) place: &'static str,
    pub(super) key: &'static str,
    /// Of the key, if not all of them are meant.
    pub(super) value: Option<&'static str>,
    /// The version without it; `None`: it still works.
    pub(super) removed: Option<Version>,
    pub(super) instead: &'static str,
}

pub(super) fn replaced(format: &str) -> impl Iterator<Item = &'static Replaced> {
    static TABLE: LazyLock<Vec<Replaced>> = LazyLock::new(|| {
        // The last column is the source of the fact, for who reads the table.
        let row = |[format, place, key, removed, instead, _]: [&'static str; 6]| {
            let (key, value) = match key.split_once('=') {
                Some((key, value)) => (key, Some(value)),
                None => (key, None),
            };
            Replaced {
                format,
                place,
                key,
                value,
                removed: version(removed),
                instead,
            }
        };
        rows(REPLACED).map(row).collect()
    });
    TABLE.iter().filter(move |it| it.format == format)
}

fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    let is_row = |line: &&str| !line.is_empty() && !line.starts_with('#');
    let cells = |line: &'static str| line.split('\t').collect::<Vec<_>>().try_into().ok();
    table.lines().filter(is_row).filter_map(cells)
}

fn version(text: &str) -> Option<Version> {
    let (major, minor) = text.split_once('.')?;
    Some(Version::new(major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read_and_says_where_it_stands() {
        let count = |table: &str| {
            let is_row = |line: &&str| !line.is_empty() && !line.starts_with('#');
            table.lines().filter(is_row).count()
        };
        assert_eq!(rows::<3>(KEYS).count(), count(KEYS));
        assert_eq!(rows::<6>(REPLACED).count(), count(REPLACED));
        for [format, place, key, _, _, source] in rows::<6>(REPLACED) {
            assert!(source.starts_with("https://"), "{format} {place} {key}");
        }
    }

    #[test]
    fn a_key_may_be_newer_than_a_version() {
        let global = keys("prometheus", "global").expect("a place");
        assert!(!global.has("scrape_native_histograms", Version::new(3, 5)));
        assert!(global.has("scrape_native_histograms", Version::new(3, 9)));
        assert_eq!(global.nearest("scrape_intervall"), Some("scrape_interval"));
    }
}
