//! The native part of a histogram: runs of buckets with samples, each count as
//! the difference to the one before
//! ([how buckets are encoded](https://prometheus.io/docs/specs/native_histograms/#data-model)).

use std::ops::Range;

use caxton_instrument::NativeBuckets;
use prost::encoding::{double, sint32, sint64, uint32, uint64};

use super::protobuf::message;

/// The numbers of the fields, by message, as in
/// [metrics.proto](https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto).
mod tag {
    pub(super) mod histogram {
        pub(in super::super) const SCHEMA: u32 = 5;
        pub(in super::super) const ZERO_THRESHOLD: u32 = 6;
        pub(in super::super) const ZERO_COUNT: u32 = 7;
        pub(in super::super) const POSITIVE_SPAN: u32 = 12;
        pub(in super::super) const POSITIVE_DELTA: u32 = 13;
    }
    pub(super) mod span {
        pub(in super::super) const OFFSET: u32 = 1;
        pub(in super::super) const LENGTH: u32 = 2;
    }
}

/// Empty buckets within a span: they cost less than another span. As many as
/// the Go client writes.
const MAX_GAP: usize = 2;

/// The native fields of a histogram. The zero threshold, which is above zero,
/// tells a reader that it is native, also without samples.
pub(super) fn encode(native: NativeBuckets, buckets: &[u64], out: &mut Vec<u8>) {
    let Some((zero, positive)) = buckets.split_first() else {
        return;
    };
    sint32::encode(tag::histogram::SCHEMA, &native.schema(), out);
    double::encode(
        tag::histogram::ZERO_THRESHOLD,
        &native.zero_threshold(),
        out,
    );
    uint64::encode(tag::histogram::ZERO_COUNT, zero, out);
    // Of a span, the distance to the end of the one before; of the first one,
    // to index 0.
    let mut end = 0;
    let mut before = 0_u64;
    for span in spans(positive) {
        let start = native.first_index() + to_i32(span.start);
        message(out, tag::histogram::POSITIVE_SPAN, |out| {
            sint32::encode(tag::span::OFFSET, &(start - end), out);
            let length = u32::try_from(span.len()).unwrap_or(u32::MAX);
            uint32::encode(tag::span::LENGTH, &length, out);
        });
        end = start + to_i32(span.len());
        // One field each, as the Go client writes them.
        for count in &positive[span] {
            let delta = count.wrapping_sub(before).cast_signed();
            sint64::encode(tag::histogram::POSITIVE_DELTA, &delta, out);
            before = *count;
        }
    }
}

/// A position among a few hundred buckets.
fn to_i32(position: usize) -> i32 {
    i32::try_from(position).unwrap_or(i32::MAX)
}

/// Runs of buckets that begin and end with one that has samples.
fn spans(buckets: &[u64]) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + buckets[from..].iter().position(|count| *count > 0)?;
        let mut end = start + 1;
        while let Some(gap) = buckets[end..]
            .iter()
            .take(MAX_GAP + 1)
            .position(|count| *count > 0)
        {
            end += gap + 1;
        }
        from = end;
        Some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_hold_gaps_of_two() {
        let of = |buckets: &[u64]| {
            spans(buckets)
                .map(|span| (span.start, span.end))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&[]), []);
        assert_eq!(of(&[0, 0, 0]), []);
        assert_eq!(of(&[1]), [(0, 1)]);
        assert_eq!(of(&[0, 1, 0, 0, 2, 0]), [(1, 5)]);
        assert_eq!(of(&[0, 1, 0, 0, 0, 2, 3]), [(1, 2), (5, 7)]);
        assert_eq!(of(&[1, 0, 1, 0, 0, 1, 0, 0, 0, 1]), [(0, 6), (9, 10)]);
    }
}
