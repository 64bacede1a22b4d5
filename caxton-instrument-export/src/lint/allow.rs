//! Faults that are allowed, with a reason.
//!
//! ```text
//! expr: up == 0  # caxton-lint: allow(LIVE) another rule covers it
//! <!-- caxton-lint: allow(CAT, NAM) names of the first release -->
//! "caxton-lint": "allow(DASH) drawn by a plugin of ours",
//! ```
//!
//! A comment holds for its line, or for the next one if it stands alone, and
//! for what is indented below that; before an example or a table on a page, for
//! all of it. The key holds for its object in JSON, which has no comments.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use regex::Regex;

use super::class::Class;
use super::finding::{Finding, Findings};
use super::tree::Place;

struct Allow {
    classes: Vec<Class>,
    lines: RangeInclusive<usize>,
    place: Place,
    used: Vec<Class>,
}

fn pattern() -> Option<&'static Regex> {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(concat!(
            r#"(?P<comment>#|//|<!--)\s*caxton-lint:\s*allow\(([^)]*)\)([^\n]*)"#,
            r#"|"caxton-lint"\s*:\s*"\s*allow\(([^)]*)\)([^"\n]*)""#,
        ))
        .ok()
    });
    PATTERN.as_ref()
}

/// Takes out of the findings of one file what it allows; adds those about what
/// it allows in vain.
pub(super) fn apply(file: &str, text: &str, findings: &mut Vec<Finding>) {
    if !text.contains("caxton-lint") {
        return;
    }
    let mut wrong = Findings::default();
    let mut allows = of_text(file, text, &mut wrong);
    findings.retain(|finding| {
        let line = usize::try_from(finding.line).unwrap_or(usize::MAX);
        let mut is_allowed = false;
        for allow in &mut allows {
            if allow.lines.contains(&line) && allow.classes.contains(&finding.class) {
                is_allowed = true;
                allow.used.push(finding.class);
            }
        }
        !is_allowed
    });
    for allow in &allows {
        for class in allow.classes.iter().filter(|it| !allow.used.contains(it)) {
            wrong.add(
                Class::Syn,
                file,
                allow.place,
                format!("nothing of class {class} is wrong where it is allowed"),
                "leave the comment out",
            );
        }
    }
    findings.extend(wrong.sorted().0);
}

fn of_text(file: &str, text: &str, wrong: &mut Findings) -> Vec<Allow> {
    let Some(pattern) = pattern() else {
        return Vec::new();
    };
    let lines: Vec<&str> = text.lines().collect();
    let mut allows = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(found) = pattern.captures(line) else {
            continue;
        };
        let Some(whole) = found.get(0) else {
            continue;
        };
        // A page that tells how it is done.
        if line[..whole.start()].ends_with('`') {
            continue;
        }
        let part = |a, b| {
            found
                .get(a)
                .or_else(|| found.get(b))
                .map_or("", |it| it.as_str())
        };
        let place = Place {
            line: u32::try_from(index + 1).unwrap_or(u32::MAX),
            column: u32::try_from(line[..whole.start()].chars().count() + 1).unwrap_or(u32::MAX),
        };
        let mut classes = Vec::new();
        for name in part(2, 4).split(',').map(str::trim) {
            if let Some(class) = Class::of_id(name) {
                classes.push(class);
                continue;
            }
            let all = Class::ALL.map(Class::id).join(", ");
            wrong.add(
                Class::Syn,
                file,
                place,
                format!("`{name}` is no class of faults"),
                format!("write one of {all}"),
            );
        }
        let reason = part(3, 5).trim().trim_end_matches("-->").trim();
        if reason.is_empty() {
            wrong.add(
                Class::Syn,
                file,
                place,
                "a fault is allowed without a reason",
                "say after the classes why it is right here",
            );
        }
        let covered = match found.name("comment") {
            None => object(&lines, index),
            Some(_) if line[..whole.start()].trim().is_empty() => match next(&lines, index) {
                Some(next) => next..=last_below(&lines, next),
                None => index..=index,
            },
            Some(_) => index..=last_below(&lines, index),
        };
        allows.push(Allow {
            classes,
            lines: covered.start() + 1..=covered.end() + 1,
            place,
            used: Vec::new(),
        });
    }
    allows
}

/// The next line that says something else than what is allowed.
fn next(lines: &[&str], index: usize) -> Option<usize> {
    let rest = lines.iter().enumerate().skip(index + 1);
    rest.filter(|(_, line)| !line.trim().is_empty() && !line.contains("caxton-lint: allow("))
        .map(|(index, _)| index)
        .next()
}

/// The last line that belongs to a line.
fn last_below(lines: &[&str], index: usize) -> usize {
    let line = lines[index].trim_start();
    let rest = || lines.iter().enumerate().skip(index + 1);
    for fence in ["```", "~~~"] {
        if line.starts_with(fence) {
            let end = rest().find(|(_, it)| it.trim_start().starts_with(fence));
            return end.map_or(lines.len() - 1, |(index, _)| index);
        }
    }
    let belongs = |it: &str| {
        if line.starts_with('|') {
            it.trim_start().starts_with('|')
        } else {
            it.trim().is_empty() || indent(it) > indent(lines[index])
        }
    };
    rest()
        .take_while(|(_, it)| belongs(it))
        .filter(|(_, it)| !it.trim().is_empty())
        .last()
        .map_or(index, |(index, _)| index)
}

/// The lines of the object in which a key stands, by their indentation.
fn object(lines: &[&str], index: usize) -> RangeInclusive<usize> {
    let own = indent(lines[index]);
    let is_inside = |line: &&str| indent(line) >= own;
    let above = lines[..index]
        .iter()
        .rev()
        .take_while(|it| is_inside(it))
        .count();
    let below = lines[index + 1..]
        .iter()
        .take_while(|it| is_inside(it))
        .count();
    index.saturating_sub(above + 1)..=index + below
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
