//! A sender and what can be seen of it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Once;
use std::time::Duration;

use caxton_instrument::LabelValue as _;
use caxton_instrument::diagnostics::{self, Diagnostic};
use caxton_instrument::testing::TestRecorder;
use caxton_telemetry_tests::fault_server::{FaultServer, Received};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, number_data_point,
};
use tokio::time::Instant;

use crate::otlp::meta::{
    Attempt, AttemptResult, ExportMetrics, LossReason, LostItems, OfSignal, SignalName,
};
use crate::otlp::transport::{Delivery, Metrics, Sender};
use crate::otlp::{Endpoint, Retry};

/// Longer than any of these tests should take, by far.
pub(super) const LONG: Duration = Duration::from_secs(60);

/// Attempts that come quickly and as often as it takes.
pub(super) const PATIENT: Retry = Retry {
    initial: Duration::from_millis(10),
    max: Duration::from_millis(200),
    elapsed: LONG,
};

/// Attempts that come quickly and end soon.
pub(super) const BRIEF: Retry = Retry {
    elapsed: Duration::from_millis(200),
    ..PATIENT
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Http,
    Grpc,
}

impl Over {
    pub(super) const BOTH: [Self; 2] = [Self::Http, Self::Grpc];

    pub(super) fn endpoint(self, url: impl Into<String>) -> Endpoint {
        let endpoint = match self {
            Self::Http => Endpoint::http(url),
            Self::Grpc => Endpoint::grpc(url),
        };
        endpoint.timeout(LONG).retry(PATIENT)
    }
}

/// Data points with the values `ids`, each of some hundred bytes.
pub(super) fn batch(ids: std::ops::Range<i64>) -> ExportMetricsServiceRequest {
    let points = ids.map(|id| NumberDataPoint {
        attributes: vec![KeyValue {
            key: String::from("text"),
            value: Some(AnyValue {
                value: Some(Value::StringValue("x".repeat(100))),
            }),
            ..KeyValue::default()
        }],
        value: Some(number_data_point::Value::AsInt(id)),
        ..NumberDataPoint::default()
    });
    let metric = Metric {
        name: String::from("test_points"),
        data: Some(Data::Gauge(Gauge {
            data_points: points.collect(),
        })),
        ..Metric::default()
    };
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            scope_metrics: vec![ScopeMetrics {
                metrics: vec![metric],
                ..ScopeMetrics::default()
            }],
            ..ResourceMetrics::default()
        }],
    }
}

/// The values of the data points that came.
pub(super) fn ids(received: &[Received]) -> Vec<i64> {
    let mut ids = Vec::new();
    for request in received {
        let metrics = request.metrics().resource_metrics.into_iter();
        let metrics = metrics.flat_map(|resource| resource.scope_metrics);
        for metric in metrics.flat_map(|scope| scope.metrics) {
            let Some(Data::Gauge(gauge)) = metric.data else {
                continue;
            };
            ids.extend(
                gauge
                    .data_points
                    .iter()
                    .filter_map(|point| match point.value {
                        Some(number_data_point::Value::AsInt(id)) => Some(id),
                        _ => None,
                    }),
            );
        }
    }
    ids
}

/// Runs `test` with a recorder of its own, on a runtime of this thread.
pub(super) fn measured<T>(recorder: &TestRecorder, test: impl Future<Output = T>) -> T {
    listen();
    said();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("one");
    let shared = recorder.shared();
    metrics::with_local_recorder(&*shared, || runtime.block_on(test))
}

pub(super) fn sender(endpoint: &Endpoint) -> Sender<Metrics> {
    Sender::new(endpoint).expect("an endpoint")
}

pub(super) async fn send(sender: &Sender<Metrics>, ids: std::ops::Range<i64>) -> Delivery {
    sender.send(batch(ids), Instant::now() + LONG).await
}

thread_local! {
    static SAID: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what diagnostics say, for the thread whose runtime says it.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = diagnostics::set_hook(|diagnostic| {
            if let Diagnostic::Export { .. } = diagnostic {
                SAID.with_borrow_mut(|said| said.push(diagnostic.to_string()));
            }
        });
    });
}

/// What was said by this thread since this was asked last.
pub(super) fn said() -> Vec<String> {
    SAID.take()
}

/// How often something was said.
pub(super) fn times_said() -> String {
    format!("said {}x", said().len())
}

pub(super) fn delivery(delivery: Delivery) -> String {
    match delivery {
        Delivery::Accepted => String::from("accepted"),
        Delivery::Partly { rejected } => format!("{rejected} lost"),
        Delivery::Lost { items, reason } => format!("all {items} lost ({})", reason.as_str()),
    }
}

/// How often each of `all` was kept.
pub(super) fn kept(server: &FaultServer, all: std::ops::Range<i64>) -> String {
    let received = server.received();
    let kept: Vec<Received> = received
        .into_iter()
        .filter(|request| request.is_kept)
        .collect();
    let mut times: BTreeMap<i64, usize> = all.map(|id| (id, 0)).collect();
    for id in ids(&kept) {
        *times.entry(id).or_default() += 1;
    }
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for count in times.into_values() {
        *counts.entry(count).or_default() += 1;
    }
    let counts = counts
        .into_iter()
        .map(|(times, items)| format!("{items} kept {times}x"));
    counts.collect::<Vec<_>>().join(" and ")
}

/// What was counted: attempts by result, and losses by reason. Results in
/// `varying` come as often as time allows.
pub(super) fn counted(recorder: &TestRecorder, varying: &[AttemptResult]) -> String {
    let signal = SignalName::Metrics;
    let mut parts = Vec::new();
    for &result in RESULTS {
        let count = recorder.counter(ExportMetrics::EXPORT_ATTEMPTS, &Attempt::of(signal, result));
        match (count, varying.contains(&result)) {
            (0, _) => {}
            (_, true) => parts.push(format!("some {}", result.as_str())),
            (count, false) => parts.push(format!("{count} {}", result.as_str())),
        }
    }
    let attempts = parts.join(", ");
    let exported = recorder.counter(ExportMetrics::EXPORTED_ITEMS, &OfSignal::of(signal));
    let lost: u64 = REASONS
        .iter()
        .map(|&reason| recorder.counter(ExportMetrics::LOST_ITEMS, &LostItems::of(signal, reason)))
        .sum();
    format!("attempts: {attempts}; counted {exported} exported, {lost} lost")
}

const RESULTS: &[AttemptResult] = &[
    AttemptResult::Accepted,
    AttemptResult::Partial,
    AttemptResult::Unreachable,
    AttemptResult::TimedOut,
    AttemptResult::Disconnected,
    AttemptResult::Throttled,
    AttemptResult::Unavailable,
    AttemptResult::ServerError,
    AttemptResult::Rejected,
    AttemptResult::Unauthorized,
    AttemptResult::Unsupported,
    AttemptResult::TooLarge,
    AttemptResult::Redirected,
    AttemptResult::BadAnswer,
];

const REASONS: &[LossReason] = &[
    LossReason::Unreachable,
    LossReason::TimedOut,
    LossReason::Disconnected,
    LossReason::Throttled,
    LossReason::Unavailable,
    LossReason::ServerError,
    LossReason::Rejected,
    LossReason::Unauthorized,
    LossReason::Unsupported,
    LossReason::TooLarge,
    LossReason::Redirected,
    LossReason::BadAnswer,
    LossReason::QueueFull,
    LossReason::Shutdown,
];
