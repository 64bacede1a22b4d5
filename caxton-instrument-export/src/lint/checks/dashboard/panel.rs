//! One panel: its type, source, unit, legend and ranges.

use std::sync::LazyLock;

use caxton_instrument::Unit;
use regex::Regex;

use super::{Sheet, has_text, has_value, queries, types};
use crate::lint::class::Class;
use crate::lint::finding::Findings;
use crate::lint::promql::{self, Quantity, Use, UseKind};
use crate::lint::tree::Node;

impl Sheet<'_> {
    pub(super) fn panel(&self, panel: &Node, out: &mut Findings) {
        let kind = panel.get("type").and_then(Node::text).unwrap_or_default();
        if kind == "row" {
            return;
        }
        let title = panel.get("title").and_then(Node::text).unwrap_or_default();
        let called = if title.is_empty() {
            String::from("the panel")
        } else {
            format!("the panel `{title}`")
        };
        self.kind(panel, kind, &called, out);
        if title.trim().is_empty() && kind != "text" {
            let message = String::from("the panel has no title");
            self.add(panel, message, "say in a few words what it shows", out);
        }
        let targets = panel.get("targets").map_or(&[][..], Node::items);
        let queries = queries(panel);
        if queries.is_empty() {
            return;
        }
        self.source(panel, &called, out);
        self.unit(panel, kind, &called, &queries, out);
        self.legend(kind, &called, &queries, out);
        for (_, expr) in &queries {
            self.ranges(expr, out);
        }
        self.letters(targets, out);
    }

    fn kind(&self, panel: &Node, kind: &str, called: &str, out: &mut Findings) {
        let Some(node) = panel.get("type").filter(|_| !kind.is_empty()) else {
            let message = format!("{called} says no type");
            self.add(
                panel,
                message,
                "write `\"type\": \"timeseries\"`, or another",
                out,
            );
            return;
        };
        let removed = types::removed()
            .iter()
            .find(|it| it.name == kind && it.since <= self.grafana);
        if let Some(removed) = removed {
            let message = format!("Grafana {} has no panel type `{kind}`", self.grafana);
            let remedy = format!("write `{}`", removed.instead);
            self.add(node, message, &remedy, out);
        } else if let Some(meant) = types::misspelt(kind) {
            let message = format!("Grafana has no panel type `{kind}`");
            self.add(node, message, &format!("write `{meant}`"), out);
        }
    }

    /// The data source: a variable, so that the dashboard works where the
    /// source has another id.
    fn source(&self, panel: &Node, called: &str, out: &mut Findings) {
        const REMEDY: &str = "write `\"datasource\": {\"type\": \"prometheus\", \"uid\": \"${datasource}\"}` and \
                              a variable of type `datasource`";
        let targets = panel.get("targets").map_or(&[][..], Node::items);
        let of_panel = panel
            .get("datasource")
            .filter(|_| has_value(panel, "datasource"));
        let of_targets = targets
            .iter()
            .filter_map(|it| it.get("datasource").filter(|_| has_value(it, "datasource")));
        let mut sources = of_panel.into_iter().chain(of_targets).peekable();
        if sources.peek().is_none() {
            let message =
                format!("{called} names no data source: it asks whichever is the default");
            self.add(panel, message, REMEDY, out);
            return;
        }
        for source in sources {
            let uid = source.get("uid").unwrap_or(source);
            let Some(text) = uid.text() else {
                continue;
            };
            // Grafana's own are written like that.
            let is_own = text.starts_with("-- ") || text == "grafana";
            if !text.contains('$') && !is_own {
                let message =
                    format!("{called} asks the data source `{text}`, which is one Grafana's");
                self.add(uid, message, REMEDY, out);
                return;
            }
        }
    }

    fn unit(
        &self,
        panel: &Node,
        kind: &str,
        called: &str,
        queries: &[(&Node, &Node)],
        out: &mut Findings,
    ) {
        if !types::shows_values(kind) {
            return;
        }
        let defaults = panel.at(&["fieldConfig", "defaults"]);
        let is_said = defaults.is_some_and(|it| has_text(it, "unit"))
            || has_text(panel, "format")
            || panel.get("yaxes").is_some_and(|axes| {
                axes.items().iter().any(|it| {
                    let format = it.get("format").and_then(Node::text);
                    format.is_some_and(|it| it != "short")
                })
            })
            || panel
                .at(&["fieldConfig", "overrides"])
                .is_some_and(|it| !it.items().is_empty());
        if is_said {
            return;
        }
        let place = Use::new(UseKind::Panel {
            unit: None,
            is_range: true,
        });
        let unit = queries
            .iter()
            .filter_map(|(_, expr)| promql::answer(self.known, expr.text()?, &place).quantity)
            .find_map(unit_of)
            .or_else(|| queries.iter().find_map(|(_, it)| written_unit(it.text()?)));
        if let Some((what, unit)) = unit {
            let message = format!("{called} has no unit, and shows {what}");
            let remedy =
                format!("write `\"fieldConfig\": {{\"defaults\": {{\"unit\": \"{unit}\"}}}}`");
            self.add(panel, message, &remedy, out);
        }
    }

    fn legend(&self, kind: &str, called: &str, queries: &[(&Node, &Node)], out: &mut Findings) {
        if !types::has_legend(kind) {
            return;
        }
        let place = Use::new(UseKind::Panel {
            unit: None,
            is_range: true,
        });
        for (target, expr) in queries {
            let text = expr.text().unwrap_or_default();
            let is_single = promql::is_single(self.known, text, &place);
            if let Some(legend) = target
                .get("legendFormat")
                .filter(|_| has_text(target, "legendFormat"))
            {
                let said = legend.text().unwrap_or_default();
                if !is_single && !said.contains("{{") && said != "__auto" {
                    let message = format!("{called} calls each of several series `{said}`");
                    self.add(
                        legend,
                        message,
                        "put the labels in it that tell them apart: `{{label}}`",
                        out,
                    );
                }
                continue;
            }
            if queries.len() == 1 && is_single {
                continue;
            }
            let message = format!("{called} draws several series without a legend for them");
            self.add(
                target,
                message,
                "write `\"legendFormat\": \"{{label}}\"` with the labels that tell them apart",
                out,
            );
        }
    }

    /// Windows of a fixed length: shorter than the distance of the samples at
    /// a wide time range, and then points fall between them.
    fn ranges(&self, expr: &Node, out: &mut Findings) {
        static FIXED: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(r"\b(i?rate|irate|increase)\s*\([^()\[\]]*(\[(\d+)([sm])\])").ok()
        });
        let (Some(text), Some(fixed)) = (expr.text(), FIXED.as_ref()) else {
            return;
        };
        for found in fixed.captures_iter(text) {
            let (Some(window), Some(number), Some(unit)) =
                (found.get(2), found.get(3), found.get(4))
            else {
                continue;
            };
            let number: u64 = number.as_str().parse().unwrap_or(u64::MAX);
            let seconds = number.saturating_mul(if unit.as_str() == "m" { 60 } else { 1 });
            // Longer ones are meant: budgets, totals of a day.
            if seconds <= 900 {
                out.add(
                    Class::Dash,
                    &self.document.file,
                    expr.place_of(window.start()),
                    format!(
                        "the window {} stays when the time range grows, and the points between are lost",
                        window.as_str()
                    ),
                    "write `[$__rate_interval]`",
                );
            }
        }
    }

    /// Queries of a panel with one letter: one of them is not drawn.
    fn letters(&self, targets: &[Node], out: &mut Findings) {
        for (index, target) in targets.iter().enumerate() {
            let Some(letter) = target.get("refId") else {
                continue;
            };
            let before = |it: &Node| it.get("refId").and_then(Node::text) == letter.text();
            if letter.text().is_some() && targets[..index].iter().any(before) {
                let message = String::from("two queries of the panel have this `refId`");
                self.add(letter, message, "give each a letter of its own", out);
            }
        }
    }
}

/// What an expression's values are, and Grafana's unit for that. A plain count
/// needs none.
fn unit_of(quantity: Quantity) -> Option<(&'static str, &'static str)> {
    let is_scaled = |factor: f64| (quantity.scale / factor - 1.0).abs() < 1e-9;
    Some(match (quantity.unit, quantity.per_second) {
        (Unit::None, true) => ("events per second", "ops"),
        (Unit::Seconds, true) => ("seconds in a second", "percentunit"),
        (Unit::Seconds, false) if is_scaled(1e3) => ("milliseconds", "ms"),
        (Unit::Seconds, false) => ("seconds", "s"),
        (Unit::Bytes, true) => ("bytes per second", "Bps"),
        (Unit::Bytes, false) => ("bytes", "bytes"),
        (Unit::Ratio, false) if is_scaled(100.0) => ("percent", "percent"),
        (Unit::Ratio, false) => ("a share", "percentunit"),
        (Unit::Celsius, false) => ("degrees", "celsius"),
        (Unit::Hertz, false) => ("a frequency", "hertz"),
        _ => return None,
    })
}

/// The same as far as the text tells, of metrics that nobody declares: the rate
/// of what ends in `_total`, a division that is a percentage.
fn written_unit(expr: &str) -> Option<(&'static str, &'static str)> {
    static RATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"^\s*(?:sum\s*(?:(?:by|without)\s*\([^()]*\)\s*)?\(\s*)?i?rate\s*\(\s*(?P<name>\w+)_total\s*(?:\{[^{}]*\})?\s*\[[^\[\]]*\]\s*\)+\s*(?:(?:by|without)\s*\([^()]*\)\s*)?$",
        )
        .ok()
    });
    static PERCENT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?s)^\s*(?:100\s*\*.*/|.*\)\s*/.*\*\s*100\s*$)").ok());
    let (rate, percent) = (RATE.as_ref()?, PERCENT.as_ref()?);
    if let Some(name) = rate.captures(expr).and_then(|it| it.name("name")) {
        let is_of_unit = ["_seconds", "_bytes", "_joules", "_grams", "_meters"]
            .iter()
            .any(|it| name.as_str().ends_with(it));
        return (!is_of_unit).then_some(("events per second", "ops"));
    }
    percent.is_match(expr).then_some(("percent", "percent"))
}
