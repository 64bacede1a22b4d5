//! What was refused of what other crates emit: counted each time, and told once
//! for each name and reason, for as many names as a person would read.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use metrics::{CounterFn, Key, Label};

use super::cells::CounterCell;
use super::stored::Stored;
use crate::catalog::{Finding, Level};
use crate::descriptor::Location;
use crate::diagnostics::{self, Diagnostic};
use crate::label::LabelValue;
use crate::meta::{MetaMetrics, RefusalReason, RefusedRegistration};

/// Names that are remembered, each for one reason.
const MAX_TOLD: usize = 1_000;

const REASONS: usize = RefusalReason::VALUES.len();

pub(super) type Counter = Arc<Stored<CounterCell>>;

#[derive(Default)]
pub(super) struct Refusals {
    counts: [AtomicU64; REASONS],
    /// The same as a metric, where the facade's own are declared.
    counters: [OnceLock<Counter>; REASONS],
    told: RwLock<Told>,
    /// Set once there is no room in `told`, which is not locked from then on.
    is_full: AtomicBool,
}

#[derive(Default)]
struct Told {
    count: usize,
    findings: [BTreeMap<Box<str>, Finding>; REASONS],
    more: Option<Finding>,
}

/// What a finding says.
pub(super) struct Message {
    pub(super) text: String,
    pub(super) place: Option<Location>,
}

impl Refusals {
    /// Registrations that were refused: not help texts, nor what is recorded
    /// and not exposed.
    pub(super) fn registrations(&self) -> u64 {
        let of = |reason: RefusalReason| self.counts.get(reason.index());
        [
            RefusalReason::OtherType,
            RefusalReason::OtherLabels,
            RefusalReason::TooManySeries,
            RefusalReason::NoCells,
        ]
        .into_iter()
        .filter_map(of)
        .map(|count| count.load(Ordering::Relaxed))
        .sum()
    }

    /// Everything that was told, in order.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let told = self.told.read().unwrap_or_else(PoisonError::into_inner);
        let listed = told.findings.iter().flat_map(BTreeMap::values);
        let mut all: Vec<_> = listed.cloned().collect();
        all.sort();
        all.extend(told.more.clone());
        all
    }

    /// Counts a refusal, and tells it if it is the first of its name and
    /// reason. Calls foreign code: no lock may be held.
    pub(super) fn note(
        &self,
        reason: RefusalReason,
        name: &str,
        counter: impl FnOnce(&Key) -> Option<Counter>,
        message: impl FnOnce() -> Message,
    ) {
        self.count(reason, counter);
        if self.is_full.load(Ordering::Relaxed) || self.was_told(reason, name) {
            return;
        }
        let Message { text, place } = message();
        let finding = Finding {
            level: Level::Warning,
            class: reason.as_str(),
            message: text,
            places: place.into_iter().collect(),
        };
        if let Some(finding) = self.remember(reason, name, finding) {
            diagnostics::report(&Diagnostic::Refused { finding });
        }
    }

    fn count(&self, reason: RefusalReason, counter: impl FnOnce(&Key) -> Option<Counter>) {
        let at = reason.index();
        if let Some(count) = self.counts.get(at) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let Some(place) = self.counters.get(at) else {
            return;
        };
        if place.get().is_none()
            && let Some(counter) = counter(&own_key(reason))
        {
            let _ = place.set(counter);
        }
        if let Some(counter) = place.get() {
            counter.increment(1);
        }
    }

    fn was_told(&self, reason: RefusalReason, name: &str) -> bool {
        let told = self.told.read().unwrap_or_else(PoisonError::into_inner);
        let of_reason = told.findings.get(reason.index());
        of_reason.is_some_and(|findings| findings.contains_key(name))
    }

    /// What is to be told, if anything.
    fn remember(&self, reason: RefusalReason, name: &str, finding: Finding) -> Option<Finding> {
        let mut told = self.told.write().unwrap_or_else(PoisonError::into_inner);
        let told = &mut *told;
        let findings = told.findings.get_mut(reason.index())?;
        if told.more.is_some() || findings.contains_key(name) {
            return None;
        }
        if told.count < MAX_TOLD {
            told.count += 1;
            findings.insert(Box::from(name), finding.clone());
            return Some(finding);
        }
        self.is_full.store(true, Ordering::Relaxed);
        told.more.insert(more()).clone().into()
    }
}

fn more() -> Finding {
    Finding {
        level: Level::Warning,
        class: "more",
        message: format!(
            "more than {MAX_TOLD} metrics were refused or left out, and only these are listed; \
             `{}` counts all: start with what is listed",
            MetaMetrics::REGISTRATIONS_REFUSED.name(),
        ),
        places: Vec::new(),
    }
}

/// The series of the facade's own metric that counts them.
fn own_key(reason: RefusalReason) -> Key {
    let label = Label::from_static_parts(RefusedRegistration::REASON.name(), reason.as_str());
    Key::from_parts(MetaMetrics::REGISTRATIONS_REFUSED.name(), vec![label])
}
