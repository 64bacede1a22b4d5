//! Typed metrics, checked at compile time: declare a metric once, and the hot
//! path, the exposition, the reference pages, the alerts and the dashboards
//! follow from that declaration.
//!
//! ```text
//! declaration (derive, attribute)
//!   -> descriptor (constant data, `inventory`)  -> catalog (checked) -> artefacts
//!   -> handle (typed, cached) -> metrics::Recorder -> Prometheus, OTLP
//! ```

// The derives name this crate by its own name.
extern crate self as caxton_instrument;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod agent;
pub mod alert;
mod cache;
pub mod catalog;
mod clock;
mod descriptor;
pub mod diagnostics;
pub mod exemplar;
mod expansion;
mod expected;
mod global;
mod handle;
mod install;
mod instance;
mod kept;
mod label;
mod link;
mod meta;
mod metric;
mod native;
mod open;
mod panel;
pub mod prelude;
pub mod query;
mod record;
pub mod recorder;
mod registry;
pub mod rules;
mod scope;
mod series;
pub mod slo;
pub mod testing;
mod text;
mod unit;
mod value;

pub use agent::{
    ActiveLabels, ActiveLabelsRef, AgentLabels, AgentLabelsRef, AgentMetricSet, AgentMetrics,
    Outcome, Status,
};
pub use alert::{Alert, Severity};
pub use catalog::{Catalog, CatalogError, Finding, Level};
pub use caxton_instrument_macros::{
    LabelSet, LabelValue, MetricSet, agent_alerts, agent_metrics, alert, instrument_agent, panel,
    recording_rule, slo,
};
pub use descriptor::{
    AgentType, Allowance, DEFAULT_MAX_SERIES, DEFAULT_SECONDS_BUCKETS, LabelDescriptor,
    LabelValues, Location, MAX_PROCESS_SERIES, MetricDescriptor, MetricKind, OperationDescriptor,
    Replaced, SetDescriptor, Stability,
};
pub use handle::{
    BoundCounter, BoundGauge, BoundHistogram, Counter, CounterAt, FloatCounter, FloatCounterAt,
    Gauge, GaugeAt, GaugeEntity, Histogram, HistogramAt, Info, OwnedTimer, OwnedTracked, Timer,
    Tracked,
};
pub use install::{InstallError, describe, install};
pub use instance::SetInstance;
pub use label::{
    AsLabels, LabelRef, LabelSet, LabelValue, MAX_VALUE_BYTES, OVERFLOW, OpenValue, Text,
    Unlabelled,
};
pub use meta::{
    AboutMetric, AboutMetricRef, DropReason, DroppedSample, DroppedSampleRef, MetaMetrics,
    RefusalReason, RefusedRegistration, RefusedRegistrationRef,
};
pub use metric::{Metric, MetricRef, MetricSet};
pub use native::NativeBuckets;
pub use panel::Panel;
pub use record::Record;
pub use scope::{IntoRecorder, SharedRecorder};
pub use slo::Slo;
pub use unit::Unit;
pub use value::Sample;
