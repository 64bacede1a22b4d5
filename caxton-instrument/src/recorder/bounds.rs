//! Bucket bounds, and the bucket of a sample without a search: the sample's
//! exponent and first mantissa bits are the place of its bucket in a table.

use std::hint::cold_path;
use std::sync::Arc;

/// The bounds of a histogram, rising, `+Inf` left out.
#[derive(Debug)]
pub(crate) struct Bounds {
    /// `+Inf` last, which no sample exceeds.
    upper: Box<[f64]>,
    /// For each slot the first bucket that a sample in it can fall into, and
    /// `CROWDED` if there are more than two.
    table: Box<[u16]>,
    /// The slot of the first positive bound, which is the table's first.
    base: i64,
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

/// In the place of a bucket where more than two meet in a slot.
const CROWDED: u16 = u16::MAX;

impl Bounds {
    /// Bounds as a declaration has them: finite and rising.
    pub(crate) fn new(bounds: &[f64]) -> Arc<Self> {
        let mut chosen = Self::with_shift(bounds, MANTISSA);
        for fine in 1..=FINEST {
            if !chosen.table.contains(&CROWDED) {
                break;
            }
            let finer = Self::with_shift(bounds, MANTISSA - fine);
            if finer.table.len() > MAX_SLOTS {
                break;
            }
            chosen = finer;
        }
        Arc::new(chosen)
    }

    fn with_shift(bounds: &[f64], shift: u32) -> Self {
        let positive = &bounds[bounds.partition_point(|bound| *bound <= 0.0)..];
        let (base, last) = match positive {
            [first, .., last] => (slot(*first, shift), slot(*last, shift)),
            [only] => (slot(*only, shift), slot(*only, shift)),
            [] => (0, 0),
        };
        let table = (base..=last).map(|at| {
            // The first slot takes all samples below it as well.
            let first = if at == base {
                0
            } else {
                bounds.partition_point(|bound| slot(*bound, shift) < at)
            };
            let next = bounds.partition_point(|bound| slot(*bound, shift) <= at);
            match u16::try_from(first) {
                Ok(first) if next <= usize::from(first) + 1 => first,
                _ => CROWDED,
            }
        });
        Self {
            table: table.collect(),
            upper: bounds.iter().copied().chain([f64::INFINITY]).collect(),
            base,
            shift,
        }
    }

    /// Whether samples of some slot have to be searched for.
    #[cfg(test)]
    pub(crate) fn is_crowded(&self) -> bool {
        self.table.contains(&CROWDED)
    }

    /// The bounds, without `+Inf`.
    pub(crate) fn as_slice(&self) -> &[f64] {
        self.upper.split_last().map_or(&[], |(_, bounds)| bounds)
    }

    /// The number of buckets, with that of `+Inf`.
    #[inline(always)]
    pub(crate) fn buckets(&self) -> usize {
        self.upper.len()
    }

    /// The first bucket whose bound is not below the sample.
    #[inline(always)]
    pub(crate) fn bucket_of(&self, sample: f64) -> usize {
        // A negative sample's bits are a negative number.
        let at = usize::try_from(slot(sample, self.shift) - self.base).unwrap_or(0);
        let Some(first) = self.table.get(at) else {
            return self.upper.len() - 1;
        };
        let first = usize::from(*first);
        match self.upper.get(first) {
            // At most one bound shares the slot. A branch, since the count can
            // go on with a guess, and would wait for arithmetic.
            Some(bound) if *bound < sample => {
                cold_path();
                first + 1
            }
            Some(_) => first,
            None => self.search(sample),
        }
    }

    #[cold]
    #[inline(never)]
    fn search(&self, sample: f64) -> usize {
        self.upper.partition_point(|bound| *bound < sample)
    }
}

/// The place of a number's exponent and first mantissa bits among all.
#[inline(always)]
fn slot(number: f64, shift: u32) -> i64 {
    number.to_bits().cast_signed() >> shift
}
