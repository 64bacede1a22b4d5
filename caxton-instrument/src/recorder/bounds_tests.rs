//! The bucket of a sample, compared with a search among the bounds.

use proptest::prelude::*;

use super::bounds::Bounds;

fn check(bounds: &[f64], samples: impl IntoIterator<Item = f64>) {
    let made = Bounds::new(bounds);
    for sample in samples {
        let expected = bounds.partition_point(|bound| *bound < sample);
        assert_eq!(made.bucket_of(sample), expected, "{sample} in {bounds:?}");
        for bucket in 0..made.buckets() {
            // SAFETY: there is such a bucket.
            let is_in = unsafe { made.is_in(bucket, sample) };
            let there = sample.is_finite() && bucket == expected;
            assert_eq!(is_in, there, "{sample} in {bucket} of {bounds:?}");
        }
        let found = sample.is_finite().then_some(expected);
        assert_eq!(made.bucket_of_finite(sample), found, "{sample}");
        let at_once = made.bucket_at_once(sample);
        assert!(
            at_once.is_none() || at_once == found,
            "{sample}: {at_once:?}"
        );
    }
}

#[test]
fn a_sample_on_a_bound_falls_below_it() {
    for bounds in [
        &[
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
        ][..],
        &[1.0, 1.000_000_1, 1.000_000_2],
        &[-3.0, -1.0, 0.0, 1.0],
        &[-2.0, -1.0],
        &[f64::MIN_POSITIVE, f64::MAX],
        &[0.0],
        &[],
    ] {
        let near = |x: f64| [x.next_down(), x, x.next_up(), -x, x / 3.0, x * 3.0];
        check(bounds, bounds.iter().flat_map(|bound| near(*bound)));
        check(
            bounds,
            [0.0, -0.0, f64::MAX, f64::MIN, 5e-324, f64::INFINITY],
        );
    }
}

#[test]
fn bounds_that_no_rule_allows_are_always_searched() {
    for bounds in [
        &[1.0, 2.0, -1.0][..],
        &[1.0, 1.0],
        &[1.0, f64::INFINITY],
        &[1.0, f64::NAN],
        &[f64::NAN],
    ] {
        let made = Bounds::new(bounds);
        for sample in [0.5, 1.0, 1.5, 2.0, 3.0, f64::INFINITY, f64::NAN] {
            assert_eq!(made.bucket_at_once(sample), None, "{sample} in {bounds:?}");
            assert!(made.bucket_of(sample) < made.buckets());
        }
    }
}

#[test]
fn what_is_not_above_the_bounds_takes_no_search() {
    let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0];
    let made = Bounds::new(&bounds);
    for (bucket, bound) in bounds.into_iter().enumerate() {
        assert_eq!(made.bucket_at_once(bound), Some(bucket));
        assert_eq!(made.bucket_at_once(bound.next_down()), Some(bucket));
    }
    assert_eq!(made.bucket_at_once(0.0), Some(0));
    assert_eq!(made.bucket_at_once(2.0), None);
}

#[test]
fn bounds_of_exponential_buckets_are_told_apart() {
    let bounds: Vec<f64> = (-160..=160).map(|k| (f64::from(k) / 8.0).exp2()).collect();
    let made = Bounds::new(&bounds);
    assert_eq!(made.crowd(), 1);
    let samples = bounds.iter().flat_map(|bound| [*bound, bound.next_up()]);
    check(&bounds, samples);
}

proptest! {
    #[test]
    fn the_table_finds_what_a_search_does(
        mut bounds in prop::collection::vec(prop_oneof![-10.0..10.0, any::<f64>()], 0..40),
        samples in prop::collection::vec(prop_oneof![-10.0..10.0, any::<f64>()], 1..40),
    ) {
        bounds.retain(|bound: &f64| bound.is_finite());
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        check(&bounds, samples.into_iter().filter(|sample: &f64| !sample.is_nan()));
    }
}

#[test]
fn what_is_no_number_is_below_no_bound() {
    for bounds in [&[0.1, 1.0][..], &[-2.0, -1.0], &[0.0], &[]] {
        let made = Bounds::new(bounds);
        for nan in [f64::NAN, -f64::NAN] {
            assert_eq!(made.bucket_of(nan), bounds.len());
            assert_eq!(made.bucket_of_finite(nan), None);
            // SAFETY: there is such a bucket.
            assert!((0..made.buckets()).all(|bucket| unsafe { !made.is_in(bucket, nan) }));
        }
    }
}
