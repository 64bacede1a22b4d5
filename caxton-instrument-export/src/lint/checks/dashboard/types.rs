//! Which panel types a Grafana draws.

use std::sync::LazyLock;

use crate::generate::Version;

const TABLE: &str = include_str!("panels.tsv");

/// Types that Grafana brings itself, as its
/// [visualizations](https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/)
/// are listed.
const CORE: [&str; 27] = [
    "alertlist",
    "annolist",
    "barchart",
    "bargauge",
    "candlestick",
    "canvas",
    "dashlist",
    "datagrid",
    "debug",
    "flamegraph",
    "gauge",
    "geomap",
    "heatmap",
    "histogram",
    "logs",
    "news",
    "nodeGraph",
    "piechart",
    "row",
    "stat",
    "state-timeline",
    "status-history",
    "table",
    "text",
    "timeseries",
    "traces",
    "xychart",
];

/// A panel type that is drawn no more.
pub(super) struct Removed {
    pub(super) name: &'static str,
    /// The first Grafana without it.
    pub(super) since: Version,
    /// The type that takes its place.
    pub(super) instead: &'static str,
}

static REMOVED: LazyLock<Vec<Removed>> = LazyLock::new(|| {
    let rows = TABLE.lines().filter(|it| !it.starts_with('#'));
    rows.filter_map(|row| {
        let mut fields = row.split('\t');
        let name = fields.next()?;
        let (major, minor) = fields.next()?.split_once('.')?;
        Some(Removed {
            name,
            since: Version::new(major.parse().ok()?, minor.parse().ok()?),
            instead: fields.next()?,
        })
    })
    .collect()
});

/// Every type that some Grafana draws no more.
pub(super) fn removed() -> &'static [Removed] {
    &REMOVED
}

/// The core type that is meant by a word that is none, if it is near.
pub(super) fn misspelt(name: &str) -> Option<&'static str> {
    if CORE.contains(&name) || name.ends_with("-panel") {
        return None;
    }
    CORE.into_iter()
        .map(|it| (strsim::jaro_winkler(&name.to_lowercase(), it), it))
        .filter(|(near, _)| *near > 0.9)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, it)| it)
}

/// Whether it draws values that have a unit.
pub(super) fn shows_values(name: &str) -> bool {
    matches!(
        name,
        "timeseries" | "stat" | "gauge" | "bargauge" | "barchart" | "graph" | "singlestat" | ""
    )
}

/// Whether it tells its series apart by a legend.
pub(super) fn has_legend(name: &str) -> bool {
    matches!(
        name,
        "timeseries" | "graph" | "barchart" | "bargauge" | "piechart" | ""
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_says_what_to_write_instead() {
        let rows = TABLE.lines().filter(|it| !it.starts_with('#')).count();
        assert_eq!(removed().len(), rows);
        for it in removed() {
            assert!(CORE.contains(&it.instead), "{}", it.name);
            assert!(!CORE.contains(&it.name), "{}", it.name);
        }
        let sourced = |row: &str| {
            row.rsplit('\t')
                .next()
                .is_some_and(|it| it.starts_with("https://"))
        };
        assert!(TABLE.lines().filter(|it| !it.starts_with('#')).all(sourced));
    }

    #[test]
    fn only_what_is_near_a_type_is_misspelt() {
        assert_eq!(misspelt("time-series"), Some("timeseries"));
        assert_eq!(misspelt("TimeSeries"), Some("timeseries"));
        assert_eq!(misspelt("timeseries"), None);
        assert_eq!(misspelt("grafana-clock-panel"), None);
        assert_eq!(misspelt("volkovlabs-form"), None);
    }
}
