//! The configuration of
//! [Prometheus](https://prometheus.io/docs/prometheus/3.5/configuration/configuration/).

use std::collections::BTreeMap;

use caxton_instrument::{Catalog, MetricKind};
use serde::Serialize;

use super::rules::RuleFile;
use super::scrape::{self, Job, StaticConfig};
use super::{Deployment, File, Version, yaml};
use crate::promql;

/// The server that evaluates the rules.
const MAIN: &str = "prometheus/prometheus.yml";

/// Fewer seconds than this are waited for one scrape, and never more than lie
/// between two.
const TIMEOUT: u64 = 10;

#[derive(Serialize)]
struct Config {
    global: Global,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rule_files: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alerting: Option<Alerting>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remote_write: Vec<RemoteWrite>,
    scrape_configs: Vec<Job>,
}

#[derive(Serialize)]
struct Global {
    scrape_interval: String,
    scrape_timeout: String,
    evaluation_interval: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scrape_protocols: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scrape_native_histograms: Option<bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    external_labels: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Alerting {
    alertmanagers: Vec<Alertmanager>,
}

#[derive(Serialize)]
struct Alertmanager {
    static_configs: Vec<StaticConfig>,
}

#[derive(Serialize)]
struct RemoteWrite {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization: Option<scrape::Authorization>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    send_native_histograms: bool,
    send_exemplars: bool,
}

/// The configuration, which loads these rules; several if targets are shared.
pub(super) fn files(
    catalog: &Catalog,
    deployment: &Deployment,
    rules: &[(&str, RuleFile)],
) -> Vec<File> {
    let has_native = catalog
        .metrics()
        .iter()
        .any(|it| it.kind == MetricKind::Histogram && it.native.is_some());
    let mut main = Config {
        global: global(deployment, has_native),
        rule_files: rules.iter().map(|(name, _)| (*name).to_owned()).collect(),
        alerting: Some(Alerting {
            alertmanagers: vec![Alertmanager {
                static_configs: vec![StaticConfig::of(deployment.alertmanager_address())],
            }],
        }),
        remote_write: remote_writes(deployment, has_native),
        scrape_configs: Vec::new(),
    };
    if deployment.shards().is_empty() {
        main.scrape_configs
            .extend(scrape::services(deployment, None));
    } else {
        main.scrape_configs.push(scrape::federation(deployment));
    }
    main.scrape_configs.extend(scrape::own(deployment));
    main.scrape_configs.extend(scrape::collected(deployment));
    let mut out = vec![File {
        path: MAIN.into(),
        text: yaml::file(&main),
    }];
    for shard in 0..deployment.shards().len() {
        let mut global = global(deployment, has_native);
        global
            .external_labels
            .insert(String::from("prometheus_shard"), shard.to_string());
        let config = Config {
            global,
            rule_files: Vec::new(),
            alerting: None,
            remote_write: remote_writes(deployment, has_native),
            scrape_configs: scrape::services(deployment, Some(shard)).collect(),
        };
        out.push(File {
            path: format!("prometheus/shard-{shard}.yml"),
            text: yaml::file(&config),
        });
    }
    out
}

fn global(deployment: &Deployment, has_native: bool) -> Global {
    let version = deployment.versions().prometheus;
    let interval = deployment.interval();
    // Native histograms come in protobuf alone, which Prometheus asks for by
    // itself only where they are enabled for the whole server.
    let protocols: &[_] = if has_native && version >= Version::new(2, 49) {
        &[
            "PrometheusProto",
            "OpenMetricsText1.0.0",
            "PrometheusText0.0.4",
        ]
    } else {
        &[]
    };
    // Since Prometheus 3 a `$` begins the name of an environment variable.
    let literal = |value: &String| match version.major {
        0..3 => value.clone(),
        _ => value.replace('$', "$$"),
    };
    Global {
        scrape_interval: promql::duration(interval),
        scrape_timeout: timeout(deployment),
        evaluation_interval: promql::duration(interval),
        scrape_protocols: protocols.to_vec(),
        scrape_native_histograms: (has_native && version >= Version::new(3, 8)).then_some(true),
        external_labels: deployment
            .labels_outside()
            .iter()
            .map(|(name, value)| (name.clone(), literal(value)))
            .collect(),
    }
}

/// How long a scrape may take, as Prometheus writes it.
pub(super) fn timeout(deployment: &Deployment) -> String {
    let interval = deployment.interval();
    if interval.as_secs() > TIMEOUT {
        format!("{TIMEOUT}s")
    } else {
        promql::duration(interval)
    }
}

fn remote_writes(deployment: &Deployment, has_native: bool) -> Vec<RemoteWrite> {
    let stores = deployment.stores().iter();
    stores
        .map(|store| RemoteWrite {
            url: store.url.clone(),
            authorization: store
                .bearer_token_file
                .as_deref()
                .map(scrape::Authorization::bearer),
            send_native_histograms: has_native,
            send_exemplars: true,
        })
        .collect()
}
