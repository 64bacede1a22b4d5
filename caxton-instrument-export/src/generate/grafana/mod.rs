//! Dashboards for
//! [Grafana](https://grafana.com/docs/grafana/v12.0/dashboards/build-dashboards/view-dashboard-json-model/):
//! an overview, one for each metric set, one for each objective.
//!
//! ```text
//! model         the JSON, as far as it is written
//! options       what a panel of each type can be told
//! units         units as Grafana names them
//! text          texts without variables and markup
//! queries       what is asked of a metric
//! panel         panels by their type
//! context       links to the catalog's page, thresholds of alerts
//! metric        the panels of a metric
//! declared      panels of the code
//! slo           the panels of an objective
//! set           the dashboard of a metric set
//! overview      the dashboard to begin with
//! layout        rows, and places in the grid
//! variables     what is chosen at the top, and alerts in the background
//! names         addresses and files
//! provisioning  where Grafana finds them, and its data
//! ```

mod context;
mod declared;
mod layout;
mod metric;
mod model;
mod names;
mod options;
mod overview;
mod panel;
mod provisioning;
mod queries;
mod set;
mod slo;
mod text;
mod units;
mod variables;

use std::collections::BTreeSet;

use caxton_instrument::Catalog;

use self::context::Context;
use self::layout::Section;
use self::model::{Dashboard, Link, Time};
use self::slo::Objective;
use super::target::Version;
use super::{Deployment, File};

/// What Grafana reads, by path.
pub(super) fn files(catalog: &Catalog, deployment: &Deployment) -> Vec<File> {
    let mut files = vec![
        File {
            path: String::from("grafana/provisioning/dashboards/dashboards.yml"),
            text: provisioning::dashboards(deployment),
        },
        File {
            path: String::from("grafana/provisioning/datasources/datasources.yml"),
            text: provisioning::data_sources(deployment),
        },
    ];
    let context = Context {
        catalog,
        deployment,
    };
    let mut titles = BTreeSet::new();
    for drawn in drawn(context) {
        files.push(File {
            path: format!("grafana/dashboards/{}.json", drawn.name),
            text: dashboard(context, drawn, &mut titles),
        });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// What a dashboard shows.
struct Drawn {
    /// Of its file, and in its address.
    name: String,
    title: String,
    description: String,
    tags: Vec<String>,
    /// The series whose jobs and instances can be chosen.
    series: String,
    /// The series of the alerts that are marked; may be empty.
    alerts: String,
    sections: Vec<Section>,
}

fn drawn(context: Context<'_>) -> Vec<Drawn> {
    let catalog = context.catalog;
    let mut all = vec![Drawn {
        name: String::from("overview"),
        title: String::from("Overview"),
        description: String::from("What fires, what is promised, and what the code shows."),
        tags: vec![String::from("overview")],
        series: overview::series(context),
        alerts: variables::firing(&overview::alerts(context)),
        sections: overview::sections(context),
    }];
    for (set, name) in catalog.sets().iter().zip(names::of_sets(catalog.sets())) {
        // A set without metrics has nothing to show.
        let Some(series) = variables::series_of(context, set.metrics) else {
            continue;
        };
        all.push(Drawn {
            name: format!("set-{name}"),
            title: context::title_of(set),
            description: text::description(set.help),
            tags: vec![String::from("set"), set.location.krate.to_owned()],
            series,
            alerts: variables::firing(&set::alerts(context, set)),
            sections: set::sections(context, set),
        });
    }
    for slo in catalog.slos() {
        let objective = Objective::new(context, slo);
        all.push(Drawn {
            name: format!("slo-{}", names::slug(slo.name)),
            title: objective.title(),
            description: objective.description(),
            tags: vec![String::from("slo"), slo.location.krate.to_owned()],
            series: objective
                .series()
                .unwrap_or_else(|| overview::series(context)),
            alerts: variables::firing(&[objective.alert()]),
            sections: objective.sections(),
        });
    }
    all
}

fn dashboard(context: Context<'_>, drawn: Drawn, titles: &mut BTreeSet<String>) -> String {
    let deployment = context.deployment;
    let of = text::title(deployment.name());
    // Grafana takes one dashboard of a title in a folder.
    let mut title = format!("{of}: {}", drawn.title);
    if !titles.insert(title.clone()) {
        title = format!("{title} ({})", drawn.name);
        titles.insert(title.clone());
    }
    let mut tags = vec![of.clone(), String::from("generated")];
    for tag in drawn.tags {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    let document = Dashboard {
        uid: names::uid(deployment.name(), &drawn.name),
        title,
        description: drawn.description,
        tags,
        schema_version: schema_version(deployment.versions().grafana),
        timezone: "browser",
        editable: true,
        graph_tooltip: 1,
        refresh: "30s",
        time: Time {
            from: "now-3h",
            to: "now",
        },
        templating: variables::variables(context, &drawn.series),
        annotations: variables::annotations(&drawn.alerts),
        links: vec![Link {
            title: String::from("Dashboards"),
            kind: "dashboards",
            icon: "external link",
            tooltip: "",
            url: None,
            tags: vec![of],
            as_dropdown: true,
            target_blank: false,
            include_vars: true,
            keep_time: true,
        }],
        panels: layout::lay_out(drawn.sections),
    };
    // Texts, numbers and lists cannot fail to be written.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// The version of the JSON that a Grafana writes itself, as its own package
/// `@grafana/schema` of that version says: an older one it brings up to date
/// when it reads it, a newer one it does not know.
const fn schema_version(grafana: Version) -> u32 {
    match (grafana.major, grafana.minor) {
        (0..12, _) => 39,
        (12, 0..2) => 41,
        _ => 42,
    }
}
