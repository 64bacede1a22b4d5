//! Expressions and templates wherever they stand: rules, their tests, panels,
//! notifications, pages.

use std::sync::LazyLock;
use std::time::Duration;

use promql_parser::util::parse_duration;
use regex::Regex;

use super::dashboard::{panels, queries};
use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::{Fault, Findings};
use crate::lint::kind::Kind;
use crate::lint::page::{Content, Page, Run, Style};
use crate::lint::promql::{self, Answer, Known, Use, UseKind};
use crate::lint::rule::Rule;
use crate::lint::template::{self, Field};
use crate::lint::text::Text;
use crate::lint::tree::Node;

pub(super) fn check(document: &Document, context: &Context<'_>, out: &mut Findings) {
    let look = Look {
        document,
        context,
        known: context.known(document),
    };
    match (
        document.kind,
        document.tree(),
        document.text(),
        document.page(),
    ) {
        (Kind::Rules, Some(tree), ..) => look.rules(tree, out),
        (Kind::RuleTests, Some(tree), ..) => look.tests(tree, out),
        (Kind::Dashboard, Some(tree), ..) => look.dashboard(tree, out),
        (Kind::Alertmanager, Some(tree), ..) => {
            if let Some(receivers) = tree.get("receivers") {
                look.notifications(receivers, out);
            }
        }
        (Kind::Promql, _, Some(text), _) => look.examples(text, out),
        (Kind::Page, _, _, Some(page)) => look.page(page, out),
        _ => {}
    }
}

struct Look<'a> {
    document: &'a Document,
    context: &'a Context<'a>,
    known: &'a Known<'a>,
}

impl Look<'_> {
    fn expr(&self, node: &Node, place: &Use<'_>, out: &mut Findings) {
        let Some(text) = node.text() else {
            return;
        };
        for fault in self.faults(text, place, out) {
            out.fault(&self.document.file, node, fault);
        }
    }

    fn faults(&self, text: &str, place: &Use<'_>, out: &mut Findings) -> Vec<Fault> {
        if text.trim().is_empty() || !self.context.may_judge(self.document, out) {
            return Vec::new();
        }
        promql::check(self.known, text, place)
    }

    fn rules(&self, tree: &Node, out: &mut Findings) {
        let scraped = self.context.interval(self.document, "scrape_interval");
        let evaluated = self.context.interval(self.document, "evaluation_interval");
        for rule in Rule::all(tree) {
            let Some(expr) = rule.expr() else {
                continue;
            };
            let name = rule.alert().or_else(|| rule.record());
            let name = name.and_then(Node::text).unwrap_or_default();
            let kind = match rule.alert() {
                Some(_) => UseKind::Alert {
                    name,
                    hold: self.duration(rule.node.get("for"), out),
                },
                None => UseKind::Record { name },
            };
            let group = rule.group.and_then(|it| it.get("interval"));
            let comment = self.context.comment(&self.document.file, expr);
            let mut place = Use::new(kind).note(comment);
            if let Some(interval) = scraped {
                place = place.scraped_every(interval);
            }
            if let Some(interval) = self.duration(group, out).or(evaluated) {
                place = place.evaluated_every(interval);
            }
            self.expr(expr, &place, out);
            let answer = promql::answer(self.known, expr.text().unwrap_or_default(), &place);
            let of_alert = [("annotations", Field::Annotation), ("labels", Field::Label)];
            for (key, field) in of_alert.into_iter().filter(|_| rule.alert().is_some()) {
                for (_, text) in rule.node.get(key).map_or(&[][..], Node::entries) {
                    self.template(text, &answer, field, out);
                }
            }
            for (node, check) in [
                (rule.alert(), promql::check_alert_name as fn(&str) -> _),
                (rule.record(), promql::check_record_name),
            ] {
                if let Some((node, text)) = node.and_then(|it| Some((it, it.text()?))) {
                    for fault in check(text) {
                        out.fault(&self.document.file, node, fault);
                    }
                }
            }
        }
    }

    fn duration(&self, node: Option<&Node>, out: &mut Findings) -> Option<Duration> {
        let node = node?;
        let text = node.text()?;
        // Without a unit it is only nothing that Prometheus reads.
        if text == "0" {
            return Some(Duration::ZERO);
        }
        // The parser of expressions takes a bare number, the configuration does not.
        let is_bare = text.bytes().all(|it| it.is_ascii_digit());
        let duration = parse_duration(text).ok().filter(|_| !is_bare);
        if duration.is_none() {
            out.add(
                Class::Syn,
                &self.document.file,
                node.place,
                format!("`{text}` is no span of time"),
                "write a number and a unit, `90s`, `5m`, `1h30m`",
            );
        }
        duration
    }

    fn tests(&self, tree: &Node, out: &mut Findings) {
        let place = Use::new(UseKind::Prose);
        for test in tree.get("tests").map_or(&[][..], Node::items) {
            for query in test.get("promql_expr_test").map_or(&[][..], Node::items) {
                if let Some(expr) = query.get("expr") {
                    self.expr(expr, &place, out);
                }
            }
        }
    }

    fn dashboard(&self, tree: &Node, out: &mut Findings) {
        for panel in panels(tree) {
            let unit = panel
                .at(&["fieldConfig", "defaults", "unit"])
                .or_else(|| panel.get("format"))
                .and_then(Node::text);
            let kind = panel.get("type").and_then(Node::text);
            for (target, expr) in queries(panel) {
                let is_instant = target.get("instant").and_then(Node::text) == Some("true");
                // The unit of a heat map is that of the buckets' bounds.
                let is_map = kind == Some("heatmap");
                let place = Use::new(UseKind::Panel {
                    unit: unit.filter(|_| !is_map),
                    is_range: !is_instant && !matches!(kind, Some("table")),
                });
                self.expr(expr, &place, out);
                if let Some(legend) = target.get("legendFormat") {
                    let answer =
                        promql::answer(self.known, expr.text().unwrap_or_default(), &place);
                    self.template(legend, &answer, Field::Legend, out);
                }
            }
        }
        let variables = tree
            .get("dashboard")
            .unwrap_or(tree)
            .at(&["templating", "list"]);
        for variable in variables.map_or(&[][..], Node::items) {
            let query = variable.get("query");
            let query = query.map(|it| it.get("query").unwrap_or(it));
            if let Some(query) = query {
                self.variable(query, out);
            }
        }
    }

    fn template(&self, node: &Node, answer: &Answer, field: Field, out: &mut Findings) {
        let Some(text) = node.text() else {
            return;
        };
        for fault in template::check(self.known, answer, text, field) {
            out.fault(&self.document.file, node, fault);
        }
    }

    /// Every template of a notification, however deep it stands.
    fn notifications(&self, node: &Node, out: &mut Findings) {
        if node.text().is_some_and(|it| it.contains("{{")) {
            self.template(node, &Answer::default(), Field::Notification, out);
        }
        for item in node.items() {
            self.notifications(item, out);
        }
        for (key, value) in node.entries() {
            // What a receiver is called, and files, stand as they are.
            if key.text != "name" && !key.text.ends_with("_file") {
                self.notifications(value, out);
            }
        }
    }

    /// `label_values(metric, label)` of a variable.
    fn variable(&self, query: &Node, out: &mut Findings) {
        static VALUES: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(r"^\s*label_values\((.*),\s*([A-Za-z_][A-Za-z0-9_]*)\s*\)\s*$").ok()
        });
        let (Some(text), Some(values)) = (query.text(), VALUES.as_ref()) else {
            return;
        };
        let Some(found) = values.captures(text) else {
            return;
        };
        let (Some(metric), Some(label)) = (found.get(1), found.get(2)) else {
            return;
        };
        let place = Use::new(UseKind::Panel {
            unit: None,
            is_range: false,
        });
        for mut fault in self.faults(metric.as_str(), &place, out) {
            fault.at = fault.at.start + metric.start()..fault.at.end + metric.start();
            out.fault(&self.document.file, query, fault);
        }
        let answer = promql::answer(self.known, metric.as_str(), &place);
        if answer.has_label(label.as_str()) == Some(false) {
            out.add(
                Class::Lbl,
                &self.document.file,
                query.place_of(label.start()),
                format!("`{}` has no label `{}`", metric.as_str(), label.as_str()),
                "ask for a label that it has",
            )
            .declared = answer.declared;
        }
    }

    /// Expressions with empty lines between them.
    fn examples(&self, text: &Text, out: &mut Findings) {
        let place = Use::new(UseKind::Prose);
        let places = text.places();
        let mut start = 0;
        let mut part = String::new();
        let mut offset = 0;
        for line in text.text.split_inclusive('\n').chain([""]) {
            let trimmed = line.trim();
            if trimmed.is_empty() || (part.is_empty() && trimmed.starts_with('#')) {
                for fault in self.faults(&part, &place, out) {
                    let at = places(start + fault.at.start);
                    out.add(
                        fault.class,
                        &self.document.file,
                        at,
                        fault.message,
                        fault.remedy,
                    )
                    .declared = fault.declared;
                }
                part.clear();
            } else {
                if part.is_empty() {
                    start = offset;
                }
                part.push_str(line);
            }
            offset += line.len();
        }
    }

    /// Expressions within sentences.
    fn page(&self, page: &Page, out: &mut Findings) {
        for block in &page.blocks {
            match &block.content {
                Content::Paragraph(runs) | Content::Item(runs) => self.sentence(runs, out),
                Content::Table(_, rows) => {
                    for cell in rows.iter().flatten() {
                        self.sentence(cell, out);
                    }
                }
                _ => {}
            }
        }
    }

    fn sentence(&self, runs: &[Run], out: &mut Findings) {
        // A window of time is in no other language.
        static WINDOW: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"[\w}]\[\d+(?:ms|[smhdwy])\]").ok());
        let Some(window) = WINDOW.as_ref() else {
            return;
        };
        let place = Use::new(UseKind::Prose);
        for run in runs.iter().filter(|it| it.style == Style::Code) {
            if !window.is_match(&run.text) {
                continue;
            }
            for fault in self.faults(&run.text, &place, out) {
                let before = run.text.get(..fault.at.start).unwrap_or_default();
                let at = run
                    .place
                    .right(u32::try_from(before.chars().count()).unwrap_or(0));
                out.add(
                    fault.class,
                    &self.document.file,
                    at,
                    fault.message,
                    fault.remedy,
                )
                .declared = fault.declared;
            }
        }
    }
}
