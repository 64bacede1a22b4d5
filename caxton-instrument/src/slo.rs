//! Objectives next to the code that they are promised for.

use std::fmt;

use crate::descriptor::Location;
use crate::query::{Expr, Window};

/// What an objective is measured by, whatever the window: events, and those
/// among them that were not good.
pub trait Indicator: Send + Sync + fmt::Debug {
    /// The share of a window's events that were not good; nothing where there
    /// were none.
    fn bad_share(&self, over: Window) -> Expr;

    /// How many events there were within a window.
    fn events(&self, over: Window) -> Expr;

    /// The labels that there is one answer for each of.
    fn labels(&self) -> &[&'static str];
}

/// An objective: so large a share of the events of a time is good.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Slo {
    /// Its name, in camel case.
    pub name: &'static str,
    /// What it is measured by.
    pub indicator: &'static dyn Indicator,
    /// The share that is promised, between 0 and 1.
    pub objective: f64,
    /// The time that it is promised for.
    pub window: Window,
    /// Its alerts are silent while a window has fewer events.
    pub min_events: u32,
    /// The first paragraph of its doc comment.
    pub summary: &'static str,
    /// The further paragraphs, an empty line between them.
    pub description: &'static str,
    /// Who looks after what it watches; may be empty.
    pub owner: &'static str,
    /// Where it says what to do; may be empty.
    pub runbook: &'static str,
    /// Where it is declared.
    pub location: Location,
}
