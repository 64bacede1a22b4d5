//! The [text format](https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format),
//! version 0.0.4.

use caxton_instrument::MetricKind;
use caxton_instrument::recorder::Family;

use super::lines::Lines;
use super::number;

pub(super) fn encode<'a>(families: &'a [Family], out: &'a mut String) {
    let mut lines = Lines::new(out);
    for family in families {
        let name = family.name();
        if !family.help().is_empty() {
            lines.help(name, family.help(), false);
        }
        let kind = match family.kind() {
            MetricKind::Counter => "counter",
            // The format has no info: a gauge that is 1.
            MetricKind::Gauge | MetricKind::Info => "gauge",
            MetricKind::Histogram => "histogram",
            _ => "untyped",
        };
        lines.head("TYPE", name, kind);
        lines.begin(family, number::bound);
        for series in family.series() {
            lines.series(name, &series);
        }
    }
}
