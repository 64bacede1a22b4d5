//! What a configuration says about metrics, beside their declarations: what
//! would make a query wrong is refused, with the place in the file and the place
//! in the program.

use caxton_instrument::diagnostics::{self, Diagnostic};
use caxton_instrument::recorder::RegistryBuilder;
use caxton_instrument::{Catalog, Finding, Level, MetricKind};

use super::mistake::{ConfigError, Mistake, Place, Severity};
use super::value::nearest;
use super::{Config, meta};

/// The ends of names that keys of their own are about.
const HTTP: (&str, &str) = (
    "observability.metrics.http_duration_buckets",
    "http_request_duration_seconds",
);
const AGENT: (&str, &str) = (
    "observability.metrics.agent_execution_buckets",
    "agent_execution_duration_seconds",
);

/// The registry that a configuration, if there is one, asks for, and what is
/// likely meant in another way.
pub(crate) fn registry<'a>(
    config: Option<&Config>,
    catalog: &'a Catalog,
    registry: RegistryBuilder<'a>,
) -> Result<(RegistryBuilder<'a>, Vec<Finding>), ConfigError> {
    let Some(config) = config else {
        return Ok((registry, Vec::new()));
    };
    let (registry, mut warnings) = config.registry(catalog, registry)?;
    warnings.extend(config.warnings().iter().cloned());
    let finding =
        |warning: &Mistake| Finding::new(Level::Warning, "configuration", warning.to_string());
    Ok((registry, warnings.iter().map(finding).collect()))
}

impl Config {
    /// What waits for telemetry to run: warnings are told once, to whoever reads
    /// logs by now, and counted.
    #[cfg_attr(
        not(feature = "otlp"),
        allow(clippy::unused_self, reason = "formats of propagation are of it")
    )]
    pub(crate) fn begin(&self, findings: &[Finding]) {
        #[cfg(feature = "otlp")]
        self.choose_formats();
        tell(findings);
    }
}

fn tell(findings: &[Finding]) {
    let warnings = findings.iter().filter(|it| it.class == "configuration");
    for warning in warnings.clone() {
        diagnostics::report(&Diagnostic::Configuration {
            message: warning.message.clone(),
        });
    }
    meta::warned(warnings.count());
}

impl Config {
    /// The registry that the configuration asks for; every mistake at once.
    pub(crate) fn registry<'a>(
        &self,
        catalog: &'a Catalog,
        registry: RegistryBuilder<'a>,
    ) -> Result<(RegistryBuilder<'a>, Vec<Mistake>), ConfigError> {
        let mut plan = Plan {
            config: self,
            catalog,
            registry,
            mistakes: Vec::new(),
        };
        plan.buckets();
        plan.labels();
        if plan
            .mistakes
            .iter()
            .any(|it| it.severity == Severity::Error)
        {
            return Err(ConfigError {
                mistakes: plan.mistakes,
            });
        }
        Ok((plan.registry, plan.mistakes))
    }
}

struct Plan<'c, 'a> {
    config: &'c Config,
    catalog: &'a Catalog,
    registry: RegistryBuilder<'a>,
    mistakes: Vec<Mistake>,
}

impl Plan<'_, '_> {
    fn buckets(&mut self) {
        let metrics = &self.config.metrics;
        for ((key, end), bounds) in [
            (HTTP, &metrics.http_duration_buckets),
            (AGENT, &metrics.agent_execution_buckets),
        ] {
            let Some(bounds) = bounds else {
                continue;
            };
            let names = self.ending(end);
            if names.is_empty() {
                let place = self.place(key);
                let message =
                    format!("`{key}` has no effect: this program declares no histogram `.._{end}`");
                let mistake = Mistake::new(Severity::Warning, key, place, message);
                self.mistakes.push(mistake);
            }
            for name in names {
                self.bounds(key, name, bounds);
            }
        }
        let Some(buckets) = &metrics.buckets else {
            return;
        };
        for (name, bounds) in buckets.iter() {
            let key = "observability.metrics.buckets";
            self.bounds(&format!("{key}.{name}"), name, bounds);
        }
    }

    fn ending(&self, end: &str) -> Vec<&'static str> {
        let metrics = self.catalog.metrics().iter();
        metrics
            .filter(|metric| metric.kind == MetricKind::Histogram)
            .map(|metric| metric.name)
            .filter(|name| {
                name.strip_suffix(end)
                    .is_some_and(|rest| rest.ends_with('_'))
            })
            .collect()
    }

    fn bounds(&mut self, key: &str, metric: &str, bounds: &[f64]) {
        match self.registry.clone().buckets(metric, bounds) {
            Ok(registry) => self.registry = registry,
            Err(finding) => {
                let names = self.catalog.metrics().iter();
                let names = names.filter(|metric| metric.kind == MetricKind::Histogram);
                let near = nearest(metric, names.map(|metric| metric.name));
                let near = near.filter(|near| *near != metric);
                self.refuse(key, finding, near);
            }
        }
    }

    fn labels(&mut self) {
        let metrics = &self.config.metrics;
        if let Some(labels) = &metrics.exclude_labels {
            for label in labels.iter() {
                let key = "observability.metrics.exclude_labels";
                self.without(&format!("{key}.{label}"), label);
            }
        }
        let Some(included) = &metrics.include_labels else {
            return;
        };
        let key = "observability.metrics.include_labels";
        let known: Vec<_> = RegistryBuilder::labels(self.catalog);
        for label in included
            .iter()
            .filter(|label| !known.contains(&label.as_str()))
        {
            let message =
                format!("`{key}` keeps the label `{label}`, which no declared metric has");
            let place = self.place(&format!("{key}.{label}"));
            let mut mistake = Mistake::new(Severity::Error, key, place, message)
                .help("allowed", known.join(", "));
            if let Some(near) = nearest(label, known.iter().copied()) {
                mistake = mistake.help("meant", format!("\"{near}\"?"));
            }
            self.mistakes.push(mistake);
        }
        for label in &known {
            if !included.iter().any(|included| included == label) {
                self.without(key, label);
            }
        }
    }

    fn without(&mut self, key: &str, label: &str) {
        match self.registry.clone().without_label(label) {
            Ok(registry) => self.registry = registry,
            Err(finding) => {
                let known = RegistryBuilder::labels(self.catalog);
                let near = nearest(label, known).filter(|near| *near != label);
                self.refuse(key, finding, near);
            }
        }
    }

    fn refuse(&mut self, key: &str, finding: Finding, near: Option<&str>) {
        let message = finding.message;
        let mut mistake = Mistake::new(Severity::Error, key, self.place(key), message);
        if let Some(near) = near {
            mistake = mistake.help("meant", format!("\"{near}\"?"));
        }
        mistake.declared = finding.places;
        self.mistakes.push(mistake);
    }

    fn place(&self, key: &str) -> Place {
        self.config.place(key).cloned().unwrap_or(Place::Builder)
    }
}
