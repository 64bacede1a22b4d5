//! Which updates are asked for their trace: a few in each interval between two
//! scrapes, chosen without a clock.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};

use tracing::Span;

use super::{Bucket, TraceContext, TraceSource};

static SOURCE: OnceLock<TraceSource> = OnceLock::new();

/// The number of the interval; 0 before there is a source. Every update of a
/// histogram reads it: on a cache line that nothing else writes.
#[repr(align(128))]
struct Interval(AtomicU16);

static INTERVAL: Interval = Interval(AtomicU16::new(0));

/// Buckets that a thread offers in one interval. Which ones meet in a place, of
/// which the first one has it, changes with each interval: none is left out for
/// ever.
const PLACES: usize = 256;

/// How often the same bucket is offered in one interval in search of a sampled
/// span, which is one in a hundred where a sampler says so.
const TRIES: u8 = 64;

thread_local! {
    // Without destructors, so that they can be used from other destructors.
    /// What this thread offered lately.
    static OFFERED: [Cell<Place>; PLACES] = const { [const { Cell::new(Place::EMPTY) }; PLACES] };
    /// Whether the source is being asked: it may update metrics itself.
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

/// A bucket that was offered, in which interval, and how often it still may be
/// in the same one.
#[derive(Clone, Copy)]
struct Place {
    bucket: u32,
    interval: u16,
    tries: u8,
}

impl Place {
    const EMPTY: Self = Self {
        bucket: 0,
        interval: 0,
        tries: 0,
    };
}

/// Whether updates are to offer anything.
#[inline(always)]
pub(crate) fn wanted() -> bool {
    INTERVAL.0.load(Ordering::Relaxed) != 0
}

pub(super) fn set(source: TraceSource) -> Result<(), TraceSource> {
    SOURCE.set(source)?;
    INTERVAL.0.store(1, Ordering::Release);
    Ok(())
}

pub(super) fn advance() {
    let relaxed = Ordering::Relaxed;
    // A number that comes back costs one bucket one interval at most.
    let _ = INTERVAL.0.fetch_update(relaxed, relaxed, |interval| {
        (interval != 0).then(|| interval.wrapping_add(1).max(1))
    });
}

/// A bucket that may be offered now.
pub(super) struct Due(usize);

impl Due {
    /// Not again in this interval.
    pub(super) fn done(self) {
        OFFERED.with(|places| {
            let place = &places[self.0];
            let tries = 0;
            place.set(Place {
                tries,
                ..place.get()
            });
        });
    }
}

/// Whether [`take`] would.
#[inline(always)]
pub(super) fn may_take(bucket: &Bucket) -> bool {
    let interval = INTERVAL.0.load(Ordering::Relaxed);
    let bucket = number(bucket);
    let place = OFFERED.with(|places| places[place_of(bucket, interval)].get());
    // Another bucket's until the next interval, if it is of this one.
    place.interval != interval || (place.bucket == bucket && place.tries > 0)
}

/// One try, if the bucket has any left on this thread and in this interval.
pub(super) fn take(bucket: &Bucket) -> Option<Due> {
    if !may_take(bucket) {
        return None;
    }
    let interval = INTERVAL.0.load(Ordering::Relaxed);
    let bucket = number(bucket);
    let at = place_of(bucket, interval);
    OFFERED.with(|places| {
        let before = places[at].get();
        let tries = if before.interval == interval {
            before.tries
        } else {
            TRIES
        };
        let tries = tries.checked_sub(1)?;
        places[at].set(Place {
            bucket,
            interval,
            tries,
        });
        Some(Due(at))
    })
}

/// 22 bits are the series, and no series has 1,024 cells.
#[inline(always)]
fn number(bucket: &Bucket) -> u32 {
    bucket.series.number() << 10 | u32::try_from(bucket.at).unwrap_or(0)
}

#[inline(always)]
fn place_of(bucket: u32, interval: u16) -> usize {
    // Odd factors of many bits: each bit of both reaches the highest ones.
    let salt = u32::from(interval).wrapping_mul(0x85eb_ca6b);
    let mixed = (bucket ^ salt).wrapping_mul(0x9e37_79b1);
    let mixed = (mixed ^ mixed >> 15).wrapping_mul(0x2c1b_3c6d);
    (mixed >> 16) as usize % PLACES
}

/// What the source says of a span, or of the current one.
pub(super) fn ask(span: Option<&Span>) -> Option<TraceContext> {
    let source = SOURCE.get()?;
    if ASKING.replace(true) {
        return None;
    }
    let _asked = Asked;
    match span {
        Some(span) => source(span),
        None => source(&Span::current()),
    }
}

/// Also when the source panics.
struct Asked;

impl Drop for Asked {
    fn drop(&mut self) {
        ASKING.set(false);
    }
}
