//! Names of other crates, as each kind of reader takes them.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod parsed;
mod protobuf;

use std::collections::BTreeSet;
use std::sync::Arc;

use caxton_instrument::Catalog;
use caxton_instrument::prelude::*;
use caxton_instrument::recorder::Registry;
use caxton_instrument_export::exposition::{Escaping, Exposition, Filter, Format, Representation};
use parsed::Parsed;

#[derive(LabelSet)]
struct Seat {
    #[label(max_values = 10)]
    coach_class: Text,
}

/// Trains.
#[derive(MetricSet)]
#[metric_set(namespace = "train")]
struct Trains {
    /// Seats that people sit on.
    seats_taken: Counter<Seat>,
}

const ESCAPINGS: [Escaping; 4] = [
    Escaping::Underscores,
    Escaping::AllowUtf8,
    Escaping::Dots,
    Escaping::Values,
];

struct Setup {
    registry: Registry,
    exposition: Exposition,
}

fn setup() -> Setup {
    let catalog = Catalog::collect().expect("the declarations hold");
    let registry = Registry::new(&catalog);
    Setup {
        exposition: Exposition::new(&catalog, registry.clone()),
        registry,
    }
}

impl Setup {
    fn emit(&self, emit: impl FnOnce()) {
        metrics::with_local_recorder(&self.registry, emit);
    }

    fn read(&self, format: Format, escaping: Escaping) -> String {
        let asked = Representation::new(format, escaping);
        String::from_utf8(self.exposition.render(asked)).expect("text")
    }

    /// The lines of a format without the facade's own metrics and moments.
    fn lines(&self, format: Format, escaping: Escaping) -> Vec<String> {
        let text = self.read(format, escaping);
        let is_ours = |line: &&str| !line.contains("caxton") && !line.contains("_created");
        text.lines().filter(is_ours).map(String::from).collect()
    }

    /// What is left out, without what to do about it.
    fn left_out(&self) -> Vec<String> {
        let findings = self.exposition.findings();
        let message = |finding: &caxton_instrument::Finding| {
            assert_eq!(finding.class, "name_taken");
            let (what, remedy) = finding.message.split_once(": rename it").expect("a remedy");
            let escaped = what.contains("readers of");
            assert_eq!(
                remedy.ends_with("let them ask for `escaping=allow-utf-8`"),
                escaped
            );
            what.replace(" is recorded and not exposed", " |")
        };
        findings.iter().map(message).collect()
    }
}

fn serve() {
    metrics::describe_histogram!("http.server.duration", "Time to \"answer\".");
    metrics::histogram!("http.server.duration", "http.method" => "GET", "b" => "1").record(0.3);
    metrics::counter!("http.server.requests_total", "weg/zum \"Ziel\"" => "a\"b").increment(2);
    metrics::gauge!("größe").set(1.5);
}

#[test]
fn text_has_names_in_quotes() {
    let setup = setup();
    setup.emit(serve);
    let lines = setup.lines(Format::Text1, Escaping::AllowUtf8);
    let is_other = |line: &&String| !line.contains("le=\"0.0") && !line.contains("le=\"2");
    let lines: Vec<_> = lines.iter().filter(is_other).collect();
    let expected = [
        r#"# TYPE "größe" gauge"#,
        r#"{"größe"} 1.5"#,
        r#"# HELP "http.server.duration" Time to "answer"."#,
        r#"# TYPE "http.server.duration" histogram"#,
        r#"{"http.server.duration_bucket",b="1","http.method"="GET",le="0.1"} 0"#,
        r#"{"http.server.duration_bucket",b="1","http.method"="GET",le="0.25"} 0"#,
        r#"{"http.server.duration_bucket",b="1","http.method"="GET",le="0.5"} 1"#,
        r#"{"http.server.duration_bucket",b="1","http.method"="GET",le="1"} 1"#,
        r#"{"http.server.duration_bucket",b="1","http.method"="GET",le="5"} 1"#,
        r#"{"http.server.duration_bucket",b="1","http.method"="GET",le="10"} 1"#,
        r#"{"http.server.duration_bucket",b="1","http.method"="GET",le="+Inf"} 1"#,
        r#"{"http.server.duration_sum",b="1","http.method"="GET"} 0.3"#,
        r#"{"http.server.duration_count",b="1","http.method"="GET"} 1"#,
        r#"# TYPE "http.server.requests_total" counter"#,
        r#"{"http.server.requests_total","weg/zum \"Ziel\""="a\"b"} 2"#,
    ];
    assert_eq!(lines, expected);
}

#[test]
fn open_metrics_has_its_suffixes_in_the_quotes() {
    let setup = setup();
    setup.emit(serve);
    let text = setup.read(Format::OpenMetrics, Escaping::AllowUtf8);
    for line in [
        "# TYPE \"größe\" gauge\n{\"größe\"} 1.5\n",
        "# HELP \"http.server.duration\" Time to \\\"answer\\\".\n",
        "# TYPE \"http.server.duration\" histogram\n",
        "{\"http.server.duration_bucket\",b=\"1\",\"http.method\"=\"GET\",le=\"1.0\"} 1\n",
        "{\"http.server.duration_created\",b=\"1\",\"http.method\"=\"GET\"} 1",
        "# TYPE \"http.server.requests\" counter\n",
        "{\"http.server.requests_total\",\"weg/zum \\\"Ziel\\\"\"=\"a\\\"b\"} 2\n",
        "{\"http.server.requests_created\",\"weg/zum \\\"Ziel\\\"\"=\"a\\\"b\"} 1",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
}

#[test]
fn other_readers_get_plain_names() {
    let setup = setup();
    setup.emit(serve);
    let trains = Trains::new_in(Arc::new(setup.registry.clone()));
    trains.seats_taken.at(&Seat::of("first")).increment(1);
    for (escaping, expected) in [
        (
            Escaping::Underscores,
            [
                "gr__e 1.5",
                "http_server_duration_count{b=\"1\",http_method=\"GET\"} 1",
                "http_server_requests_total{weg_zum__Ziel_=\"a\\\"b\"} 2",
                "train_seats_taken_total{coach_class=\"first\"} 1",
            ],
        ),
        (
            Escaping::Dots,
            [
                "gr____e 1.5",
                "http_dot_server_dot_duration_count{b=\"1\",http_dot_method=\"GET\"} 1",
                "http_dot_server_dot_requests__total{weg__zum____Ziel__=\"a\\\"b\"} 2",
                "train_seats_taken_total{coach_class=\"first\"} 1",
            ],
        ),
        (
            Escaping::Values,
            [
                "U__gr_f6__df_e 1.5",
                "U__http_2e_server_2e_duration_count{b=\"1\",U__http_2e_method=\"GET\"} 1",
                "U__http_2e_server_2e_requests__total{U__weg_2f_zum_20__22_Ziel_22_=\"a\\\"b\"} 2",
                "train_seats_taken_total{coach_class=\"first\"} 1",
            ],
        ),
    ] {
        for format in [Format::Text, Format::Text1, Format::OpenMetrics] {
            let lines = setup.lines(format, escaping);
            for line in expected {
                assert!(lines.iter().any(|is| is == line), "{line}\n{lines:#?}");
            }
        }
        // The same in protobuf.
        let text = Parsed::of(&setup.read(Format::Text, escaping));
        let bytes = Representation::new(Format::Protobuf, escaping);
        assert_eq!(protobuf::parse(&setup.exposition.render(bytes)), text);
    }
    // Declared names are the same to all.
    let of = |escaping| {
        let text = setup.read(Format::OpenMetrics, escaping);
        let is_declared = |line: &&str| line.contains("train") || line.contains("caxton");
        let lines = text.lines().filter(is_declared);
        lines.map(String::from).collect::<Vec<_>>()
    };
    for escaping in ESCAPINGS {
        assert_eq!(of(escaping), of(Escaping::Underscores));
    }
}

#[test]
fn names_that_are_alike_are_left_out_where_they_are() {
    let setup = setup();
    setup.emit(|| {
        metrics::gauge!("queue.length").set(7);
        metrics::gauge!("queue_length").set(1);
        metrics::gauge!("queue/length").set(7);
        metrics::gauge!("queue__length").set(3);
        // Names of others, once they are escaped: a declared one, a sample.
        metrics::counter!("train.seats_taken_total").increment(7);
        metrics::histogram!("wait").record(0.1);
        metrics::gauge!("wait.bucket").set(7);
        // That of the first one, to readers of values.
        metrics::gauge!("U__queue_2e_length").set(2);
    });
    let lines = |escaping| {
        let lines = setup.lines(Format::Text1, escaping);
        let is_other = |line: &String| {
            line.starts_with('#') || line.starts_with("wait_") && line.ends_with(['0', '1'])
        };
        lines
            .into_iter()
            .filter(|line| !is_other(line))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        lines(Escaping::Underscores),
        ["U__queue_2e_length 2", "queue__length 3", "queue_length 1"]
    );
    assert_eq!(
        lines(Escaping::AllowUtf8),
        [
            "U__queue_2e_length 2",
            "{\"queue.length\"} 7",
            "{\"queue/length\"} 7",
            "queue__length 3",
            "queue_length 1",
            "{\"train.seats_taken_total\"} 7",
            "{\"wait.bucket\"} 7",
        ]
    );
    assert_eq!(
        lines(Escaping::Dots),
        [
            "U__queue_2e_length 2",
            "queue_dot_length 7",
            "queue__length 3",
            "queue_length 1",
            "train_dot_seats__taken__total 7",
            "wait_dot_bucket 7",
        ]
    );
    assert_eq!(
        lines(Escaping::Values),
        [
            "U__queue_2e_length 2",
            "U__queue_2f_length 7",
            "queue__length 3",
            "queue_length 1",
            "U__train_2e_seats__taken__total 7",
            "U__wait_2e_bucket 7",
        ]
    );
    // Each told once, for the first readers who do not get it.
    let told = |name: &str, taken: &str, owner: &str| {
        format!(
            "`{name}` | to readers of `escaping=underscores`, because it would write `{taken}`, \
             which is a name of `{owner}`"
        )
    };
    let expected = [
        told("queue.length", "queue_length", "queue_length"),
        told("queue/length", "queue_length", "queue_length"),
        told(
            "train.seats_taken_total",
            "train_seats_taken",
            "train_seats_taken_total",
        ),
        told("wait.bucket", "wait_bucket", "wait"),
    ];
    assert_eq!(setup.left_out(), expected);
    // Counted once for each kind of reader: 4, 1, and 1.
    let text = setup.exposition.text();
    let counted = "caxton_instrument_registrations_refused_total{reason=\"name_taken\"} 6\n";
    assert!(text.contains(counted), "{text}");
    assert_eq!(setup.exposition.hidden(), 4);
}

#[test]
fn what_came_first_stays() {
    let setup = setup();
    setup.emit(|| metrics::gauge!("queue.length", "a.b" => "1").set(1));
    assert!(
        setup
            .exposition
            .text()
            .contains("queue_length{a_b=\"1\"} 1\n")
    );
    setup.emit(|| {
        metrics::gauge!("queue_length").set(7);
        metrics::gauge!("queue.length", "a_b" => "1").set(7);
        metrics::gauge!("queue.length", "a_b" => "1", "a.b" => "1").set(7);
        metrics::gauge!("queue.length", "c" => "1").set(2);
    });
    for format in [Format::Text, Format::Text1, Format::OpenMetrics] {
        let lines = setup.lines(format, Escaping::Underscores);
        let samples: Vec<_> = lines.iter().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            samples,
            ["queue_length{a_b=\"1\"} 1", "queue_length{c=\"1\"} 2"]
        );
    }
    let text = Parsed::of(&setup.read(Format::Text, Escaping::Underscores));
    assert_eq!(
        protobuf::parse(&setup.exposition.render(Format::Protobuf)),
        text
    );
    let expected = [
        "`queue.length` with the label `a_b` | to readers of `escaping=underscores`, because it \
         would write `a_b`, which is how the label `a.b` is written",
        "`queue_length` | to readers of `escaping=underscores`, because it would write \
         `queue_length`, which is a name of `queue.length`",
    ];
    assert_eq!(setup.left_out(), expected);
    // Readers of the names themselves have all of them.
    let all = Parsed::of(&setup.read(Format::Text1, Escaping::AllowUtf8));
    let found = all
        .samples
        .keys()
        .filter(|sample| sample.name.starts_with("queue"));
    assert_eq!(found.count(), 5);
}

/// No two series of a scrape are the same one, whatever names there are.
#[test]
fn no_series_is_written_twice() {
    let setup = setup();
    let names = [
        "a.b", "a_b", "a-b", "a__b", "_", "__", ".", "..", "9", "U___2e_", "le", "--name--",
    ];
    setup.emit(|| {
        for (at, name) in names.into_iter().enumerate() {
            for label in names {
                metrics::gauge!(name, label => "x").set(u32::try_from(at).expect("few"));
                metrics::histogram!(format!("h{name}"), label => "x", name => "y").record(1);
            }
        }
    });
    for escaping in ESCAPINGS {
        for format in [Format::Text, Format::Text1, Format::OpenMetrics] {
            let parsed = Parsed::of(&setup.read(format, escaping));
            assert!(parsed.samples.len() > 100);
            for sample in parsed.samples.keys() {
                let names: BTreeSet<_> = sample.labels.keys().collect();
                assert!(
                    names.iter().all(|name| !name.starts_with("__")),
                    "{sample:?}"
                );
            }
        }
        let text = Parsed::of(&setup.read(Format::Text1, escaping));
        let bytes = Representation::new(Format::Protobuf, escaping);
        assert_eq!(protobuf::parse(&setup.exposition.render(bytes)), text);
    }
    let all = Parsed::of(&setup.read(Format::Text1, Escaping::AllowUtf8));
    let gauges = all.types.values().filter(|kind| *kind == "gauge").count();
    assert_eq!(gauges, names.len());
}

#[test]
fn a_filter_knows_names_as_they_are_called_and_written() {
    let setup = setup();
    setup.emit(serve);
    let types = |asked: &str, escaping: Escaping| {
        let representation = Representation::new(Format::Text1, escaping);
        let filter = Filter::names([asked]);
        let bytes = setup.exposition.render_filtered(representation, &filter);
        let text = Parsed::of(&String::from_utf8(bytes).expect("text"));
        text.types.into_keys().collect::<Vec<_>>()
    };
    for escaping in ESCAPINGS {
        let called = "http.server.duration";
        let written = escaping.metric_name(called);
        for asked in [called, &written] {
            for suffix in ["", "_bucket", "_count"] {
                let asked = format!("{asked}{suffix}");
                assert_eq!(types(&asked, escaping), [&*written], "{asked}");
            }
        }
        assert_eq!(types("http", escaping), [""; 0]);
    }
    assert_eq!(types("http_server_duration", Escaping::AllowUtf8), [""; 0]);
    assert_eq!(
        types("http.server.requests", Escaping::Underscores),
        ["http_server_requests_total"]
    );
}
