//! [Provisioning](https://grafana.com/docs/grafana/v12.0/administration/provisioning/):
//! where Grafana finds its data and these dashboards.

use caxton_instrument::query::Window;
use serde::Serialize;

use crate::generate::{Deployment, HEADER};
use crate::promql;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Providers {
    api_version: u32,
    providers: Vec<Provider>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Provider {
    name: String,
    folder: String,
    #[serde(rename = "type")]
    kind: &'static str,
    disable_deletion: bool,
    update_interval_seconds: u32,
    /// What is changed in the browser would be gone with the next file.
    allow_ui_updates: bool,
    options: Folder,
}

#[derive(Serialize)]
struct Folder {
    path: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DataSources {
    api_version: u32,
    datasources: Vec<DataSource>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DataSource {
    name: &'static str,
    uid: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    access: &'static str,
    url: String,
    is_default: bool,
    editable: bool,
    json_data: Details,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    http_method: &'static str,
    /// How often it scrapes: `$__rate_interval` is four times that at least.
    time_interval: String,
    manage_alerts: bool,
    prometheus_type: &'static str,
}

/// Dashboards are files of a folder.
pub(super) fn dashboards(deployment: &Deployment) -> String {
    yaml(&Providers {
        api_version: 1,
        providers: vec![Provider {
            name: literal(deployment.name()),
            folder: literal(deployment.name()),
            kind: "file",
            disable_deletion: false,
            update_interval_seconds: 30,
            allow_ui_updates: false,
            options: Folder {
                path: literal(deployment.dashboard_folder()),
            },
        }],
    })
}

/// Where Prometheus is.
pub(super) fn data_sources(deployment: &Deployment) -> String {
    let interval: Window = deployment.interval();
    yaml(&DataSources {
        api_version: 1,
        datasources: vec![DataSource {
            name: "Prometheus",
            uid: "prometheus",
            kind: "prometheus",
            access: "proxy",
            url: literal(&format!("http://{}", deployment.prometheus_address())),
            is_default: true,
            editable: false,
            json_data: Details {
                http_method: "POST",
                time_interval: promql::duration(interval),
                manage_alerts: true,
                prometheus_type: "Prometheus",
            },
        }],
    })
}

/// Grafana takes `$NAME` for a variable of its environment.
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}

fn yaml(document: &impl Serialize) -> String {
    // Texts, numbers and lists cannot fail to be written.
    let text = serde_saphyr::to_string(document).unwrap_or_default();
    format!("{HEADER}{text}")
}
