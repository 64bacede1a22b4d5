//! CARD: queries that touch every series, and groups without a bound.
//!
//! Why: such a query is slow for everyone who asks at the same time, and a
//! group for each request never ends.

use caxton_instrument::rules::is_identity;

use super::syntax::pattern_of;
use super::tree::{Kind, Test};
use super::{Look, fault};
use crate::lint::{Class, Fault};

pub(super) fn check(look: &Look<'_>, faults: &mut Vec<Fault>) {
    // The second argument of `info` chooses among metrics of facts.
    let mut chosen = Vec::new();
    look.root.each(&mut |part| {
        if let Kind::Call { name, arguments } = &part.node.kind
            && name.text == "info"
        {
            chosen.extend(arguments.get(1).map(|it| it.at.clone()));
        }
    });
    look.root.each(&mut |part| match &part.node.kind {
        Kind::Selector(_) if chosen.contains(&part.node.at) => {}
        Kind::Selector(selector) => {
            let named = selector.name.is_some();
            // A pattern that narrows the name is a choice of metrics.
            let narrows = selector.matchers.iter().any(|it| {
                let is_all = |value: &String| {
                    it.test == Test::Matches
                        && pattern_of(value).is_some_and(|it| it.is_match("a_name"))
                };
                it.label.is_variable
                    || (it.label.text == "__name__"
                        && it.value.as_ref().is_none_or(|value| !is_all(value)))
            });
            if !named && !narrows {
                faults.push(fault(
                    Class::Card,
                    part.node.at.clone(),
                    String::from("every series is read, of whatever metric"),
                    "name the metric, or a pattern that begins with its first word",
                ));
            }
        }
        Kind::Aggregate(aggregate) => {
            let kept = aggregate.grouping.iter().filter(|it| it.keeps);
            for label in kept.flat_map(|it| &it.labels) {
                // A label that the metric has not is told as that.
                let is_there = part
                    .parts
                    .last()
                    .is_some_and(|it| it.facts.labels.has(&label.text) != Some(false));
                if is_identity(&label.text) && is_there {
                    faults.push(fault(
                        Class::Card,
                        label.at.clone(),
                        format!("`{}` is an identity: there is a group for each", label.text),
                        "group by a kind of thing; find single things in traces and logs",
                    ));
                }
            }
        }
        _ => {}
    });
}
