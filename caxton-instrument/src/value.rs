//! Numbers that can be samples.

use std::time::Duration;

/// A number that a gauge or histogram takes: any integer or float, or a
/// [`Duration`], which reads in seconds.
///
/// Samples are `f64`, as in every exposition format: integers above 2^53 lose
/// their last digits.
///
/// ```
/// use caxton_instrument::Sample;
///
/// assert_eq!(3_usize.into_sample(), 3.0);
/// assert_eq!(std::time::Duration::from_millis(250).into_sample(), 0.25);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number that can be recorded",
    label = "expected a number or a `Duration`"
)]
pub trait Sample {
    /// The number.
    fn into_sample(self) -> f64;
}

macro_rules! samples {
    ($($number:ty)*) => {$(
        impl Sample for $number {
            #[inline]
            #[allow(clippy::cast_lossless, trivial_numeric_casts)]
            fn into_sample(self) -> f64 {
                self as f64
            }
        }
    )*};
}

samples!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);

impl Sample for Duration {
    #[inline]
    fn into_sample(self) -> f64 {
        self.as_secs_f64()
    }
}
