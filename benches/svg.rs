//! Plots of the recorded results, as SVG that is readable on white and on black.

use std::fmt::Write as _;

use crate::report::{Line, ScrapeLine};
use crate::table::Row;

const WIDTH: f64 = 920.0;
const COLUMN: f64 = WIDTH / 2.0;
const NAMES: f64 = 222.0;
const BARS: f64 = COLUMN - NAMES - 90.0;
const STEP: f64 = 19.0;

/// Colours that carry over: GitHub shows the file on white and on near-black.
const STYLE: &str = "\
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 13px }
.note { fill: #57606a; font-size: 11px }
.this { font-weight: 600 }
.ours { fill: #0969da }
.peer { fill: #8c959f }
.two { fill-opacity: 0.45 }
.axis { stroke: #8c959f; stroke-dasharray: 2 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .note { fill: #9198a1 }
  .ours { fill: #58a6ff }
  .peer { fill: #6e7681 }
}
";

struct Bar {
    name: String,
    ours: bool,
    value: f64,
    /// The same on two threads at once.
    two: Option<f64>,
    label: String,
}

struct Panel {
    title: String,
    bars: Vec<Bar>,
}

/// Updates, beside every peer.
pub fn hot_path(lines: &[Line]) -> String {
    let note = "Uncontended atomic adds, log scale, less is better. Pale: two threads at once.";
    draw(&updates(lines), note)
}

/// Scrapes, beside every peer.
pub fn scrape(lines: &[ScrapeLine]) -> String {
    draw(&scrapes(lines), "Log scale, less is better.")
}

fn updates(lines: &[Line]) -> Vec<Panel> {
    let mut panels: Vec<Panel> = Vec::new();
    let shown = lines.iter().filter(|line| line.row != Row::Raw.title());
    for line in shown.filter(|line| !line.case.ends_with("our recorder")) {
        if panels.last().is_none_or(|panel| panel.title != line.row) {
            panels.push(Panel {
                title: line.row.clone(),
                bars: Vec::new(),
            });
        }
        if let Some(panel) = panels.last_mut() {
            panel.bars.push(Bar {
                name: line.case.replace('`', ""),
                ours: line.case.starts_with("this"),
                value: line.one,
                two: line.two,
                label: format!("{:.2}", line.one),
            });
        }
    }
    panels
}

fn scrapes(lines: &[ScrapeLine]) -> Vec<Panel> {
    let panel = |title: &str, unit: &str, value: fn(&ScrapeLine) -> f64| Panel {
        title: title.into(),
        bars: lines
            .iter()
            .map(|line| Bar {
                name: line.library.clone(),
                ours: line.library == "this",
                value: value(line),
                two: None,
                label: number(value(line)) + unit,
            })
            .collect(),
    };
    vec![
        panel("100,000 counter series: one scrape", " ms", |line| {
            line.counters.ms
        }),
        panel("10,000 histogram series: one scrape", " ms", |line| {
            line.histograms.ms
        }),
        panel("100,000 counter series: allocated", " MB", |line| {
            line.counters.allocated / 1e6
        }),
        panel("10 M observations: memory grows", " MB", |line| {
            line.growth / 1e6
        }),
    ]
}

fn number(value: f64) -> String {
    if value < 9.95 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

/// Two columns of panels, a logarithmic scale each.
fn draw(panels: &[Panel], note: &str) -> String {
    let mut body = String::new();
    let mut heights = [34.0_f64; 2];
    for panel in panels {
        let column = usize::from(heights[1] < heights[0]);
        let left = if column == 0 { 0.0 } else { COLUMN };
        heights[column] = draw_panel(&mut body, panel, left, heights[column]);
    }
    let height = heights[0].max(heights[1]);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\">\n<style>\n{STYLE}</style>\n\
         <text class=\"note\" x=\"8\" y=\"18\">{note}</text>\n{body}</svg>\n"
    )
}

fn draw_panel(body: &mut String, panel: &Panel, left: f64, top: f64) -> f64 {
    let values = || {
        let bars = panel.bars.iter();
        bars.flat_map(|bar| [bar.value, bar.two.unwrap_or(bar.value)])
    };
    let most = values().fold(1.0, f64::max);
    let least = values().filter(|value| *value > 0.0).fold(most, f64::min);
    // Below the shortest bar, so that it is seen, and not by more than a
    // measurement can tell.
    let floor = (least / 2.0).clamp(0.1, 1.0);
    let length = |value: f64| {
        let share = (value.max(floor) / floor).ln() / (most / floor).ln();
        share.clamp(0.004, 1.0) * BARS
    };
    let x = left + NAMES;
    let mut y = top + 14.0;
    // Writing to a string cannot fail.
    let _ = writeln!(
        body,
        "<text class=\"title\" x=\"{}\" y=\"{y:.0}\">{}</text>",
        left + 8.0,
        escape(&panel.title)
    );
    y += 8.0;
    let first = y;
    for bar in &panel.bars {
        let (colour, weight) = if bar.ours {
            ("ours", " class=\"this\"")
        } else {
            ("peer", "")
        };
        let middle = y + 12.0;
        let _ = writeln!(
            body,
            "<text{weight} x=\"{}\" y=\"{middle:.0}\" text-anchor=\"end\">{}</text>",
            x - 6.0,
            escape(&bar.name)
        );
        let mut end = length(bar.value);
        if let Some(two) = bar.two {
            let _ = writeln!(
                body,
                "<rect class=\"{colour} two\" x=\"{x}\" y=\"{:.0}\" width=\"{:.1}\" height=\"13\"/>",
                y + 1.0,
                length(two)
            );
            end = end.max(length(two));
        }
        let _ = writeln!(
            body,
            "<rect class=\"{colour}\" x=\"{x}\" y=\"{:.0}\" width=\"{:.1}\" height=\"13\"/>",
            y + 1.0,
            length(bar.value)
        );
        let two = bar.two.map_or(String::new(), |two| format!(" / {two:.1}"));
        let _ = writeln!(
            body,
            "<text class=\"note\" x=\"{:.1}\" y=\"{middle:.0}\">{}{two}</text>",
            x + end + 5.0,
            bar.label
        );
        y += STEP;
    }
    if floor < 1.0 && most > 1.0 && panel.bars.iter().all(|bar| !bar.label.contains(' ')) {
        let one = x + length(1.0);
        let _ = writeln!(
            body,
            "<line class=\"axis\" x1=\"{one:.1}\" x2=\"{one:.1}\" y1=\"{first:.0}\" y2=\"{y:.0}\"/>"
        );
    }
    y + 16.0
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
