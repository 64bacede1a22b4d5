//! The dashboard to begin with: what fires, what is promised, and the way to
//! everything else.

use caxton_instrument::query::{Aggregate, Expr, Part};
use caxton_instrument::{MetaMetrics, MetricDescriptor};

use super::context::{self, Context};
use super::layout::Section;
use super::model::{Panel, Step};
use super::slo::Objective;
use super::{declared, metric, queries, units, variables};
use crate::generate::rules::absence;
use crate::promql::{self, Route};

/// The series whose jobs and instances can be chosen: of each target, 1 when it
/// was scraped; where programs are not scraped, what each of them sends.
pub(super) fn series(context: Context<'_>) -> String {
    match context.route() {
        Route::Scrape => String::from("up"),
        route => promql::expression_for(&of_each_process(), route),
    }
}

/// What every process with telemetry says.
fn of_each_process() -> Expr {
    queries::last(MetaMetrics::SERIES_LIVE.descriptor(), Part::Value)
}

/// Nobody but who scrapes a process knows that it is down.
fn reporting(context: Context<'_>) -> Panel {
    let each = queries::by(Aggregate::Max, &["job", "instance"], of_each_process());
    Panel::stat(String::from("Processes that report"), units::NUMBER)
        .described(String::from(
            "Those whose metrics arrive; one that is gone is not among them.",
        ))
        .asking(format!("count({})", context.text(&each)), "processes")
}

const CHOSEN_UP: &str = "up{instance=~\"$instance\",job=~\"$job\"}";

/// Telemetry about telemetry has dashboards, and is no news.
const OWN: &str = "caxton_instrument_";

/// The panels of a set that stand for it.
const HEADLINES: usize = 4;

pub(super) fn sections(context: Context<'_>) -> Vec<Section> {
    let catalog = context.catalog;
    let objectives = catalog
        .slos()
        .iter()
        .map(|it| Objective::new(context, it).budget());
    let panels = catalog
        .panels()
        .iter()
        .map(|it| declared::panel_of(context, it));
    let watched = context.alerts();
    let mut sections = vec![
        Section::open("Health", health(context)),
        Section::open("Objectives", objectives.collect()),
        Section::open("Panels of the code", panels.collect()),
        Section::folded(
            String::from("What alerts watch"),
            watched
                .filter_map(|it| context::panel_of(context, it))
                .collect(),
        ),
    ];
    sections.extend(
        catalog
            .sets()
            .iter()
            .filter(|set| !set.metrics.iter().all(|it| it.name.starts_with(OWN)))
            .map(|set| Section::folded(context::title_of(set), headlines(context, set.metrics))),
    );
    sections
}

/// The names of all alerts, those of objectives and of targets among them.
pub(super) fn alerts(context: Context<'_>) -> Vec<String> {
    let catalog = context.catalog;
    let declared = context.alerts().map(|it| it.name.to_owned());
    let objectives = catalog
        .slos()
        .iter()
        .map(|it| Objective::new(context, it).alert());
    let missing = absence::all(catalog, context.route()).into_iter();
    declared
        .chain(objectives)
        .chain(missing.map(|it| it.alert().to_owned()))
        .collect()
}

fn headlines(context: Context<'_>, metrics: &[&'static MetricDescriptor]) -> Vec<Panel> {
    let found = metrics
        .iter()
        .filter_map(|it| metric::headline(context, it));
    found.take(HEADLINES).collect()
}

/// Targets, and what fires.
fn health(context: Context<'_>) -> Vec<Panel> {
    let red_from = |value: f64| {
        vec![
            Step {
                color: "green",
                value: None,
            },
            Step {
                color: "red",
                value: Some(value),
            },
        ]
    };
    let mut panels = match context.route() {
        Route::Scrape => vec![
            Panel::stat(String::from("Targets up"), units::NUMBER)
                .described(String::from("Processes that Prometheus scrapes."))
                .asking(format!("sum({CHOSEN_UP})"), "up"),
            Panel::stat(String::from("Targets down"), units::NUMBER)
                .described(String::from(
                    "Processes that Prometheus knows of and could not scrape.",
                ))
                .asking(format!("sum({CHOSEN_UP} == bool 0)"), "down")
                .with_thresholds(red_from(1.0)),
        ],
        _ => vec![reporting(context)],
    };
    let firing = variables::firing(&alerts(context));
    panels.extend([
        Panel::stat(String::from("Alerts that fire"), units::NUMBER)
            .described(String::from(
                "Of those that the code declares, its objectives and its targets.",
            ))
            .asking(format!("count({firing})"), "alerts")
            .or_else("none")
            .with_thresholds(red_from(1.0)),
        Panel::table(String::from("Alerts that fire, by name"))
            .described(String::from("With the labels that they fire for."))
            .asking(firing, "")
            .or_else("none"),
    ]);
    panels
}
