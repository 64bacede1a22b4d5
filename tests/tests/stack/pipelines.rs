//! What a collector's configuration defines, and what its pipelines hold.

use std::collections::BTreeSet;

use caxton_instrument_export::generate::components::{self, Kind};
use caxton_instrument_export::generate::{self, Version};
use serde_json::Value;

use super::{document, each_text, keys, names};
use crate::{HOSTILE, catalog, core, deployments, text, whole};

fn configurations() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for (name, deployment) in deployments() {
        for file in generate::files(&catalog(), &deployment) {
            if file.path.starts_with("collector/") {
                all.push((format!("{name}: {}", file.path), document(&file.text)));
            }
        }
    }
    all
}

#[test]
fn nothing_is_defined_that_no_pipeline_holds() {
    let all = configurations();
    assert!(all.len() > 8, "{}", all.len());
    for (name, config) in all {
        let pipelines = config["service"]["pipelines"]
            .as_object()
            .expect("pipelines");
        assert!(!pipelines.is_empty(), "{name}");
        for section in ["receivers", "processors", "exporters"] {
            let defined: BTreeSet<_> = keys(&config[section]).into_iter().collect();
            let held: BTreeSet<_> = pipelines
                .values()
                .flat_map(|it| names(&it[section]))
                .collect();
            assert_eq!(defined, held, "{name}: {section}");
        }
        if let Some(extensions) = config["service"]["extensions"].as_array() {
            assert_eq!(
                keys(&config["extensions"]).len(),
                extensions.len(),
                "{name}"
            );
        }
        for pipeline in pipelines.values() {
            let processors = names(&pipeline["processors"]);
            assert_eq!(processors.first(), Some(&"memory_limiter"), "{name}");
            assert_eq!(processors.last(), Some(&"batch"), "{name}");
            assert!(!names(&pipeline["receivers"]).is_empty(), "{name}");
            assert!(!names(&pipeline["exporters"]).is_empty(), "{name}");
        }
    }
}

/// Each component is in the table, and the version has it under that name.
#[test]
fn every_component_is_in_the_version_that_it_is_for() {
    let versions = [("for an old", 143), ("for a new", 154)];
    for (name, config) in configurations() {
        let of = versions.iter().find(|(start, _)| name.starts_with(start));
        let version = Version::new(0, of.map_or(152, |(_, minor)| *minor));
        for (section, kind) in [
            ("receivers", Kind::Receiver),
            ("processors", Kind::Processor),
            ("exporters", Kind::Exporter),
            ("extensions", Kind::Extension),
        ] {
            let Some(defined) = config[section].as_object() else {
                continue;
            };
            for id in defined.keys() {
                let component = id.split('/').next().expect("a name");
                let known = components::find(kind, component)
                    .unwrap_or_else(|| panic!("{name}: {component} is not in the table"));
                assert!(known.is_in(version), "{name}: {component}");
                assert_eq!(known.name_in(version), component, "{name}");
            }
        }
    }
}

#[test]
fn gateways_decide_over_traces() {
    let (_, deployment) = deployments().remove(3);
    let files = generate::files(&catalog(), &deployment);
    let collector = document(&text(&files, "collector/collector.yml"));
    assert!(collector["processors"].get("tail_sampling").is_none());
    let balancing = &collector["exporters"]["loadbalancing"];
    assert_eq!(balancing["routing_key"], "traceID");
    assert_eq!(balancing["resolver"]["dns"]["hostname"], "gateways");
    let gateway = document(&text(&files, "collector/gateway.yml"));
    assert!(gateway["processors"].get("tail_sampling").is_some());
    assert_eq!(
        gateway["exporters"]["otlp_grpc/traces"]["endpoint"],
        "jaeger.traces.svc:4317"
    );
    // The gateways listen where the collectors send to.
    let port = balancing["resolver"]["dns"]["port"]
        .as_str()
        .expect("a port");
    let listens = &gateway["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"];
    assert_eq!(*listens, format!("0.0.0.0:{port}"));
}

#[test]
fn policies_are_those_that_are_asked_for() {
    let config = document(&text(
        &generate::files(&catalog(), &whole()),
        "collector/collector.yml",
    ));
    let policies = config["processors"]["tail_sampling"]["policies"].as_array();
    let policies = policies.expect("policies");
    let of = |kind: &str| {
        policies
            .iter()
            .find(|it| it["type"] == kind)
            .expect("a policy")
    };
    assert_eq!(of("status_code")["status_code"]["status_codes"][0], "ERROR");
    assert_eq!(of("latency")["latency"]["threshold_ms"], 250);
    assert_eq!(
        of("probabilistic")["probabilistic"]["sampling_percentage"],
        7.0
    );
    // What wants differences has a pipeline of its own, and the others have sums.
    let pipelines = &config["service"]["pipelines"];
    let differences = &pipelines["metrics/differences"];
    assert_eq!(names(&differences["exporters"]), ["otlp_http/newrelic"]);
    assert!(names(&differences["processors"]).contains(&"cumulativetodelta"));
    assert!(!names(&pipelines["metrics"]["processors"]).contains(&"cumulativetodelta"));
    assert!(names(&pipelines["metrics"]["exporters"]).contains(&"prometheusremotewrite/2"));
    let scraped = &config["receivers"]["prometheus"]["config"]["scrape_configs"];
    assert_eq!(scraped[1]["metrics_path"], "/other");
    assert_eq!(
        config["service"]["telemetry"]["metrics"]["readers"][0]["pull"]["exporter"]["prometheus"]["port"],
        8888
    );
    let plain = document(&text(
        &generate::files(&catalog(), &core()),
        "collector/collector.yml",
    ));
    assert!(plain["processors"].get("tail_sampling").is_none());
}

/// The collector reads `$$` as `$`, and a text as what was given.
#[test]
fn a_hostile_text_is_one_text() {
    let (_, deployment) = deployments().remove(2);
    let files = generate::files(&catalog(), &deployment);
    let config = document(&text(&files, "collector/collector.yml"));
    let mut times = 0;
    each_text(&config, &mut |text| {
        if text.contains("env:HOME") {
            let read = text.replace("$$", "$");
            assert!(read.contains(HOSTILE) || read.contains("\\$"), "{text}");
            assert!(!text.replace("$$", "").contains("${env:HOME"), "{text}");
            times += 1;
        }
    });
    assert!(times >= 5, "{times}");
    assert_eq!(
        config["processors"]["resource"]["attributes"][0]["value"],
        HOSTILE.replace('$', "$$")
    );
}
