//! CAT: a metric that is declared nowhere.
//!
//! Why: the query gives nothing, and an alert that gives nothing is silent.

use caxton_instrument::MetricKind;

use super::metric::PARTS;
use super::tree::{Kind, Name};
use super::{Known, Look, fault};
use crate::lint::{Class, Fault};

pub(super) fn check(look: &Look<'_>, faults: &mut Vec<Fault>) {
    look.root.each(&mut |part| {
        if let Kind::Selector(selector) = &part.node.kind
            && let Some(name) = &selector.name
            && !name.is_variable
            && look.known.metric(&name.text).is_none()
        {
            faults.push(unknown(look.known, name));
        }
    });
}

fn unknown(known: &Known<'_>, name: &Name) -> Fault {
    let text = &name.text;
    let (meant, location) = meant(known, text);
    let remedy = match &meant {
        Meant::Renamed(new, "") => format!("write `{new}`: it takes the place of `{text}`"),
        Meant::Renamed(new, reason) => {
            format!("write `{new}`: it takes the place of `{text}` ({reason})")
        }
        Meant::Nearest(new) => format!("write `{new}`, or declare `{text}`"),
        Meant::Nothing => format!("declare `{text}`, or ask a metric that is declared"),
    };
    let message = format!("`{text}` is declared nowhere");
    fault(Class::Cat, name.at.clone(), message, remedy).declared(location)
}

enum Meant {
    Renamed(String, &'static str),
    Nearest(String),
    Nothing,
}

fn meant(known: &Known<'_>, text: &str) -> (Meant, Option<caxton_instrument::Location>) {
    let part = PARTS
        .iter()
        .find_map(|(end, _)| text.strip_suffix(end).map(|it| (it, *end)));
    let (base, end) = part.unwrap_or((text, ""));
    if let Some(metric) = known.successor(text) {
        // Of a histogram that took a counter's place, the count is the counter.
        let is_count = end.is_empty() && metric.kind == MetricKind::Histogram;
        let end = if is_count { "_count" } else { end };
        let reason = metric
            .replaces
            .iter()
            .find(|it| it.name == base || it.name == text)
            .map_or("", |it| it.reason);
        return (
            Meant::Renamed(format!("{}{end}", metric.name), reason),
            Some(metric.location),
        );
    }
    let exact = [
        format!("{text}_total"),
        base.into(),
        text.trim_end_matches("_total").into(),
    ];
    let found = exact.into_iter().find(|it| known.metric(it).is_some());
    let nearest = found.or_else(|| {
        known
            .names()
            .map(|name| (strsim::jaro_winkler(name, base), name))
            .filter(|(likeness, _)| *likeness > 0.88)
            .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
            .map(|(_, name)| {
                let with_end = format!("{name}{end}");
                if known.metric(&with_end).is_some() {
                    with_end
                } else {
                    name.into()
                }
            })
    });
    match nearest {
        Some(name) => {
            let location = known.metric(&name).and_then(|it| it.declared());
            (Meant::Nearest(name), location)
        }
        None => (Meant::Nothing, None),
    }
}
