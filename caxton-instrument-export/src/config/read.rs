//! The layers: what the environment says of a key, else what the file says.

use std::collections::{BTreeMap, BTreeSet};

use super::environment::Environment;
use super::key::{Key, Section};
use super::mistake::{Mistake, Place, Severity};
use super::node::{Data, Entry, Node};
use super::reading::{Origin, Reading};
use super::source::{Lines, Source};
use super::value::Value;

/// A file that was parsed.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(crate) source: Source,
    pub(crate) lines: Lines<'a>,
    pub(crate) root: Node,
}

/// Reads keys, and gathers what is wrong with them.
pub(crate) struct Reader<'a> {
    file: Option<&'a File<'a>>,
    environment: &'a Environment,
    pub(crate) mistakes: Vec<Mistake>,
    /// Where each key that is set was taken from, by its path.
    pub(crate) places: BTreeMap<String, Place>,
    /// Keys that are set to what cannot be used.
    pub(crate) unusable: BTreeSet<String>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: Option<&'a File<'a>>, environment: &'a Environment) -> Self {
        Self {
            file,
            environment,
            mistakes: Vec::new(),
            places: BTreeMap::new(),
            unusable: BTreeSet::new(),
        }
    }

    /// The value of a key: that of the environment, else that of the file.
    pub(crate) fn read<T: Value>(&mut self, section: &'static Section, name: &str) -> Option<T> {
        let key = section.keys.iter().find(|key| key.name == name)?;
        let path = section.path_of(key);
        let lower = self.of_file::<T>(key, &path);
        if lower.is_none() && self.is_in_file(key, &path) {
            self.unusable.insert(path.clone());
        }
        let upper = self.of_environment::<T>(section, key, &path);
        let (value, place) = match (upper, lower) {
            (Some((upper, place)), Some((lower, _))) => (upper.over(lower), place),
            (Some(upper), None) => upper,
            (None, Some(lower)) => lower,
            (None, None) => return None,
        };
        self.places.insert(path, place);
        Some(value)
    }

    fn is_in_file(&self, key: &Key, path: &str) -> bool {
        let has = |path: &str| {
            self.file
                .is_some_and(|file| file.root.entry(path).is_some())
        };
        has(path) || key.also.iter().any(|also| has(also))
    }

    fn of_file<T: Value>(&mut self, key: &Key, path: &str) -> Option<(T, Place)> {
        let file = self.file?;
        let mut entry = file.root.entry(path).map(|entry| (entry, path));
        for other in key.also {
            let Some(also) = file.root.entry(other) else {
                continue;
            };
            if entry.is_some() {
                self.unused(file, also, other, path);
            } else {
                entry = Some((also, other));
            }
        }
        // Spoken of as it was written.
        let (entry, path) = entry?;
        if let Some(feature) = key.missing_feature()
            && entry.value.data != Data::Bool(false)
        {
            let node = Node {
                data: Data::Bool(true),
                span: entry.key_span.clone(),
            };
            let place = file.lines.place(&file.source, &node.span);
            self.mistakes.push(missing_feature(path, place, feature));
            return None;
        }
        let origin = Origin::File(&file.source, &file.lines);
        let mut reading = Reading::new(
            path.to_owned(),
            origin,
            self.environment,
            &mut self.mistakes,
            &mut self.places,
        );
        let value = T::of(&entry.value, &mut reading)?;
        Some((value, file.lines.place(&file.source, &entry.key_span)))
    }

    fn of_environment<T: Value>(
        &mut self,
        section: &Section,
        key: &Key,
        path: &str,
    ) -> Option<(T, Place)> {
        let ours = section.variable_of(key);
        if let Some(text) = self.environment.get(&ours) {
            let place = Place::Variable(ours.clone());
            if let Some(feature) = key.missing_feature() {
                self.mistakes.push(missing_feature(path, place, feature));
                return None;
            }
            let origin = Origin::Variable(&ours);
            let mut reading = Reading::new(
                path.to_owned(),
                origin,
                self.environment,
                &mut self.mistakes,
                &mut self.places,
            );
            return Some((T::variable(text, &mut reading)?, place));
        }
        for name in section.otel_of(key) {
            let Some(text) = self.environment.get(&name) else {
                continue;
            };
            let place = Place::Variable(name.clone());
            if let Some(feature) = key.missing_feature() {
                let mut mistake = missing_feature(path, place, feature);
                // It may be there for another program.
                mistake.severity = Severity::Warning;
                self.mistakes.push(mistake);
                return None;
            }
            let origin = Origin::OtelVariable(&name);
            let mut reading = Reading::new(
                path.to_owned(),
                origin,
                self.environment,
                &mut self.mistakes,
                &mut self.places,
            );
            if let Some(value) = T::otel(text, &mut reading) {
                return Some((value, place));
            }
        }
        None
    }

    /// Two keys of one meaning.
    fn unused(&mut self, file: &File<'_>, entry: &Entry, other: &str, path: &str) {
        let place = file.lines.place(&file.source, &entry.key_span);
        let message = format!("`{other}` is not used: `{path}` says the same, and is set too");
        let mistake = Mistake::new(Severity::Warning, other, place, message)
            .help("write", format!("one of them, best `{path}`"));
        self.mistakes.push(mistake);
    }
}

fn missing_feature(path: &str, place: Place, feature: &str) -> Mistake {
    let message =
        format!("`{path}` needs the feature `{feature}`, which this program is built without");
    Mistake::new(Severity::Error, path, place, message).help(
        "write",
        format!("caxton-instrument-export = {{ .., features = [\"{feature}\"] }} in Cargo.toml, or leave the key out"),
    )
}
