//! Rules and their tests in a folder, judged by promtool.
#![allow(dead_code, reason = "each test uses a part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use caxton_instrument::Catalog;
use caxton_instrument_export::generate::{self, Deployment};

use super::prometheus::{Folder, servers};

/// Each rule has tests, and they hold.
pub(crate) fn hold(catalog: &Catalog, deployment: &Deployment) {
    assert_eq!(generate::untested(catalog), []);
    if let Some(judged) = Judged::new(catalog, deployment) {
        judged.holds();
        judged.is_formatted();
    }
}

/// No alert is without a test that it fires, and one that it does not.
pub(crate) fn tell_never_from_always(catalog: &Catalog, deployment: &Deployment) {
    if let Some(judged) = Judged::new(catalog, deployment) {
        judged.all_fail("vector(1) > 2", " fires");
        judged.all_fail("vector(1)", " is silent below its threshold");
    }
}

/// Generated files, and the program that judges them.
pub(crate) struct Judged {
    promtool: PathBuf,
    folder: Folder,
}

impl Judged {
    /// `None` when the test is to be skipped.
    pub(crate) fn new(catalog: &Catalog, deployment: &Deployment) -> Option<Self> {
        let promtool = servers()?.join("promtool");
        let folder = Folder::new();
        for file in generate::files(catalog, deployment) {
            let path = folder.0.join(&file.path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, file.text).expect("a file");
        }
        Some(Self { promtool, folder })
    }

    pub(crate) fn rules(&self) -> PathBuf {
        self.folder.0.join("prometheus")
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(&self.promtool)
            .args(arguments)
            .current_dir(self.rules())
            .output()
            .expect("promtool runs")
    }

    /// The rules are sound, and all of their tests hold.
    pub(crate) fn holds(&self) {
        for rules in self.files("rules.yml") {
            let checked = self.run(&["check", "rules", "--lint-fatal", &rules]);
            assert!(checked.status.success(), "{}", said(&checked));
        }
        for tests in self.files("_test.yml") {
            let tested = self.run(&["test", "rules", &tests]);
            assert!(tested.status.success(), "{}", said(&tested));
        }
    }

    /// Every expression is as promtool formats it.
    fn is_formatted(&self) {
        for rules in self.files("rules.yml") {
            let text = std::fs::read_to_string(self.rules().join(rules)).expect("rules");
            for expr in expressions(&text) {
                let output = self.run(&["--experimental", "promql", "format", &expr]);
                assert!(output.status.success(), "{expr}: {}", said(&output));
                let formatted = String::from_utf8_lossy(&output.stdout);
                assert_eq!(formatted.trim_end(), expr);
            }
        }
    }

    fn files(&self, ending: &str) -> Vec<String> {
        let all = std::fs::read_dir(self.rules()).expect("a folder");
        let names = all.map(|it| it.expect("a file").file_name());
        let names = names.map(|it| it.into_string().expect("a name"));
        names.filter(|it| it.ends_with(ending)).collect()
    }

    /// The tests that `run` names fail when a rule of a file, found by lines in
    /// it, is broken in one way.
    pub(crate) fn fails(&self, file: &str, rule: &str, run: &str, from: &str, to: &str) {
        let path = self.rules().join(file);
        let whole = std::fs::read_to_string(&path).expect("rules");
        let (start, end) = rule_with(&whole, rule);
        let text = &whole[start..end];
        assert!(text.contains(from), "{rule} has {from}: {text}");
        let broken = [&whole[..start], &text.replace(from, to), &whole[end..]].concat();
        std::fs::write(&path, broken).expect("a file");
        let start = file.trim_end_matches(".yml");
        let tests = self.files("_test.yml");
        let mut tests = tests.iter().filter(|it| it.starts_with(start));
        let failed = tests.any(|tests| {
            let tested = self.run(&["test", "rules", "--run", run, tests]);
            !tested.status.success() && said(&tested).contains("got:")
        });
        std::fs::write(&path, whole).expect("a file");
        assert!(failed, "{rule} with {to} for {from} passes");
    }

    /// The tests of an alert fail when it is broken: its name, what stands in it,
    /// and what in the place of that.
    pub(crate) fn alerts_fail(&self, mutations: &[(&str, &str, &str)]) {
        for (alert, from, to) in mutations {
            let (rule, run) = (format!("alert: {alert}"), format!("^{alert} "));
            self.fails("rules.yml", &rule, &run, from, to);
        }
    }

    /// With this in the place of the expression of every alert, each test whose
    /// name ends so fails.
    fn all_fail(&self, broken: &str, ending: &str) {
        for file in self.files("rules.yml") {
            let path = self.rules().join(&file);
            let whole = std::fs::read_to_string(&path).expect("rules");
            std::fs::write(&path, with_alerts(&whole, broken)).expect("a file");
            let start = format!("{}_", file.trim_end_matches(".yml"));
            let tests = self.files("_test.yml").into_iter();
            for tests in tests.filter(|it| it.starts_with(&start)) {
                let text = std::fs::read_to_string(self.rules().join(&tests)).expect("tests");
                // promtool tells the expression that failed, in its quotes.
                let failed = said(&self.run(&["test", "rules", &tests])).replace('\\', "");
                let mut lines = text.lines();
                while let Some(line) = lines.next() {
                    if !(line.starts_with("  - name: ")
                        && line.trim_end_matches('"').ends_with(ending))
                    {
                        continue;
                    }
                    let asked = lines.find_map(|it| it.split_once("count(ALERTS{"));
                    let asked = asked
                        .and_then(|(_, it)| it.split_once('}'))
                        .expect("a query");
                    let asked = asked.0.replace('\\', "");
                    assert!(failed.contains(&asked), "{line} holds with {broken}");
                }
            }
            std::fs::write(&path, whole).expect("a file");
        }
    }
}

/// The rules with another expression in every alert.
fn with_alerts(rules: &str, expr: &str) -> String {
    let mut out = String::new();
    let mut is_alert = false;
    let mut lines = rules.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("      - ") {
            is_alert = line.starts_with("      - alert: ");
        }
        if is_alert && line.starts_with("        expr: |") {
            out.extend(["        expr: ", expr]);
            while lines.next_if(|it| it.starts_with("          ")).is_some() {}
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

/// The expressions of a rule file.
fn expressions(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with("expr: |") {
            let mut expr = Vec::new();
            while let Some(line) = lines.next_if(|it| it.starts_with("          ")) {
                expr.push(&line[10..]);
            }
            found.push(expr.join("\n"));
        }
    }
    found
}

/// Where the first rule begins and ends that has each of the lines in a text.
fn rule_with(whole: &str, lines: &str) -> (usize, usize) {
    let starts = ["      - alert: ", "      - record: "];
    let mut places: Vec<_> = starts
        .iter()
        .flat_map(|start| whole.match_indices(start))
        .map(|(at, _)| at)
        .collect();
    places.sort_unstable();
    places.push(whole.len());
    let found = places.windows(2).find(|it| {
        let rule = &whole[it[0]..it[1]];
        lines.split('\n').all(|line| {
            rule.lines()
                .any(|it| it.trim_start_matches([' ', '-']) == line)
        })
    });
    let found = found.unwrap_or_else(|| panic!("no rule has {lines}: {whole}"));
    (found[0], found[1])
}

pub(crate) fn said(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr];
    streams.map(|it| String::from_utf8_lossy(it)).join("")
}

/// What is written without looking at a folder.
pub(crate) fn file(catalog: &Catalog, deployment: &Deployment, path: &str) -> String {
    let files = generate::files(catalog, deployment);
    let found = files.into_iter().find(|it| it.path == path);
    found.expect("that file").text
}

pub(crate) fn expected(name: &str, found: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/expected")
        .join(name);
    if std::env::var_os("CAXTON_BLESS").is_some() {
        std::fs::write(&file, found).expect("a file");
    }
    let expected = std::fs::read_to_string(&file).expect("an expected file");
    assert_eq!(
        found, expected,
        "renew with CAXTON_BLESS=1 and read the difference"
    );
}
