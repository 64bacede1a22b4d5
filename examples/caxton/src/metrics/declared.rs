//! The metrics, as `#[derive(MetricSet)]` has them. Executions are declared by
//! `#[instrument_agent]`.

use axum::Router;
use caxton_instrument::prelude::*;
use caxton_instrument_export::http::{Connections, HttpLayer};
use caxton_instrument_export::http_metrics;
use tokio::net::TcpListener;

use super::labels::{
    AgentLabels, DocumentLabels, MessageErrorLabels, MessageLabels, TaskLabels, TypeLabels,
};

pub use caxton_instrument::{GaugeEntity, MetricSet, OwnedTracked};

/// When something that is measured began.
pub use std::time::Instant as Since;

/// Agents that the orchestrator keeps.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton")]
pub struct AgentMetrics {
    /// Agents that exist, those being stopped among them.
    #[metric(replaces(
        "caxton_agents_total",
        reason = "it falls, so it is no counter, and only counters end in `_total`"
    ))]
    pub agents: Gauge<TypeLabels>,
    /// Agents that take messages.
    #[metric(replaces(
        "caxton_active_agents",
        reason = "two guides named one thing twice; the thing comes first, its state after it"
    ))]
    pub agents_active: Gauge<TypeLabels>,
    /// Linear memory of an agent's module.
    #[metric(
        unit = bytes,
        max_series = 4_096,
        replaces(
            "caxton_wasm_memory_usage_bytes",
            reason = "two guides named one thing twice; this is its name beside the agent's other metrics"
        )
    )]
    pub agent_memory: Gauge<AgentLabels>,
    /// Processor time of one execution; the rate of its sum is the number of processors in use.
    #[metric(
        unit = seconds,
        buckets = [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0],
        replaces(
            "caxton_agent_cpu_usage_percent",
            reason = "a share is computed where it is read, over the time that the reader wants, and in base units"
        )
    )]
    pub agent_execution_cpu: Histogram<TypeLabels>,
}

/// Tasks: a request to an agent, from the moment it is sent to its end.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton")]
pub struct TaskMetrics {
    /// Tasks that ended, by outcome.
    #[metric(
        replaces(
            "caxton_task_success_rate",
            reason = "a ratio cannot be summed over agents or taken over another time: divide the counts"
        ),
        replaces(
            "caxton_errors_total",
            reason = "alerts and panels named it and nothing declared it: it is every outcome but `ok`"
        )
    )]
    pub tasks: Counter<TaskLabels>,
    /// Time from a request to its end, waiting in the queue included.
    #[metric(
        unit = seconds,
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0]
    )]
    pub task_duration: Histogram<TaskLabels>,
}

/// FIPA messages between agents.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton")]
pub struct MessageMetrics {
    /// FIPA messages sent, by who sent them, those that were then refused among them.
    pub messages_sent: Counter<MessageLabels>,
    /// FIPA messages taken from a queue, by who took them.
    pub messages_received: Counter<MessageLabels>,
    /// Time that an agent spent on a message it had received.
    #[metric(
        unit = seconds,
        buckets = [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0],
        replaces(
            "caxton_message_latency_seconds",
            reason = "two guides named one thing twice; the time in the queue is in the task's duration"
        ),
        replaces(
            "caxton_messages_processed_total",
            reason = "a histogram counts its samples: `caxton_message_processing_duration_seconds_count`"
        )
    )]
    pub message_processing_duration: Histogram<MessageLabels>,
    /// Messages that wait in the queues of agents.
    pub message_queue_size: Gauge<TypeLabels>,
    /// Messages that were not delivered or not handled, by cause.
    pub message_errors: Counter<MessageErrorLabels>,
}

/// Documents on their way through the agents.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton", subsystem = "corpus")]
pub struct CorpusMetrics {
    /// Documents that ended, by outcome.
    pub documents: Counter<DocumentLabels>,
    /// Time from the start of reading a document to its end.
    #[metric(
        unit = seconds,
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0]
    )]
    pub document_duration: Histogram<DocumentLabels>,
    /// Documents being worked on.
    pub documents_in_progress: Gauge,
    /// Text handed to the agents.
    #[metric(unit = bytes)]
    pub read: Counter,
    /// Terms put into the index, repeated ones counted each time.
    pub terms: Counter,
}

http_metrics! {
    /// Requests to the API.
    pub struct HttpMetrics;
}

/// The same API, each request to it measured.
pub fn measured(api: Router) -> Router {
    api.layer(HttpLayer::<HttpMetrics>::new())
}

/// The same listener, its connections counted.
pub fn counted(listener: TcpListener) -> Connections<TcpListener, HttpMetrics> {
    HttpLayer::new().listen(listener)
}
