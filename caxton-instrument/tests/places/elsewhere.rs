//! A set whose fields stand where the macro is called.

macro_rules! elsewhere {
    ($set:ident, $($help:literal $field:ident)*) => {
        /// Parts of a set.
        #[derive(caxton_instrument::MetricSet)]
        #[metric_set(namespace = "places", subsystem = "elsewhere")]
        pub struct $set {
            /// Written with the macro.
            pub own: caxton_instrument::Counter,
            $(#[doc = $help] pub $field: caxton_instrument::Gauge,)*
        }
    };
}

pub(crate) use elsewhere;
