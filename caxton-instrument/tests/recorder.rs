//! The recorder of our own: what it keeps, what it refuses.

use std::sync::Arc;

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Registry, Value};
use caxton_instrument::{Catalog, SharedRecorder};

#[derive(LabelSet)]
struct Labels {
    urgent: bool,
    #[label(max_values = 5)]
    queue: Text,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Messages that were sent.
    messages_sent: Counter<Labels>,
    /// Messages that wait.
    messages_waiting: Gauge,
    /// Time to send one message.
    #[metric(unit = seconds, buckets = [0.1, 1.0])]
    send_duration: Histogram,
}

#[allow(clippy::expect_used)]
fn setup() -> (Registry, Mail) {
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    let shared: SharedRecorder = Arc::new(registry.clone());
    (registry, Mail::new_in(shared))
}

/// Every series but the facade's own, as lines.
fn lines(registry: &Registry) -> Vec<String> {
    registry
        .families()
        .iter()
        .filter(|family| !family.name().starts_with("caxton_instrument_"))
        .flat_map(|family| {
            family.series().map(|series| {
                let mut labels = String::new();
                series.write_labels(&mut labels);
                format!("{}{{{labels}}} {:?}", family.name(), series.value())
            })
        })
        .collect()
}

#[test]
fn series_come_in_the_order_of_names_and_labels() {
    let (registry, mail) = setup();
    mail.messages_waiting.add(2.5);
    mail.messages_sent.at(&Labels::of(true, "b")).increment(3);
    mail.messages_sent
        .at(&Labels::of(true, "a\"\\\n"))
        .increment(2);
    mail.messages_sent.at(&Labels::of(false, "z")).increment(1);
    assert_eq!(
        lines(&registry),
        [
            r#"mailer_messages_sent_total{urgent="false",queue="z"} Counter(1)"#,
            r#"mailer_messages_sent_total{urgent="true",queue="a\"\\\n"} Counter(2)"#,
            r#"mailer_messages_sent_total{urgent="true",queue="b"} Counter(3)"#,
            "mailer_messages_waiting{} Gauge(2.5)",
        ]
    );
    let families = registry.families();
    let sent = families
        .iter()
        .find(|family| family.name() == "mailer_messages_sent_total")
        .expect("updated");
    assert_eq!(sent.help(), "Messages that were sent.");
}

#[test]
fn a_sample_on_a_bound_falls_into_its_bucket() {
    let (registry, mail) = setup();
    for sample in [0.05, 0.1, 0.100_001, 1.0, 1.5, -3.0] {
        mail.send_duration.record(sample);
    }
    let families = registry.families();
    let duration = families
        .iter()
        .find(|family| family.name() == "mailer_send_duration_seconds")
        .expect("updated");
    let duration = duration.series().next().expect("updated");
    assert_eq!(duration.bounds(), [0.1, 1.0]);
    let Value::Histogram(value) = duration.value() else {
        panic!("a histogram");
    };
    assert_eq!(value.buckets, [3, 2, 1]);
    assert_eq!(value.count(), 6);
    assert!((value.sum - -0.249_999).abs() < 1e-9, "{}", value.sum);
}

#[test]
fn a_gauge_is_set_and_added_to() {
    let (registry, mail) = setup();
    let waiting = mail.messages_waiting.bind();
    waiting.add(1);
    waiting.add(2);
    assert_eq!(lines(&registry), ["mailer_messages_waiting{} Gauge(3.0)"]);
    waiting.set(10);
    waiting.sub(4);
    assert_eq!(lines(&registry), ["mailer_messages_waiting{} Gauge(6.0)"]);
    let guard = waiting.track(1);
    std::thread::spawn(move || drop(guard))
        .join()
        .expect("no panic");
    assert_eq!(lines(&registry), ["mailer_messages_waiting{} Gauge(6.0)"]);
}

#[test]
fn an_absolute_total_never_falls() {
    let (registry, mail) = setup();
    let sent = mail.messages_sent.at(&Labels::of(true, "a")).bind();
    sent.absolute(10);
    sent.absolute(4);
    let line = r#"mailer_messages_sent_total{urgent="true",queue="a"} Counter(10)"#;
    assert_eq!(lines(&registry), [line]);
}

#[test]
fn foreign_metrics_are_taken_cleaned_and_bounded() {
    let (registry, mail) = setup();
    metrics::with_local_recorder(&registry, || {
        metrics::counter!("http.requests", "http.method" => "GET", "b" => "nul\0").increment(1);
        metrics::counter!("9lives", "long" => "x".repeat(1 << 20)).increment(2);
        metrics::describe_counter!("http.requests", "Requests.");
        // Declared, with other labels and with another type: the first wins.
        metrics::counter!("mailer_messages_sent_total").increment(100);
        metrics::gauge!("mailer_messages_waiting", "a" => "b").set(100.0);
        metrics::counter!("mailer_messages_waiting").increment(100);
        // Foreign, with another type than before.
        metrics::gauge!("http.requests").set(100.0);
    });
    mail.messages_waiting.add(1);
    assert_eq!(registry.refused(), 4);
    assert_eq!(
        lines(&registry),
        [
            r#"_9lives{long="_overflow"} Counter(2)"#,
            "http_requests{b=\"nul\u{2400}\",http_method=\"GET\"} Counter(1)",
            "mailer_messages_waiting{} Gauge(1.0)",
        ]
    );
}

#[test]
fn ten_million_foreign_series_would_stay_ten_thousand() {
    let (registry, _) = setup();
    metrics::with_local_recorder(&registry, || {
        for i in 0..12_000 {
            metrics::counter!("foreign_total", "id" => i.to_string()).increment(1);
        }
        metrics::counter!("another_foreign_total").increment(1);
    });
    assert_eq!(lines(&registry).len(), 10_000);
    assert_eq!(registry.refused(), 2_001);
}
