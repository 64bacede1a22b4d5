//! The [text format](https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format),
//! version 0.0.4, and 1.0.0 where names stand in quotes.

use caxton_instrument::MetricKind;
use caxton_instrument::recorder::Family;

use super::lines::{Lines, Name};
use super::number;
use super::opening::{Kept, Opening};
use super::spelling::{Families, Spelled};

pub(super) fn encode(families: &Families, out: &mut String) {
    let mut lines = Lines::new(out);
    let (mut kept, mut spelled) = (Kept::default(), Spelled::default());
    for shown in families.iter() {
        let (family, name) = (shown.family, shown.name());
        let title = Name {
            text: name,
            is_quoted: shown.is_quoted(),
        };
        if !family.help().is_empty() {
            lines.help(title, family.help(), false);
        }
        let kind = match family.kind() {
            MetricKind::Counter => "counter",
            // The format has no info: a gauge that is 1.
            MetricKind::Gauge | MetricKind::Info => "gauge",
            MetricKind::Histogram => "histogram",
            _ => "untyped",
        };
        lines.head("TYPE", title, kind);
        lines.begin(shown, number::bound);
        if let Some(spelling) = shown.spelling {
            spelled.begin(spelling);
            write(&mut lines, &mut spelled, family, name);
        } else {
            kept.begin();
            write(&mut lines, &mut kept, family, name);
        }
    }
}

fn write<'a>(
    lines: &mut Lines<'_>,
    opening: &mut impl Opening<'a>,
    family: &'a Family,
    name: &str,
) {
    for series in family.series() {
        if opening.take(&series) {
            lines.series(opening, name, &series);
        }
    }
}
