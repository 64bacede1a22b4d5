//! Addresses in generated files: a port that one file listens on and another
//! sends to is the same.
#![allow(dead_code, reason = "each test uses a part")]

use std::collections::BTreeSet;
use std::path::Path;

use caxton_instrument_export::generate::{Deployment, File, Service};

use super::yaml::{documents, each_text};

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
pub(crate) fn program(path: &str) -> Option<&str> {
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

/// How many addresses the files name, and those of them where nothing is, besides
/// what stands outside.
pub(crate) fn strangers(
    deployment: &Deployment,
    files: &[File],
    outside: &[&str],
) -> (usize, Vec<String>) {
    let known = known(deployment);
    let (mut seen, mut strangers) = (0, Vec::new());
    for file in files.iter().filter(|it| is_looked_at(it)) {
        for text in texts(file) {
            for (host, port) in addresses(&text) {
                let address = format!("{host}:{port}");
                let is_listener = host == "0.0.0.0"
                    && deployment.endpoints().iter().any(|it| {
                        it.port == port && program(&file.path).is_none_or(|of| of == it.program)
                    });
                let is_image = text.starts_with("grafana/") || text.starts_with("jaegertracing/");
                seen += 1;
                if !(is_listener
                    || is_image
                    || known.contains(&address)
                    || outside.contains(&&*address))
                {
                    strangers.push(format!("{}: {address}", file.path));
                }
            }
        }
    }
    (seen, strangers)
}
