//! Keys that mean nothing: each with the nearest one that does, or the section
//! where it does.

use super::environment::Environment;
use super::key::Section;
use super::keys::{ROOTS, SECTIONS};
use super::mistake::{Mistake, Severity};
use super::node::{Data, Entry};
use super::read::File;
use super::value::nearest;

/// What our variables begin with.
const OURS: [&str; 2] = ["CAXTON_OBSERVABILITY_", "CAXTON_PROFILING_"];

/// Looks at every key of a file.
pub(crate) fn of_file(file: &File<'_>, mistakes: &mut Vec<Mistake>) {
    for entry in file.root.table().unwrap_or_default() {
        if ROOTS.contains(&entry.key.as_str()) {
            section(file, entry, &entry.key, mistakes);
        } else {
            other(file, entry, mistakes);
        }
    }
}

/// A table under a path that is known.
fn section(file: &File<'_>, entry: &Entry, path: &str, mistakes: &mut Vec<Mistake>) {
    let Data::Table(entries) = &entry.value.data else {
        let place = file.lines.place(&file.source, &entry.value.span);
        let message = format!("`{path}` is a section, and no key");
        let mistake = Mistake::new(Severity::Error, path, place, message)
            .found(entry.value.data.describe())
            .help(
                "write",
                format!("[{path}], and its keys in lines of their own"),
            );
        mistakes.push(mistake);
        return;
    };
    let known = SECTIONS.iter().find(|section| section.path == path);
    for entry in entries {
        let full = format!("{path}.{}", entry.key);
        let is_section = |section: &&Section| {
            section.path == full
                || section
                    .path
                    .strip_prefix(&full)
                    .is_some_and(|it| it.starts_with('.'))
        };
        if SECTIONS.iter().copied().any(|it| is_section(&it)) {
            section(file, entry, &full, mistakes);
            continue;
        }
        let is_key =
            known.is_some_and(|section| section.keys.iter().any(|key| key.name == entry.key));
        let is_alias = || {
            let keys = SECTIONS.iter().flat_map(|section| section.keys);
            keys.flat_map(|key| key.also).any(|also| *also == full)
        };
        if !is_key && !is_alias() {
            mistakes.push(unknown(file, entry, path));
        }
    }
}

fn unknown(file: &File<'_>, entry: &Entry, path: &str) -> Mistake {
    let key = entry.key.as_str();
    let place = file.lines.place(&file.source, &entry.key_span);
    let message = format!("unknown key `{key}` in [{path}]");
    let mistake = Mistake::new(Severity::Error, format!("{path}.{key}"), place, message).covered();
    match meant(key, path) {
        Meant::Here(near) => mistake.help("meant", format!("`{near}`?")),
        Meant::There(sections) => mistake.help(
            "meant",
            format!("`{key}` is a key of [{}]", sections.join("], [")),
        ),
        Meant::Near(near, section) => mistake.help("meant", format!("`{near}` of [{section}]?")),
        Meant::Unknown => mistake.help("allowed", names_in(path).join(", ")),
    }
}

enum Meant {
    Here(&'static str),
    There(Vec<&'static str>),
    Near(&'static str, &'static str),
    Unknown,
}

/// What an unknown key may be meant to be.
fn meant(key: &str, path: &str) -> Meant {
    let here = names_in(path);
    if let Some(near) = nearest(key, here.iter().copied()) {
        return Meant::Here(near);
    }
    let with = |section: &&&Section| section.keys.iter().any(|known| known.name == key);
    let there: Vec<_> = SECTIONS
        .iter()
        .filter(with)
        .map(|section| section.path)
        .collect();
    // A section in this one is nearer than others.
    let inner = |section: &&&str| {
        let rest = section.strip_prefix(path);
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    let near: Vec<_> = there.iter().filter(inner).copied().collect();
    match (near.is_empty(), there.is_empty()) {
        (false, _) => return Meant::There(near),
        (true, false) => return Meant::There(there),
        (true, true) => {}
    }
    // `endpoint` for `otlp_endpoint`, and the other way.
    let parts = |known: &&&'static str| {
        let long = |long: &str, short: &str| {
            short.len() > 3
                && long
                    .strip_suffix(short)
                    .is_some_and(|rest| rest.ends_with('_'))
        };
        long(known, key) || long(key, known)
    };
    if let Some(part) = here.iter().find(parts) {
        return Meant::Here(part);
    }
    let all = SECTIONS
        .iter()
        .flat_map(|section| section.keys.iter().map(|known| (known.name, section.path)));
    let near = nearest(key, all.clone().map(|(name, _)| name));
    match near.and_then(|near| all.clone().find(|(name, _)| *name == near)) {
        Some((near, section)) => Meant::Near(near, section),
        None => Meant::Unknown,
    }
}

/// The keys of a section, and the sections in it.
fn names_in(path: &str) -> Vec<&'static str> {
    let mut names = Vec::new();
    for section in SECTIONS {
        if section.path == path {
            names.extend(section.keys.iter().map(|key| key.name));
        } else if let Some(rest) = section.path.strip_prefix(path)
            && let Some(rest) = rest.strip_prefix('.')
        {
            let name = rest.split('.').next().unwrap_or(rest);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// A key at the root that is none of ours: the file may hold more than
/// telemetry.
fn other(file: &File<'_>, entry: &Entry, mistakes: &mut Vec<Mistake>) {
    let key = entry.key.as_str();
    let place = || file.lines.place(&file.source, &entry.key_span);
    if let (Some(near), Data::Table(_)) = (nearest(key, ROOTS.iter().copied()), &entry.value.data) {
        let message = format!("unknown section [{key}]");
        let mistake = Mistake::new(Severity::Error, key, place(), message)
            .help("meant", format!("[{near}]?"));
        mistakes.push(mistake);
        return;
    }
    // `[metrics]` for `[observability.metrics]`: whether it is ours tell its keys.
    let full = format!("observability.{key}");
    let is_ours = match &entry.value.data {
        Data::Table(entries) => {
            let names = names_in(&full);
            !entries.is_empty()
                && entries
                    .iter()
                    .all(|entry| names.contains(&entry.key.as_str()))
        }
        _ => false,
    };
    let names = names_in("observability");
    let is_key = entry.value.table().is_none() && names.contains(&key);
    if is_ours || is_key {
        let (what, write) = if is_ours {
            (format!("section [{key}]"), format!("[{full}]"))
        } else {
            (format!("`{key}`"), String::from("it under [observability]"))
        };
        let message = format!("{what} is not read: nothing of telemetry stands at the root");
        let mistake = Mistake::new(Severity::Warning, key, place(), message)
            .covered()
            .help("write", write);
        mistakes.push(mistake);
    }
}

/// Looks at the names of variables. What is unknown is a warning: a cluster
/// sets `CAXTON_OBSERVABILITY_PORT` for a service of that name.
pub(crate) fn of_environment(environment: &Environment, mistakes: &mut Vec<Mistake>) {
    let known: Vec<String> = SECTIONS
        .iter()
        .flat_map(|section| section.keys.iter().map(|key| section.variable_of(key)))
        .collect();
    for name in environment.names() {
        let Some(ours) = OURS.iter().find(|ours| name.starts_with(*ours)) else {
            continue;
        };
        if known.iter().any(|known| known == name) || environment.get(name).is_none() {
            continue;
        }
        let place = super::mistake::Place::Variable(name.to_owned());
        let message = format!("unknown setting {name}, which is ignored");
        let mut mistake = Mistake::new(Severity::Warning, "", place, message);
        let rest = |name: &str| name.strip_prefix(ours).map(str::to_ascii_lowercase);
        let rests: Vec<_> = known.iter().filter_map(|known| rest(known)).collect();
        let near = rest(name).and_then(|name| nearest(&name, rests.iter().map(String::as_str)));
        if let Some(near) = near {
            mistake = mistake.help("meant", format!("{ours}{}?", near.to_ascii_uppercase()));
        }
        mistakes.push(mistake);
    }
}
