//! Traces of OpenTelemetry come back through the exemplar API of a real
//! Prometheus, in every format that has exemplars.
//!
//! The servers come from `scripts/get-servers.sh`. Without them the test says
//! that it was skipped; where `CI` is set it fails.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use caxton_instrument::prelude::*;
use caxton_instrument_export::exposition::Format;
use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use prometheus::{Folder, Job, Prometheus, servers};
use serde_json::Value;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;

/// A harbour.
#[derive(MetricSet)]
#[metric_set(namespace = "harbour")]
struct Harbour {
    /// Time to unload a ship.
    #[metric(unit = seconds, buckets = [1.0, 10.0])]
    unloading_duration: Histogram,
    /// Time a ship waits.
    #[metric(unit = seconds, native)]
    waiting_duration: Histogram,
    /// Containers that fell into the sea.
    containers_lost: Counter,
}

/// The trace and the span of one execution, as OpenTelemetry has them.
#[derive(Debug, Clone, PartialEq)]
struct Ids {
    trace: String,
    span: String,
}

impl Ids {
    fn of(span: &Span) -> Self {
        let context = span.context();
        let span = context.span();
        let context = span.span_context();
        Self {
            trace: context.trace_id().to_string(),
            span: context.span_id().to_string(),
        }
    }
}

#[instrument_agent(agent_type = "crane")]
fn unload(seconds: f64) -> Ids {
    let harbour = Harbour::global();
    harbour.unloading_duration.record(seconds);
    harbour.waiting_duration.record(seconds);
    Ids::of(&Span::current())
}

/// A span outside of what the sampler takes, or in it.
fn under<T>(sampler: Sampler, work: impl FnOnce() -> T) -> T {
    let provider = SdkTracerProvider::builder().with_sampler(sampler).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("harbour"));
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, work)
}

const JOBS: [Job; 4] = [
    (
        "open_metrics",
        &["scrape_protocols: [OpenMetricsText1.0.0]"],
    ),
    ("protobuf", &["scrape_protocols: [PrometheusProto]"]),
    (
        "both",
        &[
            "scrape_protocols: [PrometheusProto]",
            "always_scrape_classic_histograms: true",
        ],
    ),
    ("text", &["scrape_protocols: [PrometheusText0.0.4]"]),
];

#[test]
fn traces_come_back_through_the_api() {
    let telemetry = caxton_instrument_export::builder()
        .exemplars()
        .listen("127.0.0.1:0")
        .install()
        .expect("a free port and a sound catalog");
    let text = || {
        let text = telemetry.exposition().render(Format::OpenMetrics);
        String::from_utf8(text).expect("text")
    };

    // Outside of any span, and in spans that nobody keeps.
    unload(0.5);
    for sampler in [Sampler::AlwaysOff, Sampler::TraceIdRatioBased(0.0)] {
        under(sampler, || unload(0.5));
        under(Sampler::ParentBased(Box::new(Sampler::AlwaysOff)), || {
            Harbour::global().containers_lost.increment_with_exemplar(1);
        });
    }
    assert!(!text().contains(" # {"), "{}", text());

    // One in two: those that are kept, and no other.
    let (kept, dropped): (Vec<Ids>, Vec<Ids>) = under(Sampler::TraceIdRatioBased(0.5), || {
        let mut all = (Vec::new(), Vec::new());
        for _ in 0..200 {
            let span = tracing::info_span!("ship");
            let (ids, is_kept) = span.in_scope(|| {
                let context = Span::current().context();
                let is_kept = context.span().span_context().is_sampled();
                (unload(0.75), is_kept)
            });
            if is_kept {
                all.0.push(ids);
            } else {
                all.1.push(ids);
            }
            let text = text();
            assert!(!all.1.iter().any(|ids| text.contains(&ids.trace)), "{text}");
        }
        all
    });
    assert!(kept.len() > 50 && dropped.len() > 50, "{} kept", kept.len());
    assert!(text().contains(&kept[kept.len() - 1].trace));

    let expected = under(Sampler::AlwaysOn, || {
        let fast = unload(0.25);
        let slow = unload(99.0);
        let lost = tracing::info_span!("storm").in_scope(|| {
            Harbour::global().containers_lost.increment_with_exemplar(3);
            Ids::of(&Span::current())
        });
        Expected { fast, slow, lost }
    });

    let Some(servers) = servers() else { return };
    let folder = Folder::new();
    let target = telemetry.local_addr().expect("it listens");
    let prometheus = Prometheus::start(&servers, &folder.0, target, &JOBS);
    prometheus.wait_for("count(up == 1) == 4");
    expected.comes_back(&prometheus);
    println!("Prometheus at {} has every trace", prometheus.address);
}

struct Expected {
    fast: Ids,
    slow: Ids,
    lost: Ids,
}

impl Expected {
    fn comes_back(&self, prometheus: &Prometheus) {
        // Native histograms have all of theirs in one series.
        let native = "harbour_waiting_duration_seconds";
        for job in ["protobuf", "both"] {
            let found = wait_for(prometheus, &format!("{native}{{job=\"{job}\"}}"), 2);
            assert_eq!(found.get("0.25"), Some(&self.fast), "{job}: {found:?}");
            assert_eq!(found.get("99"), Some(&self.slow), "{job}: {found:?}");
        }
        for (job, histogram) in [
            ("open_metrics", "harbour_unloading_duration_seconds"),
            ("protobuf", "harbour_unloading_duration_seconds"),
            ("both", "harbour_unloading_duration_seconds"),
            ("open_metrics", native),
        ] {
            let query = format!("{histogram}_bucket{{job=\"{job}\"}}");
            let found = wait_for(prometheus, &query, 2);
            assert_eq!(found.get("0.25"), Some(&self.fast), "{query}: {found:?}");
            assert_eq!(found.get("99"), Some(&self.slow), "{query}: {found:?}");
        }
        for job in ["open_metrics", "protobuf", "both"] {
            let query = format!("harbour_containers_lost_total{{job=\"{job}\"}}");
            let found = wait_for(prometheus, &query, 1);
            assert_eq!(found, BTreeMap::from([("3".to_owned(), self.lost.clone())]));

            // The attribute's own: the last execution, its count and its duration.
            let query = format!("caxton_agent_executions_total{{job=\"{job}\"}}");
            let found = wait_for(prometheus, &query, 1);
            assert_eq!(found.keys().collect::<Vec<_>>(), ["1"]);
            let of_executions = found.into_values().next().expect("one");
            assert!([&self.fast, &self.slow].contains(&&of_executions));
            let query = format!("caxton_agent_execution_duration_seconds_bucket{{job=\"{job}\"}}");
            let found = wait_for(prometheus, &query, 1);
            assert!(found.values().any(|ids| *ids == of_executions), "{found:?}");
        }
        assert_eq!(exemplars(prometheus, "{job=\"text\"}"), BTreeMap::new());
    }
}

/// Waits until a query has so many exemplars.
fn wait_for(prometheus: &Prometheus, query: &str, count: usize) -> BTreeMap<String, Ids> {
    let start = Instant::now();
    loop {
        let found = exemplars(prometheus, query);
        if found.len() >= count {
            return found;
        }
        assert!(
            start.elapsed() < Duration::from_mins(1),
            "`{query}` has {found:?} after a minute"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// What Prometheus has of a query's series, by value.
fn exemplars(prometheus: &Prometheus, query: &str) -> BTreeMap<String, Ids> {
    let path = format!(
        "/api/v1/query_exemplars?start=0&end=9999999999&query={}",
        http::encode(query)
    );
    let answer = http::get(prometheus.address, &path);
    let answer: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(answer["status"], "success", "{query}: {answer}");
    let series = answer["data"].as_array().expect("series").iter();
    let all = series.flat_map(|series| series["exemplars"].as_array().expect("exemplars"));
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    all.map(|exemplar| {
        let labels = &exemplar["labels"];
        let (trace, span) = (text(&labels["trace_id"]), text(&labels["span_id"]));
        (text(&exemplar["value"]), Ids { trace, span })
    })
    .collect()
}
