//! Files for Kubernetes, judged by its schemas and the operator's.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod office;
mod prometheus;

use std::io::Write as _;

use caxton_instrument_export::generate;
use office::{catalog, deployments, office, run, said, text};
use prometheus::Folder;

/// What judges files for Kubernetes; `None` when the test is to be skipped.
fn kubernetes() -> Option<std::path::PathBuf> {
    // The test stands in TARGET/PROFILE/deps.
    let test = std::env::current_exe().expect("this test is a file");
    let target = test.ancestors().nth(3).expect("a target folder");
    let python = target.join("kubernetes/bin/python");
    if python.is_file() {
        return Some(python);
    }
    let message = format!(
        "SKIPPED: no {}; `scripts/get-kubernetes.sh` installs it",
        python.display()
    );
    assert!(std::env::var_os("CI").is_none(), "{message}");
    // Past the harness, which keeps what a passing test prints to itself.
    let _ = writeln!(std::io::stderr().lock(), "\n{message}\n");
    None
}

const JUDGE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../scripts/check-kubernetes.py"
);

#[test]
fn kubernetes_and_the_operator_take_every_object() {
    let Some(python) = kubernetes() else { return };
    let folder = Folder::new();
    let mut objects = Vec::new();
    for (at, (_, deployment)) in deployments().into_iter().enumerate() {
        for file in generate::files(&catalog(), &deployment) {
            if let Some(name) = file.path.strip_prefix("kubernetes/") {
                let path = format!("{at}-{name}");
                std::fs::write(folder.0.join(&path), file.text).expect("a file");
                objects.push(path);
            }
        }
    }
    assert!(objects.len() > 20, "{objects:?}");
    let arguments = std::iter::once(JUDGE).chain(objects.iter().map(String::as_str));
    let judged = run(&python, &folder.0, &arguments.collect::<Vec<_>>());
    assert!(judged.status.success(), "{}", said(&judged));
}

/// What the judge is for: each of these is found.
#[test]
fn what_kubernetes_refuses_is_found() {
    let Some(python) = kubernetes() else { return };
    let folder = Folder::new();
    let files = generate::files(&catalog(), &office());
    let edits = [
        (
            "service-sorter",
            "containerPort: 9465",
            "containerPort: many",
        ),
        ("service-sorter", "livenessProbe:", "liveProbe:"),
        ("service-sorter", "name: sorter\n", "name: Sorter_\n"),
        (
            "service-sorter-monitor",
            "scrapeTimeout:",
            "scrape_timeout:",
        ),
        ("service-sorter-monitor", "interval: 15s", "interval: often"),
        ("rules", "expr:", "query:"),
    ];
    let mut names = Vec::new();
    for (at, (file, from, to)) in edits.into_iter().enumerate() {
        let whole = text(&files, &format!("kubernetes/{file}.yml"));
        assert!(whole.contains(from), "{file}: {from}: {whole}");
        let name = format!("{at}.yml");
        std::fs::write(folder.0.join(&name), whole.replacen(from, to, 1)).expect("a file");
        names.push(name);
    }
    let arguments = std::iter::once(JUDGE).chain(names.iter().map(String::as_str));
    let judged = run(&python, &folder.0, &arguments.collect::<Vec<_>>());
    assert_eq!(judged.status.code(), Some(1), "{}", said(&judged));
    for (name, edit) in names.iter().zip(edits) {
        let found = said(&judged).contains(&format!("{name}: "));
        assert!(found, "{edit:?} passes: {}", said(&judged));
    }
}

/// The operator is given the rules that Prometheus loads.
#[test]
fn the_operator_gets_the_same_rules() {
    let files = generate::files(&catalog(), &office());
    let object = text(&files, "kubernetes/rules.yml");
    let objects: Vec<_> = object.split("---\n").collect();
    let paths = ["prometheus/rules.yml", "prometheus/slo_rules.yml"];
    assert_eq!(objects.len(), paths.len(), "{object}");
    for (object, path) in objects.into_iter().zip(paths) {
        let (_, spec) = object.split_once("\nspec:\n").expect("a spec");
        let outdented = spec
            .lines()
            .map(|line| line.strip_prefix("  ").unwrap_or(line));
        let rules = text(&files, path);
        let loaded = rules.lines().filter(|line| !line.starts_with('#'));
        assert!(outdented.eq(loaded), "{path}: {object}");
    }
}
