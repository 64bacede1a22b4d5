//! Which series an update reaches, and what it reads there.

use std::time::Duration;

use caxton_instrument::prelude::*;
use caxton_instrument::testing::TestRecorder;

#[derive(LabelValue, Clone, Copy)]
enum Performative {
    Request,
    Inform,
    NotUnderstood,
}

#[derive(LabelSet)]
struct Closed {
    performative: Performative,
    urgent: bool,
}

#[derive(LabelSet)]
struct Mixed {
    performative: Performative,
    #[label(max_values = 2)]
    agent_type: Text,
    #[label(max_values = 1)]
    queue: String,
}

#[derive(LabelSet)]
struct OneOpen {
    #[label(max_values = 3)]
    agent_id: Text,
}

#[derive(LabelSet)]
struct Only {
    #[label(max_values = 1)]
    version: Text,
}

/// Written by hand, and wrong.
#[derive(Clone, Copy)]
struct Stray(usize);

impl LabelValue for Stray {
    const VALUES: &'static [&'static str] = &["a", "b"];

    fn index(self) -> usize {
        self.0
    }
}

#[derive(LabelSet)]
struct Strays {
    first: Stray,
    second: Stray,
}

/// Messages.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton", labels(component = "bus"))]
struct Messages {
    /// Messages that were sent.
    sent: Counter<Closed>,
    /// Messages that were routed.
    routed: Counter<Mixed>,
    /// Memory of one agent.
    #[metric(unit = bytes)]
    agent_memory: Gauge<OneOpen>,
    /// Messages that wait.
    waiting: Gauge,
    /// Time for one message.
    #[metric(unit = seconds, buckets = [0.1, 1.0])]
    processing_duration: Histogram<Closed>,
    /// Size of one message.
    #[metric(unit = bytes, buckets = [100.0, 1000.0])]
    message_size: Histogram,
    /// Facts about the bus.
    bus: Info<OneOpen>,
    /// Version that runs.
    build: Info<Only>,
    /// Messages that went astray.
    strays: Counter<Strays>,
}

fn setup() -> (TestRecorder, Messages) {
    let recorder = TestRecorder::new();
    let messages = Messages::new_in(recorder.shared());
    (recorder, messages)
}

#[test]
fn every_combination_of_closed_labels_is_its_own_series() {
    let (recorder, messages) = setup();
    let all = [
        Performative::Request,
        Performative::Inform,
        Performative::NotUnderstood,
    ];
    for (i, performative) in all.into_iter().enumerate() {
        for (k, urgent) in [false, true].into_iter().enumerate() {
            let n = (i * 2 + k + 1) as u64;
            messages
                .sent
                .at(&Closed::of(performative, urgent))
                .increment(n);
        }
    }
    recorder.assert_series(&[
        r#"caxton_sent_total{component="bus",performative="request",urgent="false"} 1"#,
        r#"caxton_sent_total{component="bus",performative="request",urgent="true"} 2"#,
        r#"caxton_sent_total{component="bus",performative="inform",urgent="false"} 3"#,
        r#"caxton_sent_total{component="bus",performative="inform",urgent="true"} 4"#,
        r#"caxton_sent_total{component="bus",performative="not_understood",urgent="false"} 5"#,
        r#"caxton_sent_total{component="bus",performative="not_understood",urgent="true"} 6"#,
    ]);
}

#[test]
fn owned_labels_their_twin_and_a_bound_handle_name_one_series() {
    let (recorder, messages) = setup();
    let owned = Mixed {
        performative: Performative::Inform,
        agent_type: "planner".into(),
        queue: "a".to_owned(),
    };
    let twin = Mixed::of(Performative::Inform, "planner", "a");
    messages.routed.at(&owned).increment(1);
    messages.routed.at(&twin).increment(1);
    messages.routed.at(&twin).increment(1);
    let bound = messages.routed.at(&twin).bind();
    bound.increment(1);
    bound.clone().absolute(10);
    bound.absolute(3);
    assert_eq!(recorder.counter(Messages::ROUTED, &owned), 10);
}

#[test]
fn an_open_label_overflows_by_itself_and_sums_stay_right() {
    let (recorder, messages) = setup();
    for (agent_type, queue) in [
        ("a", "q"),
        ("b", "q"),
        ("c", "q"),
        ("c", "other"),
        ("a", "other"),
    ] {
        messages
            .routed
            .at(&Mixed::of(Performative::Inform, agent_type, queue))
            .increment(1);
        messages
            .routed
            .at(&Mixed::of(Performative::Request, agent_type, queue))
            .increment(1);
    }
    let expected: Vec<String> = ["inform", "request"]
        .into_iter()
        .flat_map(|performative| {
            [("a", "q"), ("b", "q"), ("_overflow", "q"), ("_overflow", "_overflow"), ("a", "_overflow")]
                .map(|(agent_type, queue)| format!("caxton_routed_total{{component=\"bus\",performative=\"{performative}\",agent_type=\"{agent_type}\",queue=\"{queue}\"}} 1"))
        })
        .collect();
    recorder.assert_series(&expected.iter().map(String::as_str).collect::<Vec<_>>());
    let own = recorder.own_snapshot().to_string();
    assert!(
        own.contains(
            r#"caxton_instrument_series_overflowed_total{metric="caxton_routed_total"} 6"#
        ),
        "{own}"
    );
    assert!(
        own.contains(r#"caxton_instrument_series_live{metric="caxton_routed_total"} 10"#),
        "{own}"
    );
}

#[test]
fn values_that_read_alike_when_joined_stay_apart() {
    let (recorder, messages) = setup();
    messages
        .routed
        .at(&Mixed::of(Performative::Inform, "ab", "c"))
        .increment(1);
    messages
        .routed
        .at(&Mixed::of(Performative::Inform, "a", "bc"))
        .increment(1);
    assert_eq!(
        recorder.counter(
            Messages::ROUTED,
            &Mixed::of(Performative::Inform, "ab", "c")
        ),
        1
    );
}

#[test]
fn hostile_values_are_escaped_or_bounded() {
    let (recorder, messages) = setup();
    let long = "x".repeat(1 << 20);
    let long_too = "y".repeat(caxton_instrument::MAX_VALUE_BYTES + 1);
    let longest = "z".repeat(caxton_instrument::MAX_VALUE_BYTES);
    messages.agent_memory.at(&OneOpen::of("_overflow")).set(1);
    messages
        .agent_memory
        .at(&OneOpen::of("nul\0bell\u{7}\"\\\n"))
        .set(2);
    messages.agent_memory.at(&OneOpen::of(&longest)).set(3);
    messages.agent_memory.at(&OneOpen::of(&long)).add(4);
    messages.agent_memory.at(&OneOpen::of(&long_too)).add(5);
    let longest = format!(r#"caxton_agent_memory_bytes{{component="bus",agent_id="{longest}"}} 3"#);
    recorder.assert_series(&[
        r#"caxton_agent_memory_bytes{component="bus",agent_id="__overflow"} 1"#,
        "caxton_agent_memory_bytes{component=\"bus\",agent_id=\"nul\u{2400}bell\u{2407}\\\"\\\\\\n\"} 2",
        &longest,
        r#"caxton_agent_memory_bytes{component="bus",agent_id="_overflow"} 9"#,
    ]);
}

#[test]
fn values_that_render_alike_stay_apart() {
    for (a, b) in [
        ("\0", "\u{2400}"),
        ("\x7f", "\u{2421}"),
        ("\u{80}", "\u{81}"),
        ("\u{80}", "\u{fffd}"),
        ("\u{85}", "\u{2426}85"),
        ("\u{2426}\0", "\u{2426}\u{2400}"),
        ("_overflow", "__overflow"),
    ] {
        let (recorder, messages) = setup();
        messages.agent_memory.at(&OneOpen::of(a)).set(1);
        messages.agent_memory.at(&OneOpen::of(b)).set(2);
        let lines = recorder.snapshot().to_string();
        assert_eq!(lines.lines().count(), 2, "{a:?} and {b:?} in\n{lines}");
    }
}

#[test]
fn a_value_outside_its_own_list_reaches_no_series() {
    let (recorder, messages) = setup();
    for (first, second) in [(0, 2), (2, 0), (usize::MAX, 1), (1, usize::MAX)] {
        let strays = Strays::of(Stray(first), Stray(second));
        messages.strays.at(&strays).increment(1);
    }
    recorder.assert_series(&[]);
    let own = recorder.own_snapshot().to_string();
    assert!(own.contains(r#"reason="unknown_label_value"} 4"#), "{own}");
}

#[test]
fn numbers_that_are_not_finite_are_dropped_and_counted() {
    let (recorder, messages) = setup();
    messages.waiting.set(7);
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        messages.waiting.set(value);
        messages.waiting.add(value);
        messages.waiting.bind().sub(value);
        drop(messages.waiting.track(value));
        messages.message_size.record(value);
    }
    recorder.assert_series(&[r#"caxton_waiting{component="bus"} 7"#]);
    let own = recorder.own_snapshot().to_string();
    assert!(
        own.contains(r#"samples_dropped_total{metric="caxton_waiting",reason="non_finite"} 12"#),
        "{own}"
    );
    assert!(
        own.contains(
            r#"samples_dropped_total{metric="caxton_message_size_bytes",reason="non_finite"} 3"#
        ),
        "{own}"
    );
}

#[test]
fn a_tracked_gauge_returns() {
    let (recorder, messages) = setup();
    let one = messages.waiting.track(1);
    let two = messages.waiting.bind().track(2.5);
    assert_eq!(recorder.gauge(Messages::WAITING, &()), 3.5);
    std::thread::spawn(move || drop(two))
        .join()
        .expect("no panic");
    drop(one);
    assert_eq!(recorder.gauge(Messages::WAITING, &()), 0.0);
}

#[test]
fn a_tracked_gauge_returns_where_it_rose() {
    let (recorder, messages) = setup();
    let within = ["a", "b", "c"].map(|id| messages.agent_memory.at(&OneOpen::of(id)).entity());
    let labels = OneOpen::of("d");
    let past_the_bound = messages.agent_memory.at(&labels).track(1);
    drop(within); // from here on there is a place for it
    drop(past_the_bound);
    recorder
        .assert_series(&[r#"caxton_agent_memory_bytes{component="bus",agent_id="_overflow"} 0"#]);
}

#[test]
fn timers_record_once_under_the_last_label() {
    let (recorder, messages) = setup();
    let labels = Closed::of(Performative::Request, false);
    let other = Closed::of(Performative::Inform, false);
    drop(messages.processing_duration.at(&labels).start_timer());
    messages
        .processing_duration
        .at(&labels)
        .start_timer()
        .discard();
    assert!(
        messages
            .processing_duration
            .at(&labels)
            .start_timer()
            .stop()
            < Duration::from_secs(60)
    );
    let mut timer = messages.processing_duration.at(&labels).start_timer();
    timer.relabel(&other);
    drop(timer);
    let bound = messages.processing_duration.at(&other).bind();
    let mut owned = bound.start_timer();
    owned.relabel(&messages.processing_duration.at(&labels).bind());
    std::thread::spawn(move || drop(owned))
        .join()
        .expect("no panic");
    bound.start_timer().discard();
    assert_eq!(messages.processing_duration.at(&other).time(|| 5), 5);
    messages
        .processing_duration
        .at(&labels)
        .record(Duration::from_millis(1500));
    let request = recorder.histogram(Messages::PROCESSING_DURATION, &labels);
    assert_eq!(request.count, 4);
    assert!(request.values.contains(&1.5));
    assert_eq!(
        recorder
            .histogram(Messages::PROCESSING_DURATION, &other)
            .count,
        2
    );
}

#[test]
fn a_timer_on_bytes_records_nothing_and_is_counted() {
    let (recorder, messages) = setup();
    drop(messages.message_size.start_timer());
    assert_eq!(messages.message_size.start_timer().stop(), Duration::ZERO);
    recorder.assert_series(&[]);
    let own = recorder.own_snapshot().to_string();
    assert!(own.contains(r#"reason="unit_mismatch"} 2"#), "{own}");
}

#[test]
fn an_entity_ends_its_series_and_gives_its_place_back() {
    let (recorder, messages) = setup();
    let at = |id: &str| messages.agent_memory.at(&OneOpen::of(id)).entity();
    for round in 0..1_000 {
        let id = format!("agent-{round}");
        let memory = at(&id);
        memory.set(65_536);
        assert_eq!(
            recorder.gauge(Messages::AGENT_MEMORY, &OneOpen::of(&id)),
            65_536.0
        );
    }
    let lines = recorder.snapshot().to_string();
    assert!(!lines.contains("_overflow"), "{lines}");
    assert!(lines.lines().all(|line| line.ends_with(" 0")), "{lines}");
    let own = recorder.own_snapshot().to_string();
    assert!(
        own.contains(r#"caxton_instrument_series_live{metric="caxton_agent_memory_bytes"} 0"#),
        "{own}"
    );
}

#[test]
fn the_last_guard_of_an_entity_ends_it() {
    let (recorder, messages) = setup();
    let first = messages.agent_memory.at(&OneOpen::of("a")).entity();
    let second = messages.agent_memory.at(&OneOpen::of("a")).entity();
    first.set(10);
    second.add(5);
    drop(first);
    assert_eq!(
        recorder.gauge(Messages::AGENT_MEMORY, &OneOpen::of("a")),
        15.0
    );
    drop(second);
    assert_eq!(
        recorder.gauge(Messages::AGENT_MEMORY, &OneOpen::of("a")),
        0.0
    );
}

#[test]
fn entities_past_the_bound_add_up_and_leave_nothing() {
    let (recorder, messages) = setup();
    let within: Vec<_> = ["a", "b", "c"]
        .map(|id| messages.agent_memory.at(&OneOpen::of(id)).entity())
        .into();
    let past: Vec<_> = ["d", "e"]
        .map(|id| messages.agent_memory.at(&OneOpen::of(id)).entity())
        .into();
    for entity in &past {
        entity.set(100);
        entity.set(40);
        entity.sub(10);
    }
    let overflow = r#"caxton_agent_memory_bytes{component="bus",agent_id="_overflow"}"#;
    assert!(
        recorder
            .snapshot()
            .lines()
            .contains(&format!("{overflow} 60"))
    );
    drop(past);
    assert!(
        recorder
            .snapshot()
            .lines()
            .contains(&format!("{overflow} 0"))
    );
    drop(within);
    let again = messages.agent_memory.at(&OneOpen::of("f")).entity();
    again.set(1);
    assert_eq!(
        recorder.gauge(Messages::AGENT_MEMORY, &OneOpen::of("f")),
        1.0
    );
}

#[test]
fn info_states_one_set_of_facts() {
    let (recorder, messages) = setup();
    for version in ["1", "2", "3", "4", "5"] {
        messages.bus.set(&OneOpen::of(version));
    }
    recorder.assert_series(&[
        r#"caxton_bus_info{component="bus",agent_id="1"} 0"#,
        r#"caxton_bus_info{component="bus",agent_id="2"} 0"#,
        r#"caxton_bus_info{component="bus",agent_id="3"} 0"#,
        r#"caxton_bus_info{component="bus",agent_id="4"} 0"#,
        r#"caxton_bus_info{component="bus",agent_id="5"} 1"#,
    ]);
}

#[test]
fn facts_with_one_place_replace_each_other() {
    let (recorder, messages) = setup();
    for version in ["1", "2", "2"] {
        messages.build.set(&Only::of(version));
    }
    recorder.assert_series(&[
        r#"caxton_build_info{component="bus",version="1"} 0"#,
        r#"caxton_build_info{component="bus",version="2"} 1"#,
    ]);
}

#[test]
fn a_difference_says_what_is_missing_and_what_is_too_much() {
    let (recorder, messages) = setup();
    messages.waiting.set(2);
    messages.message_size.record(5);
    let difference = recorder.snapshot().difference(&[
        r#"caxton_waiting{component="bus"} 3"#,
        r#"caxton_message_size_bytes_count{component="bus"} 1"#,
    ]);
    assert_eq!(
        difference.as_deref(),
        Some(concat!(
            "  caxton_message_size_bytes_count{component=\"bus\"} 1\n",
            "+ caxton_message_size_bytes_sum{component=\"bus\"} 5\n",
            "+ caxton_waiting{component=\"bus\"} 2\n",
            "- caxton_waiting{component=\"bus\"} 3\n",
        ))
    );
}
