//! Figures of alerts: the number that an expression is compared with at its end.

use std::sync::LazyLock;

use regex::Regex;

use super::figure::{Figure, Unit};
use super::subject::{Subject, words};
use super::{Level, Statement};
use crate::lint::rule::Rule;
use crate::lint::tree::Node;

pub(super) fn all(tree: &Node) -> Vec<Statement> {
    Rule::all(tree).iter().filter_map(asked).collect()
}

fn asked(rule: &Rule<'_>) -> Option<Statement> {
    static END: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(>=|<=|>|<)\s*([0-9][0-9.eE+]*)\s*$").ok());
    static QUANTILE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"histogram_quantile\(\s*0\.([0-9]+)").ok());
    static NAME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b").ok());
    let name = rule.alert()?.text()?;
    let expr = rule.expr()?;
    let text = expr.text()?;
    let text = text.split('#').next().unwrap_or(text).trim_end();
    let end = END.as_ref()?.captures(text)?;
    let number: f64 = end.get(2)?.as_str().parse().ok()?;
    let start = end.get(0)?.start();
    let asked = &text[..start];
    let is_quotient = asked.contains('/') && !asked.contains("1024") && !asked.contains("1000");
    let (unit, number) = if asked.contains("* 100") || asked.contains("*100") {
        (Unit::Ratio, number / 100.0)
    } else if is_quotient || asked.contains("_ratio") {
        (Unit::Ratio, number)
    } else if asked.contains("_seconds") {
        (Unit::Seconds, number)
    } else if asked.contains("_bytes") {
        (Unit::Bytes, number)
    } else if asked.contains("rate(") {
        (Unit::PerSecond, number)
    } else {
        (Unit::Count, number)
    };
    let quantile = QUANTILE.as_ref()?.captures(asked);
    let quantile = quantile.and_then(|it| it.get(1)).map(|it| {
        // 0.5 is the fiftieth.
        let digits = it.as_str();
        if digits.len() == 1 {
            format!("{digits}0")
        } else {
            digits.into()
        }
    });
    let metrics = NAME.as_ref()?.find_iter(asked).map(|it| words(it.as_str()));
    let metrics: Vec<Vec<String>> = metrics.collect();
    // An alert's name may begin with the system's, as its metrics do.
    let is_system = |word: &String| metrics.iter().any(|it| it.first() == Some(word));
    let named = words(name).into_iter().filter(|word| !is_system(word));
    let subject = Subject::of(named)?
        .known_as(metrics.iter().flatten().cloned())
        .at_quantile(quantile);
    let severity = rule.node.at(&["labels", "severity"]).and_then(Node::text);
    Some(Statement {
        subject,
        figure: Figure {
            value: number,
            unit,
            above: Some(end.get(1)?.as_str().starts_with('>')),
        },
        level: Level::of(severity.unwrap_or_default()),
        told: name.into(),
        place: expr.place_of(start),
    })
}
