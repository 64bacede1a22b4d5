//! A value while it is read: whose it is and where it stands, for what is to
//! be said about it.

use std::collections::BTreeMap;

use super::environment::Environment;
use super::mistake::{Mistake, Place, Severity};
use super::node::Node;
use super::source::{Lines, Source};
use super::value::Problem;

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    File(&'a Source, &'a Lines<'a>),
    /// A variable of ours.
    Variable(&'a str),
    /// A variable of OpenTelemetry: what it holds and cannot be used is
    /// [ignored](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#enum).
    OtelVariable(&'a str),
}

pub(crate) struct Reading<'a> {
    key: String,
    /// Where the last part of the key begins.
    last: usize,
    /// Whether it is one of the values of a list.
    is_item: bool,
    origin: Origin<'a>,
    environment: &'a Environment,
    mistakes: &'a mut Vec<Mistake>,
    places: &'a mut BTreeMap<String, Place>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(
        key: String,
        origin: Origin<'a>,
        environment: &'a Environment,
        mistakes: &'a mut Vec<Mistake>,
        places: &'a mut BTreeMap<String, Place>,
    ) -> Self {
        Self {
            last: key.rfind('.').map_or(0, |at| at + 1),
            key,
            is_item: false,
            origin,
            environment,
            mistakes,
            places,
        }
    }

    /// The last part of the key.
    pub(crate) fn name(&self) -> &str {
        self.key.get(self.last..).unwrap_or(&self.key)
    }

    pub(crate) fn environment(&self) -> &'a Environment {
        self.environment
    }

    pub(crate) fn variable_name(&self) -> &str {
        match self.origin {
            Origin::File(..) => "",
            Origin::Variable(name) | Origin::OtelVariable(name) => name,
        }
    }

    fn assignment(&self, value: &str) -> String {
        if self.is_item {
            value.to_owned()
        } else {
            format!("{} = {value}", self.name())
        }
    }

    /// The same about the values of a list.
    pub(crate) fn items<R>(&mut self, read: impl FnOnce(&mut Self) -> R) -> R {
        self.is_item = true;
        let result = read(self);
        self.is_item = false;
        result
    }

    /// Remembers where a part of the value stands, for what is found out later.
    pub(crate) fn mark(&mut self, part: &str, node: &Node) {
        let place = self.place(node);
        self.places.insert(format!("{}.{part}", self.key), place);
    }

    /// The same about an entry of the key's table.
    pub(crate) fn within<R>(&mut self, entry: &str, read: impl FnOnce(&mut Self) -> R) -> R {
        let (length, last) = (self.key.len(), self.last);
        self.key.push('.');
        self.last = self.key.len();
        self.key.push_str(&name(entry));
        let result = read(self);
        self.key.truncate(length);
        self.last = last;
        result
    }

    /// Says that a value cannot be used.
    pub(crate) fn wrong(&mut self, node: &Node, problem: Problem, allowed: String) {
        self.say(node, problem, node.data.describe().into_owned(), allowed);
    }

    /// The same, without a word of the value.
    pub(crate) fn wrong_secret(
        &mut self,
        node: &Node,
        problem: Problem,
        found: &str,
        allowed: String,
    ) {
        self.say(node, problem, found.to_owned(), allowed);
    }

    fn say(&mut self, node: &Node, problem: Problem, found: String, allowed: String) {
        let (severity, is_text) = match self.origin {
            Origin::File(..) => (Severity::Error, false),
            Origin::Variable(_) => (Severity::Error, true),
            Origin::OtelVariable(_) => (Severity::Warning, true),
        };
        let message = format!("`{}` {}", self.key, problem.what);
        let mut mistake = Mistake::new(severity, &self.key, self.place(node), message)
            .found(found)
            .help("allowed", allowed);
        if let Some(write) = problem.write {
            let write = if is_text {
                write.trim_matches('"').to_owned()
            } else {
                self.assignment(&write)
            };
            mistake = mistake.help("write", write);
        }
        if severity == Severity::Warning {
            mistake = mistake.help("note", "it is ignored, as OpenTelemetry asks");
        }
        self.mistakes.push(mistake);
    }

    /// Says something about a value that is used all the same.
    pub(crate) fn warn(&mut self, node: &Node, message: String, write: String) {
        let write = self.assignment(&write);
        let mistake = Mistake::new(Severity::Warning, &self.key, self.place(node), message)
            .help("write", write);
        self.mistakes.push(mistake);
    }

    fn place(&self, node: &Node) -> Place {
        match self.origin {
            Origin::File(source, lines) => lines.place(source, &node.span),
            Origin::Variable(name) | Origin::OtelVariable(name) => Place::Variable(name.to_owned()),
        }
    }
}

/// A key as TOML writes it.
pub(crate) fn name(key: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !key.is_empty() && key.chars().all(is_bare) {
        key.to_owned()
    } else {
        super::node::quoted(key)
    }
}
