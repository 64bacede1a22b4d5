//! TPL: functions, variables and fields that do not exist. LBL: labels that
//! the series have not.

use std::collections::BTreeSet;

use super::action::{Action, KEYWORDS, Kind, Word};
use super::{Field, Look, functions, tpl};
use crate::lint::promql::{self, Use, UseKind};
use crate::lint::{Class, Fault};

/// What Prometheus gives a rule's template.
const OF_RULES: [&str; 4] = ["Labels", "ExternalLabels", "ExternalURL", "Value"];
/// What Alertmanager gives a
/// [notification](https://prometheus.io/docs/alerting/latest/notifications/#data).
const OF_NOTIFICATIONS: [&str; 10] = [
    "Receiver",
    "Status",
    "Alerts",
    "GroupLabels",
    "CommonLabels",
    "CommonAnnotations",
    "ExternalURL",
    "GroupKey",
    "TruncatedAlerts",
    "NotificationReason",
];
/// What one alert of it has.
const OF_ALERTS: [&str; 7] = [
    "Status",
    "Labels",
    "Annotations",
    "StartsAt",
    "EndsAt",
    "GeneratorURL",
    "Fingerprint",
];

pub(super) fn check(look: &Look<'_>, faults: &mut Vec<Fault>) {
    let mut variables: BTreeSet<&str> = match look.field {
        Field::Notification => BTreeSet::from(["$"]),
        _ => BTreeSet::from(["$", "$labels", "$value", "$externalLabels", "$externalURL"]),
    };
    for action in look.actions {
        defined(action, &mut variables);
        for (at, word) in action.words.iter().enumerate() {
            match word.kind {
                Kind::Word => called(look, action, at, word, faults),
                Kind::Variable => variable(look, word, &variables, faults),
                Kind::Field if !action.is_inside => field(look, word, faults),
                Kind::Text => text(look, action, at, word, faults),
                _ => {}
            }
        }
    }
}

/// `$x := ...`, `range $i, $x := ...`.
fn defined<'a>(action: &Action<'a>, variables: &mut BTreeSet<&'a str>) {
    if let Some(end) = action.words.iter().position(|it| it.is(":=")) {
        let names = action.words[..end].iter();
        variables.extend(
            names
                .filter(|it| it.kind == Kind::Variable)
                .map(|it| it.text),
        );
    }
}

fn called(
    look: &Look<'_>,
    action: &Action<'_>,
    at: usize,
    word: &Word<'_>,
    faults: &mut Vec<Fault>,
) {
    let is_first = at == 0 || action.words.first().is_some_and(|it| it.is("else"));
    let is_constant = matches!(word.text, "true" | "false" | "nil");
    if is_constant || (is_first && KEYWORDS.contains(&word.text)) {
        return;
    }
    let follows = action.words.get(at + 1);
    let remedy = match word.text {
        // `{{ labels.job }}`, `{{ value }}`.
        "labels" | "Labels" => Some(String::from("write `$labels`")),
        "value" | "Value" if follows.is_none_or(|it| it.is("|")) && at == 0 => {
            Some(String::from("write `$value`"))
        }
        _ => None,
    };
    let is_known = functions::is_known(word.text, look.field);
    if is_known && remedy.is_none() {
        return;
    }
    let whose = match look.field {
        Field::Notification => "Alertmanager's templates have",
        _ => "Prometheus's templates have",
    };
    let has_label = look.answer.has_label(word.text) == Some(true);
    let remedy = remedy.unwrap_or_else(|| {
        if has_label {
            format!("write `$labels.{}`", word.text)
        } else {
            functions::instead(word.text, look.field)
        }
    });
    faults.push(tpl(
        word.at(),
        format!("{whose} no function `{}`", word.text),
        remedy,
    ));
}

fn variable(look: &Look<'_>, word: &Word<'_>, variables: &BTreeSet<&str>, faults: &mut Vec<Fault>) {
    let (name, path) = word.text.split_once('.').unwrap_or((word.text, ""));
    if !variables.contains(name) {
        let remedy = match (look.field, name) {
            (Field::Notification, "$labels") => {
                "write `.CommonLabels.x`, or `.Labels.x` within `{{ range .Alerts }}`"
            }
            (Field::Notification, "$value") => {
                "write the value into an annotation of the rule: Alertmanager does not get it"
            }
            (_, "$label" | "$Labels") => "write `$labels`",
            (_, "$values" | "$Value" | "$val") => "write `$value`",
            (_, "$annotations") => "annotations cannot read each other: write the text again",
            _ => "write `$labels.x` or `$value`, or define it with `:=`",
        };
        faults.push(tpl(
            word.start..word.start + name.len(),
            format!("`{name}` is defined nowhere"),
            remedy,
        ));
        return;
    }
    if name == "$labels" && !path.is_empty() {
        let start = word.start + name.len() + 1;
        label(look, path, start, faults);
    }
    if name == "$" && !path.is_empty() {
        root(look, path, word.start + 2, faults);
    }
    if name == "$value" && !path.is_empty() {
        faults.push(tpl(
            word.at(),
            format!("`$value` is a number and has no `{path}`"),
            "write `$value`",
        ));
    }
}

fn field(look: &Look<'_>, word: &Word<'_>, faults: &mut Vec<Fault>) {
    if let Some(path) = word.text.strip_prefix('.').filter(|it| !it.is_empty()) {
        root(look, path, word.start + 1, faults);
    }
}

/// A path from the data that the template is given.
fn root(look: &Look<'_>, path: &str, start: usize, faults: &mut Vec<Fault>) {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    if look.field == Field::Notification {
        if OF_NOTIFICATIONS.contains(&first) {
            return;
        }
        let remedy = match first {
            "Labels" => String::from("write `.CommonLabels`, or go through `{{ range .Alerts }}`"),
            "Annotations" => {
                String::from("write `.CommonAnnotations`, or go through `{{ range .Alerts }}`")
            }
            _ if OF_ALERTS.contains(&first) => String::from("go through `{{ range .Alerts }}`"),
            "Value" => String::from("write the value into an annotation of the rule"),
            _ => format!("write one of {}", OF_NOTIFICATIONS.join(", ")),
        };
        faults.push(tpl(
            start..start + first.len(),
            format!("a notification has no `.{first}`"),
            remedy,
        ));
        return;
    }
    if first == "Labels" && !rest.is_empty() {
        label(look, rest, start + first.len() + 1, faults);
        return;
    }
    if !OF_RULES.contains(&first) {
        let remedy = match first {
            "labels" => String::from("write `.Labels` or `$labels`"),
            "value" => String::from("write `.Value` or `$value`"),
            "CommonLabels" | "GroupLabels" => {
                String::from("write `$labels`: groups are Alertmanager's")
            }
            _ if look.answer.has_label(first) == Some(true) => format!("write `$labels.{first}`"),
            _ => String::from("write `$labels`, `$value`, `$externalLabels` or `$externalURL`"),
        };
        faults.push(tpl(
            start..start + first.len(),
            format!("a rule's template has no `.{first}`"),
            remedy,
        ));
    }
}

fn label(look: &Look<'_>, name: &str, start: usize, faults: &mut Vec<Fault>) {
    if look.answer.has_label(name) != Some(false) {
        return;
    }
    let said = look.answer.said_labels();
    let remedy = if said == "none" {
        format!("aggregate `by ({name})`, or leave it out: the series have no labels")
    } else {
        format!("aggregate `by ({name})`, or write one of {said}")
    };
    faults.push(Fault {
        class: Class::Lbl,
        at: start..start + name.len(),
        message: format!("the expression's series have no label `{name}`: nothing is printed"),
        remedy,
        declared: look.answer.declared,
    });
}

/// `index $labels "job"`, `query "up == 0"`.
fn text(look: &Look<'_>, action: &Action<'_>, at: usize, word: &Word<'_>, faults: &mut Vec<Fault>) {
    let before = |back: usize| at.checked_sub(back).and_then(|it| action.words.get(it));
    let inner = word.start + 1;
    let Some(content) = word
        .text
        .get(1..word.text.len().saturating_sub(1))
        .filter(|it| !it.contains('\\'))
    else {
        return;
    };
    let is_labels = before(1).is_some_and(|it| it.is("$labels") || it.is(".Labels"));
    if is_labels && before(2).is_some_and(|it| it.is("index")) {
        label(look, content, inner, faults);
    }
    let is_query = before(1).is_some_and(|it| it.is("query"));
    // What is put together by `printf` is not known here.
    if is_query && look.field != Field::Notification && !content.contains('%') {
        let place = Use::new(UseKind::Record { name: "" });
        for fault in promql::check(look.known, content, &place) {
            let at = fault.at.start + inner..fault.at.end + inner;
            faults.push(Fault { at, ..fault });
        }
    }
}
