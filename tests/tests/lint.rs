//! Files that others wrote by hand, judged by the catalog.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;

use std::path::{Path, PathBuf};

use caxton_instrument::Catalog;
use caxton_instrument::prelude::*;
use caxton_instrument_export::generate::{self, Deployment, Service};
use caxton_instrument_export::lint::{self, Class, Format, Report};
use serde_json::Value;

#[derive(LabelValue, Clone, Copy)]
#[allow(dead_code, reason = "they are only asked about")]
enum Course {
    Starter,
    Main,
    Dessert,
}

#[derive(LabelSet)]
struct CourseLabels {
    /// Which course.
    course: Course,
}

/// What a kitchen does.
#[derive(MetricSet)]
#[metric_set(namespace = "kitchen")]
#[allow(dead_code, reason = "they are only asked about")]
struct Kitchen {
    /// Dishes that left the kitchen.
    #[metric(replaces("kitchen_meals_total", reason = "guests call them dishes"))]
    dishes: Counter<CourseLabels>,
    /// Ovens that are on.
    ovens: Gauge,
    /// Time that a dish takes.
    #[metric(unit = seconds, buckets = [1.0, 10.0, 30.0, 60.0])]
    cooking_duration: Histogram,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/lint")
        .join(name)
}

fn catalog() -> Catalog {
    Catalog::collect().expect("sound declarations")
}

fn lint(paths: &[PathBuf]) -> Report {
    lint::run(&catalog(), None, paths).expect("the paths are there")
}

/// What is found in a file of this name that says this.
fn lint_text(name: &str, text: impl AsRef<[u8]>) -> Report {
    let folder = prometheus::Folder::new();
    let file = folder.0.join(name);
    std::fs::write(&file, text).expect("a file");
    lint(&[file])
}

/// File, line, column and class of each finding.
fn rows(report: &Report) -> Vec<String> {
    let row = |it: &lint::Finding| {
        let file = Path::new(&it.file).file_name().expect("a file's name");
        format!("{} {} {} {}", file.display(), it.line, it.column, it.class)
    };
    report.findings.iter().map(row).collect()
}

#[test]
fn every_fault_is_found_where_it_stands() {
    let report = lint(&[folder("faulty")]);
    let found = rows(&report);
    let expected = std::fs::read_to_string(folder("faulty/expected.txt")).expect("a list");
    let missing: Vec<_> = expected
        .lines()
        .filter(|it| !it.starts_with('#') && !found.iter().any(|row| row == it))
        .collect();
    assert!(
        missing.is_empty(),
        "not found: {missing:#?}\nin {}",
        report.render(Format::Text)
    );
    assert!(report.findings.iter().all(|it| !it.message.is_empty()));
}

#[test]
fn what_is_right_gives_nothing() {
    let report = lint(&[folder("clean")]);
    assert_eq!(report.files, 5);
    assert_eq!(report.findings, [], "{}", report.render(Format::Text));
}

#[test]
fn generated_files_give_nothing() {
    let folder = prometheus::Folder::new();
    let here = Deployment::new("kitchen").service(Service::new("kitchen", "localhost", 9464));
    let catalog = catalog();
    for file in generate::files(&catalog, &here) {
        let path = folder.0.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, file.text).expect("a file");
    }
    let page = caxton_instrument_export::catalog::markdown(&catalog);
    std::fs::write(folder.0.join("METRICS.md"), page).expect("a file");
    let report =
        lint::run(&catalog, Some(&here), std::slice::from_ref(&folder.0)).expect("it is there");
    assert_eq!(report.findings, [], "{}", report.render(Format::Text));
}

const SMALL: &str = "\
groups:
- name: kitchen
  rules:
  - alert: OvensRise
    expr: rate(kitchen_ovens[5m]) > 0  # \t\u{1b}[31m
";

/// The report of a small file under a name that does not change.
fn small() -> Report {
    let mut report = lint_text("rules.yml", SMALL).of_classes(&[Class::Typ]);
    for finding in &mut report.findings {
        finding.file = String::from("a b/rules.yml");
    }
    report
}

#[test]
fn programs_read_the_findings() {
    let report = small();
    let json: Value = serde_json::from_str(&report.render(Format::Json)).expect("it is JSON");
    assert_eq!(json["version"], 1);
    assert_eq!(json["complete"], true);
    let finding = &json["findings"][0];
    assert_eq!(finding["class"], "TYP");
    assert_eq!(
        (&finding["line"], &finding["column"]),
        (&5.into(), &11.into())
    );
    assert!(
        finding["declared"]["file"]
            .as_str()
            .is_some_and(|it| it.ends_with("lint.rs"))
    );

    let sarif: Value = serde_json::from_str(&report.render(Format::Sarif)).expect("it is JSON");
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), Class::ALL.len());
    let result = &run["results"][0];
    let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small");
    assert_eq!(rules[index]["id"], result["ruleId"]);
    assert_eq!(result["ruleId"], "TYP");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b/rules.yml");
    assert_eq!(place["region"]["startLine"], 5);
    assert!(result["message"]["text"].is_string());
    assert!(result["relatedLocations"][0]["physicalLocation"].is_object());
}

#[test]
fn people_read_the_findings() {
    let text = lint_text("rules.yml", SMALL).render(Format::Text);
    assert!(text.contains("rules.yml:5:11: TYP: "), "{text}");
    assert!(
        text.contains(
            "\n 5 |     expr: rate(kitchen_ovens[5m]) > 0  #  \u{fffd}[31m\n   |           ^\n"
        ),
        "{text}"
    );
    assert!(text.contains("\n   remedy: "), "{text}");
    assert!(
        text.contains("\n   declared: tests/tests/lint.rs:"),
        "{text}"
    );
    assert!(text.contains(" in 1 file\n"), "{text}");
    assert!(
        !text.contains('\u{1b}'),
        "no letter of a file reaches the terminal's ear"
    );

    let text = lint_text("rules.yml", "groups: []\n").render(Format::Text);
    assert_eq!(text, "1 file, no findings\n");
}

#[test]
fn secrets_are_not_repeated() {
    let text = lint(&[folder("faulty")]).render(Format::Text);
    assert!(text.contains("SEC: "), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}
