//! What is generated from catalogs that differ is sound: the linter, and the
//! programs that it is for, find nothing.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it expects"
)]

mod addresses;
mod http;
mod prometheus;
mod promtool;
mod varied;
mod yaml;

use std::path::Path;
use std::process::Command;

use caxton_instrument::Level;
use caxton_instrument_export::generate;
use caxton_instrument_export::lint::{self, Format};
use prometheus::{Folder, servers};
use promtool::{Judged, said};
use serde_json::Value;
use varied::{Case, cases};

/// A folder with everything that is generated.
fn written(case: &Case) -> Folder {
    let folder = Folder::new();
    for file in generate::files(&case.catalog, &case.deployment) {
        let path = folder.0.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, file.text).expect("a file");
    }
    folder
}

#[test]
fn each_catalog_has_what_it_is_about() {
    let count = |name: &str, of: fn(&caxton_instrument::Catalog) -> usize| {
        let cases = cases();
        let case = cases.iter().find(|it| it.name == name);
        of(&case.expect("a case").catalog)
    };
    assert_eq!(count("counters", |it| it.metrics().len()), 3);
    assert_eq!(count("nothing", |it| it.metrics().len()), 0);
    assert_eq!(count("agents", |it| it.alerts().len()), 8);
    assert_eq!(count("promises", |it| it.slos().len()), 4);
    assert_eq!(count("records", |it| it.records().len()), 4);
    assert_eq!(count("hostile", |it| it.panels().len()), 1);
}

#[test]
fn the_linter_finds_nothing() {
    let mut wrong = String::new();
    for case in cases() {
        let folder = written(&case);
        let paths = std::slice::from_ref(&folder.0);
        let report = lint::run(&case.catalog, Some(&case.deployment), paths).expect("it is there");
        assert!(report.files > 5, "{}: {}", case.name, report.files);
        if !report.findings.is_empty() {
            wrong.extend([case.name, ":\n", &report.render(Format::Text), "\n"]);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn promtool_and_amtool_take_every_file() {
    let Some(servers) = servers() else { return };
    let mut wrong = String::new();
    for case in cases() {
        let folder = written(&case);
        for file in generate::files(&case.catalog, &case.deployment) {
            let (program, arguments): (_, &[&str]) = match file.path.split_once('/') {
                Some(("prometheus", name)) if name.ends_with("_test.yml") => continue,
                Some(("prometheus", name)) if name.contains("rules") => {
                    ("promtool", &["check", "rules", "--lint-fatal"])
                }
                // Without looking for files with secrets.
                Some(("prometheus", _)) => ("promtool", &["check", "config", "--syntax-only"]),
                Some(("alertmanager", _)) => ("amtool", &["check-config"]),
                _ => continue,
            };
            let checked = Command::new(servers.join(program))
                .args(arguments)
                .arg(&file.path)
                .current_dir(&folder.0)
                .output()
                .expect("it runs");
            if !checked.status.success() {
                wrong.extend([case.name, ": ", &file.path, ": ", &said(&checked), "\n"]);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Two of them, for the time that it takes: other tests have their own catalogs.
#[test]
fn generated_tests_hold() {
    for case in cases() {
        assert_eq!(generate::untested(&case.catalog), [], "{}", case.name);
        if ["hostile", "constant"].contains(&case.name)
            && let Some(judged) = Judged::new(&case.catalog, &case.deployment)
        {
            judged.holds();
        }
    }
}

#[test]
fn every_file_parses_and_comes_out_the_same_twice() {
    for case in cases() {
        let files = generate::files(&case.catalog, &case.deployment);
        let mut paths: Vec<_> = files.iter().map(|it| &it.path).collect();
        for file in &files {
            let extension = Path::new(&file.path).extension();
            match extension.and_then(|it| it.to_str()) {
                Some("yml" | "yaml") => {
                    let documents = yaml::documents(&file.text);
                    assert!(!documents.is_empty(), "{}: {}", case.name, file.path);
                }
                Some("json") => {
                    let read: Result<Value, _> = serde_json::from_str(&file.text);
                    assert!(read.is_ok(), "{}: {}: {read:?}", case.name, file.path);
                }
                _ => {}
            }
            assert!(!file.text.is_empty(), "{}: {}", case.name, file.path);
        }
        paths.sort();
        paths.dedup();
        assert_eq!(
            paths.len(),
            files.len(),
            "{}: a path stands twice",
            case.name
        );
        assert!(
            files == generate::files(&case.catalog, &case.deployment),
            "{}: another time, other files",
            case.name
        );
    }
}

#[test]
fn the_wiring_has_no_error() {
    for case in cases() {
        let findings = generate::wiring(&case.catalog, &case.deployment).findings;
        let classes: Vec<_> = findings.iter().map(|it| it.class).collect();
        assert_eq!(classes, case.told, "{}: {findings:#?}", case.name);
        assert!(
            findings.iter().all(|it| it.level == Level::Warning),
            "{}: {findings:#?}",
            case.name
        );
    }
}

#[test]
fn two_files_name_one_address_alike() {
    let shards = [
        "prometheus-0:9090",
        "prometheus-1:9090",
        "prometheus-2:9090",
    ];
    let outside = [&shards[..], &["store:8428", "victoria:8429", "api:8080"]].concat();
    let mut seen = 0;
    for case in cases() {
        let files = generate::files(&case.catalog, &case.deployment);
        let (named, strangers) = addresses::strangers(&case.deployment, &files, &outside);
        assert!(
            strangers.is_empty(),
            "{}: nothing is there: {strangers:#?}",
            case.name
        );
        seen += named;
    }
    assert!(seen > 60, "{seen}");
}
