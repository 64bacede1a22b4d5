//! What the Prometheus operator scrapes: a `ServiceMonitor`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Metadata, NAME, Object, SecretKey, names, tls_secret, yaml};
use crate::generate::service::Credentials;
use crate::generate::{Deployment, Service, prometheus};
use crate::promql;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    /// The label of the service whose value is the `job`.
    job_label: &'static str,
    selector: Selector,
    namespace_selector: Namespaces,
    endpoints: [Endpoint; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Selector {
    match_labels: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Namespaces {
    match_names: [String; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Endpoint {
    port: &'static str,
    path: String,
    scheme: &'static str,
    interval: String,
    scrape_timeout: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization: Option<Authorization>,
    #[serde(skip_serializing_if = "Option::is_none")]
    basic_auth: Option<BasicAuth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_config: Option<Tls>,
}

#[derive(Serialize)]
struct Authorization {
    r#type: &'static str,
    credentials: SecretKey,
}

#[derive(Serialize)]
struct BasicAuth {
    username: SecretKey,
    password: SecretKey,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tls {
    ca: Authority,
    server_name: String,
}

#[derive(Serialize)]
struct Authority {
    secret: SecretKey,
}

pub(super) fn object(deployment: &Deployment, service: &Service) -> String {
    let name = names::resource_name(service.name());
    let namespace = deployment.kubernetes_namespace();
    let (mut authorization, mut basic_auth) = (None, None);
    match service.credentials() {
        Some(Credentials::BearerTokenFile(_)) => {
            authorization = Some(Authorization {
                r#type: "Bearer",
                credentials: SecretKey::of_reader(service, "token"),
            });
        }
        Some(Credentials::Basic { .. }) => {
            basic_auth = Some(BasicAuth {
                username: SecretKey::of_reader(service, "username"),
                password: SecretKey::of_reader(service, "password"),
            });
        }
        None => {}
    }
    let tls_config = (service.scheme() == "https").then(|| Tls {
        ca: Authority {
            secret: SecretKey {
                name: tls_secret(service),
                key: "ca.crt",
            },
        },
        server_name: format!("{name}.{namespace}.svc"),
    });
    yaml::object(&Object {
        api_version: "monitoring.coreos.com/v1",
        kind: "ServiceMonitor",
        metadata: Metadata::of(deployment, name.clone()),
        spec: Spec {
            job_label: NAME,
            selector: Selector {
                match_labels: BTreeMap::from([(NAME, name)]),
            },
            namespace_selector: Namespaces {
                match_names: [namespace.to_owned()],
            },
            endpoints: [Endpoint {
                port: "metrics",
                path: service.metrics_path().into(),
                scheme: service.scheme(),
                interval: promql::duration(deployment.interval()),
                scrape_timeout: prometheus::timeout(deployment),
                authorization,
                basic_auth,
                tls_config,
            }],
        },
    })
}
