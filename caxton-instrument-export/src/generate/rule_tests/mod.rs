//! [Unit tests](https://prometheus.io/docs/prometheus/3.5/configuration/unit_testing_rules/)
//! of the rules, for `promtool test rules`.
//!
//! ```text
//! file       the format
//! record     each recording rule has the right value
//! alert      each alert fires where it is to, and is silent just below its
//!            threshold, without series, across a restart, without traffic
//! objective  each alert on a budget too, with little traffic, in one window only
//! absence    targets that are there, down, gone, silent
//! ```

mod absence;
mod alert;
mod file;
mod objective;
mod record;

use std::collections::BTreeMap;

use caxton_instrument::query::{Expr, Window};
use caxton_instrument::{Catalog, Location};

use super::rules::{self, RuleFile};
use super::scenario::{Unsolved, windows};
use super::{Deployment, File, telemetry, yaml};
use crate::promql;
use file::{Test, TestFile, Times};

/// A declaration that no test is generated for: a rule whose form the generator
/// does not know, or that cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Untested {
    /// `alert`, `recording rule` or `objective`.
    pub kind: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Where it is declared.
    pub location: Location,
    /// Why there is none.
    pub why: &'static str,
}

/// The alerts, recording rules and objectives of a catalog that no test is
/// generated for: what they do is to be tested by hand, or said otherwise.
///
/// ```standalone_crate
/// use caxton_instrument::Catalog;
/// use caxton_instrument_export::generate;
///
/// assert_eq!(generate::untested(&Catalog::collect()?), []);
/// # Ok::<(), caxton_instrument::CatalogError>(())
/// ```
#[must_use]
pub fn untested(catalog: &Catalog) -> Vec<Untested> {
    let here = Deployment::of(catalog);
    Tests::of(catalog, &here).untested
}

/// The tests of each rule file, and what they leave out.
pub(super) fn files(
    catalog: &Catalog,
    deployment: &Deployment,
    rules: &[(&'static str, RuleFile)],
) -> Vec<File> {
    let tests = Tests::of(catalog, deployment);
    let notes: Vec<_> = tests.untested.iter().map(Untested::note).collect();
    let mut files = BTreeMap::<_, Vec<Test>>::new();
    if !notes.is_empty() {
        files.entry((rules::RULES, 60)).or_default();
    }
    for (rules, tests) in [
        (rules::RULES, tests.of_rules),
        (rules::OBJECTIVES, tests.of_objectives),
    ] {
        for test in tests {
            files
                .entry((rules, test.evaluation))
                .or_default()
                .push(test);
        }
    }
    let mut notes = notes.as_slice();
    let file = |((rules_file, evaluation), tests): ((&'static str, u64), _)| {
        let name = rules_file.trim_end_matches(".yml");
        let over = match evaluation {
            60 => "",
            3_600 => "_over_hours",
            _ => "_over_days",
        };
        let rules = rules.iter().filter(|(name, _)| *name == rules_file);
        let file = TestFile {
            rule_files: [rules_file],
            evaluation_interval: format!("{evaluation}s"),
            group_eval_order: rules
                .flat_map(|(_, rules)| rules.groups())
                .map(String::from)
                .collect(),
            tests,
        };
        File {
            path: format!("prometheus/{name}{over}_test.yml"),
            text: yaml::noted(std::mem::take(&mut notes), &file),
        }
    };
    files.into_iter().map(file).collect()
}

#[derive(Default)]
struct Tests {
    of_rules: Vec<Test>,
    of_objectives: Vec<Test>,
    untested: Vec<Untested>,
}

impl Tests {
    fn of(catalog: &Catalog, deployment: &Deployment) -> Self {
        let route = deployment.metrics_route();
        let mut this = Self::default();
        for record in catalog.records() {
            let found = record::tests(record, route);
            let tests = this.known("recording rule", record.name, record.location, found);
            this.of_rules.extend(tests);
        }
        let own = telemetry::alerts(catalog);
        for alert in catalog.alerts().iter().copied().chain(own) {
            let found = alert::tests(alert, route);
            let tests = this.known("alert", alert.name, alert.location, found);
            this.of_rules.extend(tests);
        }
        for slo in catalog.slos() {
            let found = objective::tests(slo, deployment);
            let tests = this.known("objective", slo.name, slo.location, found);
            this.of_objectives.extend(tests);
        }
        this.of_rules.extend(absence::tests(catalog, deployment));
        this
    }

    /// Those that were found; else it is known that there are none.
    fn known(
        &mut self,
        kind: &'static str,
        name: &'static str,
        location: Location,
        found: Result<Vec<Test>, Unsolved>,
    ) -> Vec<Test> {
        found.unwrap_or_else(|why| {
            self.untested.push(Untested {
                kind,
                name,
                location,
                why: why.why(),
            });
            Vec::new()
        })
    }
}

impl Untested {
    fn note(&self) -> String {
        let Self {
            kind, name, why, ..
        } = self;
        format!("The {kind} {name} has no test: {why}.")
    }
}

/// The times of an expression's tests.
fn times(expr: &Expr, hold: Option<Window>) -> Times {
    let (shortest, longest) = windows(expr).map_or((60, 60), |(shortest, longest)| {
        (shortest.as_secs(), longest.as_secs())
    });
    let hold = hold.map_or(0, Window::as_secs);
    let length = longest.saturating_add(longest / 10).saturating_add(hold);
    let times = Times::new(length, shortest / SAMPLES);
    // The condition holds since a few evaluations, so that `for` is over.
    Times {
        end: times.end.saturating_add(4 * times.evaluation),
        ..times
    }
}

/// So many samples in the shortest window.
const SAMPLES: u64 = 10;

/// Alerts of that name that fire, with these labels.
fn firing(name: &str, labels: &[(&str, &str)]) -> String {
    let mut all = vec![("alertname", name), ("alertstate", "firing")];
    all.extend(labels);
    promql::selector("ALERTS", &all)
}

/// In the middle of the shortest window.
const RESTARTED: u64 = 5;
