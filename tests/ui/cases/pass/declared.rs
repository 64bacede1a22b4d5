//! What is declared beside metrics is documented and draws no lint.
#![deny(missing_docs, unused, unreachable_pub, unused_qualifications, non_local_definitions)]
#![deny(rust_2018_idioms, single_use_lifetimes, missing_copy_implementations)]

/// A module of its own, with the facade under another name.
pub mod shop {
    use ::caxton_instrument as measured;
    use measured::prelude::*;
    use measured::query::{Window, days, minutes};

    const WINDOW: Window = days(28);
    const HANG_AFTER: Window = minutes(30);
    const ERROR_SHARE: f64 = 0.01;

    /// Labels of an order.
    #[derive(LabelSet)]
    pub struct Labels {
        /// Whether it came to nothing.
        pub failed: bool,
        #[label(max_values = 10)]
        queue: Text,
    }

    /// Orders.
    #[derive(MetricSet)]
    #[metric_set(namespace = "shop")]
    pub struct Metrics {
        /// Orders that were taken.
        pub orders: Counter<Labels>,
        /// Money that was taken.
        pub turnover: FloatCounter<Labels>,
        /// Time to take an order.
        #[metric(unit = seconds, buckets = [0.5, 1.0])]
        pub order_duration: Histogram<Labels>,
        /// Time to serve an order.
        #[metric(unit = seconds, native)]
        pub serving_duration: Histogram,
    }

    /// {queue}: {value} of the orders fail.
    #[measured::alert(severity = info, hold = minutes(5), crate = measured)]
    pub static ORDERS_FAIL: measured::Alert = Metrics::ORDERS
        .share(Labels::FAILED.eq(true), minutes(5))
        .by(Labels::QUEUE)
        .above(0.1);

    /// Orders of {queue} are taken, but for {value} of them.
    ///
    /// Nobody waits for ever.
    #[measured::slo(
        objective = 99.95,
        window = WINDOW,
        min_events = 100,
        name = "OrdersAreTaken",
        owner = "shop",
        runbook = "https://example.org/orders",
        crate = measured
    )]
    pub static ORDERS: measured::Slo = Metrics::ORDERS
        .bad(Labels::FAILED.eq(true))
        .by(Labels::QUEUE)
        .by_instance();

    /// Nine tenths of the turnover come from orders that are kept.
    #[measured::slo(objective = 90)]
    pub(crate) static TURNOVER: measured::Slo =
        Metrics::TURNOVER.good(Labels::FAILED.eq(false));

    /// Orders of other queues than the slow one are taken in half a second.
    #[measured::slo(objective = 99.0)]
    static FAST: measured::Slo =
        Metrics::ORDER_DURATION.matching(Labels::QUEUE.ne("slow")).at_most(0.5);

    /// Orders are served within a quarter of a second.
    #[measured::slo(objective = 99.0)]
    pub static SERVED: measured::Slo = Metrics::SERVING_DURATION.at_most(0.25);

    /// The share of orders that fail.
    #[measured::recording_rule(name = "queue:order_failures:ratio5m", crate = measured)]
    pub static FAILURES: measured::Record = Metrics::ORDERS
        .share(Labels::FAILED.eq(true), minutes(5))
        .by(Labels::QUEUE);

    /// Orders, by queue.
    #[measured::panel(name = "OrdersByQueue", crate = measured)]
    pub static BY_QUEUE: measured::Panel = Metrics::ORDERS.rate(minutes(5)).by(Labels::QUEUE);

    measured::agent_metrics! {
        /// Waiters.
        pub struct Waiters {
            namespace = "shop",
            crate = measured,
        }
    }

    measured::agent_alerts!(
        Waiters,
        error_share = ERROR_SHARE,
        cancelled_share = 0.5,
        hang_after = HANG_AFTER,
        name = "Shop",
        owner = "shop",
        runbook = "https://example.org/waiters",
        crate = measured
    );

    pub(super) fn objectives() -> [f64; 4] {
        [&ORDERS, &TURNOVER, &FAST, &SERVED].map(|slo| slo.objective)
    }
}

fn main() {
    assert_eq!(shop::objectives(), [0.9995, 0.9, 0.99, 0.99]);
    assert_eq!(shop::ORDERS.name, "OrdersAreTaken");
    assert_eq!(shop::ORDERS.indicator.labels(), ["queue", "job", "instance"]);
    assert_eq!(shop::BY_QUEUE.title, "Orders, by queue");
}
