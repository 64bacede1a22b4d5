//! What a file says of metrics, said in code.

use super::Config;
use super::value::{Bounds, List};
use crate::builder::Builder;

impl Builder {
    /// Gives a histogram these bucket bounds, in its unit and rising: all that
    /// are declared, and others. `install` refuses what leaves a declared bound
    /// out, since a query may name it.
    ///
    /// ```standalone_crate
    /// use caxton_instrument::prelude::*;
    ///
    /// /// Orders of a shop.
    /// #[derive(MetricSet)]
    /// #[metric_set(namespace = "shop")]
    /// struct Shop {
    ///     /// Time to take an order.
    ///     #[metric(unit = seconds, buckets = [0.5, 1.0])]
    ///     order_duration: Histogram,
    /// }
    ///
    /// let refused = caxton_instrument_export::builder()
    ///     .buckets("shop_order_duration_seconds", [0.25, 0.5])
    ///     .install()
    ///     .expect_err("1.0 is declared");
    /// assert!(refused.to_string().contains("[0.25, 0.5, 1.0]"));
    /// # let _ = Shop::ORDER_DURATION;
    /// ```
    pub fn buckets(
        mut self,
        metric: impl Into<String>,
        bounds: impl IntoIterator<Item = f64>,
    ) -> Self {
        let config = self.configuration();
        let metric = metric.into();
        config
            .places
            .remove(&format!("observability.metrics.buckets.{metric}"));
        let buckets = config.metrics.buckets.get_or_insert_default();
        buckets.insert(metric, Bounds::unchecked(bounds));
        self
    }

    /// Leaves labels out of all declared metrics: series that differ only there
    /// are read as one, their sum. `install` refuses a label that no metric has,
    /// and one of a gauge whose values do not add up.
    pub fn exclude_labels(mut self, labels: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let metrics = &mut self.configuration().metrics;
        metrics.exclude_labels = Some(List::new(labels.into_iter().map(Into::into).collect()));
        self
    }

    /// Leaves all labels out but these, as
    /// [`exclude_labels`](Self::exclude_labels) does.
    pub fn include_labels(mut self, labels: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let metrics = &mut self.configuration().metrics;
        metrics.include_labels = Some(List::new(labels.into_iter().map(Into::into).collect()));
        self
    }

    fn configuration(&mut self) -> &mut Config {
        self.config.get_or_insert_default()
    }
}
