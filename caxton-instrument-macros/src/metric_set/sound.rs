//! What of a metric is seen to keep its rules, without asking them.
//!
//! The rules are the facade's, which the compiler interprets: a check of one
//! takes it longer than all that a metric is otherwise. Where nothing stands that
//! a rule is about, there is no check; where something does, the rule decides.

use super::model::{Kind, Metric, MetricSet};
use crate::shared::words;

/// A name made of words that no rule is about, with the unit and the `_total`
/// that belong to it.
pub(super) fn name(set: &MetricSet, metric: &Metric) -> bool {
    words_of(set, metric).is_some_and(|mut words| words.all(is_free))
}

/// The words of a name between its unit's and `_total`.
fn words_of<'a>(set: &'a MetricSet, metric: &'a Metric) -> Option<impl Iterator<Item = &'a str>> {
    let (name, namespace) = (metric.name.as_str(), set.namespace.as_str());
    let rest = name.strip_prefix(namespace)?.strip_prefix('_')?;
    let rest = match metric.kind {
        Kind::Counter => rest.strip_suffix("_total")?,
        Kind::Gauge | Kind::Histogram => rest,
        Kind::Info => return None,
    };
    let rest = match metric.unit {
        Some(unit) => rest.strip_suffix(words::unit(unit)?)?.strip_suffix('_')?,
        None => rest,
    };
    namespace
        .starts_with(|c: char| c.is_ascii_lowercase())
        .then(|| namespace.split('_').chain(rest.split('_')))
}

fn is_free(word: &str) -> bool {
    let is_quantile = || {
        word.strip_prefix('p')
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    !word.is_empty()
        && word
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'))
        && !words::OF_RULES.contains(&word)
        && !is_quantile()
}

/// A help text that says something, and not the name again.
pub(super) fn help(metric: &Metric, field: &str) -> bool {
    let Ok(text) = syn::parse2::<syn::LitStr>(metric.help.clone()) else {
        return false;
    };
    let text = letters(&text.value());
    !text.is_empty() && text != letters(&metric.name) && text != letters(field)
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use caxton_instrument::rules::{metric_help, metric_name};
    use caxton_instrument::{Location, MetricDescriptor, MetricKind, Unit};
    use proc_macro2::Span;
    use syn::{Ident, parse_quote};

    use super::super::model::{Kind, Metric, MetricSet};
    use crate::shared::errors::Errors;
    use crate::shared::words;

    const UNITS: [(Option<&str>, Unit); 11] = [
        (None, Unit::None),
        (Some("seconds"), Unit::Seconds),
        (Some("bytes"), Unit::Bytes),
        (Some("ratio"), Unit::Ratio),
        (Some("meters"), Unit::Meters),
        (Some("joules"), Unit::Joules),
        (Some("grams"), Unit::Grams),
        (Some("celsius"), Unit::Celsius),
        (Some("volts"), Unit::Volts),
        (Some("amperes"), Unit::Amperes),
        (Some("hertz"), Unit::Hertz),
    ];

    const KINDS: [(Kind, MetricKind); 4] = [
        (Kind::Counter, MetricKind::Counter),
        (Kind::Gauge, MetricKind::Gauge),
        (Kind::Histogram, MetricKind::Histogram),
        (Kind::Info, MetricKind::Info),
    ];

    fn set() -> MetricSet {
        let input = parse_quote! {
            #[metric_set(namespace = "post")]
            struct Set { letters: Counter }
        };
        MetricSet::new(&input, &mut Errors::default()).unwrap()
    }

    fn declared(metric: &Metric, kind: MetricKind, unit: Unit) -> MetricDescriptor {
        let name = metric.name.clone().leak();
        MetricDescriptor::new(kind, name, Location::new("", 1, 1, "", "", ""))
            .with_namespace("post")
            .with_unit(unit)
    }

    #[test]
    fn the_rules_have_nothing_to_say_about_a_sound_name() {
        let set = set();
        let others = [
            "letters",
            "x9",
            "p9",
            "p99",
            "p",
            "averagely",
            "überall",
            "",
            "Big",
        ];
        let mut sound = 0;
        for word in words::OF_RULES.iter().chain(&others) {
            for field in [
                word.to_string(),
                format!("sent_{word}"),
                format!("{word}_sent"),
                format!("sent_{word}_fast"),
                format!("sent__{word}_"),
            ] {
                // What is no word of Rust's can be given as `name = ".."`.
                let ident = Ident::new("letters", Span::call_site());
                for ((kind, of), (unit, to)) in KINDS
                    .into_iter()
                    .flat_map(|kind| UNITS.map(|unit| (kind, unit)))
                {
                    for name in [
                        super::super::naming::name(&set.prefix(), &field, unit, kind),
                        format!("post_{field}"),
                        field.clone(),
                    ] {
                        let ty = parse_quote!(Counter);
                        let mut metric =
                            Metric::plain(ident.clone(), ty, kind, unit, &set.prefix());
                        metric.name = name;
                        if super::name(&set, &metric) {
                            sound += 1;
                            let said = metric_name(&declared(&metric, of, to));
                            assert!(said.is_empty(), "{said}");
                        }
                    }
                }
            }
        }
        assert!(sound > 100, "{sound}");
    }

    #[test]
    fn most_names_are_sound() {
        let set = set();
        for (kind, field, unit) in [
            (Kind::Counter, "sent", None),
            (Kind::Counter, "sent_total", Some("bytes")),
            (Kind::Gauge, "open_connections", None),
            (Kind::Histogram, "send_duration", Some("seconds")),
        ] {
            let ident = Ident::new(field, Span::call_site());
            let metric = Metric::plain(ident, parse_quote!(M), kind, unit, &set.prefix());
            assert!(super::name(&set, &metric), "{}", metric.name);
        }
    }

    #[test]
    fn the_rule_has_nothing_to_say_about_a_sound_help_text() {
        let set = set();
        let field = Ident::new("sent_letters", Span::call_site());
        let ty = parse_quote!(Gauge);
        let mut metric = Metric::plain(field, ty, Kind::Gauge, None, &set.prefix());
        for (help, is_sound) in [
            ("Letters that were sent.", true),
            ("Sent letters.", false),
            ("Post: sent letters!", false),
            ("Überall: sent letters", true),
            ("sent größe letters", true),
            (" .. ", false),
            ("", false),
            ("größe", true),
        ] {
            metric.help = quote::quote!(#help);
            let declared = declared(&metric, MetricKind::Gauge, Unit::None)
                .with_field("sent_letters")
                .with_help(help);
            assert_eq!(super::help(&metric, "sent_letters"), is_sound, "{help}");
            assert!(!is_sound || metric_help(&declared).is_empty(), "{help}");
        }
        metric.help = quote::quote!(concat!("sent", " letters"));
        assert!(!super::help(&metric, "sent_letters"));
    }
}
