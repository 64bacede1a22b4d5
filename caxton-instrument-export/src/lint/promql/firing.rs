//! LIVE: alerts that never fire, always fire, or are silent when their series
//! are gone.
//!
//! Why: nobody looks at a rule that says nothing. That an alert cannot fire is
//! found when it should have.

use super::judged::{Judged, Value};
use super::place::UseKind;
use super::tree::{Binary, Kind, Node};
use super::{Look, fault};
use crate::lint::{Class, Fault};

pub(super) fn check(look: &Look<'_>, faults: &mut Vec<Fault>) {
    windows(look, faults);
    let UseKind::Alert { hold, .. } = look.place.kind else {
        return;
    };
    let mut found = Vec::new();
    if let Some(one) = unconditional(look) {
        found.push(one);
    } else {
        spans(&look.root, &mut found);
        contradictions(look, &mut found);
        if found.is_empty() {
            silent(look, &mut found);
        }
    }
    faults.append(&mut found);
    if let (Some(hold), Some(every)) = (hold, look.place.evaluation_interval)
        && !hold.is_zero()
        && hold < every
    {
        faults.push(fault(
            Class::Live,
            look.root.node.at.clone(),
            format!(
                "`for` is {} s, and the rule is evaluated every {} s: it holds at the next look \
                 at once",
                hold.as_secs_f64(),
                every.as_secs_f64()
            ),
            "let `for` be several evaluations long, or leave it out",
        ));
    }
}

/// An alert whose value is there whether something is wrong or not.
fn unconditional(look: &Look<'_>) -> Option<Fault> {
    let root = look.root.inner();
    if let Kind::Binary(binary) = &root.node.kind {
        if let Some(at) = binary.bool_at.clone().filter(|_| binary.is_comparison()) {
            return Some(fault(
                Class::Live,
                at,
                String::from("with `bool`, 0 is a value too: the alert always fires"),
                "remove `bool`: what does not compare falls out",
            ));
        }
        let is_filled = binary.operator.text == "or"
            && matches!(&binary.right.inner().kind, Kind::Call { name, .. } if name.text == "vector");
        if is_filled {
            return Some(fault(
                Class::Live,
                binary.operator.at.clone(),
                String::from("the right side is always there: the alert always fires"),
                "compare what `or` gives: `(... or vector(0)) > 5`",
            ));
        }
    }
    let facts = &root.facts;
    if facts.is_condition || facts.value != Value::Vector || is_told_by_itself(root) {
        return None;
    }
    Some(fault(
        Class::Live,
        root.node.at.clone(),
        String::from("nothing is compared: the alert fires as long as there are series"),
        "compare it with a threshold",
    ))
}

/// `vector(1)` of a watchdog, `ALERTS`, a recorded condition, an unknown metric.
fn is_told_by_itself(root: &Judged<'_>) -> bool {
    match &root.node.kind {
        Kind::Call { name, .. } => name.text == "vector",
        Kind::Selector(_) => {
            let metric = root.facts.metric.as_ref();
            metric.is_none_or(|it| it.name.starts_with("ALERTS") || it.name.contains(':'))
        }
        _ => false,
    }
}

/// Comparisons that always or never hold, along what decides whether it fires.
fn spans(part: &Judged<'_>, found: &mut Vec<Fault>) {
    let part = part.inner();
    let (Kind::Binary(binary), [left, right]) = (&part.node.kind, &part.parts[..]) else {
        return;
    };
    if binary.is_set() {
        spans(left, found);
        if binary.operator.text != "unless" {
            spans(right, found);
        }
        return;
    }
    if !binary.is_comparison() {
        return;
    }
    let Some((value, operator, threshold)) = against_number(binary, left, right) else {
        return;
    };
    let facts = &value.facts;
    // What a histogram cannot tell is HIST, another unit is DIM, a counter TYP.
    let is_told = facts.is_quantile || facts.is_raw_counter() || !facts.is_vector();
    if is_told || is_other_unit(facts, threshold) {
        return;
    }
    let said = said_span(facts.low, facts.high);
    let at = part.node.at.clone();
    if never(operator, facts.low, facts.high, threshold) {
        found.push(fault(
            Class::Live,
            at,
            format!("the value is {said}: the alert never fires"),
            "compare with a value that it can have",
        ));
    } else if !facts.is_condition && always(operator, facts.low, facts.high, threshold) {
        found.push(fault(
            Class::Live,
            at,
            format!("the value is {said}: the alert fires as long as there are series"),
            "compare with a value that it should not have",
        ));
    }
}

fn is_other_unit(facts: &super::judged::Facts<'_>, threshold: f64) -> bool {
    let is_ratio = facts.quantity.is_some_and(super::Quantity::is_ratio);
    is_ratio
        && threshold > 1.0
        && facts.quantity.is_some_and(super::Quantity::is_plain)
        && facts.metric.as_ref().is_none_or(|it| it.name != "up")
}

fn said_span(low: f64, high: f64) -> String {
    if low.to_bits() == high.to_bits() {
        format!("always {low}")
    } else if high.is_infinite() {
        format!("{low} or more")
    } else if low.is_infinite() {
        format!("{high} or less")
    } else {
        format!("from {low} to {high}")
    }
}

/// The side with series, the operator as if it stood on the left, the number.
fn against_number<'a, 'b>(
    binary: &'b Binary,
    left: &'b Judged<'a>,
    right: &'b Judged<'a>,
) -> Option<(&'b Judged<'a>, &'b str, f64)> {
    let operator = binary.operator.text.as_str();
    if let Some(number) = right.node.number() {
        return Some((left, operator, number));
    }
    let turned = match operator {
        ">" => "<",
        "<" => ">",
        ">=" => "<=",
        "<=" => ">=",
        other => other,
    };
    left.node.number().map(|it| (right, turned, it))
}

/// The number that an alert's first condition compares with.
pub(super) fn threshold(part: &Judged<'_>) -> Option<f64> {
    let part = part.inner();
    let (Kind::Binary(binary), [left, right]) = (&part.node.kind, &part.parts[..]) else {
        return None;
    };
    if binary.is_set() {
        return threshold(left);
    }
    let found = against_number(binary, left, right).filter(|_| binary.is_comparison());
    found.map(|(_, _, number)| number)
}

fn never(operator: &str, low: f64, high: f64, threshold: f64) -> bool {
    match operator {
        ">" => high <= threshold,
        ">=" => high < threshold,
        "<" => low >= threshold,
        "<=" => low > threshold,
        "==" => threshold < low || threshold > high,
        _ => false,
    }
}

fn always(operator: &str, low: f64, high: f64, threshold: f64) -> bool {
    match operator {
        ">" => low > threshold,
        ">=" => low >= threshold,
        "<" => high < threshold,
        "<=" => high <= threshold,
        "!=" => threshold < low || threshold > high,
        _ => false,
    }
}

/// `x > 10 and x < 5`, `x > 10 unless x > 5`.
fn contradictions(look: &Look<'_>, found: &mut Vec<Fault>) {
    look.root.each(&mut |part| {
        let (Kind::Binary(binary), [left, right]) = (&part.node.kind, &part.parts[..]) else {
            return;
        };
        let (Some(one), Some(other)) = (bounded(look, left), bounded(look, right)) else {
            return;
        };
        let (low, high) = (one.low.max(other.low), one.high.min(other.high));
        let is_empty = match binary.operator.text.as_str() {
            "and" => low > high,
            // All that is on the left is on the right as well.
            "or" => {
                let (low, high) = (one.low.min(other.low), one.high.max(other.high));
                let is_all = low == f64::NEG_INFINITY && high == f64::INFINITY;
                if is_all
                    && one.of == other.of
                    && one.low.max(other.low) <= one.high.min(other.high)
                {
                    found.push(fault(
                        Class::Live,
                        binary.operator.at.clone(),
                        String::from("every value is on one of both sides: the alert always fires"),
                        "correct a threshold",
                    ));
                }
                false
            }
            "unless" => binary.matching.is_none() && one.low >= other.low && one.high <= other.high,
            _ => false,
        };
        if one.of == other.of && is_empty {
            found.push(fault(
                Class::Live,
                binary.operator.at.clone(),
                format!(
                    "no value holds on the left and is left by `{}`: the alert never fires",
                    binary.operator.text
                ),
                "correct a threshold",
            ));
        }
    });
}

/// What a comparison leaves of the values of an expression.
struct Bounded {
    of: String,
    low: f64,
    high: f64,
}

fn bounded(look: &Look<'_>, part: &Judged<'_>) -> Option<Bounded> {
    let part = part.inner();
    let (Kind::Binary(binary), [left, right]) = (&part.node.kind, &part.parts[..]) else {
        return None;
    };
    let (value, operator, number) = against_number(binary, left, right)?;
    let (low, high) = match operator {
        ">" | ">=" => (number, f64::INFINITY),
        "<" | "<=" => (f64::NEG_INFINITY, number),
        "==" => (number, number),
        _ => return None,
    };
    let text = &look.text[value.node.at.clone()];
    Some(Bounded {
        of: text.split_whitespace().collect(),
        low,
        high,
    })
}

/// `up == 0`, `rate(x) < 1`: when the series are gone, nothing compares.
fn silent(look: &Look<'_>, found: &mut Vec<Fault>) {
    let root = look.root.inner();
    let (Kind::Binary(binary), [left, right]) = (&root.node.kind, &root.parts[..]) else {
        return;
    };
    let Some((value, operator, threshold)) = against_number(binary, left, right) else {
        return;
    };
    let is_low = match operator {
        "<" | "<=" => true,
        "==" => threshold <= 0.0,
        // `up != 1` is `up == 0`.
        "!=" => value.facts.high <= threshold,
        _ => false,
    };
    if !is_low || !binary.is_comparison() || is_filled(value.node) {
        return;
    }
    let mut selectors = Vec::new();
    value.node.selectors(&mut selectors);
    let [selector] = selectors[..] else { return };
    let Some(name) = selector.name.as_ref().filter(|it| !it.is_variable) else {
        return;
    };
    let is_up = name.text == "up";
    let is_activity = value.facts.is_rate && !value.facts.is_quantile;
    // A number of things that are there, `count(up == 1) < 2`, is a condition.
    if (!is_up && !is_activity) || value.facts.is_condition || look.known.is_watched(&name.text) {
        return;
    }
    let remedy = if is_up {
        let mut text = name.text.as_str();
        value.each(&mut |part| {
            if matches!(part.node.kind, Kind::Selector(_)) {
                text = &look.text[part.node.at.clone()];
            }
        });
        format!("add `or absent({text})`, or an alert of its own on that")
    } else {
        format!(
            "add `or absent({})`, or an alert on `absent(up)` of its job",
            name.text
        )
    };
    let message = if is_up {
        "a target that is no longer discovered has no `up` at all: the alert is silent then"
    } else {
        "when the series are gone there is nothing to compare: the alert is silent then"
    };
    found.push(fault(
        Class::Live,
        root.node.at.clone(),
        message.into(),
        remedy,
    ));
}

/// Whether `or` gives a value where there are no series.
fn is_filled(node: &Node) -> bool {
    match &node.kind {
        Kind::Binary(binary) if binary.operator.text == "or" => true,
        _ => node.parts().into_iter().any(is_filled),
    }
}

/// A rate over less than two scrapes.
fn windows(look: &Look<'_>, faults: &mut Vec<Fault>) {
    let Some(every) = look.place.scrape_interval else {
        return;
    };
    let every = every.as_secs_f64();
    look.root.each(&mut |part| {
        let Kind::Call { name, arguments } = &part.node.kind else {
            return;
        };
        let needs_two = [
            "rate", "irate", "increase", "delta", "idelta", "deriv", "resets", "changes",
        ]
        .contains(&name.text.as_str());
        let Some(argument) = arguments.first().filter(|_| needs_two) else {
            return;
        };
        if let Kind::Range {
            of,
            window: Some(window),
            is_subquery: false,
            ..
        } = &argument.kind
            && *window < 2.0 * every
        {
            let from = of.at.end;
            let text = &look.text[from..argument.at.end];
            let len = text.find(']').map_or(text.len(), |it| it + 1);
            let start = text.find('[').unwrap_or(0);
            faults.push(fault(
                Class::Live,
                from + start..from + len,
                format!(
                    "targets are scraped every {every} s: {window} s hold one sample at times, and \
                     then there is no `{}`",
                    name.text
                ),
                format!("write at least `[{}s]`, four scrapes", every * 4.0),
            ));
        }
    });
}
