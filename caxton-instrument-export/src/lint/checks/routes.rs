//! ROUTE: routes of Alertmanager that alerts never reach.
//!
//! Routes beside each other are tried in turn, and without `continue` the first
//! one that matches is the last
//! ([routing tree](https://prometheus.io/docs/alerting/latest/configuration/#route)).

use std::collections::{BTreeMap, BTreeSet};

use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::rule::Rule;
use crate::lint::tree::Node;

/// A label compared with a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Matcher {
    label: String,
    operator: &'static str,
    value: String,
}

impl Matcher {
    /// `severity="critical"`, with or without quotes.
    fn parse(text: &str) -> Option<Self> {
        let (at, operator) = ["=~", "!~", "!=", "="]
            .into_iter()
            .filter_map(|it| Some((text.find(it)?, it)))
            .min_by_key(|(at, operator)| (*at, std::cmp::Reverse(operator.len())))?;
        let unquoted = |it: &str| it.trim().trim_matches(['"', '\'']).to_owned();
        Some(Self {
            label: unquoted(&text[..at]),
            operator,
            value: unquoted(&text[at + operator.len()..]),
        })
    }

    /// No alert has both.
    fn excludes(&self, other: &Self) -> bool {
        self.label == other.label
            && match (self.operator, other.operator) {
                ("=", "=") => self.value != other.value,
                ("=", "!=") | ("!=", "=") => self.value == other.value,
                // What expressions have in common is not looked for.
                _ => self != other,
            }
    }
}

fn matchers(route: &Node) -> Vec<Matcher> {
    let mut found = Vec::new();
    for (key, operator) in [("match", "="), ("match_re", "=~")] {
        for (label, value) in route.get(key).map_or(&[][..], Node::entries) {
            found.push(Matcher {
                label: label.text.clone(),
                operator,
                value: value.text().unwrap_or_default().into(),
            });
        }
    }
    if let Some(node) = route.get("matchers") {
        let texts = node.items().iter().filter_map(Node::text);
        let inner = |it: &str| it.trim().trim_matches(['{', '}']).to_owned();
        for text in texts.chain(node.text()).map(inner) {
            found.extend(text.split(',').filter_map(Matcher::parse));
        }
    }
    found.sort();
    found.dedup();
    found
}

pub(super) fn check(document: &Document, context: &Context<'_>, out: &mut Findings) {
    let Some(tree) = document
        .tree()
        .filter(|_| document.kind == Kind::Alertmanager)
    else {
        return;
    };
    let set = labels_of_alerts(document, context);
    let mut open: Vec<&Node> = tree.get("route").into_iter().collect();
    while let Some(route) = open.pop() {
        let below = route.get("routes").map_or(&[][..], Node::items);
        shadowed(document, tree, below, out);
        open.extend(below);
        for matcher in below.iter().flat_map(matchers) {
            let values = set.get(matcher.label.as_str());
            let never = values.is_some_and(|it| !it.contains(matcher.value.as_str()));
            // Alerts of any rule have one of these, of those that are written next too.
            let is_usual = matcher.label == "severity" && SEVERITIES.contains(&&*matcher.value);
            if matcher.operator == "=" && never && !is_usual {
                let values: Vec<_> = values.into_iter().flatten().copied().collect();
                let node = below
                    .iter()
                    .find(|it| matchers(it).contains(&matcher))
                    .unwrap_or(route);
                out.add(
                    Class::Route,
                    &document.file,
                    node.place,
                    format!(
                        "no alert of these rules has `{}: {}`: the route waits for nothing",
                        matcher.label, matcher.value
                    ),
                    format!("alerts have {}", values.join(", ")),
                );
            }
        }
    }
}

/// The severities that alerts commonly have.
const SEVERITIES: [&str; 4] = ["critical", "info", "none", "warning"];

/// Whether a route tells nobody: what ends there is meant to.
fn is_silent(tree: &Node, route: &Node) -> bool {
    let name = route.get("receiver").and_then(Node::text);
    let receivers = tree.get("receivers").map_or(&[][..], Node::items);
    let mut named = receivers
        .iter()
        .filter(|it| it.get("name").and_then(Node::text) == name);
    named.any(|it| it.entries().len() == 1)
}

/// Whether a route below this one is for these alerts, whoever it tells: a team
/// may have a pager of its own. Or all of them go to the same receiver.
fn is_told_below(earlier: &Node, later: &Node, wanted: &[Matcher]) -> bool {
    let receiver = |it: &Node| it.get("receiver").and_then(Node::text).map(String::from);
    let below = earlier.get("routes").map_or(&[][..], Node::items);
    let is_for = |it: &Node| {
        let these = matchers(it);
        these.iter().all(|it| wanted.contains(it))
            && (!these.is_empty() || receiver(it) == receiver(later))
    };
    below.iter().any(is_for) || (below.is_empty() && receiver(earlier) == receiver(later))
}

fn shadowed(document: &Document, tree: &Node, routes: &[Node], out: &mut Findings) {
    for (index, later) in routes.iter().enumerate() {
        let wanted = matchers(later);
        for earlier in &routes[..index] {
            let goes_on = earlier.get("continue").and_then(Node::text) == Some("true");
            let first = matchers(earlier);
            let is_disjoint = first.iter().any(|a| wanted.iter().any(|b| a.excludes(b)));
            // The narrower one first is as it should be.
            let is_narrower =
                first.len() > wanted.len() && wanted.iter().all(|it| first.contains(it));
            let is_meant = is_silent(tree, earlier) || is_told_below(earlier, later, &wanted);
            if goes_on || is_disjoint || is_narrower || is_meant {
                continue;
            }
            let told = |it: &[Matcher]| {
                let texts = it
                    .iter()
                    .map(|it| format!("{}{}\"{}\"", it.label, it.operator, it.value));
                texts.collect::<Vec<_>>().join(", ")
            };
            let line = earlier.place.line;
            let (message, remedy) = if first.iter().all(|it| wanted.contains(it)) {
                (
                    format!("the route at line {line} takes every alert that this one is for"),
                    "write the narrower route first, or `continue: true` in the other one",
                )
            } else {
                (
                    format!(
                        "an alert with {} that has {} too ends at the route of line {line}: this one \
                         is not told of it",
                        told(&wanted),
                        told(&first)
                    ),
                    "write `continue: true` there, or this route below it as one of its `routes`",
                )
            };
            out.add(Class::Route, &document.file, later.place, message, remedy);
            break;
        }
    }
}

/// The labels that rules give their alerts, with the values.
fn labels_of_alerts<'a>(
    document: &Document,
    context: &'a Context<'_>,
) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut set: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for tree in context
        .of_kind(document, Kind::Rules)
        .filter_map(Document::tree)
    {
        for rule in Rule::all(tree).iter().filter(|it| it.alert().is_some()) {
            for (key, value) in rule.node.get("labels").map_or(&[][..], Node::entries) {
                set.entry(&key.text).or_default().extend(value.text());
            }
        }
    }
    // A value that is filled in can be any.
    set.retain(|_, values| values.iter().all(|it| !it.contains("{{")));
    set
}

#[cfg(test)]
mod tests {
    use super::Matcher;

    #[test]
    fn matchers_are_read_as_alertmanager_does() {
        let read = |text| Matcher::parse(text).map(|it| (it.label, it.operator, it.value));
        let told =
            |label: &str, operator, value: &str| Some((label.into(), operator, value.into()));
        assert_eq!(
            read(r#"severity = "critical""#),
            told("severity", "=", "critical")
        );
        assert_eq!(read("team=~a|b"), told("team", "=~", "a|b"));
        assert_eq!(read("team!=a"), told("team", "!=", "a"));
        assert_eq!(read("team"), None);
    }
}
