//! A program with a subscriber of its own adds our layers to it; one that set a
//! subscriber and does not say so gets an error that says what to do.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use caxton_instrument::prelude::*;
use caxton_instrument_export::InstallError;
use caxton_instrument_export::exposition::Format;
use caxton_instrument_export::otlp::{Endpoint, Logs, Sampler, Traces};
use caxton_telemetry_tests::collector::{Collector, Options};
use caxton_telemetry_tests::received;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

#[instrument_agent(agent_type = "miller", level = "debug")]
fn grind() {
    tracing::error!(name: "mill.stuck", sacks = 3, "stuck");
}

struct Events(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Events {
    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_subscriber_of_the_programs_own() {
    let Some(collector) = Collector::start(Options::default()) else {
        return;
    };
    let builder = || {
        let traces = Traces::to(Endpoint::http(collector.http()));
        let logs = Logs::to(Endpoint::grpc(collector.grpc()));
        caxton_instrument_export::builder()
            .otlp_traces(traces.level(LevelFilter::DEBUG).events(false))
            .otlp_logs(logs.filter("warn"))
    };

    // Mistakes first: none of them leaves anything behind.
    let taken = tracing::subscriber::with_default(tracing_subscriber::registry(), || {
        builder().install().expect_err("there is a subscriber")
    });
    assert!(matches!(taken, InstallError::OtherSubscriber));
    let message = taken.to_string();
    assert!(
        message.contains("`Builder::without_subscriber`"),
        "{message}"
    );
    assert!(message.contains("`Telemetry::layers`"), "{message}");
    let traces = Traces::to(Endpoint::http(collector.http())).sampler(Sampler::ratio(10.0));
    let error = builder().otlp_traces(traces).install();
    let message = error.expect_err("no ratio").to_string();
    assert!(message.contains("from 0 to 1"), "{message}");
    let logs = Logs::to(Endpoint::grpc(collector.grpc())).filter("mill=loud");
    let error = builder().otlp_logs(logs).install();
    let message = error.expect_err("no level").to_string();
    assert!(
        message.contains("cannot filter logs by `mill=loud`"),
        "{message}"
    );

    let telemetry = builder().without_subscriber().install().expect("telemetry");
    let events = Arc::new(AtomicUsize::new(0));
    tracing_subscriber::registry()
        .with(telemetry.layers())
        .with(Events(Arc::clone(&events)))
        .init();

    grind();
    tracing::info!("below the filter of logs");
    telemetry
        .flush(Duration::from_secs(20))
        .expect("all arrived");

    let span = received::span(&collector, "agent.grind");
    assert!(span.json.get("events").is_none(), "{span:?}");
    let records = received::records(&collector);
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!(records[0].body, "stuck");
    assert_eq!(records[0].span, span.id);
    assert_eq!(records[0].json["eventName"], "mill.stuck");
    assert!(events.load(Ordering::Relaxed) >= 2);

    // Exemplars come with traces.
    let text = telemetry.exposition().render(Format::OpenMetrics);
    let text = String::from_utf8(text).expect("text");
    let exemplar = format!("# {{trace_id=\"{}\",span_id=\"{}\"}}", span.trace, span.id);
    assert!(text.contains(&exemplar), "{exemplar}\n{text}");
}
