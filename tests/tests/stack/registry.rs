//! The registry for weaver, by the rules of its
//! [syntax](https://github.com/open-telemetry/weaver/blob/main/schemas/semconv-syntax.md)
//! and its
//! [schema](https://github.com/open-telemetry/weaver/blob/main/schemas/semconv.schema.json).

use std::collections::BTreeSet;

use caxton_instrument_export::generate;
use serde_json::Value;

use super::{document, keys};
use crate::{catalog, core, hostile, text};

const STABILITIES: [&str; 5] = [
    "stable",
    "development",
    "alpha",
    "beta",
    "release_candidate",
];

/// Fields that a group, an attribute and a member may have, and must have.
fn has(value: &Value, needed: &[&str], others: &[&str]) {
    for key in keys(value) {
        assert!(
            needed.contains(&key) || others.contains(&key),
            "{key}: {value}"
        );
    }
    for key in needed {
        assert!(value.get(key).is_some(), "{key}: {value}");
    }
    if let Some(stability) = value.get("stability") {
        assert!(STABILITIES.iter().any(|it| stability == it), "{value}");
    }
}

fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The names of its attributes.
fn attributes(group: &Value) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    has(group, &["id", "type", "brief", "attributes"], &[]);
    assert_eq!(group["type"], "attribute_group");
    for attribute in items(group, "attributes") {
        has(
            attribute,
            &["id", "type", "brief", "stability"],
            &["examples"],
        );
        let name = attribute["id"].as_str().expect("an id");
        assert!(names.insert(name), "{name} stands twice");
        if attribute["type"] == "string" {
            assert!(!items(attribute, "examples").is_empty(), "{attribute}");
            continue;
        }
        has(&attribute["type"], &["members"], &[]);
        let members = items(&attribute["type"], "members");
        assert!(!members.is_empty(), "{attribute}");
        let mut ids = BTreeSet::new();
        for member in members {
            has(member, &["id", "value", "stability"], &[]);
            assert!(ids.insert(member["id"].as_str()), "{attribute}");
            // A member is no more stable than its attribute.
            assert_eq!(member["stability"], attribute["stability"]);
        }
    }
    names
}

#[test]
fn the_registry_keeps_the_rules_of_its_schema() {
    for deployment in [core(), hostile()] {
        let files = generate::files(&catalog(), &deployment);
        let manifest = document(&text(&files, "semconv/manifest.yaml"));
        has(&manifest, &["schema_url"], &["description", "stability"]);
        let url = manifest["schema_url"].as_str().expect("a URL");
        let (start, version) = url.rsplit_once('/').expect("a version");
        assert!(start.starts_with("https://"), "{url}");
        assert!(
            version.split('.').count() == 3 && version.starts_with(char::is_numeric),
            "{url}"
        );

        let registry = document(&text(&files, "semconv/attributes.yaml"));
        has(&registry, &["groups"], &[]);
        let known = attributes(&registry["groups"][0]);

        let metrics = document(&text(&files, "semconv/metrics.yaml"));
        has(&metrics, &["groups"], &[]);
        let mut ids = BTreeSet::new();
        for group in items(&metrics, "groups") {
            let needed = [
                "id",
                "type",
                "metric_name",
                "brief",
                "instrument",
                "unit",
                "stability",
            ];
            has(group, &needed, &["attributes", "deprecated"]);
            assert_eq!(group["type"], "metric");
            assert!(ids.insert(group["id"].as_str().expect("an id")), "{group}");
            assert_eq!(
                group["id"],
                format!("metric.{}", group["metric_name"].as_str().expect("a name"))
            );
            let instrument = group["instrument"].as_str().expect("an instrument");
            assert!(["counter", "gauge", "histogram", "updowncounter"].contains(&instrument));
            for attribute in items(group, "attributes") {
                has(attribute, &["ref", "requirement_level"], &[]);
                let name = attribute["ref"].as_str().expect("a name");
                assert!(known.contains(name), "{name} is defined nowhere");
            }
            if let Some(deprecated) = group.get("deprecated") {
                let renamed = deprecated["reason"] == "renamed";
                has(
                    deprecated,
                    if renamed {
                        &["reason", "renamed_to"]
                    } else {
                        &["reason"]
                    },
                    &["note"],
                );
            }
        }
        for metric in catalog().metrics() {
            assert!(
                ids.contains(&*format!("metric.{}", metric.name)),
                "{}",
                metric.name
            );
        }
    }
}

#[test]
fn a_metric_is_described_as_it_is_sent() {
    let files = generate::files(&catalog(), &core());
    let metrics = document(&text(&files, "semconv/metrics.yaml"));
    let of = |name: &str| {
        let mut groups = items(&metrics, "groups").iter();
        groups
            .find(|it| it["metric_name"] == name)
            .expect(name)
            .clone()
    };
    let jobs = of("bench_jobs_total");
    assert_eq!(jobs["instrument"], "counter");
    assert_eq!(jobs["unit"], "{count}");
    assert_eq!(
        jobs["brief"],
        "Work that: was \"taken\" {{ and }} ${env:HOME} brought to an end."
    );
    let duration = of("bench_job_duration_seconds");
    assert_eq!(
        (&duration["unit"], &duration["stability"]),
        (&Value::from("s"), &Value::from("development"))
    );
    assert_eq!(of("bench_jobs_waiting")["instrument"], "gauge");
    let before = of("bench_work_total");
    assert_eq!(before["deprecated"]["renamed_to"], "bench_jobs_total");

    let registry = document(&text(&files, "semconv/attributes.yaml"));
    let all = items(&registry["groups"][0], "attributes");
    let of = |name: &str| all.iter().find(|it| it["id"] == name).expect(name);
    let members = items(&of("ending")["type"], "members");
    let values: Vec<_> = members.iter().map(|it| it["value"].as_str()).collect();
    assert_eq!(
        values,
        [
            Some("ok"),
            Some("timed_out"),
            Some("a \"b\": {c} ${env:HOME}")
        ]
    );
    assert_eq!(of("ending")["brief"], "How it: \"ended\" # not a comment");
    assert_eq!(of("queue")["examples"][0], "_overflow");
}
