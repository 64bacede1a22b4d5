//! [OpenMetrics 1.0](https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md).

use std::time::{SystemTime, UNIX_EPOCH};

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
        let has_created = names.suffixes.contains(&"_created");
        for series in family.series() {
            // The full name, which has `_total` or `_info`.
            lines.series(family.name(), &series);
            if has_created {
                lines.created(names.family, &series);
                seconds(lines.out, series.created());
                lines.out.push('\n');
            }
        }
    }
    lines.out.push_str("# EOF\n");
}

/// A moment in seconds since 1970, to the millisecond, as Prometheus keeps it.
fn seconds(out: &mut String, moment: SystemTime) {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    number::integer(out, since.as_secs());
    let millis = since.subsec_millis();
    out.push('.');
    for digit in [millis / 100, millis / 10 % 10, millis % 10] {
        out.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
}
