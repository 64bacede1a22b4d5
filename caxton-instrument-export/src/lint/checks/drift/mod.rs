//! DRIFT: two statements of one figure that disagree: what a page promises, what
//! an alert asks, what a load test allows.
//!
//! ```text
//! subject   what a figure is about, in whatever words
//! figure    numbers with their units, as people write them
//! stated    figures of tables, lists and load tests
//! asked     figures of alerts
//! settings  a setting that TOML spells in two ways
//! ```

mod asked;
mod figure;
mod settings;
mod stated;
mod subject;

use super::Check;
use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::tree::Place;
use figure::Figure;
use subject::Subject;

pub(super) const CHECK: Check = check;

/// A figure, and what it is about.
#[derive(Debug, Clone)]
struct Statement {
    subject: Subject,
    figure: Figure,
    /// What it is a statement for: `critical`, `warning`, a target.
    level: Level,
    /// What stands there.
    told: String,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// What is promised; an alert comes later.
    Target,
    Warning,
    Critical,
    Any,
}

impl Level {
    fn of(word: &str) -> Self {
        let word = word.to_lowercase();
        if word.contains("critical") || word.contains("page") {
            Self::Critical
        } else if word.contains("warn") {
            Self::Warning
        } else if ["target", "objective", "slo", "goal"]
            .iter()
            .any(|it| word.contains(it))
        {
            Self::Target
        } else {
            Self::Any
        }
    }
}

fn check(document: &Document, context: &Context<'_>, out: &mut Findings) {
    if document.kind != Kind::Rules {
        pages(document, out);
        settings::check(document, context, out);
        return;
    }
    let Some(tree) = document.tree() else { return };
    let stated: Vec<Statement> = context.system(document).flat_map(stated::all).collect();
    for alert in asked::all(tree) {
        let about =
            |it: &&Statement| it.subject.covers(&alert.subject) && it.figure.is_of(&alert.figure);
        let mut about = stated.iter().filter(about).collect::<Vec<_>>();
        let is_level = |it: &&Statement| it.level == alert.level && alert.level != Level::Any;
        if about.iter().any(is_level) {
            about.retain(|it| is_level(it));
        } else if let Some(disagrees) = between(&about, &alert) {
            // A warning lies between what is promised and what is critical.
            if !disagrees {
                continue;
            }
        }
        if about.is_empty() || about.iter().any(|it| it.figure.is_same(&alert.figure)) {
            continue;
        }
        let Some(other) = about.first() else { continue };
        out.add(
            Class::Drift,
            &document.file,
            alert.place,
            format!(
                "`{}` fires at {}, and line {} says {}",
                alert.told, alert.figure, other.place.line, other.told
            ),
            "state the figure once: derive one of them from the other",
        );
    }
}

/// Whether a warning is outside of what is promised and what is critical;
/// `None` where there are not both.
fn between(about: &[&Statement], alert: &Statement) -> Option<bool> {
    let of = |level| {
        about
            .iter()
            .find(|it| it.level == level)
            .map(|it| it.figure.value)
    };
    let (target, critical) = (of(Level::Target)?, of(Level::Critical)?);
    let (low, high) = (target.min(critical), target.max(critical));
    Some(alert.figure.value < low || alert.figure.value > high)
}

/// Statements of one page that say two things of the same.
fn pages(document: &Document, out: &mut Findings) {
    if document.page().is_none() {
        return;
    }
    let stated = stated::all(document);
    for (index, later) in stated.iter().enumerate() {
        let is_other = |it: &&Statement| {
            it.subject == later.subject
                && it.level == later.level
                && it.figure.is_of(&later.figure)
                && it.figure.has_direction_of(&later.figure)
                && !it.figure.is_same(&later.figure)
        };
        if let Some(first) = stated[..index].iter().find(is_other) {
            out.add(
                Class::Drift,
                &document.file,
                later.place,
                format!(
                    "this says {}, and line {} says {}",
                    later.told, first.place.line, first.told
                ),
                "state the figure once",
            );
        }
    }
}
