//! Addresses: a port that one file listens on and another sends to is the same.

use std::collections::BTreeSet;
use std::path::Path;

use caxton_instrument_export::generate::{self, Deployment, Endpoint, File, Service};

use super::{documents, each_text};
use crate::{catalog, deployments, whole};

/// Every `host:port` of a text.
fn addresses(text: &str) -> Vec<(String, u16)> {
    let is_host = |it: char| it.is_ascii_alphanumeric() || "._-".contains(it);
    let mut all = Vec::new();
    for (at, _) in text.match_indices(':') {
        let host: String = text[..at]
            .chars()
            .rev()
            .take_while(|it| is_host(*it))
            .collect();
        let host: String = host.chars().rev().collect();
        let port: String = text[at + 1..]
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        let is_word = host.chars().any(|it| it.is_ascii_alphabetic()) || host == "0.0.0.0";
        if let (true, Ok(port)) = (is_word, port.parse()) {
            all.push((host, port));
        }
    }
    all
}

/// The texts of a file that its program reads.
fn texts(file: &File) -> Vec<String> {
    let mut all = Vec::new();
    if Path::new(&file.path)
        .extension()
        .is_some_and(|it| it == "yml")
    {
        for document in documents(&file.text) {
            each_text(&document, &mut |text| all.push(text.into()));
        }
    } else {
        let read = file
            .text
            .lines()
            .filter(|it| !it.trim_start().starts_with("//"));
        all.extend(read.map(str::to_owned));
    }
    all
}

/// What is at an address, or `None` if nothing is.
fn known(deployment: &Deployment) -> BTreeSet<String> {
    let endpoints = deployment.endpoints().into_iter().map(|it| it.address());
    let services = deployment.services().iter().map(Service::address);
    let own = [
        deployment.prometheus_address().to_owned(),
        deployment.alertmanager_address().to_owned(),
    ];
    endpoints.chain(services).chain(own).collect()
}

/// The program that a file is of.
fn program(path: &str) -> Option<&str> {
    match path {
        "collector/collector.yml" => Some("collector"),
        "collector/gateway.yml" => Some("gateway"),
        "traces/tempo.yml" => Some("tempo"),
        "traces/jaeger.yml" => Some("jaeger"),
        "logs/loki.yml" => Some("loki"),
        _ => None,
    }
}

fn is_looked_at(file: &File) -> bool {
    [
        "collector/",
        "logs/",
        "prometheus/prometheus",
        "traces/",
        "load/",
    ]
    .iter()
    .any(|folder| file.path.starts_with(folder))
}

#[test]
fn two_files_name_one_address_alike() {
    // What the outside has, where nothing here listens.
    let outside = ["store:8428", "victoria:8429", "api:8080"];
    let mut seen = 0;
    for (name, deployment) in deployments() {
        let known = known(&deployment);
        for file in generate::files(&catalog(), &deployment) {
            if !is_looked_at(&file) {
                continue;
            }
            for text in texts(&file) {
                for (host, port) in addresses(&text) {
                    let address = format!("{host}:{port}");
                    let is_listener = host == "0.0.0.0"
                        && deployment.endpoints().iter().any(|it| {
                            it.port == port && program(&file.path).is_none_or(|of| of == it.program)
                        });
                    let is_image =
                        text.starts_with("grafana/") || text.starts_with("jaegertracing/");
                    assert!(
                        is_listener
                            || is_image
                            || known.contains(&address)
                            || outside.contains(&&*address),
                        "{name}: {} names {address}, where nothing is: {known:?}",
                        file.path,
                    );
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 60, "{seen}");
}

/// And the other way round: what is said to be at a port is configured there.
#[test]
fn every_endpoint_is_in_the_file_of_its_program() {
    for (name, deployment) in deployments() {
        let files = generate::files(&catalog(), &deployment);
        for endpoint in deployment.endpoints() {
            let mut of_program = files
                .iter()
                .filter(|it| program(&it.path) == Some(&*endpoint.program))
                .peekable();
            // Gateways that have nothing to do have no file.
            if endpoint.program == "gateway" && of_program.peek().is_none() {
                continue;
            }
            let port = endpoint.port.to_string();
            assert!(
                of_program.any(|it| it.text.contains(&port)),
                "{name}: {endpoint:?}"
            );
        }
        let all: Vec<_> = deployment
            .endpoints()
            .iter()
            .map(Endpoint::address)
            .collect();
        let different: BTreeSet<_> = all.iter().collect();
        assert_eq!(all.len(), different.len(), "{name}: two are at one address");
    }
}

#[test]
fn what_sends_and_what_listens_agree() {
    let files = generate::files(&catalog(), &whole());
    let sends = |path: &str, to: &str| {
        let file = files.iter().find(|it| it.path == path).expect(path);
        assert!(file.text.contains(to), "{path} to {to}: {}", file.text);
    };
    sends("collector/collector.yml", "endpoint: tempo:4317");
    sends("collector/collector.yml", "endpoint: http://loki:3100/otlp");
    sends(
        "logs/config.alloy",
        "url = \"http://loki:3100/loki/api/v1/push\"",
    );
    sends("logs/loki.yml", "http_listen_port: 3100");
    sends("load/cronjob.yml", "http://prometheus:9090/api/v1/write");
}
