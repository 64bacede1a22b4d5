//! Typed handles: what a program updates.
//!
//! `metric.at(&labels)` names one series and looks it up when it is used;
//! `.bind()` looks it up once and can be kept. Neither is ever a no-op by
//! mistake: a series that was named before a recorder was installed reaches it
//! from the moment it is.
//!
//! What updates is inlined at its call, except in a build without optimisation:
//! there nothing would come of it but all of its code at each call.

/// `Debug` of handles and guards: what they are, and of which metric.
macro_rules! debug_by_name {
    ($([$($generics:tt)*] $type:ident $(<$($argument:tt),+>)?, $($path:tt).+;)*) => {$(
        impl<$($generics)*> std::fmt::Debug for $type $(<$($argument),+>)? {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($type))
                    .field(&self.$($path).+.shared().descriptor.name)
                    .finish()
            }
        }
    )*};
}

mod counter;
mod entity;
mod float_counter;
mod gauge;
mod histogram;
mod info;

pub use counter::{BoundCounter, Counter, CounterAt};
pub use entity::GaugeEntity;
pub use float_counter::{FloatCounter, FloatCounterAt};
pub use gauge::{BoundGauge, Gauge, GaugeAt, OwnedTracked, Tracked};
pub use histogram::{BoundHistogram, Histogram, HistogramAt, OwnedTimer, Timer};
pub use info::Info;
