//! The dashboard to begin with: what fires, what is promised, and the way to
//! everything else.

use caxton_instrument::{Catalog, MetricDescriptor};

use super::context::{self, Context};
use super::layout::Section;
use super::model::{Panel, Step};
use super::slo::Objective;
use super::{declared, metric, units, variables};

/// What Prometheus knows of each target: 1 when it was scraped.
pub(super) const UP: &str = "up";

const CHOSEN_UP: &str = "up{instance=~\"$instance\",job=~\"$job\"}";

/// Telemetry about telemetry has dashboards, and is no news.
const OWN: &str = "caxton_instrument_";

/// The panels of a set that stand for it.
const HEADLINES: usize = 4;

pub(super) fn sections(context: Context<'_>) -> Vec<Section> {
    let catalog = context.catalog;
    let objectives = catalog.slos().iter().map(|it| Objective(it).budget());
    let panels = catalog.panels().iter().map(|it| declared::panel_of(it));
    let watched = catalog.alerts().iter().copied();
    let mut sections = vec![
        Section::open("Health", health(context)),
        Section::open("Objectives", objectives.collect()),
        Section::open("Panels of the code", panels.collect()),
        Section::folded(
            String::from("What alerts watch"),
            watched.filter_map(context::panel_of).collect(),
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

/// What is told of targets that Prometheus cannot read, does not know, or finds
/// another program at.
const MISSING: [&str; 3] = ["TargetDown", "TargetGone", "TargetSilent"];

/// The names of all alerts, those of objectives and of targets among them.
pub(super) fn alerts(catalog: &Catalog) -> Vec<String> {
    let declared = catalog.alerts().iter().map(|it| it.name.to_owned());
    let objectives = catalog.slos().iter().map(|it| Objective(it).alert());
    let missing = MISSING.map(String::from);
    declared.chain(objectives).chain(missing).collect()
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
    let mut panels = vec![
        Panel::stat(String::from("Targets up"), units::NUMBER)
            .described(String::from("Processes that Prometheus scrapes."))
            .asking(format!("sum({CHOSEN_UP})"), "up"),
        Panel::stat(String::from("Targets down"), units::NUMBER)
            .described(String::from(
                "Processes that Prometheus knows of and could not scrape.",
            ))
            .asking(format!("count({CHOSEN_UP}) - sum({CHOSEN_UP})"), "down")
            .with_thresholds(red_from(1.0)),
    ];
    let firing = variables::firing(&alerts(context.catalog));
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
