//! Metrics of other programs: what `foreign.tsv` says, with the source of each
//! line.

use std::sync::LazyLock;

use caxton_instrument::Unit;

use super::metric::Series;

const TABLE: &str = include_str!("foreign.tsv");

static METRICS: LazyLock<Vec<Foreign>> =
    LazyLock::new(|| TABLE.lines().filter_map(Foreign::of).collect());

/// A metric of another program, or many that are named alike.
pub(super) struct Foreign {
    pattern: &'static str,
    pub(super) series: Series,
    pub(super) unit: Option<Unit>,
}

impl Foreign {
    fn of(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let pattern = fields.next().filter(|it| !it.starts_with('#'))?;
        let series = match fields.next()? {
            "counter" => Series::Counter,
            "gauge" => Series::Gauge,
            "info" => Series::Info,
            "buckets" => Series::Buckets,
            _ => Series::Unknown,
        };
        let unit = match fields.next()? {
            "none" => Some(Unit::None),
            word => Unit::SUFFIXED.into_iter().find(|it| it.suffix() == word),
        };
        Some(Self {
            pattern,
            series,
            unit,
        })
    }

    /// The first line that a name fits.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        METRICS.iter().find(|it| fits(it.pattern, name))
    }
}

/// Whether a name fits a pattern of which `*` is any text.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((start, end)) = pattern.split_once('*') else {
        return pattern == name;
    };
    name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::{Foreign, METRICS, TABLE};
    use crate::lint::promql::metric::Series;

    #[test]
    fn every_line_of_the_table_is_read_and_has_a_source() {
        let lines = TABLE.lines().filter(|it| !it.starts_with('#'));
        assert_eq!(lines.clone().count(), METRICS.len());
        for line in lines {
            let fields: Vec<_> = line.split('\t').collect();
            assert_eq!(fields.len(), 5, "{line}");
            assert!(fields[4].starts_with("https://"), "{line}");
        }
    }

    #[test]
    fn the_first_pattern_that_fits_is_taken() {
        let series = |name| Foreign::find(name).map(|it| it.series);
        assert_eq!(series("node_cpu_seconds_total"), Some(Series::Counter));
        assert_eq!(series("node_load1"), Some(Series::Gauge));
        assert_eq!(series("up"), Some(Series::Gauge));
        assert_eq!(series("upper"), None);
    }
}
