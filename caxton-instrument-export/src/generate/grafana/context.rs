//! What the panels of all dashboards refer to: the catalog's page, and the
//! alerts that watch what they show.

use caxton_instrument::query::{Comparison, Expr};
use caxton_instrument::{Alert, Catalog, MetricDescriptor, SetDescriptor, Severity};

use super::model::{Link, Panel, Step};
use super::{metric, panel, queries, text, units};
use crate::generate::{Deployment, telemetry};
use crate::promql::Route;

#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) deployment: &'a Deployment,
}

impl<'a> Context<'a> {
    pub(super) const fn route(self) -> &'a Route {
        self.deployment.metrics_route()
    }

    /// A query as a panel asks it.
    pub(super) fn text(self, expr: &Expr) -> String {
        queries::text(expr, self.route())
    }

    /// The values of labels.
    pub(super) fn legend(self, labels: &[&str]) -> String {
        panel::legend(labels.iter().map(|label| self.route().label(label)))
    }

    /// To the metric in the catalog's page.
    pub(super) fn page_of(self, metric: &MetricDescriptor) -> Link {
        let page = self.deployment.catalog_page();
        link(
            format!("{} in the catalog", metric.name),
            text::address(&format!("{page}#{}", metric.name)),
        )
    }

    /// Those of the code, and those on what telemetry says of itself.
    pub(super) fn alerts(self) -> impl Iterator<Item = &'static Alert> + use<'a> {
        let declared = self.catalog.alerts().iter().copied();
        declared.chain(telemetry::alerts(self.catalog))
    }

    /// The alerts that ask one of these metrics, by name.
    pub(super) fn alerts_on(self, metrics: &[&'static MetricDescriptor]) -> Vec<&'static Alert> {
        self.alerts()
            .filter(|alert| asks_one_of(&alert.condition.expr(), metrics))
            .collect()
    }

    /// The panel with the thresholds of alerts that ask the same.
    pub(super) fn watched(
        self,
        metric: &'static MetricDescriptor,
        asked: &Expr,
        panel: Panel,
    ) -> Panel {
        let asked = queries::without_windows(asked.clone());
        let mut limits = Vec::new();
        for alert in self.alerts_on(&[metric]) {
            for leg in legs(&alert.condition.expr()) {
                if queries::without_windows(leg.left) == asked {
                    limits.push((leg.operator, leg.threshold, alert.severity));
                }
            }
        }
        if limits.is_empty() {
            panel
        } else {
            panel.with_thresholds(steps(&limits))
        }
    }
}

/// Whether a query asks one of these metrics.
pub(super) fn asks_one_of(expr: &Expr, metrics: &[&'static MetricDescriptor]) -> bool {
    let mut found = false;
    expr.each_metric(&mut |metric| found |= metrics.iter().any(|it| it.name == metric.name));
    found
}

/// The sets that a query asks.
pub(super) fn asks_set(expr: &Expr, set: &SetDescriptor) -> bool {
    asks_one_of(expr, set.metrics)
}

/// What an alert watches, with its threshold; nothing where it compares two
/// queries.
pub(super) fn panel_of(context: Context<'_>, alert: &Alert) -> Option<Panel> {
    let mut leg = legs(&alert.condition.expr()).into_iter().next()?;
    let labels = alert.condition.labels();
    let mut dimension = alert.condition.dimension();
    // What grew within minutes is drawn as its rate, and so is the threshold.
    if let Some(seconds) = queries::grown_within(&leg.left) {
        leg.left = queries::per_second(leg.left);
        leg.threshold /= seconds;
        dimension = dimension.per_second();
    }
    let unit = units::of(dimension);
    let limits = [(leg.operator, leg.threshold, alert.severity)];
    let mut panel = Panel::time_series(text::title(alert.name), unit)
        .asking(context.text(&leg.left), &context.legend(labels))
        .described(text::description(&format!(
            "{}\n\n{}\n\nAlert `{}`, {}.",
            alert.summary,
            alert.description,
            alert.name,
            alert.severity.as_str()
        )))
        .with_thresholds(steps(&limits));
    if !alert.runbook.is_empty() {
        panel = panel.linked(link(String::from("Runbook"), text::address(alert.runbook)));
    }
    Some(panel)
}

/// Opens in a tab of its own.
fn link(title: String, url: String) -> Link {
    Link {
        title,
        kind: "link",
        icon: "external link",
        tooltip: "",
        url: Some(url),
        tags: Vec::new(),
        as_dropdown: false,
        target_blank: true,
        include_vars: false,
        keep_time: false,
    }
}

/// A query that is compared with a number.
struct Leg {
    left: Expr,
    operator: Comparison,
    threshold: f64,
}

fn legs(expr: &Expr) -> Vec<Leg> {
    match expr {
        Expr::Compare(left, operator, right) => match **right {
            Expr::Number(threshold) => vec![Leg {
                left: (**left).clone(),
                operator: *operator,
                threshold,
            }],
            _ => Vec::new(),
        },
        Expr::Logic(left, _, right) => {
            let mut all = legs(left);
            all.extend(legs(right));
            all
        }
        _ => Vec::new(),
    }
}

/// The colour of each value: an alert's beyond its threshold, else green.
fn steps(limits: &[(Comparison, f64, Severity)]) -> Vec<Step> {
    let is_below =
        |operator: Comparison| matches!(operator, Comparison::Below | Comparison::AtMost);
    let sorted = |below: bool| {
        let of_kind = limits.iter().filter(|it| is_below(it.0) == below);
        let mut found: Vec<_> = of_kind.map(|it| (it.1, colour(it.2))).collect();
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        found
    };
    let (below, above) = (sorted(true), sorted(false));
    let after = |at: usize| below.get(at).map_or("green", |it| it.1);
    let mut steps = vec![Step {
        color: after(0),
        value: None,
    }];
    for (at, (value, _)) in below.iter().enumerate() {
        steps.push(Step {
            color: after(at + 1),
            value: Some(*value),
        });
    }
    for (value, color) in above {
        if steps.iter().all(|it| it.value.is_none_or(|it| it < value)) {
            steps.push(Step {
                color,
                value: Some(value),
            });
        }
    }
    steps
}

const fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "red",
        Severity::Warning => "orange",
        _ => "blue",
    }
}

/// What a set is called where people read.
pub(super) fn title_of(set: &SetDescriptor) -> String {
    let sentence = text::subject(set.help);
    match (sentence.is_empty(), set.metrics) {
        (true, [only]) => metric::title(only),
        (true, _) => text::title(set.name),
        _ => sentence,
    }
}

#[cfg(test)]
mod tests {
    use caxton_instrument::Severity;
    use caxton_instrument::query::Comparison;

    use super::steps;

    fn colours(limits: &[(Comparison, f64, Severity)]) -> Vec<(&'static str, Option<f64>)> {
        let steps = steps(limits);
        steps.iter().map(|it| (it.color, it.value)).collect()
    }

    #[test]
    fn thresholds_colour_what_is_beyond_them() {
        let above = (Comparison::Above, 0.05, Severity::Critical);
        let sooner = (Comparison::AtLeast, 0.01, Severity::Warning);
        assert_eq!(
            colours(&[above, sooner]),
            [("green", None), ("orange", Some(0.01)), ("red", Some(0.05))]
        );
        let below = (Comparison::Below, 1.0, Severity::Critical);
        let over = (Comparison::Above, 9.0, Severity::Info);
        assert_eq!(
            colours(&[over, below]),
            [("red", None), ("green", Some(1.0)), ("blue", Some(9.0))]
        );
    }
}
