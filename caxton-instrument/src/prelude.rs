//! What a crate with declarations imports: `use caxton_instrument::prelude::*;`

pub use crate::{
    AgentLabels, AgentMetricSet, AgentMetrics, Counter, FloatCounter, Gauge, Histogram, Info,
    LabelSet, LabelValue, MetricSet, Status, Text, agent_metrics, instrument_agent,
};
