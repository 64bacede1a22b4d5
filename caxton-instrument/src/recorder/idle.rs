//! Series that did not change for a while: left out of what readers get, and
//! given back once nothing can update them any more.
//!
//! What is known of a series, its value when a reader came last and since when,
//! stands apart from it, and only where the registry evicts: a series that is
//! never evicted is as small as before, and an update knows nothing of it.
//!
//! That nothing can update a series is known from the count of its `Arc`: every
//! handle, typed or of `metrics`, and every thread that remembers it holds one.
//! Under the lock of its family nobody can get another one from there, so a
//! count that is the family's own stays so. `fence` then makes visible what
//! handles did before they were dropped, and only if the value is still the
//! one that readers saw is the series taken out. It is the argument of
//! `Arc::get_mut`; there are no atomics of ours in it. `tests/model` checks it
//! with the count written out.

use std::sync::atomic::{Ordering, fence};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::kind::Kind;
use super::ordered::Ordered;
use super::stored::Stored;
use crate::descriptor::MetricKind;

/// Which series are taken out of what readers get, and when: those that did not
/// change for a while. Of counters and histograms unless it says otherwise.
///
/// A series that something may still update is hidden. As soon as it changes, it
/// shows again with all it counted: a handle that is kept is never silenced.
/// Where nothing can update it any more, as after a `metrics` macro whose
/// labels do not come again, it is removed and its memory used for others; if
/// it is registered again it begins at 0, and says by its created timestamp
/// that it is a new one.
///
/// The time runs between readers: a series is idle when it reads the same as it
/// did for each reader since then. Choose it longer than the longest time
/// between two scrapes, or a slow reader will miss what changed for a fast one.
/// A thread that ran `metrics` macros lately remembers up to 512 of their
/// series, which stay hidden until it runs others.
///
/// ```
/// use std::time::Duration;
///
/// use caxton_instrument::{Catalog, MetricKind};
/// use caxton_instrument::recorder::{IdleEviction, Registry};
///
/// let catalog = Catalog::of([], [])?;
/// let eviction = IdleEviction::after(Duration::from_secs(600));
/// let registry = Registry::with_idle_eviction(&catalog, eviction);
/// # assert_eq!(registry.families().len(), 0);
/// // Gauges as well, and no counters:
/// let kinds = [MetricKind::Gauge, MetricKind::Histogram];
/// let eviction = IdleEviction::after(Duration::from_secs(600)).of(&kinds);
/// # let _ = eviction;
/// # Ok::<(), caxton_instrument::CatalogError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdleEviction {
    after: Duration,
    counters: bool,
    gauges: bool,
    histograms: bool,
}

impl IdleEviction {
    /// Counters and histograms that did not change for so long.
    #[must_use]
    pub const fn after(after: Duration) -> Self {
        Self {
            after,
            counters: true,
            gauges: false,
            histograms: true,
        }
    }

    /// Only metrics of these types.
    ///
    /// A gauge that stays the same may well be right, so gauges go only if they
    /// are asked for. One that is added to and never set is removed at 0 only:
    /// a later subtraction would make it negative otherwise. Info metrics state
    /// facts, which are never idle.
    #[must_use]
    pub fn of(mut self, kinds: &[MetricKind]) -> Self {
        self.counters = kinds.contains(&MetricKind::Counter);
        self.gauges = kinds.contains(&MetricKind::Gauge);
        self.histograms = kinds.contains(&MetricKind::Histogram);
        self
    }

    /// Whether metrics of this type go.
    pub(super) fn takes(self, kind: MetricKind) -> bool {
        match kind {
            MetricKind::Counter => self.counters,
            MetricKind::Gauge => self.gauges,
            MetricKind::Histogram => self.histograms,
            MetricKind::Info => false,
        }
    }
}

/// One look at all series of a registry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sweep {
    pub(super) eviction: IdleEviction,
    pub(super) now: Instant,
}

/// What is known of the series of a family. Locked by readers alone.
pub(super) struct Watch<C>(Mutex<Watched<C>>);

struct Watched<C> {
    /// In the order of the series, so that two looks walk side by side.
    series: Vec<Seen<C>>,
    /// When threads were last asked to forget what they remember.
    asked: Option<Instant>,
}

struct Seen<C> {
    /// Which series it is; keeps its address from being that of another one.
    series: Weak<Stored<C>>,
    value: u64,
    since: Instant,
}

/// An idle series that nothing seemed to hold.
pub(super) struct Candidate<C> {
    pub(super) closed: u32,
    pub(super) text: Arc<str>,
    value: u64,
    /// Which one, also if another one of these labels came meanwhile.
    series: Weak<Stored<C>>,
}

/// What a look at a family came to.
pub(super) struct Looked<C> {
    pub(super) visible: Ordered<Stored<C>>,
    pub(super) candidates: Vec<Candidate<C>>,
    /// Threads may remember idle series, and were not asked for a while to
    /// forget them.
    pub(super) ask: bool,
}

impl<C> Default for Watch<C> {
    fn default() -> Self {
        Self(Mutex::new(Watched {
            series: Vec::new(),
            asked: None,
        }))
    }
}

impl<C: Kind> Watch<C> {
    /// Looks at every series, of which the family itself holds `own` references
    /// each.
    pub(super) fn look(&self, series: &Ordered<Stored<C>>, sweep: Sweep, own: usize) -> Looked<C> {
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = Before::new(std::mem::take(&mut watched.series));
        watched.series.reserve(before.seen.len());
        let mut candidates = Vec::new();
        let mut are_held = false;
        let visible = series.filtered(|stored| {
            let value = stored.fingerprint();
            // One that is new, or changed since the last look, is shown,
            // however long ago that was.
            let same = before.find(stored).filter(|seen| seen.value == value);
            let (is_known, seen) = match same {
                Some(seen) => (true, seen),
                None => (
                    false,
                    Seen {
                        series: Arc::downgrade(stored),
                        value,
                        since: sweep.now,
                    },
                ),
            };
            let is_idle = is_known && sweep.is_over(seen.since);
            watched.series.push(seen);
            if !is_idle {
                return true;
            }
            if Arc::strong_count(stored) == own && stored.may_begin_anew() {
                candidates.push(Candidate {
                    closed: stored.identity().0,
                    text: Arc::clone(stored.text()),
                    value,
                    series: Arc::downgrade(stored),
                });
            } else {
                are_held = true;
            }
            false
        });
        let ask = are_held && watched.asked.is_none_or(|asked| sweep.is_over(asked));
        if ask {
            watched.asked = Some(sweep.now);
        }
        Looked {
            visible,
            candidates,
            ask,
        }
    }
}

impl Sweep {
    /// Whether the time is over that began then.
    fn is_over(self, since: Instant) -> bool {
        self.now.saturating_duration_since(since) >= self.eviction.after
    }
}

/// What the last look knew, to be asked in the order of the series.
struct Before<C> {
    seen: Vec<Seen<C>>,
    next: usize,
    /// The places of the rest, once a series came or went.
    places: Option<HashMap<usize, usize, RandomState>>,
}

impl<C> Before<C> {
    fn new(seen: Vec<Seen<C>>) -> Self {
        Self {
            seen,
            next: 0,
            places: None,
        }
    }

    fn find(&mut self, stored: &Arc<Stored<C>>) -> Option<Seen<C>> {
        let wanted = Arc::as_ptr(stored);
        let of = |seen: &Seen<C>| seen.series.as_ptr();
        let at = match self.seen.get(self.next) {
            None => return None,
            Some(seen) if of(seen) == wanted => self.next,
            Some(_) => {
                let rest = self.seen.iter().enumerate().skip(self.next);
                let places = self
                    .places
                    .get_or_insert_with(|| rest.map(|(at, seen)| (of(seen).addr(), at)).collect());
                *places.get(&wanted.addr())?
            }
        };
        self.next = at + 1;
        let seen = self.seen.get_mut(at)?;
        Some(Seen {
            series: std::mem::take(&mut seen.series),
            ..*seen
        })
    }
}

impl<C: Kind> Candidate<C> {
    /// Whether this is the series, and nothing holds it or changed it since. To
    /// be asked under the lock of the family, whose own references are `own`.
    pub(super) fn may_go(&self, stored: &Arc<Stored<C>>, own: usize) -> bool {
        if self.series.as_ptr() != Arc::as_ptr(stored) || Arc::strong_count(stored) != own {
            return false;
        }
        // What was updated through handles that are gone.
        fence(Ordering::Acquire);
        stored.fingerprint() == self.value && stored.may_begin_anew()
    }
}
