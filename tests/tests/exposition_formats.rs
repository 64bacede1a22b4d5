//! What each format looks like, to the byte.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::sync::Arc;

use caxton_instrument::Catalog;
use caxton_instrument::prelude::*;
use caxton_instrument::recorder::Registry;
use caxton_instrument_export::exposition::{Exposition, Filter, Format};

#[derive(LabelValue, Clone, Copy)]
enum Class {
    First,
    Second,
}

#[derive(LabelSet)]
struct Traveller {
    class: Class,
    #[label(max_values = 10)]
    name: Text,
}

#[derive(LabelSet)]
struct Build {
    #[label(max_values = 2)]
    version: Text,
}

/// A railway; "the \ line".
#[derive(MetricSet)]
#[metric_set(namespace = "rail")]
struct Railway {
    /// Tickets sold, in "classes" \ by traveller.
    tickets_sold: Counter<Traveller>,
    /// Time on a train.
    #[metric(unit = seconds, buckets = [0.001, 1.0, 2.5, 1_000_000.0])]
    ride_duration: Histogram<Traveller>,
    /// Weight of a train.
    #[metric(unit = grams)]
    train_weight: Gauge,
    /// Version that runs.
    build: Info<Build>,
    /// Never updated, and its name is taken nevertheless.
    #[expect(dead_code, reason = "never updated")]
    strikes: Counter,
}

struct Setup {
    registry: Registry,
    exposition: Exposition,
    rail: Railway,
}

fn utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

fn setup() -> Setup {
    let catalog = Catalog::collect().expect("the declarations hold");
    let registry = Registry::new(&catalog);
    Setup {
        exposition: Exposition::new(&catalog, registry.clone()),
        rail: Railway::new_in(Arc::new(registry.clone())),
        registry,
    }
}

impl Setup {
    fn ride(&self) {
        let rail = &self.rail;
        for (class, name, tickets) in [(Class::Second, "bo", 2), (Class::First, "bo", 1)] {
            rail.tickets_sold
                .at(&Traveller::of(class, name))
                .increment(tickets);
        }
        rail.tickets_sold
            .at(&Traveller::of(Class::First, "a \"b\"\\\n{},="))
            .increment(u64::MAX);
        let ride = rail
            .ride_duration
            .at(&Traveller::of(Class::First, "bo"))
            .bind();
        for seconds in [0.001, 0.25, 1.0, 3.5, 1e9] {
            ride.record(seconds);
        }
        rail.train_weight.set(-0.000_000_125);
        rail.build.set(&Build::of("1.2.3"));
    }

    /// Without the facade's own metrics.
    fn of_railway(&self, format: Format) -> String {
        let names = [
            "rail_tickets_sold_total",
            "rail_ride_duration_seconds",
            "rail_train_weight_grams",
            "rail_build_info",
        ];
        utf8(
            self.exposition
                .render_filtered(format, &Filter::names(names)),
        )
    }
}

#[test]
fn text() {
    let setup = setup();
    setup.ride();
    let expected = r#"# HELP rail_build_info Version that runs.
# TYPE rail_build_info gauge
rail_build_info{version="1.2.3"} 1
# HELP rail_ride_duration_seconds Time on a train.
# TYPE rail_ride_duration_seconds histogram
rail_ride_duration_seconds_bucket{class="first",name="bo",le="0.001"} 1
rail_ride_duration_seconds_bucket{class="first",name="bo",le="1"} 3
rail_ride_duration_seconds_bucket{class="first",name="bo",le="2.5"} 3
rail_ride_duration_seconds_bucket{class="first",name="bo",le="1e+06"} 4
rail_ride_duration_seconds_bucket{class="first",name="bo",le="+Inf"} 5
rail_ride_duration_seconds_sum{class="first",name="bo"} 1000000004.751
rail_ride_duration_seconds_count{class="first",name="bo"} 5
# HELP rail_tickets_sold_total Tickets sold, in "classes" \\ by traveller.
# TYPE rail_tickets_sold_total counter
rail_tickets_sold_total{class="first",name="a \"b\"\\\n{},="} 18446744073709551615
rail_tickets_sold_total{class="first",name="bo"} 1
rail_tickets_sold_total{class="second",name="bo"} 2
# HELP rail_train_weight_grams Weight of a train.
# TYPE rail_train_weight_grams gauge
rail_train_weight_grams -1.25e-7
"#;
    assert_eq!(setup.of_railway(Format::Text), expected);
}

#[test]
fn open_metrics() {
    let setup = setup();
    setup.ride();
    let text = setup.of_railway(Format::OpenMetrics);
    let (created, other): (Vec<_>, Vec<_>) =
        text.lines().partition(|line| line.contains("_created"));
    let expected = r#"# HELP rail_build Version that runs.
# TYPE rail_build info
rail_build_info{version="1.2.3"} 1
# HELP rail_ride_duration_seconds Time on a train.
# TYPE rail_ride_duration_seconds histogram
# UNIT rail_ride_duration_seconds seconds
rail_ride_duration_seconds_bucket{class="first",name="bo",le="0.001"} 1
rail_ride_duration_seconds_bucket{class="first",name="bo",le="1.0"} 3
rail_ride_duration_seconds_bucket{class="first",name="bo",le="2.5"} 3
rail_ride_duration_seconds_bucket{class="first",name="bo",le="1e+06"} 4
rail_ride_duration_seconds_bucket{class="first",name="bo",le="+Inf"} 5
rail_ride_duration_seconds_sum{class="first",name="bo"} 1000000004.751
rail_ride_duration_seconds_count{class="first",name="bo"} 5
# HELP rail_tickets_sold Tickets sold, in \"classes\" \\ by traveller.
# TYPE rail_tickets_sold counter
rail_tickets_sold_total{class="first",name="a \"b\"\\\n{},="} 18446744073709551615
rail_tickets_sold_total{class="first",name="bo"} 1
rail_tickets_sold_total{class="second",name="bo"} 2
# HELP rail_train_weight_grams Weight of a train.
# TYPE rail_train_weight_grams gauge
# UNIT rail_train_weight_grams grams
rail_train_weight_grams -1.25e-7
# EOF"#;
    assert_eq!(other.join("\n"), expected);
    let expected = [
        r#"rail_ride_duration_seconds_created{class="first",name="bo"}"#,
        r#"rail_tickets_sold_created{class="first",name="a \"b\"\\\n{},="}"#,
        r#"rail_tickets_sold_created{class="first",name="bo"}"#,
        r#"rail_tickets_sold_created{class="second",name="bo"}"#,
    ];
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970")
        .as_secs_f64();
    for (line, expected) in created.iter().zip(expected) {
        let (series, moment) = line.rsplit_once(' ').expect("a value");
        assert_eq!(series, expected);
        let moment: f64 = moment.parse().expect("a number");
        assert!((now - moment).abs() < 3_600.0, "{line} at {now}");
    }
    assert_eq!(created.len(), expected.len());
}

#[test]
fn the_draft_of_open_metrics_has_the_same_text() {
    let setup = setup();
    setup.ride();
    assert_eq!(
        setup.of_railway(Format::OpenMetrics0),
        setup.of_railway(Format::OpenMetrics)
    );
}

#[test]
fn the_same_state_has_the_same_bytes() {
    let (one, other) = (setup(), setup());
    one.ride();
    other.ride();
    for format in [Format::Text, Format::OpenMetrics] {
        let first = utf8(one.exposition.render(format));
        assert_eq!(utf8(one.exposition.render(format)), first);
        assert_eq!(
            utf8(one.exposition.render_filtered(format, &Filter::all())),
            first
        );
    }
    assert_eq!(
        utf8(other.exposition.render(Format::Text)),
        utf8(one.exposition.render(Format::Text))
    );
}

#[test]
fn nothing_is_an_exposition_too() {
    let Setup { exposition, .. } = setup();
    let none = Filter::names(["rail_strikes_total"]);
    assert_eq!(exposition.render_filtered(Format::Text, &none), b"");
    assert_eq!(exposition.render_filtered(Format::Protobuf, &none), b"");
    assert_eq!(
        exposition.render_filtered(Format::OpenMetrics, &none),
        b"# EOF\n"
    );
}

#[test]
fn a_filter_takes_the_names_of_families_and_of_samples() {
    let setup = setup();
    setup.ride();
    let types = |name: &str| {
        let filter = Filter::names([name]);
        let text = utf8(setup.exposition.render_filtered(Format::Text, &filter));
        text.lines()
            .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
            .map(|(name, _)| name.to_owned())
            .collect::<Vec<_>>()
    };
    let duration = "rail_ride_duration_seconds";
    for (asked, found) in [
        ("rail_build_info", "rail_build_info"),
        ("rail_build", "rail_build_info"),
        ("rail_tickets_sold", "rail_tickets_sold_total"),
        ("rail_tickets_sold_total", "rail_tickets_sold_total"),
        ("rail_ride_duration_seconds", duration),
        ("rail_ride_duration_seconds_bucket", duration),
        ("rail_ride_duration_seconds_count", duration),
    ] {
        assert_eq!(types(asked), [found], "{asked}");
    }
    for asked in ["rail", "rail_train_weight_grams_count", "RAIL_BUILD"] {
        assert_eq!(types(asked), [""; 0], "{asked}");
    }
}

#[test]
fn no_name_is_written_twice() {
    let setup = setup();
    metrics::with_local_recorder(&setup.registry, || {
        // Names of declared metrics, before those were updated.
        metrics::counter!("rail_ride_duration_seconds_count").increment(7);
        metrics::gauge!("rail_build").set(7);
        metrics::gauge!("rail_tickets_sold").set(7);
        metrics::gauge!("rail_strikes").set(7);
        // Of other crates among each other: the first one stays.
        metrics::histogram!("queue").record(0.1);
        let _ = utf8(setup.exposition.render(Format::Text));
        metrics::gauge!("queue_bucket").set(7);
        metrics::counter!("jobs").increment(1);
        metrics::counter!("queue_total").increment(7);
    });
    setup.ride();
    assert_eq!(setup.exposition.hidden(), 6);
    let findings = setup.exposition.findings();
    let left_out: Vec<_> = findings
        .iter()
        .map(|finding| {
            assert_eq!(finding.class, "name_taken");
            let (what, _) = finding.message.split_once(": rename it").expect("a remedy");
            what.replace("is recorded and not exposed, because it would write", "|")
                .replace(", which is a name of", " |")
        })
        .collect();
    assert_eq!(
        left_out,
        [
            "`queue_bucket` | `queue_bucket` | `queue`",
            "`queue_total` | `queue` | `queue`",
            "`rail_build` | `rail_build` | `rail_build_info`",
            "`rail_ride_duration_seconds_count` | `rail_ride_duration_seconds_count` | \
             `rail_ride_duration_seconds`",
            "`rail_strikes` | `rail_strikes` | `rail_strikes_total`",
            "`rail_tickets_sold` | `rail_tickets_sold` | `rail_tickets_sold_total`",
        ]
    );
    // Each decided once, however often it is scraped.
    let counted = "caxton_instrument_registrations_refused_total{reason=\"name_taken\"} 6\n";
    let text = setup.exposition.text();
    assert!(text.contains(counted), "{text}");
    for format in [Format::Text, Format::OpenMetrics] {
        let text = utf8(setup.exposition.render(format));
        assert!(!text.lines().any(|line| line.ends_with(" 7")), "{text}");
        assert!(text.contains("queue_bucket{le=\"0.1\"} 1\n"), "{text}");
        assert!(
            text.contains("rail_ride_duration_seconds_count{class="),
            "{text}"
        );
    }
    let text = utf8(setup.exposition.render(Format::OpenMetrics));
    // Without `_total` a counter of another crate is none to OpenMetrics.
    assert!(text.contains("# TYPE jobs unknown\njobs 1\n"), "{text}");
}

#[test]
fn labels_of_other_crates_cannot_break_a_line() {
    let setup = setup();
    metrics::with_local_recorder(&setup.registry, || {
        metrics::histogram!("queue", "le" => "0.1", "__name__" => "up").record(0.1);
        metrics::counter!("empty_total", "a" => "").increment(1);
        metrics::counter!("empty_total").increment(1);
    });
    let text = utf8(setup.exposition.render(Format::Text));
    let line = "queue_bucket{exported___name__=\"up\",exported_le=\"0.1\",le=\"0.1\"} 1\n";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("\nempty_total 2\n"), "{text}");
    assert_eq!(text.matches("\nempty_total").count(), 1, "{text}");
}
