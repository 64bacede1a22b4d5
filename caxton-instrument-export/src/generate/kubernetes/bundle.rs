//! Rules and dashboards that are generated, for those who read them from
//! Kubernetes.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_saphyr::LitString;

use super::names::resource_name;
use super::{Metadata, Object, yaml};
use crate::generate::rules::RuleFile;
use crate::generate::{Deployment, File};

/// By this label the sidecar of Grafana's chart finds dashboards.
const DASHBOARD: &str = "grafana_dashboard";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConfigMap {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    data: BTreeMap<String, LitString>,
}

/// A name of an object after a file.
fn name(deployment: &Deployment, path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.split_once('.').map_or(file, |(stem, _)| stem);
    resource_name(&format!("{}-{stem}", deployment.name()))
}

/// A `PrometheusRule` for each file of rules: the same rules.
pub(super) fn rules(deployment: &Deployment, files: &[(&str, RuleFile)]) -> Vec<String> {
    let files = files.iter();
    files
        .map(|(file, rules)| {
            yaml::object(&Object {
                api_version: "monitoring.coreos.com/v1",
                kind: "PrometheusRule",
                metadata: Metadata::of(deployment, name(deployment, file)),
                spec: rules,
            })
        })
        .collect()
}

/// A `ConfigMap` for each dashboard.
pub(super) fn dashboards(deployment: &Deployment, files: &[File]) -> Vec<String> {
    let is_dashboard = |file: &&File| file.path.starts_with("grafana/dashboards/");
    let dashboards = files.iter().filter(is_dashboard);
    dashboards
        .map(|file| {
            let mut metadata = Metadata::of(deployment, name(deployment, &file.path));
            metadata.labels.insert(DASHBOARD, String::from("1"));
            let file_name = file.path.rsplit('/').next().unwrap_or_default();
            yaml::object(&ConfigMap {
                api_version: "v1",
                kind: "ConfigMap",
                metadata,
                data: BTreeMap::from([(file_name.to_owned(), LitString(file.text.clone()))]),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dashboard_is_what_was_generated() {
        let text = "{\n  \"title\": \"{{ a }}: 'b' #\"\n}\n";
        let file = |path: &str| File {
            path: path.into(),
            text: text.into(),
        };
        let files = [
            file("grafana/dashboards/My Page.json"),
            file("grafana/provisioning/dashboards.yml"),
        ];
        let objects = dashboards(&Deployment::new("shop"), &files);
        let [object] = objects.as_slice() else {
            panic!("{objects:?}");
        };
        assert!(object.contains("  name: shop-my-page\n"), "{object}");
        assert!(
            object.contains("    grafana_dashboard: \"1\"\n"),
            "{object}"
        );
        assert!(
            object.ends_with(
                "data:\n  My Page.json: |\n    {\n      \"title\": \"{{ a }}: 'b' #\"\n    }\n"
            ),
            "{object}"
        );
    }
}
