//! The recorder of our own: what it keeps, what it refuses.

use std::sync::Arc;

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Family, Registry, Value};
use caxton_instrument::{Catalog, SharedRecorder};

#[derive(LabelSet)]
struct Labels {
    urgent: bool,
    #[label(max_values = 5)]
    queue: Text,
}

#[derive(LabelSet)]
struct ByName {
    #[label(max_values = 1000)]
    name: Text,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Messages of one mailbox.
    #[metric(max_series = 1_000)]
    mailbox_messages: Counter<ByName>,
    /// Messages that one mailbox lost.
    #[metric(max_series = 1_000)]
    mailbox_losses: Counter<ByName>,
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
fn values_that_differ_in_one_byte_have_their_own_series() {
    let (registry, mail) = setup();
    let (mut names, rest) = (vec![String::new()], "-".repeat(40));
    for length in 1..=20 {
        names.push(rest[..length].into());
        for at in 0..length {
            names.push(format!("{}x{}", &rest[..at], &rest[at + 1..length]));
        }
    }
    // From the second time on a thread has them at hand.
    for _ in 0..3 {
        for (count, name) in (1..).zip(&names) {
            mail.mailbox_messages.at(&ByName::of(name)).increment(count);
        }
    }
    // Another metric has other series of the same names.
    for name in &names {
        mail.mailbox_losses.at(&ByName::of(name)).increment(1);
    }
    let mut expected: Vec<_> = (1..)
        .zip(&names)
        .map(|(count, name): (u64, _)| {
            let count = 3 * count;
            format!("mailer_mailbox_messages_total{{name=\"{name}\"}} Counter({count})")
        })
        .collect();
    expected.extend(
        names
            .iter()
            .map(|name| format!("mailer_mailbox_losses_total{{name=\"{name}\"}} Counter(1)")),
    );
    expected.sort();
    let mut found = lines(&registry);
    found.sort();
    assert_eq!(found, expected);
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
            r#"9lives{long="_overflow"} Counter(2)"#,
            "http.requests{b=\"nul\u{2400}\",\"http.method\"=\"GET\"} Counter(1)",
            "mailer_messages_waiting{} Gauge(1.0)",
        ]
    );
}

#[test]
fn labels_in_another_order_are_the_same_series() {
    let (registry, mail) = setup();
    mail.messages_sent.at(&Labels::of(true, "x")).increment(1);
    let level = |registry: &Registry, value: f64| {
        metrics::with_local_recorder(registry, || {
            // More often than it takes to be remembered.
            for _ in 0..5 {
                metrics::counter!("foreign_total", "a" => "1", "b" => "2", "c" => "3").increment(1);
                metrics::counter!("foreign_total", "c" => "3", "b" => "2", "a" => "1").increment(1);
                metrics::counter!("foreign_total", "b" => "2", "c" => "3", "a" => "1").increment(1);
                metrics::gauge!("foreign.level", "x.y" => "1", "b" => "2").set(value);
                metrics::gauge!("foreign.level", "b" => "2", "x.y" => "1").increment(1.0);
                metrics::counter!("mailer_messages_sent_total", "queue" => "x", "urgent" => "true")
                    .increment(1);
            }
        });
    };
    level(&registry, 7.0);
    assert_eq!(
        lines(&registry),
        [
            r#"foreign.level{b="2","x.y"="1"} Gauge(8.0)"#,
            r#"foreign_total{a="1",b="2",c="3"} Counter(15)"#,
            r#"mailer_messages_sent_total{urgent="true",queue="x"} Counter(6)"#,
        ]
    );
    assert_eq!(registry.refused(), 0);

    // The same thread does not take one registry's series for another's.
    let (other, _) = setup();
    level(&other, 1.0);
    assert_eq!(
        lines(&registry)[0],
        r#"foreign.level{b="2","x.y"="1"} Gauge(8.0)"#
    );
    assert_eq!(
        lines(&other)[0],
        r#"foreign.level{b="2","x.y"="1"} Gauge(2.0)"#
    );
}

/// Whatever its characters; each is another metric.
#[test]
fn foreign_names_stay_as_they_are() {
    let (registry, _) = setup();
    let long = "é".repeat(200);
    let names = [
        "http.requests",
        "http_requests",
        "http-requests",
        "größe",
        "a\"b\\c{d=\"e\"} 1",
        "mailer.messages_sent_total",
    ];
    metrics::with_local_recorder(&registry, || {
        for name in names {
            metrics::gauge!(name, name => "x").set(1);
        }
        // What is not kept: no name, one without end, what breaks a line.
        metrics::gauge!("", "" => "x").set(1);
        metrics::gauge!(long.clone(), long.clone() => "x").set(1);
        metrics::gauge!("line\nend", "nul\0" => "x").set(1);
        metrics::gauge!("reserved", "__name__" => "x", "le" => "y").set(1);
    });
    let cut = "é".repeat(128);
    let mut expected: Vec<(String, String)> = names
        .into_iter()
        .chain(["_", &cut])
        .map(|name| (name.to_owned(), name.to_owned()))
        .collect();
    let own = |name: &str, label: &str| (name.to_owned(), label.to_owned());
    expected.extend([
        own("line\u{240a}end", "nul\u{2400}"),
        own("reserved", "exported___name__"),
    ]);
    expected.sort();
    let families = registry.families();
    let found: Vec<_> = families
        .iter()
        .map(|family| {
            let mut series = family.series();
            let series = series.next().expect("one");
            let (label, value) = series.labels().next().expect("one");
            assert_eq!(value.to_string(), "x");
            let is_plain = !label.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            assert_eq!(family.has_utf8_labels(), !is_plain, "{label}");
            (family.name().to_owned(), label.to_owned())
        })
        .collect();
    assert_eq!(found, expected);
    assert_eq!(registry.refused(), 0);

    // Quoted as the text format has it, whole or in two parts.
    let text = families
        .iter()
        .find(|family| family.name().starts_with("a\""));
    let text = text.expect("registered").series().next().expect("one");
    let mut whole = String::new();
    text.write_labels(&mut whole);
    assert_eq!(whole, r#""a\"b\\c{d=\"e\"} 1"="x""#);
    let (head, tail) = text.split_labels();
    let mut parts = String::new();
    head.write(&mut parts);
    assert_eq!(parts + tail, whole);
}

#[test]
fn declared_labels_have_their_declared_values() {
    let (registry, _) = setup();
    let name = "mailer_messages_sent_total";
    metrics::with_local_recorder(&registry, || {
        for _ in 0..3 {
            metrics::counter!(name, "urgent" => "maybe", "queue" => "x").increment(1);
            metrics::counter!(name, "urgent" => "true").increment(1);
            metrics::counter!(name, "urgent" => "true", "urgent" => "true").increment(1);
            metrics::counter!(name, "urgent" => "true", "queue" => "x", "a" => "b").increment(1);
        }
        metrics::counter!(name, "urgent" => "true", "queue" => "nul\0").increment(1);
    });
    assert_eq!(registry.refused(), 12);
    let line = "mailer_messages_sent_total{urgent=\"true\",queue=\"nul\u{2400}\"} Counter(1)";
    assert_eq!(lines(&registry), [line]);
}

#[test]
fn a_declared_metric_does_not_grow_without_bound() {
    let (registry, _) = setup();
    metrics::with_local_recorder(&registry, || {
        for i in 0..12_000 {
            let queue = i.to_string();
            metrics::counter!("mailer_messages_sent_total", "urgent" => "true", "queue" => queue)
                .increment(1);
        }
    });
    // Five queues and the overflow of each of two values are declared.
    assert_eq!(lines(&registry).len(), 10_012);
    assert_eq!(registry.refused(), 1_988);
}

/// Open labels with closed ones around and between them.
#[derive(LabelSet)]
struct Mixed {
    #[label(max_values = 10)]
    from: Text,
    urgent: bool,
    #[label(max_values = 10)]
    queue: Text,
    #[label(max_values = 10)]
    folder: Text,
    signed: bool,
}

/// Letters.
#[derive(MetricSet)]
#[metric_set(namespace = "letters", labels(site = "a\"b"))]
struct Letters {
    /// Letters that were read.
    #[metric(max_series = 10_000)]
    read: Counter<Mixed>,
}

#[test]
fn open_and_closed_labels_keep_their_places() {
    const VALUES: [&str; 6] = ["", "a", "a\n", "a b", "a\"b", "a\\"];
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    let letters = Letters::new_in(Arc::new(registry.clone()));
    let mut expected = Vec::new();
    for (at, from) in VALUES.into_iter().enumerate() {
        for queue in VALUES {
            for urgent in [true, false] {
                let (folder, signed) = (VALUES[(at + 3) % 6], at % 2 == 0);
                let labels = Mixed::of(from, urgent, queue, folder, signed);
                letters.read.at(&labels).increment(1);
                let closed = |value: bool| value.to_string();
                let value = String::from;
                let values = [value(from), closed(urgent), value(queue), value(folder)];
                expected.push((values, closed(signed)));
            }
        }
    }
    expected.sort();
    let families = registry.families();
    let family = families
        .iter()
        .find(|family| family.name() == "letters_read_total")
        .expect("updated");
    let read: Vec<_> = family
        .series()
        .map(|series| {
            let labels: Vec<_> = series.labels().collect();
            let names: Vec<_> = labels.iter().map(|(name, _)| *name).collect();
            assert_eq!(
                names,
                ["site", "from", "urgent", "queue", "folder", "signed"]
            );
            let mut text = String::new();
            series.write_labels(&mut text);
            let (head, tail) = series.split_labels();
            let mut parts = String::new();
            head.write(&mut parts);
            assert_eq!(text, parts + tail);
            let joined = labels
                .iter()
                .map(|(name, value)| format!("{name}=\"{}\"", value.escaped()));
            assert_eq!(text, joined.collect::<Vec<_>>().join(","));
            let value = |at: usize| labels[at].1.to_string();
            assert_eq!(value(0), "a\"b");
            ([value(1), value(2), value(3), value(4)], value(5))
        })
        .collect();
    assert_eq!(read, expected);
}

#[test]
fn a_reader_keeps_what_it_took() {
    let (registry, mail) = setup();
    mail.messages_waiting.add(1);
    for queue in ["b", "d"] {
        mail.messages_sent.at(&Labels::of(true, queue)).increment(1);
    }
    let families = registry.families();
    let mut seen = 0;
    for series in families.iter().flat_map(Family::series) {
        // Registered while it reads.
        for queue in ["a", "c", "e"] {
            mail.messages_sent.at(&Labels::of(true, queue)).increment(1);
        }
        assert_ne!(series.value(), Value::Counter(0));
        seen += usize::from(
            series
                .labels()
                .next()
                .is_some_and(|(name, _)| name == "urgent"),
        );
    }
    assert_eq!(seen, 2);
    assert_eq!(lines(&registry).len(), 6);
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
