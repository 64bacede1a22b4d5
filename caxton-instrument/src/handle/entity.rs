//! The series of something that lives and ends.

use std::sync::{Arc, Mutex, PoisonError};

use super::gauge::finite;
use crate::link::GaugeLink;
use crate::series::{Block, Core};
use crate::value::Sample;

/// A gauge of one entity, as an agent's memory: dropping it ends the series
/// and gives its place among the label's values back, so that ids that come
/// and go do not fill the bound for ever.
///
/// A recorder that cannot remove a series keeps it at 0. Several guards of one
/// entity end it together, with the last.
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::testing::TestRecorder;
///
/// #[derive(LabelSet)]
/// struct AgentLabel {
///     #[label(max_values = 100)]
///     agent_id: Text,
/// }
///
/// /// Agents.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "caxton")]
/// struct Agents {
///     /// Memory that one agent uses.
///     #[metric(unit = bytes)]
///     agent_memory: Gauge<AgentLabel>,
/// }
///
/// let recorder = TestRecorder::new();
/// let agents = Agents::new_in(recorder.shared());
/// for id in 0..1_000 {
///     let memory = agents.agent_memory.at(&AgentLabel::of(&format!("a-{id}"))).entity();
///     memory.set(65_536);
/// }
/// assert_eq!(recorder.gauge(Agents::AGENT_MEMORY, &AgentLabel::of("a-999")), 0.0);
/// ```
#[must_use = "the series ends as soon as this is dropped: keep it with the entity"]
pub struct GaugeEntity {
    core: Arc<Core<GaugeLink>>,
    block: Arc<Block<GaugeLink>>,
    closed: usize,
    /// What this entity put into a series that it shares with others; behind
    /// the bound, where they add up. Cold: only there is the lock taken.
    share: Mutex<f64>,
}

impl GaugeEntity {
    pub(super) fn new(core: Arc<Core<GaugeLink>>, open: &[&str], closed: usize) -> Self {
        let block = core.hold(open);
        block.hold(closed);
        Self {
            core,
            block,
            closed,
            share: Mutex::new(0.0),
        }
    }

    /// Whether the series is that of these labels.
    pub(super) fn is(&self, open: &[&str], closed: usize) -> bool {
        let values = self.block.values().iter().map(Option::as_deref);
        self.closed == closed && values.eq(open.iter().map(|value| Some(*value)))
    }

    /// Sets the entity's value.
    pub fn set(&self, value: impl Sample) {
        if let Some(value) = finite(self.block.shared(), value) {
            self.state(value);
        }
    }

    /// Sets a finite value; false when no recorder takes it.
    pub(super) fn state(&self, value: f64) -> bool {
        if self.block.is_overflow() {
            self.put(|_| value)
        } else {
            self.block.with(self.closed, |gauge| gauge.set(value))
        }
    }

    /// Raises the entity's value.
    pub fn add(&self, value: impl Sample) {
        let Some(value) = finite(self.block.shared(), value) else {
            return;
        };
        if self.block.is_overflow() {
            self.put(|share| share + value);
        } else {
            self.block.add(self.closed, value);
        }
    }

    /// Lowers the entity's value.
    pub fn sub(&self, value: impl Sample) {
        self.add(-value.into_sample());
    }

    fn put(&self, change: impl FnOnce(f64) -> f64) -> bool {
        let mut share = self.share.lock().unwrap_or_else(PoisonError::into_inner);
        let value = change(*share);
        let difference = value - *share;
        let live = self.block.add(self.closed, difference);
        if live {
            *share = value;
        }
        live
    }
}

impl Drop for GaugeEntity {
    fn drop(&mut self) {
        if self.block.is_overflow() {
            self.put(|_| 0.0);
        }
        self.block.release(self.closed);
        self.core.release(&self.block);
    }
}

debug_by_name! {
    [] GaugeEntity, block;
}
