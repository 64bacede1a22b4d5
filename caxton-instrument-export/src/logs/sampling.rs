//! A share of the lines of debug and trace.

use std::sync::atomic::{AtomicU64, Ordering};

use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::ids::Source;
use super::meta::{self, SampledLevel};

/// The shares that are kept, of 2^64.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    pub(super) debug: Option<u64>,
    pub(super) trace: Option<u64>,
}

/// A share of 2^64; all of them is no share.
pub(super) fn share(ratio: f64) -> Option<u64> {
    // The last ones below 1 round up to it.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 0 and 1"
    )]
    (ratio < 1.0).then(|| (ratio * 2f64.powi(64)) as u64)
}

/// A layer that is told of a share of the events. Those of one trace are kept
/// or left out together, in every process, whatever the rates of the others
/// are; without a trace they are kept at even distances.
pub(super) struct Sampled<L> {
    inner: L,
    rates: Rates,
    source: Source,
    count: AtomicU64,
}

impl<L> Sampled<L> {
    pub(super) fn new(inner: L, rates: Rates) -> Self {
        Self {
            inner,
            rates,
            source: Source::default(),
            count: AtomicU64::new(0),
        }
    }

    fn keeps<S>(&self, event: &Event<'_>, context: &Context<'_, S>) -> bool
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let (level, share) = match *event.metadata().level() {
            Level::DEBUG => (SampledLevel::Debug, self.rates.debug),
            Level::TRACE => (SampledLevel::Trace, self.rates.trace),
            _ => return true,
        };
        let Some(share) = share else { return true };
        let ids = self.source.of_event(event, context);
        let place = ids.map_or_else(|| self.next(), |ids| ids.random);
        let is_kept = place < share;
        if !is_kept {
            meta::sampled_out(level);
        }
        is_kept
    }

    /// Steps of the golden ratio fill a range evenly.
    fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        self.count
            .fetch_add(1, Ordering::Relaxed)
            .wrapping_mul(STEP)
    }
}

impl<S, L> Layer<S> for Sampled<L>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    L: Layer<S>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.source.set(dispatch);
        self.inner.on_register_dispatch(dispatch);
    }

    fn on_layer(&mut self, subscriber: &mut S) {
        self.inner.on_layer(subscriber);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.inner.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>, context: Context<'_, S>) -> bool {
        self.inner.enabled(metadata, context)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.inner.max_level_hint()
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        self.inner.on_new_span(attributes, id, context);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        self.inner.on_record(id, values, context);
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, context: Context<'_, S>) {
        self.inner.on_follows_from(id, follows, context);
    }

    fn event_enabled(&self, event: &Event<'_>, context: Context<'_, S>) -> bool {
        self.inner.event_enabled(event, context)
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if self.keeps(event, &context) {
            self.inner.on_event(event, context);
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        self.inner.on_enter(id, context);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        self.inner.on_exit(id, context);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        self.inner.on_close(id, context);
    }

    fn on_id_change(&self, old: &Id, new: &Id, context: Context<'_, S>) {
        self.inner.on_id_change(old, new, context);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_a_share_is_part_of_it() {
        assert_eq!(share(1.0), None);
        assert_eq!(share(0.0), Some(0));
        assert_eq!(share(0.5), Some(1 << 63));
        let sampled = Sampled::new(
            (),
            Rates {
                debug: None,
                trace: None,
            },
        );
        let places: Vec<u64> = (0..1_000).map(|_| sampled.next()).collect();
        for (ratio, least, most) in [(0.01, 9, 11), (0.1, 99, 101), (0.5, 499, 501)] {
            let share = share(ratio).expect("less than all");
            let kept = places.iter().filter(|place| **place < share).count();
            assert!((least..=most).contains(&kept), "{kept} of 1000 at {ratio}");
        }
    }
}
