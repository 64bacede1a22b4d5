//! [Unit tests](https://prometheus.io/docs/prometheus/3.5/configuration/unit_testing_rules/)
//! of the rules, for `promtool test rules`: each alert fires where it is to,
//! and is silent just below its threshold, without series, across a restart
//! of what it watches, and without traffic.

use std::fmt::Write as _;

use caxton_instrument::query::{Expr, Window};
use caxton_instrument::{Alert, Catalog};

use super::scenario::{Course, Key, Samples, Unsolved, holds_at_rest, samples, windows};
use super::silence::holds_without_series;
use super::{HEADER, yaml};

/// Rules are evaluated so often, in seconds.
const EVALUATION: u64 = 60;

pub(super) fn render(catalog: &Catalog) -> String {
    let mut out = String::from(HEADER);
    let _ = write!(
        out,
        "rule_files:\n  - rules.yml\nevaluation_interval: {EVALUATION}s\ntests:\n"
    );
    for alert in catalog.alerts() {
        tests(&mut out, alert);
    }
    out
}

/// The times of an alert's tests, in seconds.
struct Times {
    interval: u64,
    /// As many samples as there are before the end.
    count: u64,
    end: u64,
}

impl Times {
    fn of(alert: &Alert, condition: &Expr) -> Self {
        let (shortest, longest) = windows(condition).map_or((60, 60), |(shortest, longest)| {
            (shortest.as_secs(), longest.as_secs())
        });
        // Five samples in the shortest window.
        let interval = (shortest / 5).clamp(1, 60);
        let hold = alert.hold.map_or(0, Window::as_secs);
        let count = (longest + longest / 2 + hold + 4 * EVALUATION).div_ceil(interval) + 2;
        Self {
            interval,
            count,
            end: (count * interval) / EVALUATION * EVALUATION,
        }
    }
}

fn tests(out: &mut String, alert: &Alert) {
    let condition = alert.condition.expr();
    let times = Times::of(alert, &condition);
    let (firing, quiet) = match (samples(&condition, true), samples(&condition, false)) {
        (Ok(firing), Ok(quiet)) => (firing, quiet),
        (Err(why), _) | (_, Err(why)) => {
            let why = match why {
                Unsolved::Never => "no samples were found for which it would fire, or not",
                Unsolved::Contradiction => "its parts want different samples of one series",
                Unsolved::Unknown => "its form is not known to the generator",
            };
            let _ = writeln!(out, "  # {} has no test: {why}.", alert.name);
            return;
        }
    };
    let at_rest: Samples = firing
        .iter()
        .map(|(key, course)| match course {
            Course::Rising(_) => (key.clone(), Course::Rising(0.0)),
            Course::Level(_) => (key.clone(), Course::Level(0.0)),
        })
        .collect();
    let cases: [(&str, &Samples, bool, bool); 5] = [
        ("fires", &firing, false, true),
        ("is silent below its threshold", &quiet, false, false),
        ("fires again after a restart", &firing, true, true),
        ("is silent across a restart", &quiet, true, false),
        (
            "without traffic",
            &at_rest,
            false,
            holds_at_rest(&condition),
        ),
    ];
    for (name, samples, restarts, fires) in cases {
        test(
            out,
            alert,
            &times,
            &format!("{} {name}", alert.name),
            samples,
            restarts,
            fires,
        );
    }
    let name = format!("{} without series", alert.name);
    let fires = holds_without_series(&condition);
    test(out, alert, &times, &name, &Samples::new(), false, fires);
}

fn test(
    out: &mut String,
    alert: &Alert,
    times: &Times,
    name: &str,
    samples: &Samples,
    restarts: bool,
    fires: bool,
) {
    let _ = writeln!(
        out,
        "  - name: {}\n    interval: {}s",
        yaml::quoted(name),
        times.interval
    );
    if samples.is_empty() {
        out.push_str("    input_series: []\n");
    } else {
        out.push_str("    input_series:\n");
    }
    for (key, course) in samples {
        let _ = writeln!(
            out,
            "      - series: {}\n        values: {}",
            yaml::quoted(&series(key)),
            yaml::quoted(&values(*course, times, restarts)),
        );
    }
    let firing = format!(
        "count(ALERTS{{alertname={},alertstate=\"firing\",severity=\"{}\"}}) or vector(0)",
        yaml::quoted(alert.name),
        alert.severity.as_str(),
    );
    let _ = write!(
        out,
        "    promql_expr_test:\n      - expr: {}\n        eval_time: {}s\n        exp_samples:\n          \
         - labels: '{{}}'\n            value: {}\n",
        yaml::quoted(&firing),
        times.end,
        u8::from(fires),
    );
}

fn series((name, labels): &Key) -> String {
    let labels: Vec<_> = labels
        .iter()
        .map(|(name, value)| format!("{name}={}", yaml::quoted(value)))
        .collect();
    format!("{name}{{{}}}", labels.join(","))
}

/// In promtool's notation: `0+5x10` is 0, 5, 10 .. 50.
fn values(course: Course, times: &Times, restarts: bool) -> String {
    match course {
        Course::Level(level) => format!("{level}x{}", times.count),
        Course::Rising(a_second) => {
            let step = a_second * times.interval as f64;
            let sign = if step < 0.0 { "" } else { "+" };
            if restarts {
                let first = times.count / 4;
                let second = times.count - first - 1;
                format!("0{sign}{step}x{first} 0{sign}{step}x{second}")
            } else {
                format!("0{sign}{step}x{}", times.count)
            }
        }
    }
}
