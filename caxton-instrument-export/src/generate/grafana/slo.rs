//! The dashboard of an objective: what is left of its error budget, how fast it
//! is used up, and by what.
//!
//! Its numbers are asked of the metrics themselves, so that they are there for
//! each job and instance, and from the first minute on. What looks back over
//! the whole window is asked once, for now, not for each point of a line.

use caxton_instrument::query::{Arithmetic, Expr, Window, days, hours, minutes};
use caxton_instrument::slo::Indicator;
use caxton_instrument::{Catalog, Slo};

use super::context::asks_one_of;
use super::layout::Section;
use super::model::{Panel, Step};
use super::{panel, queries, text, units};
use crate::promql;

/// An objective, as far as it is drawn.
#[derive(Clone, Copy)]
pub(super) struct Objective<'a> {
    pub(super) name: &'a str,
    pub(super) summary: &'a str,
    pub(super) description: &'a str,
    pub(super) indicator: &'a dyn Indicator,
    pub(super) promised: f64,
    pub(super) window: Window,
}

impl<'a> From<&'a Slo> for Objective<'a> {
    fn from(slo: &'a Slo) -> Self {
        Self {
            name: slo.name,
            summary: slo.summary,
            description: slo.description,
            indicator: slo.indicator,
            promised: slo.objective,
            window: slo.window,
        }
    }
}

impl Objective<'_> {
    pub(super) fn title(&self) -> String {
        let sentence = text::subject(self.summary);
        if sentence.is_empty() {
            text::title(self.name)
        } else {
            sentence
        }
    }

    pub(super) fn description(&self) -> String {
        text::description(&format!(
            "{}\n\n{}\n\n{} % of events are to be good within {}.",
            self.summary,
            self.description,
            percent(self.promised),
            promql::duration(self.window)
        ))
    }

    /// Whether it asks a metric, for what is said of the metric's set.
    pub(super) fn series(&self, catalog: &Catalog) -> Option<String> {
        let asked = self.indicator.events(minutes(5));
        let metrics: Vec<_> = catalog
            .metrics()
            .iter()
            .copied()
            .filter(|metric| asks_one_of(&asked, &[metric]))
            .collect();
        super::variables::series_of(&metrics)
    }

    fn legend(&self) -> String {
        panel::legend(self.indicator.labels())
    }

    /// The same for one of several series of each.
    fn legend_of(&self, which: &str) -> String {
        if self.indicator.labels().is_empty() {
            which.to_owned()
        } else {
            format!("{which} {}", self.legend())
        }
    }

    /// What is left of the budget, 1 at the start, below 0 when it is overdrawn.
    pub(super) fn budget(&self) -> Panel {
        let used = divided(self.indicator.bad_share(self.window), self.may_be_bad());
        let left = Expr::Arithmetic(
            Box::new(Expr::Number(1.0)),
            Arithmetic::Minus,
            Box::new(used),
        );
        let title = format!("Error budget left, {}", self.title());
        Panel::stat(title, units::SHARE)
            .asking(queries::over_its_windows(&left), &self.legend())
            .described(self.description())
            .with_decimals(1)
            .with_thresholds(vec![
                step("red", None),
                step("orange", Some(0.0)),
                step("green", Some(0.25)),
            ])
    }

    fn good(&self) -> Panel {
        let good = Expr::Arithmetic(
            Box::new(Expr::Number(1.0)),
            Arithmetic::Minus,
            Box::new(self.indicator.bad_share(self.window)),
        );
        let title = format!("Good events of the last {}", promql::duration(self.window));
        Panel::stat(title, units::SHARE)
            .asking(queries::over_its_windows(&good), &self.legend())
            .with_decimals(3)
            .with_thresholds(vec![step("red", None), step("green", Some(self.promised))])
    }

    fn events(&self) -> Panel {
        let title = format!("Events of the last {}", promql::duration(self.window));
        let events = self.indicator.events(self.window);
        Panel::stat(title, units::NUMBER).asking(queries::over_its_windows(&events), &self.legend())
    }

    /// How often faster the budget is used up than it would last.
    fn burn_rate(&self) -> Panel {
        let mut panel =
            Panel::time_series(String::from("Burn rate"), units::TIMES).described(String::from(
                "At 1 the budget lasts for as long as the objective is promised for, at 2 for \
                 half of it.",
            ));
        let rate = |over| divided(self.indicator.bad_share(over), self.may_be_bad());
        panel = panel.asking(queries::text(&rate(minutes(5))), &self.legend_of("now"));
        for window in [hours(1), hours(6), days(1)] {
            let legend = self.legend_of(&promql::duration(window));
            panel = panel.asking(queries::over_its_windows(&rate(window)), &legend);
        }
        panel.with_thresholds(vec![step("green", None), step("red", Some(1.0))])
    }

    fn good_and_bad(&self) -> Panel {
        let share = self.indicator.bad_share(minutes(5));
        let events = queries::per_second(self.indicator.events(minutes(5)));
        let bad = Expr::Arithmetic(Box::new(share), Arithmetic::Times, Box::new(events.clone()));
        let good = Expr::Arithmetic(Box::new(events), Arithmetic::Minus, Box::new(bad.clone()));
        Panel::time_series(String::from("Good and bad events"), "ops")
            .asking(queries::text(&good), &self.legend_of("good"))
            .asking(queries::text(&bad), &self.legend_of("bad"))
    }

    fn bad_share(&self) -> Panel {
        let share = self.indicator.bad_share(minutes(5));
        Panel::time_series(String::from("Bad events of all"), units::SHARE)
            .asking(queries::text(&share), &self.legend())
            .with_thresholds(vec![
                step("green", None),
                step("orange", Some(round(1.0 - self.promised))),
            ])
    }

    fn may_be_bad(&self) -> Expr {
        Expr::Number(round(1.0 - self.promised))
    }

    pub(super) fn sections(&self) -> Vec<Section> {
        vec![
            Section::open(
                "The objective",
                vec![self.budget(), self.good(), self.events()],
            ),
            Section::open(
                "What uses up the budget",
                vec![self.burn_rate(), self.bad_share(), self.good_and_bad()],
            ),
        ]
    }
}

const fn step(color: &'static str, value: Option<f64>) -> Step {
    Step { color, value }
}

fn divided(left: Expr, right: Expr) -> Expr {
    Expr::Arithmetic(Box::new(left), Arithmetic::DividedBy, Box::new(right))
}

/// 1 - 0.999 is 0.0010000000000000009, which nobody wants to read.
fn round(share: f64) -> f64 {
    const PLACES: f64 = 1e12;
    (share * PLACES).round() / PLACES
}

fn percent(share: f64) -> f64 {
    round(share * 100.0)
}

#[cfg(test)]
mod tests {
    use caxton_instrument::query::{Aggregate, Call, Expr, Part, Window, days};
    use caxton_instrument::slo::Indicator;
    use caxton_instrument::{Location, MetricDescriptor, MetricKind};

    use super::{Objective, divided};
    use crate::generate::grafana::model::Panel;

    const PLACE: Location = Location::new("src/lib.rs", 1, 1, "mail", "mail", "1.0.0");
    static SENT: MetricDescriptor =
        MetricDescriptor::new(MetricKind::Counter, "mail_sent_total", PLACE);
    static BOUNCED: MetricDescriptor =
        MetricDescriptor::new(MetricKind::Counter, "mail_bounced_total", PLACE);

    #[derive(Debug)]
    struct Bounces;

    fn sum(metric: &'static MetricDescriptor, call: Call, over: Window) -> Expr {
        let series = Expr::Series {
            metric,
            part: Part::Value,
            matching: Vec::new(),
            over: Some(over),
        };
        Expr::Aggregate {
            how: Aggregate::Sum,
            by: vec!["provider"],
            of: Box::new(Expr::Call(call, Box::new(series))),
        }
    }

    impl Indicator for Bounces {
        fn bad_share(&self, over: Window) -> Expr {
            divided(
                sum(&BOUNCED, Call::Rate, over),
                sum(&SENT, Call::Rate, over),
            )
        }

        fn events(&self, over: Window) -> Expr {
            sum(&SENT, Call::Increase, over)
        }

        fn labels(&self) -> &[&'static str] {
            &["provider"]
        }
    }

    const ARRIVES: Objective<'_> = Objective {
        name: "MailArrives",
        summary: "Mail arrives.",
        description: "",
        indicator: &Bounces,
        promised: 0.999,
        window: days(30),
    };

    fn panel(title: &str) -> Panel {
        let sections = ARRIVES.sections().into_iter();
        let mut panels = sections.flat_map(|section| section.panels);
        let found = panels.find(|panel| panel.title == title);
        found.unwrap_or_else(|| panic!("no {title}"))
    }

    fn asked(panel: &Panel) -> Vec<String> {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let chosen = "{job=~\"$job\",instance=~\"$instance\"}";
        let targets = panel.targets.iter();
        targets
            .map(|target| words(&target.expr).replace(chosen, ""))
            .collect()
    }

    #[test]
    fn what_is_left_of_the_budget_is_asked_once_over_the_whole_window() {
        let budget = panel("Error budget left, Mail arrives");
        assert!(budget.targets.iter().all(|target| target.instant));
        assert_eq!(
            asked(&budget),
            [
                "1 - sum by (provider) (rate(mail_bounced_total[30d])) / sum by (provider) \
                 (rate(mail_sent_total[30d])) / 0.001"
            ]
        );
    }

    #[test]
    fn a_burn_rate_is_of_windows() {
        let burn = panel("Burn rate");
        let legends = burn.targets.iter().map(|target| &*target.legend_format);
        assert_eq!(
            legends.collect::<Vec<_>>(),
            [
                "now {{provider}}",
                "1h {{provider}}",
                "6h {{provider}}",
                "1d {{provider}}"
            ]
        );
        for (query, window) in
            asked(&burn)
                .iter()
                .zip(["[$__rate_interval]", "[1h]", "[6h]", "[1d]"])
        {
            assert_eq!(query.matches(window).count(), 2, "{query}");
        }
    }

    #[test]
    fn good_and_bad_events_are_all_events() {
        let events = panel("Good and bad events");
        let bad = "sum by (provider) (rate(mail_bounced_total[$__rate_interval])) / sum by \
                   (provider) (rate(mail_sent_total[$__rate_interval])) * sum by (provider) \
                   (rate(mail_sent_total[$__rate_interval]))";
        let all = "sum by (provider) (rate(mail_sent_total[$__rate_interval]))";
        assert_eq!(asked(&events), [format!("{all} - {bad}"), bad.to_owned()]);
    }
}
