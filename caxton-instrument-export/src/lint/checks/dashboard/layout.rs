//! What panels have to each other: places, ids, and the dashboard's own id.

use std::collections::HashMap;

use super::{Sheet, dashboard};
use crate::lint::context::Context;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::tree::Node;

/// The most panels that are compared with each other.
const MAX_COMPARED: usize = 500;

impl Sheet<'_> {
    /// Two panels with one id: links and alerts find the first.
    pub(super) fn ids(&self, panels: &[&Node], out: &mut Findings) {
        let mut seen: HashMap<&str, &Node> = HashMap::new();
        for panel in panels {
            let Some(id) = panel.get("id") else {
                continue;
            };
            let Some(text) = id.text() else {
                continue;
            };
            if let Some(before) = seen.insert(text, id) {
                let message = format!(
                    "the panel has the id {text}, as that of line {}",
                    before.place.line
                );
                self.add(
                    id,
                    message,
                    "give each panel an id of its own, or none",
                    out,
                );
            }
        }
    }

    /// Two dashboards with one uid: the one that is loaded last is kept.
    pub(super) fn uid(&self, context: &Context<'_>, out: &mut Findings) {
        let Some(uid) = self.dashboard.get("uid") else {
            return;
        };
        let Some(text) = uid.text().filter(|it| !it.is_empty()) else {
            return;
        };
        if text.len() > 40 {
            let message = format!("the uid is {} bytes long, 40 are allowed", text.len());
            self.add(uid, message, "write a shorter one", out);
        }
        let others = context.of_kind(self.document, Kind::Dashboard);
        for other in others.take_while(|it| !std::ptr::eq(*it, self.document)) {
            let other_dashboard = other.tree().map(dashboard);
            // One that is called the same is the same, in a `ConfigMap` as well.
            let title = |it: &Node| it.get("title").and_then(Node::text).map(String::from);
            if other_dashboard.is_some_and(|it| title(it) == title(self.dashboard)) {
                continue;
            }
            let same = other_dashboard
                .and_then(|it| it.get("uid"))
                .filter(|it| it.text() == Some(text));
            if let Some(same) = same {
                let message = format!(
                    "the dashboard has the uid `{text}`, as that of {}:{}",
                    other.file, same.place.line
                );
                self.add(uid, message, "give each dashboard a uid of its own", out);
                return;
            }
        }
    }

    /// Panels that lie on each other, of those that are seen at one time.
    pub(super) fn overlaps(&self, out: &mut Findings) {
        let shown = self.dashboard.get("panels").map_or(&[][..], Node::items);
        let areas: Vec<_> = shown
            .iter()
            .filter_map(Area::of)
            .take(MAX_COMPARED)
            .collect();
        for (index, area) in areas.iter().enumerate() {
            if area.x + area.width > 24 {
                let message = format!(
                    "the panel ends in column {}, the grid has 24",
                    area.x + area.width
                );
                self.add(
                    area.node,
                    message,
                    "make `x` and `w` 24 together at most",
                    out,
                );
            }
            if let Some(other) = areas[..index].iter().find(|it| it.covers(area)) {
                let message = format!("the panel lies on that of line {}", other.node.place.line);
                self.add(area.node, message, "move one of them", out);
            }
        }
    }
}

struct Area<'a> {
    node: &'a Node,
    x: u64,
    y: u64,
    width: u64,
    height: u64,
}

impl<'a> Area<'a> {
    fn of(panel: &'a Node) -> Option<Self> {
        let node = panel.get("gridPos")?;
        let number = |key: &str| -> Option<u64> {
            let number: u64 = node.get(key)?.text()?.parse().ok()?;
            (number < 1_000_000).then_some(number)
        };
        Some(Self {
            node,
            x: number("x")?,
            y: number("y")?,
            width: number("w")?,
            height: number("h")?,
        })
    }

    const fn covers(&self, other: &Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}
