//! [OpenMetrics 1.0](https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md).

use caxton_instrument::recorder::Family;

use super::lines::{Lines, Name};
use super::names::Names;
use super::number;
use super::opening::{Kept, Opening};
use super::spelling::{Families, Spelled};

pub(super) fn encode(families: &Families, out: &mut String) {
    let mut lines = Lines::new(out);
    let (mut kept, mut spelled) = (Kept::default(), Spelled::default());
    for shown in families.iter() {
        let (family, name) = (shown.family, shown.name());
        let names = Names::of(name, family.kind());
        let title = Name {
            text: names.family,
            is_quoted: shown.is_quoted(),
        };
        if !family.help().is_empty() {
            lines.help(title, family.help(), true);
        }
        lines.head("TYPE", title, names.kind);
        if let Some(unit) = names.unit(family.unit()) {
            lines.head("UNIT", title, unit);
        }
        lines.begin(shown, number::canonical_bound);
        // Those of other types have no place for one.
        lines.has_exemplars = matches!(names.kind, "counter" | "histogram");
        if let Some(spelling) = shown.spelling {
            spelled.begin(spelling);
            write(&mut lines, &mut spelled, family, name, names);
        } else {
            kept.begin();
            write(&mut lines, &mut kept, family, name, names);
        }
    }
    lines.out.push_str("# EOF\n");
}

fn write<'a>(
    lines: &mut Lines<'_>,
    opening: &mut impl Opening<'a>,
    family: &'a Family,
    name: &str,
    names: Names<'_>,
) {
    let has_created = names.suffixes.contains(&"_created");
    for series in family.series() {
        if !opening.take(&series) {
            continue;
        }
        // The full name, which has `_total` or `_info`.
        lines.series(opening, name, &series);
        if has_created {
            opening.created(lines.out, names.family, &series);
            number::moment(lines.out, series.created());
            lines.out.push('\n');
        }
    }
}
