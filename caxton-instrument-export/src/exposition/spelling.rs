//! A family for a reader that does not get it as it is kept: its name or those
//! of its labels are escaped, or stand in quotes.

use std::sync::Arc;

use caxton_instrument::recorder::{Family, Series};

use super::escaping::{push_label_name, push_quoted};
use super::label_names::LabelNames;
use super::opening::{Opening, USUAL};

/// How a family is spelled.
#[derive(Debug)]
pub(super) struct Spelling {
    /// Its name as it is written, if that is another one.
    pub(super) name: Option<Arc<str>>,
    /// Whether text has the name in quotes.
    pub(super) is_quoted: bool,
    /// The labels as they are written, if that is not as they are called.
    pub(super) labels: Option<Arc<LabelNames>>,
}

impl Spelling {
    /// Whether a series is written at all.
    pub(super) fn shows_any(&self, family: &Family) -> bool {
        family.series().any(|series| self.shows(&series))
    }

    fn shows(&self, series: &Series<'_>) -> bool {
        self.labels.as_ref().is_none_or(|labels| {
            series
                .labels()
                .all(|(name, _)| labels.written(name).is_some())
        })
    }

    /// How a label is written; `None` if series with it are left out.
    fn label<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        match &self.labels {
            Some(labels) => labels.written(name),
            None => Some(name),
        }
    }
}

/// A family that is written, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) family: &'a Family,
    /// `None` for one that is written as it is kept.
    pub(super) spelling: Option<&'a Spelling>,
}

impl<'a> Shown<'a> {
    /// The name as it is written.
    pub(super) fn name(self) -> &'a str {
        match self.spelling.and_then(|spelling| spelling.name.as_ref()) {
            Some(name) => name,
            None => self.family.name(),
        }
    }

    /// Whether text has the name in quotes.
    pub(super) fn is_quoted(self) -> bool {
        self.spelling.is_some_and(|spelling| spelling.is_quoted)
    }

    /// Whether a series is written.
    pub(super) fn has(self, series: &Series<'_>) -> bool {
        self.spelling.is_none_or(|spelling| spelling.shows(series))
    }

    /// How a label of a series that is written is called.
    pub(super) fn label(self, name: &'a str) -> &'a str {
        let written = self.spelling.and_then(|spelling| spelling.label(name));
        written.unwrap_or(name)
    }
}

/// The families of a scrape, and how those are spelled that need it.
#[derive(Debug, Default)]
pub(super) struct Families {
    pub(super) all: Vec<Family>,
    /// With the place of their family, rising.
    pub(super) spellings: Vec<(usize, Spelling)>,
}

impl Families {
    pub(super) fn iter(&self) -> impl Iterator<Item = Shown<'_>> {
        let mut spellings = self.spellings.iter().peekable();
        self.all.iter().enumerate().map(move |(at, family)| Shown {
            family,
            spelling: spellings
                .next_if(|(place, _)| *place == at)
                .map(|(_, spelling)| spelling),
        })
    }
}

/// As a family is spelled.
#[derive(Debug, Default)]
pub(super) struct Spelled<'a> {
    spelling: Option<&'a Spelling>,
    /// Of the series that was taken.
    labels: String,
}

impl<'a> Spelled<'a> {
    /// Begins a family.
    pub(super) fn begin(&mut self, spelling: &'a Spelling) {
        self.spelling = Some(spelling);
    }
}

impl<'a> Opening<'a> for Spelled<'a> {
    fn take(&mut self, series: &Series<'a>) -> bool {
        self.labels.clear();
        self.labels.reserve(USUAL);
        for (name, value) in series.labels() {
            let Some(name) = self.spelling.and_then(|spelling| spelling.label(name)) else {
                return false;
            };
            if !self.labels.is_empty() {
                self.labels.push(',');
            }
            push_label_name(&mut self.labels, name);
            for part in ["=\"", value.escaped(), "\""] {
                self.labels.push_str(part);
            }
        }
        true
    }

    fn sample(&mut self, out: &mut String, name: &str, series: &Series<'a>) {
        self.suffixed(out, name, "", series);
    }

    fn created(&mut self, out: &mut String, name: &str, series: &Series<'a>) {
        self.suffixed(out, name, "_created", series);
    }

    /// A name in quotes stands between the braces, in front of the labels.
    fn open(&mut self, out: &mut String, name: &str, suffix: &str, _: &Series<'a>) -> bool {
        let is_quoted = self.spelling.is_some_and(|spelling| spelling.is_quoted);
        if is_quoted {
            out.push('{');
            push_quoted(out, name, suffix);
            if !self.labels.is_empty() {
                out.push(',');
            }
        } else {
            for part in [name, suffix, "{"] {
                out.push_str(part);
            }
        }
        out.push_str(&self.labels);
        is_quoted || !self.labels.is_empty()
    }
}
