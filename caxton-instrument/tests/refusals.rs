//! What other crates emit and the recorder does not take: counted by reason,
//! told once for each name, and bounded.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use caxton_instrument::diagnostics::{self, Diagnostic};
use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Registry, Value};
use caxton_instrument::{Catalog, Finding, Level};

#[derive(LabelSet)]
struct Labels {
    urgent: bool,
    #[label(max_values = 5)]
    queue: Text,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer", labels(site = "here"))]
struct Mail {
    /// Messages that were sent.
    #[expect(dead_code, reason = "named by macros")]
    messages_sent: Counter<Labels>,
}

static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn told() -> MutexGuard<'static, Vec<String>> {
    TOLD.lock().unwrap_or_else(PoisonError::into_inner)
}

fn setup() -> Registry {
    let _ = diagnostics::set_hook(|diagnostic| {
        assert!(matches!(diagnostic, Diagnostic::Refused { .. }));
        told().push(diagnostic.to_string());
    });
    Registry::new(&Catalog::collect().expect("the declarations hold"))
}

/// What the facade's own metric says, by reason.
fn counted(registry: &Registry) -> BTreeMap<String, u64> {
    let families = registry.families();
    let family = families
        .iter()
        .find(|family| family.name() == "caxton_instrument_registrations_refused_total");
    let Some(family) = family else {
        return BTreeMap::new();
    };
    family
        .series()
        .map(|series| {
            let reason = series.labels().next().expect("a reason").1.to_string();
            let Value::Counter(count) = series.value() else {
                panic!("a counter");
            };
            (reason, count)
        })
        .collect()
}

fn series(registry: &Registry) -> usize {
    let families = registry.families();
    let of_others = families
        .iter()
        .filter(|family| !family.name().starts_with("caxton_instrument_"));
    of_others.map(|family| family.series().count()).sum()
}

#[test]
fn each_name_and_reason_is_told_once_and_counted_always() {
    let registry = setup();
    let sent = "mailer_messages_sent_total";
    metrics::with_local_recorder(&registry, || {
        for _ in 0..3 {
            metrics::counter!("refused.once").increment(1);
            metrics::gauge!("refused.once").set(7);
            metrics::histogram!("refused.once").record(7);
            metrics::counter!(sent, "urgent" => "maybe", "queue" => "x", "site" => "here")
                .increment(7);
            metrics::gauge!(sent).set(7);
            metrics::describe_counter!("refused.once", "What it is.");
            metrics::describe_counter!("refused.once", "Something\nelse.");
            metrics::describe_counter!(sent, "Messages that were sent.");
            metrics::describe_counter!(sent, "");
            metrics::describe_counter!(sent, "x".repeat(1 << 20));
        }
    });
    assert_eq!(registry.refused(), 12);
    let counts = [("other_help", 6), ("other_labels", 3), ("other_type", 9)];
    let counts = counts.map(|(reason, count)| (reason.to_owned(), count));
    assert_eq!(counted(&registry), BTreeMap::from(counts));

    let findings = registry.findings();
    let said: Vec<_> = findings
        .iter()
        .map(|finding| (finding.class, finding.message.as_str()))
        .collect();
    let module = module_path!();
    let long = "x".repeat(64);
    assert_eq!(
        said,
        [
            (
                "other_help",
                &*format!(
                    "`{sent}` is described as \"{long}..\", and the declared text stays, \
                     \"Messages that were sent.\": describe it once"
                )
            ),
            (
                "other_help",
                "`refused.once` is described as \"Something else.\", and the first text stays, \
                 \"What it is.\": describe it once"
            ),
            (
                "other_labels",
                &*format!(
                    "`{sent}` is declared, and one without the declared labels and values in \
                     `{module}` is not recorded, since `urgent` has no value \"maybe\": use the \
                     typed handle, or another name"
                )
            ),
            (
                "other_type",
                &*format!(
                    "`{sent}` is a counter, and a gauge of that name in `{module}` is not \
                     recorded: rename one of the two, or put a layer in front of the recorder \
                     that does"
                )
            ),
            (
                "other_type",
                &*format!(
                    "`refused.once` is a counter, and a gauge of that name in `{module}` is not \
                     recorded: rename one of the two, or put a layer in front of the recorder \
                     that does"
                )
            ),
        ]
    );
    // As the catalog prints its own.
    assert!(
        findings
            .iter()
            .all(|finding| finding.level == Level::Warning)
    );
    let labels = findings[2].to_string();
    assert!(
        labels.starts_with("warning[other_labels]: `mailer_"),
        "{labels}"
    );
    assert!(labels.contains("\n  --> "), "{labels}");
    assert!(findings[4].places.is_empty());

    let told: Vec<_> = told()
        .iter()
        .filter(|line| line.contains(sent) || line.contains("refused.once"))
        .cloned()
        .collect();
    let mut expected: Vec<_> = said
        .iter()
        .map(|(class, message)| format!("{message} [{class}]"))
        .collect();
    assert_eq!(told.len(), expected.len());
    expected.retain(|line| !told.contains(line));
    assert_eq!(expected, [""; 0]);
}

#[test]
fn labels_that_differ_are_named() {
    let registry = setup();
    let message = |emit: &dyn Fn()| {
        let registry = setup();
        metrics::with_local_recorder(&registry, emit);
        let findings = registry.findings();
        let [finding] = &findings[..] else {
            panic!("{findings:?}");
        };
        finding.message.clone()
    };
    drop(registry);
    let other_site = message(&|| {
        metrics::counter!("mailer_messages_sent_total", "site" => "there").increment(1);
    });
    assert!(
        other_site.contains("`site` is \"here\" and not \"there\""),
        "{other_site}"
    );
    let other_names = message(&|| {
        metrics::counter!("mailer_messages_sent_total", "a.b" => "1", "x".repeat(1 << 20) => "")
            .increment(1);
    });
    let long = "x".repeat(64);
    assert!(
        other_names.contains(&format!("{{a.b,{long}}} and not {{site,urgent,queue}}")),
        "{other_names}"
    );
}

#[test]
fn names_are_told_up_to_a_bound() {
    let registry = setup();
    metrics::with_local_recorder(&registry, || {
        for n in 0..1_500 {
            let name = format!("bounded_{n}");
            metrics::counter!(name.clone()).increment(1);
            metrics::gauge!(name).set(1);
        }
    });
    let findings = registry.findings();
    assert_eq!(findings.len(), 1_001);
    let more = findings.last().map(Finding::to_string).unwrap_or_default();
    assert!(
        more.starts_with("warning[more]: more than 1000 metrics"),
        "{more}"
    );
    assert_eq!(registry.refused(), 1_500);
    let counts = [("other_type".to_owned(), 1_500)];
    assert_eq!(counted(&registry), BTreeMap::from(counts));
    let told = told();
    assert_eq!(
        told.iter()
            .filter(|line| line.contains("`bounded_"))
            .count(),
        1_000
    );
    assert_eq!(
        told.iter().filter(|line| line.contains("[more]")).count(),
        1
    );
}

/// In a release build ten million; a name in ten is new.
#[test]
fn distinct_series_are_bounded_in_memory_and_time() {
    const SERIES: u64 = if cfg!(debug_assertions) {
        200_000
    } else {
        10_000_000
    };
    let registry = setup();
    let start = Instant::now();
    metrics::with_local_recorder(&registry, || {
        for n in 0..SERIES {
            let id = n.to_string();
            if n % 10 == 0 {
                metrics::counter!(format!("distinct_{id}_total")).increment(1);
            } else {
                metrics::counter!("distinct_total", "id" => id).increment(1);
            }
        }
    });
    let took = start.elapsed();
    println!("{SERIES} series in {took:?}");
    assert!(took < Duration::from_secs(120), "{took:?}");
    assert_eq!(series(&registry), 10_000);
    assert_eq!(registry.refused(), SERIES - 10_000);
    let counts = [("too_many_series".to_owned(), SERIES - 10_000)];
    assert_eq!(counted(&registry), BTreeMap::from(counts));
    assert_eq!(registry.findings().len(), 1_001);
}
