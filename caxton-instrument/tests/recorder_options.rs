//! A registry with more bounds and fewer labels than are declared, read by the
//! program's own handles.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{HistogramValue, Registry, Value};
use caxton_instrument::{Catalog, exemplar};

#[derive(LabelValue, Clone, Copy)]
enum Kind {
    Letter,
    Parcel,
}

#[derive(LabelSet)]
struct MailLabels {
    kind: Kind,
    #[label(max_values = 10)]
    town: Text,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Letters and parcels that left the office.
    items_sent: Counter<MailLabels>,
    /// Time from the office to the door.
    #[metric(unit = seconds, buckets = [0.1, 1.0])]
    send_duration: Histogram<MailLabels>,
    /// Letters and parcels in the office.
    items_waiting: Gauge<MailLabels>,
}

#[derive(LabelSet)]
struct VanLabels {
    #[label(max_values = 10)]
    van: Text,
}

/// Vans.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer", subsystem = "van")]
#[expect(dead_code, reason = "only its declaration is looked at")]
struct Vans {
    /// How full a van is.
    #[metric(unit = ratio)]
    load: Gauge<VanLabels>,
    /// Time to load one.
    #[metric(unit = seconds, native)]
    load_duration: Histogram,
}

fn catalog() -> Catalog {
    let _ = (Mail::ITEMS_SENT, Vans::LOAD);
    Catalog::collect().expect("it holds")
}

/// Name, labels and value of each series.
fn read(registry: &Registry) -> Vec<(String, Value)> {
    let families = registry.families();
    let mut all = Vec::new();
    for family in families.iter().filter(|it| it.name().starts_with("mailer")) {
        for series in family.series() {
            let mut name = format!("{}{{", family.name());
            series.write_labels(&mut name);
            all.push((name + "}", series.value()));
        }
    }
    all
}

fn histogram(buckets: &[u64], sum: f64) -> Value {
    let buckets = buckets.to_vec();
    Value::Histogram(HistogramValue { buckets, sum })
}

#[test]
fn a_label_that_is_left_out_is_summed_over() {
    let catalog = catalog();
    let registry = Registry::builder(&catalog)
        .without_label("town")
        .expect("it is known")
        .build();
    let mail = Mail::new_in(&registry);
    for (kind, town, n) in [
        (Kind::Parcel, "Ulm", 1),
        (Kind::Letter, "Ulm", 2),
        (Kind::Letter, "Köln", 4),
    ] {
        let labels = MailLabels::of(kind, town);
        mail.items_sent.at(&labels).increment(n);
        mail.items_waiting
            .at(&labels)
            .set(f64::from(u32::try_from(n).expect("small")));
        mail.send_duration.at(&labels).record(0.5);
    }
    assert_eq!(
        read(&registry),
        [
            (
                "mailer_items_sent_total{kind=\"letter\"}".into(),
                Value::Counter(6)
            ),
            (
                "mailer_items_sent_total{kind=\"parcel\"}".into(),
                Value::Counter(1)
            ),
            (
                "mailer_items_waiting{kind=\"letter\"}".into(),
                Value::Gauge(6.0)
            ),
            (
                "mailer_items_waiting{kind=\"parcel\"}".into(),
                Value::Gauge(1.0)
            ),
            (
                "mailer_send_duration_seconds{kind=\"letter\"}".into(),
                histogram(&[0, 2, 0], 1.0)
            ),
            (
                "mailer_send_duration_seconds{kind=\"parcel\"}".into(),
                histogram(&[0, 1, 0], 0.5)
            ),
        ]
    );
}

#[test]
fn all_labels_left_out_leave_one_series() {
    let catalog = catalog();
    let registry = Registry::builder(&catalog)
        .without_label("town")
        .and_then(|builder| builder.without_label("kind"))
        .expect("they are known")
        .build();
    let mail = Mail::new_in(&registry);
    mail.items_sent
        .at(&MailLabels::of(Kind::Parcel, "Ulm"))
        .increment(1);
    mail.items_sent
        .at(&MailLabels::of(Kind::Letter, "Köln"))
        .increment(2);
    assert_eq!(
        read(&registry),
        [("mailer_items_sent_total{}".into(), Value::Counter(3))]
    );
}

#[test]
fn what_would_make_a_query_wrong_is_refused() {
    let catalog = catalog();
    let refused = |metric: &str, bounds: &[f64]| {
        let refused = Registry::builder(&catalog).buckets(metric, bounds);
        refused.expect_err("refused").to_string()
    };
    let duration = "mailer_send_duration_seconds";
    let many: Vec<f64> = (0..51).map(f64::from).collect();
    let cases = [
        (
            refused(duration, &[0.1, 2.0]),
            "declared with the bucket bound 1",
        ),
        (
            refused(duration, &[]),
            "declared with the bucket bounds 0.1, 1",
        ),
        (
            refused(duration, &[1.0, 0.1]),
            "do not rise: 0.1 comes after 1",
        ),
        (refused(duration, &[0.1, 0.1, 1.0]), "do not rise"),
        (refused(duration, &[0.1, f64::NAN]), "is NaN"),
        (refused(duration, &[0.1, 1.0, f64::INFINITY]), "up to +Inf"),
        (refused(duration, &many), "at most 50"),
        (refused("mailer_items_waiting", &[1.0]), "is a gauge"),
        (
            refused("mailer_van_load_duration_seconds", &[1.0]),
            "native",
        ),
        (refused("mailer_durations", &[1.0]), "no metric is named"),
    ];
    for (message, expected) in cases {
        assert!(message.contains(expected), "{message}");
    }
    assert!(refused(duration, &[1.0]).contains("recorder_options.rs:"));

    let refused = |label: &str| {
        let refused = Registry::builder(&catalog).without_label(label);
        refused.expect_err("refused").to_string()
    };
    assert!(refused("city").contains("the labels are `kind`, `town`, `van`"));
    assert!(refused("van").contains("gauge `mailer_van_load_ratio` in ratio"));
    // The facade's own labels are none of the program's.
    assert!(refused("metric").contains("no declared metric has a label `metric`"));
}

#[test]
fn a_program_s_handles_use_the_added_bounds_and_keep_their_exemplars() {
    #[allow(clippy::unnecessary_wraps, reason = "what a source of traces is")]
    fn source(_: &tracing::Span) -> Option<exemplar::TraceContext> {
        Some(exemplar::TraceContext::new([1; 16], [2; 8]))
    }
    exemplar::set_trace_source(source).expect("the first");
    let catalog = catalog();
    let registry = Registry::builder(&catalog)
        .buckets("mailer_send_duration_seconds", &[0.1, 0.3, 0.5, 1.0])
        .expect("bounds are added")
        .build();
    // Made before the install, with the declared bounds: right all the same.
    let early = Mail::global()
        .send_duration
        .at(&MailLabels::of(Kind::Parcel, "Ulm"))
        .bind();
    caxton_instrument::install(registry.clone()).expect("the first");
    early.record(0.4);
    let families = || registry.families();
    let value = |bounds: &[f64]| {
        let families = families();
        let family = families
            .iter()
            .find(|it| it.name() == "mailer_send_duration_seconds");
        let series = family.expect("recorded").series().next().expect("one");
        assert_eq!(series.bounds(), bounds);
        series.value()
    };
    assert_eq!(
        value(&[0.1, 0.3, 0.5, 1.0]),
        histogram(&[0, 0, 1, 0, 0], 0.4)
    );
}
