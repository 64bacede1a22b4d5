//! When a load test fails: where the objectives of HTTP metrics do.

use std::collections::BTreeMap;

use caxton_instrument::query::{Expr, Part, minutes};
use caxton_instrument::slo::Indicator;
use caxton_instrument::{Catalog, MetricDescriptor, MetricKind, Unit};

/// k6's [thresholds](https://grafana.com/docs/k6/latest/using-k6/thresholds/), by
/// k6's own metric.
pub(super) type Thresholds = BTreeMap<&'static str, Vec<String>>;

/// Of the objectives; without one for failures it is one in a hundred, and
/// without one for the time, half a second for 95 of a hundred.
pub(super) fn of(catalog: &Catalog) -> Thresholds {
    let mut all = Thresholds::new();
    for slo in catalog.slos() {
        add(slo.indicator, slo.objective, &mut all);
    }
    all.entry("http_req_failed")
        .or_insert_with(|| vec![String::from("rate<0.01")]);
    all.entry("http_req_duration")
        .or_insert_with(|| vec![String::from("p(95)<500")]);
    for thresholds in all.values_mut() {
        thresholds.sort();
        thresholds.dedup();
    }
    all
}

fn add(indicator: &dyn Indicator, objective: f64, all: &mut Thresholds) {
    if !(0.0..1.0).contains(&objective) {
        return;
    }
    let mut bound = None;
    let mut counts = false;
    each_series(
        &indicator.bad_share(minutes(5)),
        &mut |metric, part| match part {
            Part::BucketUpTo(up_to) if is_time(metric) => bound = Some(up_to.get()),
            Part::Value if is_requests(metric) => counts = true,
            _ => {}
        },
    );
    if let Some(bound) = bound {
        let threshold = format!("p({})<{}", rounded(objective * 100.0), rounded(bound * 1e3));
        all.entry("http_req_duration").or_default().push(threshold);
    } else if counts {
        let threshold = format!("rate<{}", rounded(1.0 - objective));
        all.entry("http_req_failed").or_default().push(threshold);
    }
}

/// The time of HTTP requests, as `http_metrics!` declares it.
fn is_time(metric: &MetricDescriptor) -> bool {
    metric.field == "http_request_duration"
        && metric.kind == MetricKind::Histogram
        && metric.unit == Unit::Seconds
}

fn is_requests(metric: &MetricDescriptor) -> bool {
    metric.field == "http_requests" && metric.kind == MetricKind::Counter
}

/// Without what the arithmetic adds: 0.001, not 0.0010000000000000009.
fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

fn each_series(expr: &Expr, with: &mut impl FnMut(&'static MetricDescriptor, Part)) {
    match expr {
        Expr::Series { metric, part, .. } => with(metric, *part),
        Expr::Call(_, of) | Expr::Aggregate { of, .. } => each_series(of, with),
        Expr::Arithmetic(left, _, right)
        | Expr::Compare(left, _, right)
        | Expr::Logic(left, _, right) => {
            each_series(left, with);
            each_series(right, with);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use caxton_instrument::prelude::*;
    use caxton_instrument::query::{AnyQuery, Window, minutes};

    use super::*;

    #[derive(LabelValue, Clone, Copy)]
    #[allow(dead_code, reason = "they are only asked about")]
    enum Code {
        Ok,
        Failed,
    }

    #[derive(LabelSet)]
    struct Codes {
        /// How it ended.
        code: Code,
    }

    /// Of a service.
    #[derive(MetricSet)]
    #[metric_set(namespace = "load_probe")]
    #[allow(dead_code, reason = "they are only asked about")]
    struct Served {
        /// Requests that ended.
        http_requests: Counter<Codes>,
        /// Time that they took.
        #[metric(unit = seconds, buckets = [0.1, 0.25, 1.0])]
        http_request_duration: Histogram,
        /// Time that something else took.
        #[metric(unit = seconds, buckets = [0.1, 0.25, 1.0])]
        other_duration: Histogram,
    }

    /// An indicator that is a query.
    #[derive(Debug)]
    struct Asked(&'static dyn AnyQuery);

    impl Indicator for Asked {
        fn bad_share(&self, _: Window) -> Expr {
            self.0.expr()
        }

        fn events(&self, _: Window) -> Expr {
            self.0.expr()
        }

        fn labels(&self) -> &[&'static str] {
            &[]
        }
    }

    fn thresholds(query: &'static dyn AnyQuery, objective: f64) -> Thresholds {
        let mut all = Thresholds::new();
        add(&Asked(query), objective, &mut all);
        all
    }

    #[test]
    fn an_objective_of_the_time_is_a_quantile() {
        static SLOW: &dyn AnyQuery = &Served::HTTP_REQUEST_DURATION.share_above(0.25, minutes(5));
        let all = thresholds(SLOW, 0.999);
        assert_eq!(all["http_req_duration"], ["p(99.9)<250"]);
        assert_eq!(all.len(), 1);
    }

    #[test]
    fn an_objective_of_failures_is_a_rate() {
        static FAILS: &dyn AnyQuery =
            &Served::HTTP_REQUESTS.share(Codes::CODE.eq(Code::Failed), minutes(5));
        assert_eq!(thresholds(FAILS, 0.999)["http_req_failed"], ["rate<0.001"]);
        assert!(thresholds(FAILS, 1.0).is_empty());
    }

    #[test]
    fn what_is_no_request_says_nothing() {
        static OTHER: &dyn AnyQuery = &Served::OTHER_DURATION.share_above(0.25, minutes(5));
        assert!(thresholds(OTHER, 0.99).is_empty());
    }
}
