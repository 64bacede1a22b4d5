//! One request over HTTP, handed from agent to agent in the metadata of FIPA
//! messages, is one trace: spans with the right parents, lines of the log with
//! its id, an exemplar on the histogram of latencies that names it.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use caxton_instrument_export::exposition::Format;
use caxton_instrument_export::logs::Logs;
use caxton_instrument_export::propagation::{self, ClientLayer};
use caxton_runtime::{Limits, Orchestrator, router};
use opentelemetry::trace::{SpanKind, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use serde_json::Value;
use tower::{Layer as _, Service as _};
use tracing::Instrument as _;
use tracing_subscriber::layer::SubscriberExt as _;

/// Keeps the spans that ended.
#[derive(Debug, Clone, Default)]
struct Kept(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Kept {
    async fn export(&self, spans: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().expect("no panic").extend(spans);
        Ok(())
    }
}

impl Kept {
    /// The only span of an agent type, or of a kind.
    #[track_caller]
    fn one(&self, what: &str, is_it: impl Fn(&SpanData) -> bool) -> SpanData {
        let all = self.0.lock().expect("no panic");
        let found: Vec<_> = all.iter().filter(|span| is_it(span)).collect();
        assert_eq!(found.len(), 1, "{what} of {all:#?}");
        found[0].clone()
    }

    fn agent(&self, agent_type: &str) -> SpanData {
        self.one(agent_type, |span| {
            attribute(span, "agent_type").as_deref() == Some(agent_type)
        })
    }
}

fn attribute(span: &SpanData, name: &str) -> Option<String> {
    let found = span
        .attributes
        .iter()
        .find(|attribute| attribute.key.as_str() == name);
    found.map(|attribute| attribute.value.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_across_three_agents_is_one_trace() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("caxton.log");
    let kept = Kept::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(kept.clone())
        .build();
    let otel = tracing_opentelemetry::layer().with_tracer(provider.tracer("caxton"));
    let telemetry = caxton_instrument_export::builder()
        .exemplars()
        .logs(Logs::json().to_file(&path).span_ends())
        .without_subscriber()
        .install()
        .expect("the first of this process");
    let subscriber = tracing_subscriber::registry()
        .with(otel)
        .with(telemetry.layers());
    tracing::subscriber::set_global_default(subscriber).expect("the first of this process");

    let orchestrator = Orchestrator::new(Limits::default(), Vec::new()).expect("sound modules");
    for agent_type in ["splitter", "tokeniser", "indexer"] {
        orchestrator.create(agent_type).expect("an agent");
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = router(orchestrator.clone());
    let serving = propagation::spawn(async move { axum::serve(listener, app).await });

    // A client of another program.
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("the first");
    let http = reqwest::Client::new();
    let service = tower::service_fn(move |request: http::Request<reqwest::Body>| {
        let http = http.clone();
        async move {
            let request = reqwest::Request::try_from(request)?;
            http.execute(request).await.map(http::Response::from)
        }
    });
    let mut client = ClientLayer::new().layer(service);
    let request = http::Request::post(format!("http://{address}/api/agents/splitter-1/messages"))
        .header("content-type", "application/json")
        .header("x-request-id", "abc123")
        .body(reqwest::Body::from(
            r#"{"content": "alpha beta delta delta"}"#,
        ))
        .expect("a request");
    let order = tracing::info_span!("order");
    let answer = async { client.call(request).await }.instrument(order).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), 200);
    let answer = reqwest::Response::from(answer)
        .text()
        .await
        .expect("a body");
    assert!(answer.contains("\"from\":\"indexer\""), "{answer}");
    orchestrator.stop_all().await;
    serving.abort();

    let root = kept.one("order", |span| span.name == "order");
    let client = kept.one("client", |span| span.span_kind == SpanKind::Client);
    let server = kept.one("server", |span| span.span_kind == SpanKind::Server);
    let agents = ["splitter", "tokeniser", "indexer"].map(|agent_type| kept.agent(agent_type));
    assert_eq!(server.name, "POST /api/agents/{id}/messages");
    assert_eq!(
        attribute(&server, "http.response.status_code").as_deref(),
        Some("200")
    );
    assert_eq!(
        attribute(&server, "http.route").as_deref(),
        Some("/api/agents/{id}/messages")
    );
    let [splitter, tokeniser, indexer] = &agents;
    let chain = [&root, &client, &server, splitter, tokeniser, indexer];
    for pair in chain.windows(2) {
        let (parent, child) = (pair[0], pair[1]);
        assert_eq!(
            child.parent_span_id,
            parent.span_context.span_id(),
            "{}",
            child.name
        );
        assert_eq!(child.span_context.trace_id(), root.span_context.trace_id());
    }
    // From one program to the next, and from one agent to the next.
    for child in [&server, splitter, tokeniser, indexer] {
        assert!(child.parent_span_is_remote, "{}", child.name);
    }
    let trace = root.span_context.trace_id().to_string();

    // Each span's line has the ids of the span.
    assert!(
        telemetry
            .log()
            .expect("a log")
            .flush(Duration::from_secs(30))
    );
    let text = std::fs::read_to_string(&path).expect("a log");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let of_span: BTreeMap<&str, &Value> = lines
        .iter()
        .filter(|line| line["trace_id"] == *trace)
        .map(|line| (line["span_id"].as_str().expect("an id"), line))
        .collect();
    for span in chain {
        let id = span.span_context.span_id().to_string();
        let line = of_span
            .get(&*id)
            .unwrap_or_else(|| panic!("no {} {id} in {text}", span.name));
        assert!(
            line["duration_ms"].as_f64().expect("a number") > 0.0,
            "{line}"
        );
        assert_eq!(
            line["agent_type"].as_str().map(str::to_owned),
            attribute(span, "agent_type")
        );
    }
    let line = of_span[&*server.span_context.span_id().to_string()];
    assert_eq!(line["request_id"], "abc123");
    assert_eq!(of_span.len(), chain.len(), "{text}");

    // Each execution, and each task, has an exemplar of this trace.
    let exposition = telemetry.exposition().render(Format::OpenMetrics);
    let exposition = String::from_utf8(exposition).expect("UTF-8");
    for histogram in [
        "caxton_agent_execution_duration_seconds",
        "caxton_task_duration_seconds",
    ] {
        for (agent_type, span) in ["splitter", "tokeniser", "indexer"].iter().zip(&agents) {
            let series = format!("{histogram}_bucket{{agent_type=\"{agent_type}\"");
            let named: Vec<_> = exposition
                .lines()
                .filter(|line| line.starts_with(&series) && line.contains(&trace))
                .collect();
            assert_eq!(named.len(), 1, "{series} in {exposition}");
            // A task is the sender's, an execution the agent's.
            let of_execution = histogram.contains("execution");
            let id = if of_execution {
                span.span_context.span_id()
            } else {
                span.parent_span_id
            };
            assert!(named[0].contains(&id.to_string()), "{named:?}");
        }
    }
}
