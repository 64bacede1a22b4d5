//! The dashboard of an objective: what is left of its error budget, how fast it
//! is used up, and by what.
//!
//! Its numbers are asked of the metrics themselves, so that they are there for
//! each job and instance, and from the first minute on. What looks back over
//! the whole window is asked once, for now, not for each point of a line.

use caxton_instrument::alert::{Piece, pieces};
use caxton_instrument::query::{Arithmetic, Expr, days, hours, minutes};
use caxton_instrument::{SetDescriptor, Slo};

use super::context::{Context, asks_one_of, asks_set};
use super::layout::Section;
use super::model::{Panel, Step};
use super::{queries, text, units};
use crate::generate::rules::objective;
use crate::promql;

/// An objective, as it is drawn.
#[derive(Clone, Copy)]
pub(super) struct Objective<'a> {
    context: Context<'a>,
    slo: &'a Slo,
}

impl<'a> Objective<'a> {
    pub(super) const fn new(context: Context<'a>, slo: &'a Slo) -> Self {
        Self { context, slo }
    }

    pub(super) fn title(self) -> String {
        let sentence = text::subject(self.slo.summary);
        // A text about one label's value is none about the objective.
        let is_general = pieces(self.slo.summary).all(|it| matches!(it, Piece::Text(_)));
        if sentence.is_empty() || !is_general {
            text::title(self.slo.name)
        } else {
            sentence
        }
    }

    pub(super) fn description(self) -> String {
        text::description(&format!(
            "{}\n\n{}\n\n{} % of events are to be good within {}.",
            self.slo.summary,
            self.slo.description,
            percent(self.slo.objective),
            promql::duration(self.slo.window)
        ))
    }

    /// Whether it is measured by a metric of the set.
    pub(super) fn asks(self, set: &SetDescriptor) -> bool {
        asks_set(&self.slo.indicator.events(minutes(5)), set)
    }

    /// The series whose jobs and instances can be chosen.
    pub(super) fn series(self) -> Option<String> {
        let asked = self.slo.indicator.events(minutes(5));
        let metrics: Vec<_> = self
            .context
            .catalog
            .metrics()
            .iter()
            .copied()
            .filter(|metric| asks_one_of(&asked, &[metric]))
            .collect();
        super::variables::series_of(self.context, &metrics)
    }

    /// What is told when the budget burns too fast.
    pub(super) fn alert(self) -> String {
        objective::alert_name(self.slo)
    }

    fn over_its_windows(self, expr: &Expr) -> String {
        queries::over_its_windows(expr, self.context.route())
    }

    fn legend(self) -> String {
        self.context.legend(self.slo.indicator.labels())
    }

    /// The same for one of several series of each.
    fn legend_of(self, which: &str) -> String {
        if self.slo.indicator.labels().is_empty() {
            which.to_owned()
        } else {
            format!("{which} {}", self.legend())
        }
    }

    /// What is left of the budget, 1 at the start, below 0 when it is overdrawn.
    pub(super) fn budget(self) -> Panel {
        let used = divided(
            self.slo.indicator.bad_share(self.slo.window),
            self.may_be_bad(),
        );
        let left = Expr::Arithmetic(
            Box::new(Expr::Number(1.0)),
            Arithmetic::Minus,
            Box::new(used),
        );
        let title = format!("Error budget left, {}", self.title());
        Panel::stat(title, units::SHARE)
            .asking(self.over_its_windows(&left), &self.legend())
            .described(self.description())
            .with_decimals(1)
            .with_thresholds(vec![
                step("red", None),
                step("orange", Some(0.0)),
                step("green", Some(0.25)),
            ])
    }

    fn good(self) -> Panel {
        let good = Expr::Arithmetic(
            Box::new(Expr::Number(1.0)),
            Arithmetic::Minus,
            Box::new(self.slo.indicator.bad_share(self.slo.window)),
        );
        let title = format!(
            "Good events of the last {}",
            promql::duration(self.slo.window)
        );
        Panel::stat(title, units::SHARE)
            .asking(self.over_its_windows(&good), &self.legend())
            .with_decimals(3)
            .with_thresholds(vec![
                step("red", None),
                step("green", Some(self.slo.objective)),
            ])
    }

    fn events(self) -> Panel {
        let title = format!("Events of the last {}", promql::duration(self.slo.window));
        let events = self.slo.indicator.events(self.slo.window);
        Panel::stat(title, units::NUMBER).asking(self.over_its_windows(&events), &self.legend())
    }

    /// How often faster the budget is used up than it would last.
    fn burn_rate(self) -> Panel {
        let mut panel =
            Panel::time_series(String::from("Burn rate"), units::TIMES).described(String::from(
                "At 1 the budget lasts for as long as the objective is promised for, at 2 for \
                 half of it.",
            ));
        let rate = |over| divided(self.slo.indicator.bad_share(over), self.may_be_bad());
        panel = panel.asking(self.context.text(&rate(minutes(5))), &self.legend_of("now"));
        for window in [hours(1), hours(6), days(1)] {
            let legend = self.legend_of(&promql::duration(window));
            panel = panel.asking(self.over_its_windows(&rate(window)), &legend);
        }
        panel.with_thresholds(vec![step("green", None), step("red", Some(1.0))])
    }

    fn good_and_bad(self) -> Panel {
        let share = self.slo.indicator.bad_share(minutes(5));
        let events = queries::per_second(self.slo.indicator.events(minutes(5)));
        let bad = Expr::Arithmetic(Box::new(share), Arithmetic::Times, Box::new(events.clone()));
        let good = Expr::Arithmetic(Box::new(events), Arithmetic::Minus, Box::new(bad.clone()));
        Panel::time_series(String::from("Good and bad events"), units::RATE)
            .asking(self.context.text(&good), &self.legend_of("good"))
            .asking(self.context.text(&bad), &self.legend_of("bad"))
    }

    fn bad_share(self) -> Panel {
        let share = self.slo.indicator.bad_share(minutes(5));
        Panel::time_series(String::from("Bad events of all"), units::SHARE)
            .asking(self.context.text(&share), &self.legend())
            .with_thresholds(vec![
                step("green", None),
                step("orange", Some(self.slo.budget())),
            ])
    }

    fn may_be_bad(self) -> Expr {
        Expr::Number(self.slo.budget())
    }

    pub(super) fn sections(self) -> Vec<Section> {
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

/// 0.999 * 100 is 99.90000000000001, which nobody wants to read.
fn percent(share: f64) -> f64 {
    const PLACES: f64 = 1e9;
    (share * 100.0 * PLACES).round() / PLACES
}

#[cfg(test)]
mod tests {
    use caxton_instrument::query::{Aggregate, Call, Expr, Part, Window};
    use caxton_instrument::slo::Indicator;
    use caxton_instrument::{Catalog, Location, MetricDescriptor, MetricKind, Slo};

    use super::{Objective, divided};
    use crate::generate::Deployment;
    use crate::generate::grafana::context::Context;
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

    static ARRIVES: Slo =
        Slo::new("MailArrives", &Bounces, 0.999, PLACE).with_text("Mail arrives.", "");

    fn panel(title: &str) -> Panel {
        let catalog = Catalog::of([], []).expect("an empty catalog");
        let context = Context {
            catalog: &catalog,
            deployment: &Deployment::new("mail"),
        };
        let sections = Objective::new(context, &ARRIVES).sections().into_iter();
        let mut panels = sections.flat_map(|section| section.panels);
        let found = panels.find(|panel| panel.title == title);
        found.unwrap_or_else(|| panic!("no {title}"))
    }

    fn asked(panel: &Panel) -> Vec<String> {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let chosen = "{instance=~\"$instance\",job=~\"$job\"}";
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
