//! How fast an error budget may burn: the
//! [multiwindow, multi-burn-rate alerts](https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts)
//! of Google's workbook, and the names of the series that they read.

use std::collections::BTreeSet;

use caxton_instrument::query::{Window, seconds};
use caxton_instrument::{Severity, Slo};

use crate::promql;

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// The time that the workbook's windows are for.
const MONTH: u64 = 30 * DAY;

/// So many times the rate that uses up the budget exactly, over a window; a
/// twelfth of it tells whether it still goes on.
const WORKBOOK: [(Severity, f64, u64); 4] = [
    (Severity::Critical, 14.4, HOUR),
    (Severity::Critical, 6.0, 6 * HOUR),
    (Severity::Warning, 3.0, DAY),
    (Severity::Warning, 1.0, 3 * DAY),
];

/// The share of bad events that no threshold is above, so that an alert can fire
/// at all where the objective is low.
const MOST: f64 = 0.9;

/// An alert on the rate at which a budget burns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Burn {
    pub(super) severity: Severity,
    /// In multiples of the rate that uses up the budget exactly.
    pub(super) rate: f64,
    /// How long it is to have burned so.
    pub(super) long: Window,
    /// How long it is to burn so still.
    pub(super) short: Window,
    /// The share of bad events that it is above.
    pub(super) threshold: f64,
    /// Whether the threshold is that multiple.
    pub(super) is_multiple: bool,
}

/// The alerts of an objective: the workbook's for 30 days, and for another time
/// those whose windows are the same share of it, so that each is about the same
/// share of the budget.
pub(super) fn burns(slo: &Slo, scrape: Window) -> Vec<Burn> {
    let budget = slo.budget();
    let shortest = in_minutes(scrape.as_secs().saturating_mul(4));
    let mut burns: Vec<Burn> = Vec::new();
    for (severity, rate, long) in WORKBOOK {
        let scaled = |of: u64| in_minutes(of.saturating_mul(slo.window.as_secs()).div_ceil(MONTH));
        let short = scaled(long / 12).max(shortest);
        let long = scaled(long).max(in_minutes(2 * short.as_secs()));
        let is_multiple = rate * budget <= MOST;
        let burn = Burn {
            severity,
            rate,
            long,
            short,
            threshold: if is_multiple { rate * budget } else { MOST },
            is_multiple,
        };
        // Of two over the same time the more sensitive one is enough.
        burns.retain(|it| it.severity != severity || it.long != burn.long);
        burns.push(burn);
    }
    burns
}

/// Every window over which the share of bad events is recorded.
pub(super) fn windows(slo: &Slo, burns: &[Burn]) -> BTreeSet<Window> {
    let of_alerts = burns.iter().flat_map(|burn| [burn.long, burn.short]);
    of_alerts.chain([slo.window]).collect()
}

/// Whole minutes, at least one.
fn in_minutes(length: u64) -> Window {
    let length = length.div_ceil(60).max(1) * 60;
    seconds(u32::try_from(length).unwrap_or(u32::MAX))
}

/// The series of the share of bad events over a window.
pub(super) fn bad_share(over: Window) -> String {
    format!("slo:bad_events:ratio_rate{}", promql::duration(over))
}

/// The series of the number of events in a window.
pub(super) fn events(over: Window) -> String {
    format!("slo:events:increase{}", promql::duration(over))
}

/// The series of the share of the budget that is left.
pub(super) const BUDGET_REMAINING: &str = "slo:error_budget_remaining:ratio";

/// The series of the share that is promised.
pub(super) const OBJECTIVE: &str = "slo:objective:ratio";

#[cfg(test)]
mod tests {
    use caxton_instrument::query::{Expr, Window, days, hours, minutes, seconds};
    use caxton_instrument::slo::Indicator;
    use caxton_instrument::{Location, Slo};

    use super::burns;

    #[derive(Debug)]
    struct Nothing;

    impl Indicator for Nothing {
        fn bad_share(&self, _: Window) -> Expr {
            Expr::Number(0.0)
        }

        fn events(&self, _: Window) -> Expr {
            Expr::Number(0.0)
        }

        fn labels(&self) -> &[&'static str] {
            &[]
        }
    }

    fn slo(objective: f64, window: Window) -> Slo {
        let here = Location::new(file!(), 1, 1, module_path!(), "test", "0.0.0");
        Slo::new("Test", &Nothing, objective, here).with_window(window)
    }

    #[test]
    fn for_a_month_they_are_the_workbooks() {
        let burns = burns(&slo(0.999, days(30)), seconds(15));
        let found: Vec<_> = burns
            .iter()
            .map(|it| (it.rate, it.long, it.short))
            .collect();
        let workbook = [
            (14.4, hours(1), minutes(5)),
            (6.0, hours(6), minutes(30)),
            (3.0, days(1), hours(2)),
            (1.0, days(3), hours(6)),
        ];
        assert_eq!(found, workbook);
        assert!((burns[0].threshold - 0.0144).abs() < 1e-12);
    }

    #[test]
    fn another_time_has_windows_of_the_same_share() {
        let burns = burns(&slo(0.999, days(90)), seconds(15));
        assert_eq!(burns[0].long, hours(3));
        assert_eq!(burns[3].short, hours(18));
    }

    #[test]
    fn a_window_holds_samples() {
        for window in [days(1), days(7)] {
            for burn in burns(&slo(0.99, window), minutes(1)) {
                assert!(burn.short >= minutes(4), "{burn:?}");
                assert!(burn.long >= minutes(8), "{burn:?}");
            }
        }
    }

    #[test]
    fn a_low_objective_has_alerts_that_can_fire() {
        for objective in [0.5, 0.9, 0.95] {
            for burn in burns(&slo(objective, days(30)), seconds(15)) {
                assert!(burn.threshold <= 0.9, "{burn:?}");
            }
        }
    }
}
