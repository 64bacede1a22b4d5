//! What panels ask of a metric, as expressions.

use caxton_instrument::MetricDescriptor;
use caxton_instrument::query::{
    Aggregate, Arithmetic, Call, Expr, Logic, Part, Window, minutes, seconds,
};

use crate::promql::{self, Route, Style};

/// More series than this in one panel tell nobody anything.
pub(super) const MANY: u32 = 10;

/// As a panel asks it: for the chosen jobs and instances, each rate over the
/// time that the resolution needs.
pub(super) fn text(expr: &Expr, route: &Route) -> String {
    promql::expression_in(&at_its_rate(expr.clone()), Style::dashboard(route))
}

/// The same over the windows that it names.
pub(super) fn over_its_windows(expr: &Expr, route: &Route) -> String {
    promql::expression_in(expr, Style::dashboard_with_windows(route))
}

/// Those series alone that have the largest values.
pub(super) fn largest(expr: &Expr, route: &Route) -> String {
    promql::largest_in(MANY, expr, Style::dashboard(route))
}

/// The last values of a metric.
pub(super) fn last(metric: &'static MetricDescriptor, part: Part) -> Expr {
    Expr::Series {
        metric,
        part,
        matching: Vec::new(),
        over: None,
    }
}

/// The rate of a part, per second.
pub(super) fn rate(metric: &'static MetricDescriptor, part: Part) -> Expr {
    let series = Expr::Series {
        metric,
        part,
        matching: Vec::new(),
        // What is asked for is `$__rate_interval`.
        over: Some(minutes(5)),
    };
    Expr::Call(Call::Rate, Box::new(series))
}

pub(super) fn by(how: Aggregate, labels: &[&'static str], of: Expr) -> Expr {
    Expr::Aggregate {
        how,
        by: labels.to_vec(),
        of: Box::new(of),
    }
}

/// A quantile of a histogram's samples. One that is kept as a native histogram
/// is asked as that; where it is not, as a classic one.
pub(super) fn quantile(
    metric: &'static MetricDescriptor,
    share: f64,
    labels: &[&'static str],
) -> Expr {
    let of = |samples: Expr| Expr::Call(Call::HistogramQuantile(share), Box::new(samples));
    let mut with_bounds = vec!["le"];
    with_bounds.extend(labels);
    let classic = of(by(
        Aggregate::Sum,
        &with_bounds,
        rate(metric, Part::Buckets),
    ));
    if metric.native.is_none() {
        return classic;
    }
    let native = of(by(Aggregate::Sum, labels, rate(metric, Part::Native)));
    Expr::Logic(Box::new(native), Logic::Or, Box::new(classic))
}

/// A window of this many seconds is one to smooth with; longer ones are meant,
/// as the last hour or a budget's month.
const SMOOTHING: u64 = 900;

/// What grew within a short window, as the rate gives it: a window that stays
/// as it is when the time range grows would leave points out.
fn at_its_rate(expr: Expr) -> Expr {
    match expr {
        Expr::Call(Call::Increase, of) => match window(&of) {
            Some(seconds) if seconds <= SMOOTHING => Expr::Arithmetic(
                Box::new(Expr::Call(Call::Rate, of)),
                Arithmetic::Times,
                Box::new(Expr::Number(seconds as f64)),
            ),
            _ => Expr::Call(Call::Increase, of),
        },
        other => each_part(other, at_its_rate),
    }
}

/// The seconds of the short window within which a sum of counters grew.
pub(super) fn grown_within(expr: &Expr) -> Option<f64> {
    let Expr::Aggregate { of, .. } = expr else {
        return None;
    };
    let Expr::Call(Call::Increase, series) = &**of else {
        return None;
    };
    let seconds = window(series).filter(|it| *it <= SMOOTHING)?;
    Some(seconds as f64)
}

fn window(series: &Expr) -> Option<u64> {
    match series {
        Expr::Series { over, .. } => over.map(Window::as_secs),
        _ => None,
    }
}

/// How many there are in a second, where it is said how many there were within
/// a window.
pub(super) fn per_second(expr: Expr) -> Expr {
    match expr {
        Expr::Call(Call::Increase, of) => Expr::Call(Call::Rate, of),
        other => each_part(other, per_second),
    }
}

/// A rate over five minutes and one over an hour are one question.
pub(super) fn without_windows(expr: Expr) -> Expr {
    match expr {
        Expr::Series {
            metric,
            part,
            matching,
            over,
        } => Expr::Series {
            metric,
            part,
            matching,
            over: over.map(|_| seconds(1)),
        },
        other => each_part(other, without_windows),
    }
}

/// The same expression of changed parts.
fn each_part(expr: Expr, change: fn(Expr) -> Expr) -> Expr {
    let each = |it: Box<Expr>| Box::new(change(*it));
    match expr {
        Expr::Call(call, of) => Expr::Call(call, each(of)),
        Expr::Absent(of) => Expr::Absent(each(of)),
        Expr::Aggregate { how, by, of } => Expr::Aggregate {
            how,
            by,
            of: each(of),
        },
        Expr::Arithmetic(left, operator, right) => {
            Expr::Arithmetic(each(left), operator, each(right))
        }
        Expr::Compare(left, operator, right) => Expr::Compare(each(left), operator, each(right)),
        Expr::Logic(left, operator, right) => Expr::Logic(each(left), operator, each(right)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use caxton_instrument::query::{Aggregate, Call, Expr, Part, hours, minutes};
    use caxton_instrument::{Location, MetricDescriptor, MetricKind};

    use crate::promql::Route;

    use super::{by, largest, over_its_windows, quantile, rate, text};

    const PLACE: Location = Location::new("src/lib.rs", 1, 1, "mail", "mail", "1.0.0");
    static SENT: MetricDescriptor =
        MetricDescriptor::new(MetricKind::Counter, "mail_sent_total", PLACE);

    #[test]
    fn a_panel_asks_for_what_is_chosen() {
        let sent = by(Aggregate::Sum, &["provider"], rate(&SENT, Part::Value));
        let chosen = "instance=~\"$instance\",job=~\"$job\"";
        assert_eq!(
            text(&sent, &Route::Scrape),
            format!("sum by (provider) (rate(mail_sent_total{{{chosen}}}[$__rate_interval]))")
        );
        assert_eq!(
            over_its_windows(&sent, &Route::Scrape),
            format!("sum by (provider) (rate(mail_sent_total{{{chosen}}}[5m]))")
        );
        assert!(largest(&sent, &Route::Scrape).starts_with("topk(\n  10,\n  sum by (provider)"));
    }

    #[test]
    fn what_grew_within_minutes_is_asked_as_a_rate() {
        let grew = |over| {
            let series = Expr::Series {
                metric: &SENT,
                part: Part::Value,
                matching: Vec::new(),
                over: Some(over),
            };
            let grew = Expr::Call(Call::Increase, Box::new(series));
            text(&by(Aggregate::Sum, &[], grew), &Route::Scrape)
        };
        assert!(grew(minutes(10)).contains("[$__rate_interval]) * 600"));
        assert!(grew(hours(1)).starts_with("sum(increase("));
    }

    #[test]
    fn a_native_histogram_is_asked_first() {
        static SIZE: MetricDescriptor =
            MetricDescriptor::new(MetricKind::Histogram, "mail_size_bytes", PLACE).with_native(
                caxton_instrument::NativeBuckets::of(caxton_instrument::Unit::Bytes),
            );
        let asked = text(&quantile(&SIZE, 0.99, &[]), &Route::Scrape);
        let native = asked
            .find("sum(rate(mail_size_bytes{")
            .unwrap_or(usize::MAX);
        let classic = asked.find("mail_size_bytes_bucket{").unwrap_or(0);
        assert!(native < classic, "{asked}");
    }
}
