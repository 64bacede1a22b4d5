//! VEC: sides of an operator whose series do not find each other, or find only
//! themselves.
//!
//! Why: series match when all their labels are equal. A share of which only the
//! part is selected divides each series by itself and is 1; sides with other
//! labels give nothing; neither is an error.

use std::collections::BTreeSet;

use super::judged::{Facts, Judged};
use super::labels::Labels;
use super::metric::Series;
use super::operators::{is_narrower, is_share};
use super::tree::{Binary, Kind, Node, Selector, Side};
use super::{Look, fault};
use crate::lint::{Class, Fault};

pub(super) fn check(look: &Look<'_>, faults: &mut Vec<Fault>) {
    look.root.each(&mut |part| {
        let (Kind::Binary(binary), [left, right]) = (&part.node.kind, &part.parts[..]) else {
            return;
        };
        let are_series = left.facts.is_vector() && right.facts.is_vector();
        // What matches nothing is what `or` is for.
        if are_series && binary.operator.text != "or" {
            judge(binary, left, right, faults);
        }
    });
}

fn judge(binary: &Binary, left: &Judged<'_>, right: &Judged<'_>, faults: &mut Vec<Fault>) {
    let location = left
        .facts
        .metric
        .as_ref()
        .and_then(super::metric::Metric::declared);
    let vec = |at: std::ops::Range<usize>, message: String, remedy: String| {
        fault(Class::Vec, at, message, remedy).declared(location)
    };
    let found = divides_itself(binary, left, right)
        .or_else(|| unlike(binary, &left.facts, &right.facts))
        .or_else(|| many(binary, &left.facts, &right.facts));
    if let Some((at, message, remedy)) = found {
        faults.push(vec(at, message, remedy));
    }
}

type Found = Option<(std::ops::Range<usize>, String, String)>;

/// `rate(x{status="failure"}[5m]) / rate(x[5m])`.
fn divides_itself(binary: &Binary, left: &Judged<'_>, right: &Judged<'_>) -> Found {
    if binary.operator.text != "/"
        || binary.many.is_some()
        || !is_share(&binary.left, &binary.right)
    {
        return None;
    }
    let (part, whole) = (only_selector(&binary.left)?, only_selector(&binary.right)?);
    // The labels that only the part is selected by.
    let narrowed: Vec<&str> = part
        .matchers
        .iter()
        .filter(|it| {
            !is_narrower(
                whole,
                &Selector {
                    name: None,
                    matchers: vec![(*it).clone()],
                    shift: String::new(),
                },
            )
        })
        .map(|it| it.label.text.as_str())
        .collect();
    let first = narrowed.first()?;
    let is_left = |name: &str, facts: &Facts<'_>| facts.labels.has(name) != Some(false);
    let ignored = binary.matching.as_ref().is_some_and(|it| !it.keeps);
    let by_it = match &binary.matching {
        None => narrowed
            .iter()
            .any(|it| is_left(it, &left.facts) && (is_left(it, &right.facts) || *it == "le")),
        Some(matching) if matching.keeps => narrowed
            .iter()
            .any(|it| matching.labels.iter().any(|label| label.text == **it)),
        Some(_) => false,
    };
    let operator = binary.operator.at.clone();
    let remedy = "sum both sides: `sum(rate(...{...}[5m])) / sum(rate(...[5m]))`, with the same \
                  `by (...)` where it is wanted";
    if *first == "le" && by_it {
        return Some((
            operator,
            String::from("the buckets have `le` and the count has not: no series finds another"),
            remedy.into(),
        ));
    }
    if by_it {
        return Some((
            operator,
            format!(
                "only the left side is selected by `{first}`, and series match by all labels: each \
                 divides by itself, which is 1"
            ),
            remedy.into(),
        ));
    }
    if ignored && is_left(first, &right.facts) && !right.facts.labels.fixed.contains(*first) {
        return Some((
            operator,
            format!("several series on the right differ only by `{first}`: the query fails"),
            remedy.into(),
        ));
    }
    None
}

fn only_selector(node: &Node) -> Option<&Selector> {
    let mut selectors = Vec::new();
    node.selectors(&mut selectors);
    match selectors[..] {
        [one] => Some(one),
        _ => None,
    }
}

fn names(list: &[super::tree::Name]) -> BTreeSet<String> {
    list.iter().map(|it| it.text.clone()).collect()
}

/// Sides whose labels are never equal.
fn unlike(binary: &Binary, left: &Facts<'_>, right: &Facts<'_>) -> Found {
    let (left, right) = match &binary.matching {
        Some(matching) if matching.keeps || matching.labels.iter().any(|it| it.is_variable) => {
            return None;
        }
        Some(matching) => {
            let ignored = names(&matching.labels);
            (
                left.labels.without(&ignored),
                right.labels.without(&ignored),
            )
        }
        None => (left.labels.clone(), right.labels.clone()),
    };
    let only_left = surely_only(&left, &right);
    let only_right = surely_only(&right, &left);
    // With `group_left`, the left side may have more.
    let many = binary.many.as_ref().map(|it| it.side);
    let (name, side, other) = match (only_left.first(), only_right.first()) {
        (Some(name), _) if many != Some(Side::Left) => (*name, "left", "right"),
        (_, Some(name)) if many != Some(Side::Right) => (*name, "right", "left"),
        (Some(name), _) => (*name, "left", "right"),
        (_, Some(name)) => (*name, "right", "left"),
        _ => return None,
    };
    let message = match binary.operator.text.as_str() {
        "unless" => "nothing is ever taken away",
        _ => "no series finds another, and the answer is empty",
    };
    let remedy = if left.is_exact() && right.is_exact() {
        String::from("group both sides by the same labels, or write `on (...)` with `group_left`")
    } else {
        String::from(
            "write `on (job, instance)`, with `group_left` where one side has several series, or \
             sum both sides by the same labels",
        )
    };
    Some((
        binary.operator.at.clone(),
        format!("`{name}` is on the {side} side and not on the {other}: {message}"),
        remedy,
    ))
}

/// Labels that are on one side and surely not on the other.
fn surely_only<'a>(one: &'a Labels, other: &Labels) -> Vec<&'a str> {
    let sure = one.names.iter().filter(|it| other.has(it) == Some(false));
    sure.map(String::as_str).collect()
}

/// More than one series on each side, or on a side that has to be one.
fn many(binary: &Binary, left: &Facts<'_>, right: &Facts<'_>) -> Found {
    // Sets match many with many.
    if binary.is_set() {
        return None;
    }
    let matching = binary.matching.as_ref()?;
    if matching.labels.iter().any(|it| it.is_variable) {
        return None;
    }
    let listed = names(&matching.labels);
    // A label that one side has not is told as that.
    let is_absent = |it: &String| {
        [left, right]
            .iter()
            .any(|side| side.labels.has(it) == Some(false))
    };
    if matching.keeps && listed.iter().any(is_absent) {
        return None;
    }
    // Facts have one series for each target, and what is taken from a side is
    // meant to be one for each of its series.
    let included: Vec<&str> = binary
        .many
        .iter()
        .flat_map(|many| many.labels.iter().map(|it| it.text.as_str()))
        .collect();
    let rest = |facts: &Facts<'_>| -> Vec<String> {
        let labels = &facts.labels;
        if facts.series == Series::Info && !facts.is_aggregated {
            return Vec::new();
        }
        let is_matched = |it: &&String| listed.contains(*it) == matching.keeps;
        // There may be one instance only; several values of a declared label
        // are what it is for.
        let is_of_target = |it: &&String| labels.is_of_target(it);
        let free = labels.names.iter().filter(|it| !labels.fixed.contains(*it));
        free.filter(|it| !is_matched(it) && !is_of_target(it) && !included.contains(&it.as_str()))
            .cloned()
            .collect()
    };
    if !left.labels.is_known() || !right.labels.is_known() {
        return None;
    }
    let (on_left, on_right) = (rest(left), rest(right));
    match &binary.many {
        None => {
            let (label, side, word) = match (on_left.first(), on_right.first()) {
                (Some(label), _) => (label, "left", "group_left"),
                (None, Some(label)) => (label, "right", "group_right"),
                (None, None) => return None,
            };
            let remedy = if !on_left.is_empty() && !on_right.is_empty() {
                String::from("sum both sides by the labels that they match by")
            } else {
                format!("write `{word}` after it, or sum the {side} side by the same labels")
            };
            Some((
                matching.at.clone(),
                format!(
                    "several series on the {side} side differ only by `{label}`: the query fails"
                ),
                remedy,
            ))
        }
        Some(many) => {
            let (one, word) = match many.side {
                Side::Left => (&on_right, "group_left"),
                Side::Right => (&on_left, "group_right"),
            };
            let label = one.first()?;
            Some((
                many.at.clone(),
                format!("the side that `{word}` takes for one has several series by `{label}`"),
                String::from("sum that side by the labels that it matches by"),
            ))
        }
    }
}
