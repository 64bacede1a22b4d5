//! What the derives write is documented and draws no lint.
#![deny(missing_docs, unused, unreachable_pub, unused_qualifications, non_local_definitions)]
#![deny(rust_2018_idioms, single_use_lifetimes, missing_copy_implementations)]

/// A module of its own.
pub mod shop {
    use caxton_instrument::prelude::*;

    /// How it ended.
    #[derive(LabelValue, Clone, Copy)]
    pub enum Status {
        /// Well.
        Done,
        /// Not so well.
        Failed,
    }

    /// Labels of an order.
    #[derive(LabelSet)]
    pub struct Labels {
        /// How it ended.
        pub status: Status,
        #[label(max_values = 10)]
        queue: Text,
    }

    /// Labels without text.
    #[derive(LabelSet, Clone, Copy)]
    pub struct Closed {
        /// How it ended.
        pub status: Status,
    }

    /// Orders.
    #[derive(MetricSet)]
    #[metric_set(namespace = "shop")]
    pub struct Metrics {
        /// Orders that were taken.
        pub orders: Counter<Labels>,
        /// Tables that were served.
        pub(crate) tables: Counter<Closed>,
    }

    caxton_instrument::agent_metrics! {
        /// Our agents.
        pub struct Agents {
            namespace = "shop",
        }
    }
}

fn main() {
    use caxton_instrument::prelude::*;

    /// Declared inside of a function.
    #[derive(MetricSet)]
    #[metric_set(namespace = "local")]
    struct Local {
        /// Orders that were taken.
        orders: Counter,
    }

    Local::global().orders.increment(1);
    shop::Metrics::global().tables.at(&shop::Closed::of(shop::Status::Done)).increment(1);
}
