//! The functions of templates: what `functions.tsv` says.

use super::Field;

const TABLE: &str = include_str!("functions.tsv");

fn of(field: Field) -> impl Iterator<Item = &'static str> {
    let own = match field {
        Field::Notification => "alertmanager",
        _ => "prometheus",
    };
    TABLE.lines().filter_map(move |line| {
        let mut fields = line.split('\t');
        let name = fields.next()?;
        let of = fields.next()?;
        (!name.starts_with('#') && (of == "go" || of == own)).then_some(name)
    })
}

pub(super) fn is_known(name: &str, field: Field) -> bool {
    of(field).any(|it| it == name)
}

/// What to write for a function that does not exist.
pub(super) fn instead(name: &str, field: Field) -> String {
    /// From Helm, Grafana and habit.
    const OTHERS: [(&str, &str); 13] = [
        ("humanizebytes", "`humanize1024`, with `B` after it"),
        ("humanizesize", "`humanize1024`, with `B` after it"),
        ("bytes", "`humanize1024`, with `B` after it"),
        ("percentage", "`humanizePercentage`"),
        ("percent", "`humanizePercentage`"),
        ("duration", "`humanizeDuration`"),
        ("upper", "`toUpper`"),
        ("lower", "`toLower`"),
        ("round", "`printf \"%.2f\"`"),
        ("float", "`printf \"%.2f\"`"),
        ("format", "`printf`"),
        ("default", "`if` and `else`"),
        ("replace", "`reReplaceAll`"),
    ];
    let small = name.to_ascii_lowercase();
    if let Some((_, other)) = OTHERS.iter().find(|(it, _)| *it == small) {
        let is_there = other
            .split('`')
            .nth(1)
            .and_then(|it| it.split(' ').next())
            .is_none_or(|it| it == "if" || is_known(it, field));
        if is_there {
            return format!("write {other}");
        }
    }
    if field == Field::Notification && is_known(name, Field::Annotation) {
        return String::from(
            "format the value in the rule's annotation: Alertmanager gets the text, not the number",
        );
    }
    if field != Field::Notification && is_known(name, Field::Notification) {
        return String::from("it is a function of Alertmanager: write it in the notification");
    }
    of(field)
        .map(|it| (strsim::jaro_winkler(it, name), it))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > 0.85)
        .map_or_else(
            || String::from("write a function of the table of template functions"),
            |(_, name)| format!("write `{name}`"),
        )
}
