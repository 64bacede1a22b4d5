//! Whatever other crates emit, the exposition can be read, and is bounded.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod parsed;

use caxton_instrument::prelude::*;
use caxton_instrument_export::exposition::Format;
use parsed::Parsed;

#[derive(LabelSet)]
struct Labels {
    urgent: bool,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Messages that were sent.
    messages_sent: Counter<Labels>,
    /// Time to send one message.
    #[metric(unit = seconds, buckets = [0.1, 1.0])]
    send_duration: Histogram,
}

const NAMES: [&str; 12] = [
    "",
    " ",
    "http.requests",
    "http-requests",
    "9 lives",
    "größe",
    "line\nend",
    "brace{a=\"b\"} 1",
    "nul\0",
    "# EOF",
    "mailer_send_duration_seconds_bucket",
    "mailer.messages.sent",
];

#[test]
fn an_exposition_of_bad_input_is_read_and_said_to_be_bad() {
    let telemetry = caxton_instrument_export::builder()
        .install()
        .expect("the declarations hold");
    let mail = Mail::global();
    mail.messages_sent.at(&Labels::of(true)).increment(5);
    mail.send_duration.record(0.5);
    for (at, name) in NAMES.into_iter().enumerate() {
        let value = "x".repeat(1 << (at + 9));
        metrics::counter!(name, name => value, "le" => "1").increment(1);
        metrics::gauge!(name).set(7);
        metrics::histogram!(name, "a" => name).record(7);
        metrics::describe_gauge!(name, name);
        metrics::describe_counter!(name, "Other.");
    }
    metrics::counter!("x".repeat(1 << 20)).increment(1);
    for n in 0..12_000 {
        metrics::counter!("ids_total", "id" => n.to_string()).increment(1);
    }
    let before = telemetry.findings();
    let text = telemetry.render();
    let parsed = Parsed::of(&text);
    let open_metrics = telemetry.exposition().render(Format::OpenMetrics);
    let open_metrics = String::from_utf8(open_metrics).expect("text");
    let lines = |text: &str| text.lines().filter(|line| !line.starts_with('#')).count();
    assert!(open_metrics.ends_with("# EOF\n"));
    assert!(lines(&open_metrics) >= lines(&text));
    for sample in parsed.samples.keys() {
        assert!(sample.name.len() <= 256 + "_bucket".len());
        for value in sample.labels.values() {
            assert!(value.len() <= 256, "{value}");
        }
    }
    // Ten thousand of other crates, ours, and what is said about them.
    let samples = parsed.samples.len();
    assert!((9_000..10_100).contains(&samples), "{samples}");
    let sum = |name: &str| -> f64 {
        let named = parsed
            .samples
            .iter()
            .filter(|(sample, _)| sample.name == name);
        named.map(|(_, value)| value).sum()
    };
    assert!((sum("mailer_messages_sent_total") - 5.0).abs() < 1e-9);
    assert!((sum("mailer_send_duration_seconds_count") - 1.0).abs() < 1e-9);
    assert!(!text.contains(" 7\n"), "what was refused is exposed");

    let classes = ["name_taken", "other_help", "other_type", "too_many_series"];
    for class in classes {
        let of_class = |finding: &&caxton_instrument::Finding| finding.class == class;
        assert!(
            before.iter().find(of_class).is_some(),
            "{class}: {before:?}"
        );
    }
    let counted = sum("caxton_instrument_registrations_refused_total");
    assert!(counted > 2_000.0, "{counted}");
}
