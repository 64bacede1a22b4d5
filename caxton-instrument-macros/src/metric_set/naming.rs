//! The name of a metric, from its set and its field:
//! `namespace[_subsystem]_field[_unit][_total]`.
//!
//! A suffix that the field has already is not doubled. Whether the result is
//! a good name is for the rules of the facade to say.

use super::model::Kind;

/// What goes before the field in every name of a set.
pub(crate) struct Prefix<'a> {
    pub(super) namespace: &'a str,
    pub(super) subsystem: Option<&'a str>,
}

pub(super) fn name(prefix: &Prefix<'_>, field: &str, unit: Option<&str>, kind: Kind) -> String {
    let Prefix {
        namespace,
        subsystem,
    } = prefix;
    let field = match kind {
        Kind::Counter => without(field, "total"),
        _ => field,
    };
    let mut name = String::from(*namespace);
    let words = subsystem
        .iter()
        .copied()
        .chain((!field.is_empty()).then_some(field));
    for word in words {
        if !name.is_empty() {
            name.push('_');
        }
        name.push_str(word);
    }
    if let Some(unit) = unit {
        end_with(&mut name, unit);
    }
    match kind {
        Kind::Counter => end_with(&mut name, "total"),
        Kind::Info => end_with(&mut name, "info"),
        Kind::Gauge | Kind::Histogram => {}
    }
    name
}

fn end_with(name: &mut String, word: &str) {
    if !ends_with(name, word) {
        name.push('_');
        name.push_str(word);
    }
}

fn ends_with(name: &str, word: &str) -> bool {
    name.strip_suffix(word)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
}

fn without<'a>(field: &'a str, word: &str) -> &'a str {
    match field.strip_suffix(word) {
        Some("") => "",
        Some(rest) => rest.strip_suffix('_').unwrap_or(field),
        None => field,
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Prefix, name};

    fn named(field: &str, unit: Option<&str>, kind: Kind) -> String {
        name(
            &Prefix {
                namespace: "caxton",
                subsystem: None,
            },
            field,
            unit,
            kind,
        )
    }

    #[test]
    fn suffixes_are_added_once() {
        assert_eq!(
            named("messages_sent", None, Kind::Counter),
            "caxton_messages_sent_total"
        );
        assert_eq!(
            named("messages_sent_total", None, Kind::Counter),
            "caxton_messages_sent_total"
        );
        assert_eq!(
            named("subtotal", None, Kind::Counter),
            "caxton_subtotal_total"
        );
        assert_eq!(
            named("sent", Some("bytes"), Kind::Counter),
            "caxton_sent_bytes_total"
        );
        assert_eq!(
            named("sent_bytes", Some("bytes"), Kind::Counter),
            "caxton_sent_bytes_total"
        );
        assert_eq!(
            named("sent_bytes_total", Some("bytes"), Kind::Counter),
            "caxton_sent_bytes_total"
        );
        assert_eq!(
            named("wait", Some("seconds"), Kind::Histogram),
            "caxton_wait_seconds"
        );
        assert_eq!(
            named("wait_seconds", Some("seconds"), Kind::Histogram),
            "caxton_wait_seconds"
        );
        assert_eq!(named("build", None, Kind::Info), "caxton_build_info");
        assert_eq!(named("build_info", None, Kind::Info), "caxton_build_info");
        assert_eq!(named("queue_size", None, Kind::Gauge), "caxton_queue_size");
    }

    #[test]
    fn a_mistake_is_kept_for_the_rules_to_find() {
        assert_eq!(
            named("agents_total", None, Kind::Gauge),
            "caxton_agents_total"
        );
        assert_eq!(
            named("wait_seconds_max", Some("seconds"), Kind::Gauge),
            "caxton_wait_seconds_max_seconds"
        );
    }

    #[test]
    fn the_subsystem_follows_the_namespace() {
        let prefix = Prefix {
            namespace: "caxton",
            subsystem: Some("wasm"),
        };
        assert_eq!(
            name(&prefix, "instances", None, Kind::Gauge),
            "caxton_wasm_instances"
        );
        assert_eq!(
            name(&prefix, "total", None, Kind::Counter),
            "caxton_wasm_total"
        );
    }
}
