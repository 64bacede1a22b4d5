//! Lines of the log: how they look, and what is never in them.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use caxton_instrument_export::logs::{Keys, Logs, Sensitive};
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use proptest::prelude::*;
use serde_json::{Value, json};
use tracing::{Span, debug, error, info, info_span, trace, warn};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

/// What a log with these options writes.
fn written(logs: Logs, work: impl FnOnce()) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("test.log");
    let (layer, log) = logs.to_file(&path).layer().expect("sound options");
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, work);
    assert!(log.flush(Duration::from_secs(30)));
    let text = std::fs::read_to_string(&path).expect("a log");
    assert_eq!(
        (text.lines().count() as u64, 0),
        (log.written(), log.lost())
    );
    text
}

/// Every line, and no key of it twice.
fn lines(logs: Logs, work: impl FnOnce()) -> Vec<Value> {
    written(logs, work).lines().map(parsed).collect()
}

fn line(logs: Logs, work: impl FnOnce()) -> Value {
    let mut lines = lines(logs, work);
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.remove(0)
}

/// A flat object; what `serde_json` reads into a map hides keys that come twice.
#[track_caller]
fn parsed(line: &str) -> Value {
    let value: Value = serde_json::from_str(line).expect("JSON");
    let mut rest = line.strip_prefix('{').expect("an object");
    let mut keys = BTreeSet::new();
    while rest != "}" {
        let mut tokens = Vec::new();
        for _ in 0..2 {
            let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            tokens.push(stream.next().expect("a token").expect("JSON"));
            rest = rest[stream.byte_offset()..].trim_start_matches([':', ',']);
        }
        let key = tokens[0].as_str().expect("a key").to_owned();
        assert!(keys.insert(key), "{} comes twice in {line}", tokens[0]);
    }
    assert_eq!(value.as_object().expect("an object").len(), keys.len());
    value
}

/// The same without what differs from run to run.
fn without(value: &Value, keys: &[&str]) -> Value {
    let mut value = value.clone();
    for key in keys {
        let members = value.as_object_mut().expect("an object");
        members.remove(*key).unwrap_or_else(|| panic!("no {key}"));
    }
    value
}

fn is_time(text: &Value, digits: usize) -> bool {
    let text = text.as_str().expect("a time");
    let time: Result<jiff::Timestamp, _> = text.parse();
    let length = "2024-01-15T10:30:45Z".len() + if digits == 0 { 0 } else { digits + 1 };
    time.is_ok() && text.ends_with('Z') && text.len() == length
}

#[test]
fn a_line_has_the_keys_that_were_asked_for() {
    let work = || {
        let span = info_span!("request", request_id = "abc123", project_id = "proj_xyz");
        span.in_scope(|| info!(observations_count = 15, duration_ms = 45, "trace ingested"));
    };
    let long = line(Logs::json(), work);
    assert!(is_time(&long["timestamp"], 3), "{long}");
    let expected = json!({
        "level": "info",
        "message": "trace ingested",
        "target": "logs",
        "caller": long["caller"],
        "request_id": "abc123",
        "project_id": "proj_xyz",
        "observations_count": 15,
        "duration_ms": 45,
    });
    assert_eq!(without(&long, &["timestamp"]), expected);
    let caller = long["caller"].as_str().expect("text");
    assert!(
        caller.starts_with("tests/telemetry/tests/logs.rs:"),
        "{caller}"
    );

    let short = line(Logs::json().keys(Keys::short()).subsecond_digits(6), work);
    assert!(is_time(&short["ts"], 6), "{short}");
    let expected = json!({
        "level": "info",
        "msg": "trace ingested",
        "caller": short["caller"],
        "request_id": "abc123",
        "project_id": "proj_xyz",
        "observations_count": 15,
        "duration_ms": 45,
    });
    assert_eq!(without(&short, &["ts"]), expected);

    let own = Keys::default()
        .level("severity")
        .timestamp("@timestamp")
        .message("text");
    let own = own.without_caller().without_target();
    let own = line(Logs::json().keys(own).subsecond_digits(0), work);
    assert!(is_time(&own["@timestamp"], 0), "{own}");
    assert_eq!(
        (&own["severity"], &own["text"]),
        (&json!("info"), &json!("trace ingested"))
    );
    assert_eq!((own.get("caller"), own.get("target")), (None, None));
}

#[test]
fn the_line_itself_is_one_line_in_order() {
    let text = written(Logs::json().keys(Keys::default().without_caller()), || {
        info_span!("outer", a = 1, b = 2).in_scope(|| error!(target: "shop", c = true, "down"));
    });
    let (time, rest) = text.split_at("{\"timestamp\":\"2024-01-15T10:30:45.123Z\"".len());
    assert!(time.starts_with("{\"timestamp\":\"20"), "{time}");
    let expected = ",\"level\":\"error\",\"message\":\"down\",\"target\":\"shop\",\"c\":true,\"a\":1,\"b\":2}\n";
    assert_eq!(rest, expected);
}

#[test]
fn the_inner_field_wins() {
    let line = line(Logs::json(), || {
        let outer = info_span!(
            "outer",
            request_id = "outer",
            user_id = 1,
            late = tracing::field::Empty
        );
        let _outer = outer.enter();
        outer.record("late", 7);
        outer.record("late", 8);
        let inner = info_span!("inner", request_id = "inner", step = 1);
        let _inner = inner.enter();
        warn!(step = 2, "here");
    });
    let fields = ["request_id", "user_id", "late", "step"].map(|key| line[key].clone());
    assert_eq!(fields, [json!("inner"), json!(1), json!(8), json!(2)]);
}

#[test]
fn values_have_their_types() {
    let failure = std::io::Error::other(fmt::Error);
    let line = line(Logs::json(), || {
        info!(
            int = -5_i64,
            large = u64::MAX,
            fits = 5_u128,
            huge = u128::MAX,
            low = i128::MIN,
            float = 0.1,
            whole = 2.0,
            nan = f64::NAN,
            infinite = f64::NEG_INFINITY,
            yes = true,
            text = "say \"hi\"\n\u{1b}[31m\u{0}ü",
            debug = ?Some("x"),
            display = %"x",
            error = &failure as &dyn std::error::Error,
        );
    });
    let line = without(&line, &["timestamp", "caller", "target", "level"]);
    let expected = json!({
        "message": "",
        "int": -5,
        "large": u64::MAX,
        "fits": 5,
        "huge": "340282366920938463463374607431768211455",
        "low": "-170141183460469231731687303715884105728",
        "float": 0.1,
        "whole": 2.0,
        "nan": "NaN",
        "infinite": "-Infinity",
        "yes": true,
        "text": "say \"hi\"\n\u{1b}[31m\u{0}ü",
        "debug": "Some(\"x\")",
        "display": "x",
        "error": "an error occurred when formatting an argument",
    });
    assert_eq!(line, expected);
}

#[test]
fn a_field_that_is_named_like_a_key_gives_way() {
    let line = line(Logs::json(), || {
        let outer = info_span!(
            "outer",
            level = "of the span",
            timestamp_ = 1,
            message = "said"
        );
        let _outer = outer.enter();
        info!(
            level = 9,
            timestamp = 2,
            caller = "me",
            line_truncated = false,
            trace_id = "own",
            "real"
        );
    });
    let line = without(&line, &["timestamp", "caller"]);
    let expected = json!({
        "level": "info",
        "message": "real",
        "target": "logs",
        "level_": 9,
        "timestamp__": 2,
        "timestamp_": 1,
        "caller_": "me",
        "message_": "said",
        "line_truncated_": false,
        "trace_id": "own",
    });
    assert_eq!(line, expected);
}

#[test]
fn secrets_are_in_no_line() {
    #[derive(Debug)]
    #[allow(dead_code, reason = "it is printed")]
    struct Login {
        user: &'static str,
        password: Sensitive<&'static str>,
    }
    const SECRET: &str = "hunter2";
    let work = || {
        let span = info_span!("login", Authorization = SECRET, pin = tracing::field::Empty);
        let _span = span.enter();
        span.record("pin", 1234);
        let login = Login {
            user: "ada",
            password: Sensitive::new(SECRET),
        };
        info!(
            password = SECRET,
            http.request.header.cookie = SECRET,
            ?login,
            "signed in"
        );
        info!(secret = %Sensitive::new(SECRET), name = %Sensitive::new(SECRET));
    };
    let json = written(Logs::json().sensitive(["pin"]), work);
    let text = written(Logs::text().sensitive(["pin"]), work);
    for log in [json, text] {
        assert!(!log.contains(SECRET) && !log.contains("1234"), "{log}");
        assert!(log.contains("[redacted]") && log.contains("ada"), "{log}");
    }
}

#[test]
fn text_is_for_people_and_a_value_is_no_second_line() {
    let text = written(Logs::text(), || {
        info_span!("request", request_id = "abc").in_scope(|| {
            info!(
                items = 3,
                name = "a\nINFO forged",
                "taken\u{1b}[2J\r\nERROR forged"
            );
        });
    });
    assert_eq!(text.lines().count(), 1, "{text}");
    let (time, rest) = text.split_once("  INFO ").expect("a level");
    assert!(is_time(&json!(time), 3), "{time}");
    let expected = "request{request_id=\"abc\"}: logs: \
                    taken\\u{1b}[2J\\r\\nERROR forged items=3 name=\"a\\nINFO forged\"\n";
    assert_eq!(rest, expected);
}

#[test]
fn a_long_line_is_cut_and_says_so() {
    let long = "long ü\n".repeat(10_000);
    let text = written(Logs::json().line_bytes(2_048), || {
        let _span = info_span!("outer", request_id = "abc", body = %long).entered();
        info!(first = 1, "{long}");
        info!(body = %long, last = 2, "short");
    });
    for line in text.split_inclusive('\n') {
        assert!((1_024..=2_048).contains(&line.len()), "{}", line.len());
        assert_eq!(parsed(line.trim_end())["line_truncated"], true);
    }
    let all: Vec<Value> = text.lines().map(parsed).collect();
    assert_eq!(
        (&all[0]["first"], &all[0]["request_id"]),
        (&json!(1), &json!("abc"))
    );
    assert!(long.starts_with(all[0]["message"].as_str().expect("text")));
    assert_eq!(
        (&all[1]["last"], &all[1]["message"]),
        (&json!(2), &json!("short"))
    );

    let text = written(Logs::text().line_bytes(2_048), || info!("{long}"));
    assert!(text.len() <= 2_048 && text.ends_with('\n'), "{text}");
}

#[test]
fn a_value_may_log_while_it_is_written() {
    struct Chatty;
    impl fmt::Debug for Chatty {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            info!("from inside");
            f.write_str("chatty")
        }
    }
    // Only the global subscriber takes events of events.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("test.log");
    let (layer, log) = Logs::json().to_file(&path).layer().expect("sound options");
    let dispatch = tracing::Dispatch::new(tracing_subscriber::registry().with(layer));
    tracing::dispatcher::with_default(&dispatch, || {
        info!(value = ?Chatty, "outside");
        info_span!("span", value = ?Chatty).in_scope(|| info!("after"));
    });
    assert!(log.flush(Duration::from_secs(30)));
    let text = std::fs::read_to_string(&path).expect("a log");
    let all: Vec<Value> = text.lines().map(parsed).collect();
    assert!(all.iter().any(|line| line["value"] == "chatty"), "{text}");
}

#[test]
fn a_span_that_ends_tells_how_long_it_was() {
    let line = line(Logs::json().span_ends(), || {
        let span = info_span!("index", documents = 3);
        std::thread::sleep(Duration::from_millis(20));
        drop(span);
    });
    assert_eq!(
        (&line["message"], &line["documents"]),
        (&json!("index"), &json!(3))
    );
    let took = line["duration_ms"].as_f64().expect("a number");
    assert!((20.0..20_000.0).contains(&took), "{took}");
}

/// Lines of `work` under a sampler, with the ids that OpenTelemetry has.
fn traced(sampler: Sampler, logs: Logs, work: impl FnOnce()) -> Vec<Value> {
    let provider = SdkTracerProvider::builder().with_sampler(sampler).build();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("test.log");
    let (layer, log) = logs.to_file(&path).layer().expect("sound options");
    let otel = tracing_opentelemetry::layer().with_tracer(provider.tracer("logs"));
    let subscriber = tracing_subscriber::registry().with(otel).with(layer);
    tracing::subscriber::with_default(subscriber, work);
    assert!(log.flush(Duration::from_secs(30)));
    let text = std::fs::read_to_string(&path).expect("a log");
    text.lines().map(parsed).collect()
}

fn ids(span: &Span) -> [Value; 2] {
    let context = span.context();
    let span = context.span();
    let context = span.span_context();
    [
        json!(context.trace_id().to_string()),
        json!(context.span_id().to_string()),
    ]
}

#[test]
fn a_line_names_its_trace_sampled_or_not() {
    for sampler in [Sampler::AlwaysOn, Sampler::AlwaysOff] {
        let mut expected = Vec::new();
        let lines = traced(sampler, Logs::json(), || {
            info!("outside");
            let outer = info_span!("outer");
            expected.push(ids(&outer));
            let _outer = outer.enter();
            info!(trace_id = "not this", "in the outer one");
            let inner = info_span!("inner");
            expected.push(ids(&inner));
            info!(parent: &inner, "in the inner one");
        });
        assert_eq!(lines[0].get("trace_id"), None);
        let found = |line: &Value| [line["trace_id"].clone(), line["span_id"].clone()];
        assert_eq!(found(&lines[1]), expected[0]);
        assert_eq!(lines[1]["trace_id_"], "not this");
        assert_eq!(found(&lines[2]), expected[1]);
        assert_eq!(expected[0][0], expected[1][0], "one trace");
        assert_ne!(expected[0][1], expected[1][1], "two spans");
    }
}

#[test]
fn lines_of_a_trace_stay_together() {
    let logs = || {
        Logs::json()
            .level("trace")
            .debug_sample_rate(0.5)
            .trace_sample_rate(0.25)
    };
    let lines = traced(Sampler::AlwaysOn, logs(), || {
        for number in 0..400 {
            info_span!("request", number).in_scope(|| {
                for _ in 0..3 {
                    debug!("one of three");
                    trace!("one of three");
                }
                info!("one of one");
            });
        }
    });
    let mut counts = std::collections::BTreeMap::<u64, [u32; 3]>::new();
    for line in &lines {
        let level = ["debug", "trace", "info"]
            .iter()
            .position(|level| line["level"] == **level);
        let number = line["number"].as_u64().expect("a number");
        counts.entry(number).or_default()[level.expect("a level")] += 1;
    }
    assert_eq!(counts.len(), 400);
    let kinds: BTreeSet<_> = counts.values().copied().collect();
    let all_or_none = [[0, 0, 1], [3, 0, 1], [3, 3, 1]];
    assert_eq!(
        kinds,
        BTreeSet::from(all_or_none),
        "and none with trace but without debug"
    );
    let with_debug = counts.values().filter(|count| count[0] == 3).count();
    assert!(
        (140..260).contains(&with_debug),
        "{with_debug} of 400 at 0.5"
    );

    // Without a trace at even distances.
    let lines = lines_of_debug(logs());
    assert!((499..=501).contains(&lines), "{lines} of 1000 at 0.5");
}

fn lines_of_debug(logs: Logs) -> usize {
    lines(logs, || (0..1_000).for_each(|_| debug!("again"))).len()
}

#[test]
fn two_logs_of_one_program_keep_to_themselves() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let open = Logs::json()
        .to_file(path("open.log"))
        .layer()
        .expect("sound options");
    let closed = Logs::json().to_file(path("closed.log")).sensitive(["iban"]);
    let closed = closed.level("logs=warn").layer().expect("sound options");
    let subscriber = tracing_subscriber::registry().with(open.0).with(closed.0);
    tracing::subscriber::with_default(subscriber, || {
        let _span = tracing::warn_span!("transfer", iban = "DE02").entered();
        info!("begun");
        warn!("slow");
    });
    drop((open.1, closed.1));
    let read = |name| std::fs::read_to_string(path(name)).expect("a log");
    let (open, closed) = (read("open.log"), read("closed.log"));
    assert_eq!(
        (open.matches("DE02").count(), open.lines().count()),
        (2, 2),
        "{open}"
    );
    assert_eq!(
        (closed.matches("DE02").count(), closed.lines().count()),
        (0, 1),
        "{closed}"
    );
}

#[test]
fn mistakes_say_what_to_write() {
    let refused = |logs: Logs| {
        let result = logs.layer::<tracing_subscriber::Registry>();
        result.map(|_| ()).expect_err("it is refused").to_string()
    };
    let message = refused(Logs::json().level("inof"));
    assert!(
        message.contains("`inof` is no level") && message.contains("`info`"),
        "{message}"
    );
    let message = refused(Logs::json().level("info,shop=lots"));
    assert!(message.contains("shop::orders=debug"), "{message}");
    let message = refused(Logs::json().debug_sample_rate(1.5));
    assert!(
        message.contains("1.5") && message.contains("between 0 and 1"),
        "{message}"
    );
    refused(Logs::json().trace_sample_rate(f64::NAN));
    let message = refused(Logs::json().line_bytes(100));
    assert!(message.contains("at least 2048"), "{message}");
    let message = refused(Logs::json().buffer(10, 100));
    assert!(message.contains("a buffer in bytes of 100"), "{message}");
    let message = refused(Logs::json().buffer(0, 1 << 20));
    assert!(message.contains("a buffer in lines of 0"), "{message}");
    let message = refused(Logs::json().to_file("/no/such/folder/x.log"));
    assert!(message.contains("make its folder first"), "{message}");
    let message = refused(Logs::json().to_file("/tmp"));
    assert!(message.contains("name a file in it"), "{message}");
    let file = Logs::json().to_file("/dev/null").rotate(1_000, 3);
    assert!(refused(file).contains("a file that is rotated of 1000"));
    assert!(refused(Logs::json().rotate(1 << 20, 3)).contains("to_file"));
    let keys = Keys::default().trace_id("level");
    assert!(refused(Logs::json().keys(keys)).contains("twice"));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\\x00-\\x1f\"\\\\\u{7f}-\u{9f}]{0,40}",
        ".{0,3000}"
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_event_is_one_line_of_json(
        values in (text(), text(), text(), any::<f64>(), any::<i64>(), any::<u128>(), any::<bool>()),
        key in "[a-z_]{1,12}|message|level_|caller",
        most in 2_048_usize..6_000,
    ) {
        let (message, outer, own, float, int, huge, yes) = &values;
        prop_assume!(!["timestamp", "level", "target", "trace_id", "span_id", "caller"].contains(&&*key));
        let logs = Logs::json().keys(Keys::default().message(&*key)).line_bytes(most);
        let text = written(logs, || {
            let span = info_span!("outer", outer, float, timestamp = own, level = yes, level_ = int);
            let _span = span.enter();
            let inner = info_span!("inner", outer = int, message = outer, late = tracing::field::Empty);
            let _inner = inner.enter();
            inner.record("late", own);
            info!(own, huge, float, caller = yes, level = %message, "{message}");
        });
        prop_assert!(text.len() <= most, "{} in {most}", text.len());
        prop_assert_eq!(text.matches('\n').count(), 1);
        let line = parsed(text.trim_end());
        let is_cut = line.get("line_truncated").is_some();
        let found = line[&*key].as_str().expect("a message");
        prop_assert!(message.starts_with(found));
        if !is_cut {
            prop_assert_eq!(found, message);
            prop_assert_eq!(&line["own"], own);
            prop_assert_eq!(&line["outer"], int);
            prop_assert_eq!(&line["late"], own);
        }
    }
}
