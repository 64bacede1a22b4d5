//! Native histograms: which buckets one has.

use crate::unit::Unit;

/// The buckets of a native histogram
/// ([native histograms](https://prometheus.io/docs/specs/native_histograms/)):
/// eight for each doubling, in a window that the unit fixes.
///
/// | unit | window |
/// |---|---|
/// | bytes | 1 byte to 2^40 (1 TiB) |
/// | hertz, and no unit: a count of things | 2^-10 to 2^30 (about 0.001 to a thousand million) |
/// | every other, as seconds | 2^-20 to 2^20 (about 1 µs to 12 days) |
///
/// Each boundary is 2^(1/8), about 1.09, times the one below it, so that a
/// quantile within the window is at most 9.1 % off. A sample on a boundary is
/// in the bucket that the boundary closes.
///
/// What is at or below the window's lowest boundary is in the zero bucket, and
/// so is every negative sample: do not declare what falls below zero as native.
/// What is above the highest boundary is in one more bucket, the next one of
/// the native form, so that a quantile says at most 1.09 times that boundary,
/// and in `+Inf` of the classic view.
///
/// The [classic view](Self::classic_bounds) has the powers of four of the
/// window as its bounds. It is what formats and recorders without native
/// histograms show; its counts are exact, since its bounds are boundaries.
///
/// ```
/// use caxton_instrument::prelude::*;
///
/// /// Mail.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Time to send one message.
///     #[metric(unit = seconds, native)]
///     send_duration: Histogram,
/// }
///
/// let native = Mail::SEND_DURATION.descriptor().native.expect("it was declared so");
/// assert_eq!(native.schema(), 3);
/// assert_eq!(native.zero_threshold(), 0.000_000_953_674_316_406_25);   // 2^-20 s
/// assert_eq!(native.highest(), 1_048_576.0);                          // 2^20 s
/// assert_eq!(native.boundaries().len(), 321);
/// assert_eq!(Mail::SEND_DURATION.bounds(), native.classic_bounds());
/// assert_eq!(native.classic_bounds()[10..13], [1.0, 4.0, 16.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NativeBuckets {
    window: Window,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Window {
    Bytes,
    Counts,
    Measures,
}

/// 2^(1/8) from one boundary to the next: what client libraries choose for a
/// factor of at most 1.1.
const SCHEMA: i32 = 3;
/// Doublings in every window: three histograms fit a page of cells.
const DOUBLINGS: usize = 40;
/// Boundaries in one doubling, and between two bounds of the classic view.
const IN_DOUBLING: usize = 8;
const IN_CLASSIC: usize = 2 * IN_DOUBLING;
const BOUNDARIES: usize = DOUBLINGS * IN_DOUBLING + 1;
const CLASSIC: usize = DOUBLINGS / 2 + 1;

/// The boundaries between 1/2 and 1 as Prometheus has them
/// ([`exponentialBounds`](https://github.com/prometheus/prometheus/blob/main/model/histogram/generic.go)):
/// another last bit would put a sample on a boundary into another bucket.
const MANTISSAS: [f64; IN_DOUBLING] = [
    0.5,
    0.545_253_866_332_628_8,
    0.594_603_557_501_360_5,
    0.648_419_777_325_504_8,
    0.707_106_781_186_547_5,
    0.771_105_412_703_970_4,
    0.840_896_415_253_714_4,
    0.917_004_043_204_671_1,
];

/// Every boundary of a window.
struct Table {
    boundaries: [f64; BOUNDARIES],
    classic: [f64; CLASSIC],
}

static BYTES: Table = Table::from(1.0);
static COUNTS: Table = Table::from(1.0 / 1_024.0);
static MEASURES: Table = Table::from(1.0 / 1_048_576.0);

impl Table {
    /// From a power of two; no product below is rounded.
    const fn from(lowest: f64) -> Self {
        let mut table = Self {
            boundaries: [0.0; BOUNDARIES],
            classic: [0.0; CLASSIC],
        };
        let mut power = lowest;
        let mut at = 0;
        while at < BOUNDARIES {
            if at > 0 && at % IN_DOUBLING == 0 {
                power *= 2.0;
            }
            table.boundaries[at] = 2.0 * power * MANTISSAS[at % IN_DOUBLING];
            if at % IN_CLASSIC == 0 {
                table.classic[at / IN_CLASSIC] = power;
            }
            at += 1;
        }
        table
    }
}

impl NativeBuckets {
    /// The buckets of samples in a unit.
    #[must_use]
    pub const fn of(unit: Unit) -> Self {
        Self {
            window: match unit {
                Unit::Bytes => Window::Bytes,
                Unit::None | Unit::Hertz => Window::Counts,
                _ => Window::Measures,
            },
        }
    }

    const fn table(self) -> &'static Table {
        match self.window {
            Window::Bytes => &BYTES,
            Window::Counts => &COUNTS,
            Window::Measures => &MEASURES,
        }
    }

    /// The schema: a boundary is 2^(2^-schema) times the one below it.
    #[must_use]
    pub const fn schema(self) -> i32 {
        SCHEMA
    }

    /// The lowest boundary, up to which samples are in the zero bucket, in the
    /// metric's unit.
    #[must_use]
    pub const fn zero_threshold(self) -> f64 {
        self.table().boundaries[0]
    }

    /// The highest boundary, in the metric's unit.
    #[must_use]
    pub const fn highest(self) -> f64 {
        self.table().boundaries[BOUNDARIES - 1]
    }

    /// All boundaries, rising: the bounds of the cells of a series.
    #[must_use]
    pub const fn boundaries(self) -> &'static [f64] {
        &self.table().boundaries
    }

    /// The index of the first bucket above the zero bucket; bucket `i` ends at
    /// 2^(i/8).
    #[must_use]
    pub const fn first_index(self) -> i32 {
        match self.window {
            Window::Bytes => 1,
            Window::Counts => -10 * (1 << SCHEMA) + 1,
            Window::Measures => -20 * (1 << SCHEMA) + 1,
        }
    }

    /// The bounds where there are no native histograms: the powers of four of
    /// the window, rising, without `+Inf`.
    #[must_use]
    pub const fn classic_bounds(self) -> &'static [f64] {
        &self.table().classic
    }

    /// Groups what a series read into the buckets of the classic view, in
    /// place. What has not as many buckets as a series stays as it is.
    ///
    /// ```
    /// use caxton_instrument::{NativeBuckets, Unit};
    ///
    /// let native = NativeBuckets::of(Unit::Bytes);
    /// let mut buckets = vec![0; native.boundaries().len() + 1];
    /// buckets[0] = 1;     // at most 1 byte
    /// buckets[1] = 2;     // at most 2^(1/8) bytes
    /// buckets[16] = 3;    // at most 4 bytes
    /// buckets[17] = 4;    // at most 2^(17/8) bytes
    /// native.group(&mut buckets);
    /// assert_eq!(native.classic_bounds()[..3], [1.0, 4.0, 16.0]);
    /// assert_eq!(buckets[..4], [1, 5, 4, 0]);
    /// ```
    pub fn group(self, buckets: &mut Vec<u64>) {
        if buckets.len() != BOUNDARIES + 1 {
            return;
        }
        for bound in 1..CLASSIC {
            let from = (bound - 1) * IN_CLASSIC + 1;
            buckets[bound] = buckets[from..from + IN_CLASSIC].iter().sum();
        }
        buckets[CLASSIC] = buckets[BOUNDARIES];
        buckets.truncate(CLASSIC + 1);
    }
}

/// The bucket in which a reader sees one of `buckets`: of a native histogram,
/// that of the classic view.
pub(crate) const fn classic_bucket(bucket: usize, buckets: usize) -> usize {
    if buckets == BOUNDARIES + 1 {
        bucket.div_ceil(IN_CLASSIC)
    } else {
        bucket
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Unit; 3] = [Unit::Bytes, Unit::None, Unit::Seconds];

    /// As Prometheus works a bound out: a mantissa and a power of two.
    fn bound(index: i32) -> f64 {
        let at = usize::try_from(index & 7).unwrap_or_default();
        MANTISSAS[at] * 2.0_f64.powi((index >> 3) + 1)
    }

    #[test]
    fn boundaries_are_those_of_prometheus() {
        for unit in ALL {
            let native = NativeBuckets::of(unit);
            let indices = native.first_index() - 1..;
            for (found, index) in native.boundaries().iter().zip(indices) {
                assert_eq!(found.to_bits(), bound(index).to_bits(), "{unit:?} {index}");
            }
            assert_eq!(
                native.zero_threshold().to_bits(),
                native.boundaries()[0].to_bits()
            );
            assert_eq!(
                native.highest().to_bits(),
                bound(native.first_index() - 1 + 320).to_bits()
            );
        }
    }

    /// From `TestGetBound` of Prometheus, whose index 1 at schema 2 is 2 here,
    /// and powers and roots of two.
    #[test]
    fn known_bounds() {
        let native = NativeBuckets::of(Unit::Seconds);
        let at = |index: i32| {
            let from = usize::try_from(index - native.first_index() + 1);
            native.boundaries()[from.unwrap_or(usize::MAX)]
        };
        for (index, expected) in [
            (-8, 0.5),
            (-4, 0.707_106_781_186_547_5),
            (-2, 0.840_896_415_253_714_4),
            (0, 1.0),
            (1, 1.090_507_732_665_257_7),
            (2, 1.189_207_115_002_721),
            (12, 2.828_427_124_746_19),
            (8, 2.0),
            (80, 1_024.0),
        ] {
            assert_eq!(at(index).to_bits(), f64::to_bits(expected), "{index}");
        }
    }

    #[test]
    fn windows() {
        for (unit, lowest, highest) in [
            (Unit::Bytes, 0, 40),
            (Unit::None, -10, 30),
            (Unit::Hertz, -10, 30),
            (Unit::Seconds, -20, 20),
            (Unit::Ratio, -20, 20),
            (Unit::Celsius, -20, 20),
        ] {
            let native = NativeBuckets::of(unit);
            let ends = [native.zero_threshold(), native.highest()];
            assert_eq!(
                ends,
                [2.0_f64.powi(lowest), 2.0_f64.powi(highest)],
                "{unit:?}"
            );
            assert!(native.boundaries().is_sorted_by(|a, b| a < b));
            // With the bucket above and the sum, a run of cells in one page.
            assert!(native.boundaries().len() + 2 <= 1_000);
        }
    }

    #[test]
    fn the_classic_view_has_boundaries_alone() {
        for unit in ALL {
            let native = NativeBuckets::of(unit);
            assert!(native.classic_bounds().is_sorted_by(|a, b| a * 4.0 == *b));
            assert_eq!(
                native.classic_bounds()[0].to_bits(),
                native.zero_threshold().to_bits()
            );
            assert_eq!(
                native.classic_bounds()[20].to_bits(),
                native.highest().to_bits()
            );
            for bound in native.classic_bounds() {
                assert!(native.boundaries().contains(bound), "{unit:?} {bound}");
            }
        }
    }

    #[test]
    fn grouping_loses_no_sample() {
        let native = NativeBuckets::of(Unit::Seconds);
        let buckets: Vec<u64> = (0..322).map(|bucket| 1 << (bucket % 50)).collect();
        let mut grouped = buckets.clone();
        native.group(&mut grouped);
        assert_eq!(grouped.len(), native.classic_bounds().len() + 1);
        let upto = |bound: &f64| -> u64 {
            let ends = native.boundaries().iter().zip(&buckets);
            ends.filter(|(end, _)| *end <= bound).map(|(_, n)| n).sum()
        };
        let mut cumulative = 0;
        for (bound, bucket) in native.classic_bounds().iter().zip(&grouped) {
            cumulative += bucket;
            assert_eq!(cumulative, upto(bound), "{bound}");
        }
        assert_eq!(grouped.iter().sum::<u64>(), buckets.iter().sum());
    }

    #[test]
    fn a_bucket_is_grouped_where_its_exemplar_is() {
        for bucket in 0..322 {
            let mut buckets = vec![0; 322];
            buckets[bucket] = 1;
            NativeBuckets::of(Unit::Seconds).group(&mut buckets);
            assert_eq!(buckets[classic_bucket(bucket, 322)], 1, "{bucket}");
        }
        assert_eq!(classic_bucket(17, 51), 17);
    }

    #[test]
    fn other_buckets_are_left_alone() {
        let mut buckets = vec![1, 2, 3];
        NativeBuckets::of(Unit::Bytes).group(&mut buckets);
        assert_eq!(buckets, [1, 2, 3]);
    }
}
