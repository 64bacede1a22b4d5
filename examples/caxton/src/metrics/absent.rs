//! Stands in for the metrics where nothing is to be measured: the same names
//! and calls, and nothing behind them.

use axum::Router;
use tokio::net::TcpListener;

/// A metric, a series, a guard: none of them.
#[derive(Debug, Clone, Copy)]
pub struct Absent;

/// What an entity's guard is.
pub type GaugeEntity = Absent;
/// What an owned guard is.
pub type OwnedTracked = Absent;
/// When something that is not measured began.
pub type Since = Absent;

impl Absent {
    /// Reads no clock.
    #[must_use]
    pub fn now() -> Self {
        Self
    }

    /// Reads no clock.
    #[must_use]
    pub fn elapsed(&self) -> Self {
        Self
    }

    /// A series.
    #[must_use]
    pub fn at<L>(&self, _: L) -> Self {
        Self
    }

    /// A handle.
    #[must_use]
    pub fn bind(&self) -> Self {
        Self
    }

    /// An entity's series.
    #[must_use]
    pub fn entity(&self) -> Self {
        Self
    }

    /// A guard.
    #[must_use]
    pub fn track(&self, _: u32) -> Self {
        Self
    }

    /// A timer.
    #[must_use]
    pub fn start_timer(&self) -> Self {
        Self
    }

    /// Counts nothing.
    pub fn increment(&self, _: u64) {}

    /// Records nothing.
    pub fn record<S>(&self, _: S) {}

    /// Sets nothing.
    pub fn set<S>(&self, _: S) {}
}

/// The API as it is.
pub fn measured(api: Router) -> Router {
    api
}

/// The listener as it is.
pub fn counted(listener: TcpListener) -> TcpListener {
    listener
}

/// Sets of metrics.
pub trait MetricSet: 'static {
    /// The only one.
    fn global() -> &'static Self;
}

macro_rules! absent {
    ($($set:ident { $($metric:ident),* $(,)? })*) => {$(
        /// See the module of the same place with the feature `instrumented`.
        #[derive(Debug)]
        pub struct $set {
            $(
                /// Not measured.
                pub $metric: Absent,
            )*
        }

        impl MetricSet for $set {
            fn global() -> &'static Self {
                &Self { $($metric: Absent,)* }
            }
        }
    )*};
}

absent! {
    AgentMetrics { agents, agents_active, agent_memory, agent_execution_cpu }
    TaskMetrics { tasks, task_duration }
    MessageMetrics {
        messages_sent,
        messages_received,
        message_processing_duration,
        message_queue_size,
        message_errors,
    }
    CorpusMetrics { documents, document_duration, documents_in_progress, read, terms }
}
