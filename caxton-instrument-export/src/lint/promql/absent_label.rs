//! LBL: a label that the metric has not or that an aggregation dropped, and a
//! value that a label never has.
//!
//! Why: a matcher on an absent label selects nothing, or everything; grouping
//! by one gives a single group; nobody is told.

use super::judged::{Facts, Judged};
use super::syntax::pattern_of;
use super::tree::{Grouping, Kind, Matcher, Name, Selector, Side, Test};
use super::{Look, fault};
use crate::lint::{Class, Fault};

pub(super) fn check(look: &Look<'_>, faults: &mut Vec<Fault>) {
    look.root.each(&mut |part| match &part.node.kind {
        Kind::Selector(selector) => selected(part, selector, faults),
        Kind::Aggregate(aggregate) => {
            if let (Some(grouping), Some(of)) = (&aggregate.grouping, part.parts.last()) {
                grouped(&aggregate.how.text, grouping, &of.facts, faults);
            }
        }
        Kind::Binary(binary) => {
            let [left, right] = &part.parts[..] else {
                return;
            };
            if let Some(matching) = binary.matching.as_ref().filter(|it| it.keeps) {
                for label in &matching.labels {
                    for side in [left, right] {
                        if absent(label, &side.facts) {
                            faults.push(missing(label, &side.facts, "`on` matches by it"));
                            break;
                        }
                    }
                }
            }
            if let Some(many) = &binary.many {
                let one = if many.side == Side::Left { right } else { left };
                for label in &many.labels {
                    if absent(label, &one.facts) {
                        let why = "it is to be taken from there";
                        faults.push(missing(label, &one.facts, why));
                    }
                }
            }
        }
        Kind::Call { name, arguments } if name.text == "label_replace" => {
            let source = arguments.get(3).map(|it| (&it.kind, &it.at));
            if let (Some((Kind::Text(text), at)), Some(of)) = (source, part.parts.first()) {
                let label = Name {
                    text: text.clone(),
                    at: at.clone(),
                    is_variable: false,
                };
                if absent(&label, &of.facts) && !text.is_empty() {
                    faults.push(missing(&label, &of.facts, "nothing is replaced"));
                }
            }
        }
        _ => {}
    });
}

fn absent(label: &Name, facts: &Facts<'_>) -> bool {
    !label.is_variable
        && facts.is_vector()
        && label.text != "__name__"
        && facts.labels.has(&label.text) == Some(false)
}

fn missing(label: &Name, facts: &Facts<'_>, why: &str) -> Fault {
    let text = &label.text;
    let whose = match &facts.metric {
        Some(metric) if !facts.labels.dropped.contains(text) => format!("`{}` has", metric.name),
        _ => String::from("the series have"),
    };
    let message = if facts.labels.dropped.contains(text) {
        format!("the aggregation dropped `{text}`: {why}")
    } else {
        format!("{whose} no label `{text}`: {why}")
    };
    let remedy = if facts.labels.dropped.contains(text) {
        format!("keep it, `by ({text})`, or leave it out here")
    } else {
        match nearest(text, facts) {
            Some(near) => format!("write `{near}`; there are {}", facts.labels.said()),
            None => format!("take one of its labels: {}", facts.labels.said()),
        }
    };
    let location = facts
        .metric
        .as_ref()
        .and_then(super::metric::Metric::declared);
    fault(Class::Lbl, label.at.clone(), message, remedy).declared(location)
}

fn nearest<'a>(text: &str, facts: &'a Facts<'_>) -> Option<&'a str> {
    let names = facts.labels.names.iter();
    names
        .map(|name| (strsim::jaro_winkler(name, text), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.as_str())
}

fn grouped(how: &str, grouping: &Grouping, of: &Facts<'_>, faults: &mut Vec<Fault>) {
    for label in &grouping.labels {
        // What is left out already may be left out again.
        let is_again = !grouping.keeps && of.labels.dropped.contains(&label.text);
        if !absent(label, of) || is_again {
            continue;
        }
        let why = match (grouping.keeps, how) {
            (true, _) => "all series fall into one group",
            (false, _) => "nothing is left out",
        };
        faults.push(missing(label, of, why));
    }
}

fn selected(part: &Judged<'_>, selector: &Selector, faults: &mut Vec<Fault>) {
    let Some(metric) = &part.facts.metric else {
        return;
    };
    for matcher in &selector.matchers {
        let label = &matcher.label;
        // An empty value asks whether the label is absent.
        let asks_absence = matcher.value.as_deref() == Some("");
        if asks_absence || label.is_variable {
            continue;
        }
        if metric.labels.has(&label.text) == Some(false) && label.text != "__name__" {
            let why = match matcher.test {
                Test::Is | Test::Matches => "nothing is selected",
                Test::IsNot | Test::MatchesNot => "everything is selected",
            };
            faults.push(missing(label, &part.facts, why));
            continue;
        }
        let (Some(values), Some(value)) = (metric.values(&label.text), &matcher.value) else {
            continue;
        };
        if let Some((wrong, why)) = undeclared(matcher, value, &values) {
            let near = values
                .iter()
                .map(|it| (strsim::jaro_winkler(it, &wrong), it))
                .filter(|(likeness, _)| *likeness > 0.75)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            let all: Vec<_> = values.iter().map(|it| format!("\"{it}\"")).collect();
            let all = all.join(", ");
            let remedy = match near {
                Some((_, near)) => format!("write \"{near}\"; declared are {all}"),
                None => format!("write one of {all}"),
            };
            let message = format!("`{}` is never \"{wrong}\": {why}", label.text);
            faults.push(
                fault(Class::Lbl, matcher.value_at.clone(), message, remedy)
                    .declared(metric.declared()),
            );
        }
    }
}

/// The value that a closed label never has, and what follows.
fn undeclared(matcher: &Matcher, value: &str, values: &[&str]) -> Option<(String, &'static str)> {
    const NOTHING: &str = "nothing is selected";
    const EVERYTHING: &str = "everything is selected";
    match matcher.test {
        Test::Is if !values.contains(&value) => Some((value.into(), NOTHING)),
        Test::IsNot if !values.contains(&value) => Some((value.into(), EVERYTHING)),
        Test::Is | Test::IsNot => None,
        Test::Matches | Test::MatchesNot => {
            let pattern = pattern_of(value)?;
            let count = values.iter().filter(|it| pattern.is_match(it)).count();
            let is_negated = matcher.test == Test::MatchesNot;
            if count == 0 && !pattern.is_match("") {
                let why = if is_negated { EVERYTHING } else { NOTHING };
                return Some((value.into(), why));
            }
            if is_negated && count == values.len() && !pattern.is_match("") {
                return None;
            }
            // Of `a|b`, each is a value that was meant.
            let is_list = value
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || "_-|".contains(it));
            let wrong = value
                .split('|')
                .find(|it| is_list && !it.is_empty() && !values.contains(it))?;
            Some((wrong.into(), "it adds nothing"))
        }
    }
}
