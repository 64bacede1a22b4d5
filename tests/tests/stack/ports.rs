//! Addresses: a port that one file listens on and another sends to is the same.

use std::collections::BTreeSet;

use caxton_instrument_export::generate::{self, Endpoint};

use crate::addresses::{self, program};
use crate::{catalog, deployments, whole};

#[test]
fn two_files_name_one_address_alike() {
    // What the outside has, where nothing here listens.
    let outside = ["store:8428", "victoria:8429", "api:8080"];
    let mut seen = 0;
    for (name, deployment) in deployments() {
        let files = generate::files(&catalog(), &deployment);
        let (named, strangers) = addresses::strangers(&deployment, &files, &outside);
        assert!(
            strangers.is_empty(),
            "{name}: nothing is there: {strangers:#?}"
        );
        seen += named;
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
