//! Bucket bounds, and the bucket of a sample without a search: the sample's
//! exponent and first mantissa bits are the place of its bucket in a table.

use std::sync::Arc;

/// The bounds of a histogram, rising, `+Inf` left out.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    /// Between two numbers that no finite one is beyond: each bucket lies
    /// between two edges.
    edges: Arc<[f64]>,
    /// For each slot the first bucket that a sample in it can fall into. Empty
    /// where a search is better.
    table: Arc<[u16]>,
    /// The slot of the first positive bound, which is the table's first.
    base: u64,
    /// How many low bits of a sample say nothing about its slot.
    shift: u32,
}

/// Bits of the mantissa of an `f64`.
const MANTISSA: u32 = 52;

/// The most mantissa bits that tell slots apart: bounds that differ by less
/// than 1.6 % share one.
const FINEST: u32 = 6;

/// The most slots of a table. A microsecond to two weeks takes 2,560 of the
/// finest.
const MAX_SLOTS: usize = 4096;

/// The most bounds in one slot: beyond that a search is better.
const CROWD: usize = 4;

impl Bounds {
    /// Bounds as a declaration has them: finite and rising.
    pub(crate) fn new(bounds: &[f64]) -> Arc<Self> {
        let mut chosen = Self::with_shift(bounds, MANTISSA);
        for fine in 1..=FINEST {
            if chosen.crowd() <= 1 {
                break;
            }
            let finer = Self::with_shift(bounds, MANTISSA - fine);
            if finer.table.len() > MAX_SLOTS {
                break;
            }
            chosen = finer;
        }
        // Of bounds that no rule allows, nothing can be said without a search.
        let rise = bounds.is_sorted_by(|a, b| a < b) && bounds.iter().all(|it| it.is_finite());
        if !rise || chosen.crowd() > CROWD {
            chosen.table = Arc::default();
        }
        Arc::new(chosen)
    }

    fn with_shift(bounds: &[f64], shift: u32) -> Self {
        let slot = |bound: f64| bound.to_bits() >> shift;
        let inner = bounds.iter().copied();
        let edges = [f64::NEG_INFINITY]
            .into_iter()
            .chain(inner)
            .chain([f64::MAX])
            .collect();
        let not_positive = bounds.partition_point(|bound| *bound <= 0.0);
        let (base, table) = match &bounds[not_positive..] {
            positive @ ([first, .., last] | [first @ last]) => {
                let first_in = |at| {
                    // The first slot takes all from 0 as well.
                    let before = if at == slot(*first) {
                        bounds.partition_point(|bound| *bound < 0.0)
                    } else {
                        not_positive + positive.partition_point(|bound| slot(*bound) < at)
                    };
                    u16::try_from(before).unwrap_or(u16::MAX)
                };
                let slots = slot(*first)..=slot(*last);
                (slot(*first), slots.map(first_in).collect())
            }
            [] => (0, Arc::default()),
        };
        Self {
            edges,
            table,
            base,
            shift,
        }
    }

    /// The most bounds that one slot has.
    pub(crate) fn crowd(&self) -> usize {
        let ends = self.table.iter().skip(1).copied().map(usize::from);
        let firsts = self.table.iter().copied().map(usize::from);
        firsts
            .zip(ends.chain([self.buckets() - 1]))
            .map(|(first, end)| end.saturating_sub(first))
            .max()
            .unwrap_or(0)
    }

    /// The bounds, without `+Inf`.
    pub(crate) fn as_slice(&self) -> &[f64] {
        &self.edges[1..self.buckets()]
    }

    /// The number of buckets, with that of `+Inf`.
    #[inline(always)]
    pub(crate) fn buckets(&self) -> usize {
        self.edges.len() - 1
    }

    /// Whether a sample that is a finite number falls into a bucket.
    ///
    /// # Safety
    /// There is such a bucket.
    #[inline(always)]
    pub(crate) unsafe fn is_in(&self, bucket: usize, sample: f64) -> bool {
        debug_assert!(bucket < self.buckets(), "no bucket {bucket}");
        // SAFETY: the caller's promise.
        let edge = |at| unsafe { *self.edges.get_unchecked(at) };
        edge(bucket) < sample && sample <= edge(bucket + 1)
    }

    /// The bucket of a sample, if it has a slot: that of most.
    #[inline(always)]
    pub(crate) fn bucket_at_once(&self, sample: f64) -> Option<usize> {
        let slot = usize::try_from(self.slot(sample)).ok()?;
        let mut bucket = usize::from(*self.table.get(slot)?);
        // Compared by branches, so that the processor guesses the bucket and goes
        // on: some read nothing before they know where they write.
        // SAFETY: a bucket in the table has a bound; what has a slot is finite, as
        // the bounds are, which rise, and so not beyond the last edge.
        while unsafe { *self.edges.get_unchecked(bucket + 1) } < sample {
            bucket += 1;
        }
        Some(bucket)
    }

    /// The slot of a sample. The sign is the highest bit: what is negative lies
    /// beyond the table, as what is larger than all bounds.
    #[inline(always)]
    fn slot(&self, sample: f64) -> u64 {
        (sample.to_bits() >> self.shift).saturating_sub(self.base)
    }

    /// The bucket of a sample, unless it is no finite number. Apart from the
    /// update, which seldom needs it.
    #[inline(never)]
    pub(crate) fn bucket_of_finite(&self, sample: f64) -> Option<usize> {
        sample.is_finite().then(|| self.bucket_of(sample))
    }

    /// The first bucket whose bound is not below the sample; of one that is no
    /// number, the last.
    #[inline]
    pub(crate) fn bucket_of(&self, sample: f64) -> usize {
        let found = self.bucket_at_once(sample);
        found.unwrap_or_else(|| self.search(sample))
    }

    #[inline(never)]
    fn search(&self, sample: f64) -> usize {
        // One that is no number is within no bound: another crate may record it.
        let is_above = |bound: &f64| *bound < sample || sample.is_nan();
        self.as_slice().partition_point(is_above)
    }
}
