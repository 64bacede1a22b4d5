//! Where panels stand: in rows that can be folded, from left to right.

use super::model::{GridPos, Item, Panel, Row};

/// The columns of Grafana's grid.
const COLUMNS: u32 = 24;

/// Panels of one theme.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) panels: Vec<Panel>,
    /// It asks nothing before somebody opens it.
    pub(super) collapsed: bool,
}

impl Section {
    pub(super) fn open(title: &str, panels: Vec<Panel>) -> Self {
        Self {
            title: title.to_owned(),
            panels,
            collapsed: false,
        }
    }

    pub(super) const fn folded(title: String, panels: Vec<Panel>) -> Self {
        Self {
            title,
            panels,
            collapsed: true,
        }
    }
}

/// One below the other, with numbers of their own; one without panels is left
/// out.
pub(super) fn lay_out(sections: Vec<Section>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut ids = 1..;
    let mut next = move || ids.next().unwrap_or(u32::MAX);
    let mut y = 0;
    for section in sections.into_iter().filter(|it| !it.panels.is_empty()) {
        let id = next();
        let grid_pos = GridPos {
            h: 1,
            w: COLUMNS,
            x: 0,
            y,
        };
        y += 1;
        let (panels, below) = flow(section.panels, y, &mut next);
        let mut row = Row {
            kind: "row",
            id,
            title: section.title,
            collapsed: section.collapsed,
            grid_pos,
            panels: Vec::new(),
        };
        if section.collapsed {
            row.panels = panels;
            items.push(Item::Row(row));
        } else {
            y = below;
            items.push(Item::Row(row));
            items.extend(panels.into_iter().map(|it| Item::Panel(Box::new(it))));
        }
    }
    items
}

/// From left to right, and on below the highest of a line.
fn flow(mut panels: Vec<Panel>, top: u32, next: &mut impl FnMut() -> u32) -> (Vec<Panel>, u32) {
    let (mut x, mut y, mut height) = (0, top, 0);
    for panel in &mut panels {
        let GridPos { h, w, .. } = panel.grid_pos;
        if x + w > COLUMNS {
            (x, y, height) = (0, y + height, 0);
        }
        panel.id = next();
        panel.grid_pos = GridPos { h, w, x, y };
        x += w;
        height = height.max(h);
    }
    (panels, y + height)
}
