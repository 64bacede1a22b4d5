//! [OpenMetrics 1.0](https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md).

use caxton_instrument::recorder::Family;

use super::lines::Lines;
use super::names::Names;
use super::number;

pub(super) fn encode<'a>(families: &'a [Family], out: &'a mut String) {
    let mut lines = Lines::new(out);
    for family in families {
        let names = Names::of(family.name(), family.kind());
        if !family.help().is_empty() {
            lines.help(names.family, family.help(), true);
        }
        lines.head("TYPE", names.family, names.kind);
        if let Some(unit) = names.unit(family.unit()) {
            lines.head("UNIT", names.family, unit);
        }
        lines.begin(family, number::canonical_bound);
        // Those of other types have no place for one.
        lines.has_exemplars = matches!(names.kind, "counter" | "histogram");
        let has_created = names.suffixes.contains(&"_created");
        for series in family.series() {
            // The full name, which has `_total` or `_info`.
            lines.series(family.name(), &series);
            if has_created {
                lines.created(names.family, &series);
                number::moment(lines.out, series.created());
                lines.out.push('\n');
            }
        }
    }
    lines.out.push_str("# EOF\n");
}
