//! The catalog: every declaration that is linked into the program, sorted and
//! checked.

mod asking;
mod finding;
mod findings;

use std::collections::BTreeMap;
use std::fmt;

pub use finding::{Finding, Level};

use asking::{Asking, LabelUse};

use crate::alert::Alert;
use crate::descriptor::{LabelValues, MetricDescriptor, OperationDescriptor, SetDescriptor};
use crate::panel::Panel;
use crate::record::Record;
use crate::registry::{self, Declared};
use crate::slo::Slo;

/// Whether a metric is one of those that every program links: the facade's
/// and the exporters' own about themselves. The agent set belongs to whoever
/// annotates functions.
fn is_own(metric: &MetricDescriptor) -> bool {
    let module = metric.location.module;
    module == crate::meta::MODULE || module.starts_with("caxton_instrument_export::")
}

/// Every metric, set and annotated function of the program, sorted by name.
///
/// ```standalone_crate
/// use caxton_instrument::Catalog;
/// use caxton_instrument::prelude::*;
///
/// /// Mail.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Messages that were sent.
///     messages_sent: Counter,
/// }
///
/// let catalog = Catalog::collect()?;
/// let sent = catalog.metric("mailer_messages_sent_total").expect("declared above");
/// assert_eq!(sent.location.krate, env!("CARGO_PKG_NAME"));
/// # Ok::<(), caxton_instrument::CatalogError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Catalog {
    sets: Vec<&'static SetDescriptor>,
    metrics: Vec<&'static MetricDescriptor>,
    operations: Vec<&'static OperationDescriptor>,
    alerts: Vec<&'static Alert>,
    slos: Vec<&'static Slo>,
    records: Vec<&'static Record>,
    panels: Vec<&'static Panel>,
    warnings: Vec<Finding>,
}

impl Catalog {
    /// Collects and checks what is linked into the program.
    ///
    /// # Errors
    ///
    /// Every finding at once, if one of them is an error: a name declared
    /// twice, a rule that is broken and not allowed; then what asks metrics that
    /// are not linked.
    pub fn collect() -> Result<Self, CatalogError> {
        let (mut sets, mut operations, mut alerts) = (Vec::new(), Vec::new(), Vec::new());
        let (mut slos, mut records, mut panels) = (Vec::new(), Vec::new(), Vec::new());
        for declared in registry::declared() {
            match declared {
                Declared::Set(set) => sets.push(set),
                Declared::Operation(operation) => operations.push(operation),
                Declared::Alert(alert) => alerts.push(alert),
                Declared::Slo(slo) => slos.push(slo),
                Declared::Record(record) => records.push(record),
                Declared::Panel(panel) => panels.push(panel),
            }
        }
        Self::of(sets, operations)?
            .with_alerts(alerts)?
            .with_slos(slos)?
            .with_records(records)?
            .with_panels(panels)
    }

    /// The catalog of the given declarations, checked in the same way: for
    /// tools that do not link the program they look at.
    ///
    /// # Errors
    ///
    /// As [`collect`](Self::collect).
    pub fn of(
        sets: impl IntoIterator<Item = &'static SetDescriptor>,
        operations: impl IntoIterator<Item = &'static OperationDescriptor>,
    ) -> Result<Self, CatalogError> {
        let mut operations: Vec<_> = operations.into_iter().collect();
        operations.sort_by_key(|operation| {
            (
                operation.agent_type,
                operation.operation,
                operation.location,
            )
        });
        let mut sets: Vec<_> = sets.into_iter().chain(sets_in_use(&operations)).collect();
        sets.sort_by_key(|set| (set.location.module, set.name, set.location));
        // The built-in agent set stands once, however many functions use it.
        sets.dedup_by(|a, b| std::ptr::eq(*a, *b));
        let mut metrics: Vec<_> = sets.iter().flat_map(|set| set.metrics).copied().collect();
        metrics.sort_by_key(|metric| (metric.name, metric.location));

        let findings = findings::of(&metrics, &operations);
        if findings.iter().any(|finding| finding.level == Level::Error) {
            return Err(CatalogError { findings });
        }
        Ok(Self {
            sets,
            metrics,
            operations,
            alerts: Vec::new(),
            slos: Vec::new(),
            records: Vec::new(),
            panels: Vec::new(),
            warnings: findings,
        })
    }

    /// The same with alerts.
    ///
    /// # Errors
    ///
    /// When two alerts have one name, or one asks a metric that is not in the
    /// catalog.
    pub fn with_alerts(
        mut self,
        alerts: impl IntoIterator<Item = &'static Alert>,
    ) -> Result<Self, CatalogError> {
        self.alerts.extend(alerts);
        self.alerts
            .sort_by_key(|alert| (alert.name, alert.location));
        let found = asking::findings(&self.alerts, &self.metrics);
        self.with_findings(found)
    }

    /// The same with objectives.
    ///
    /// # Errors
    ///
    /// When two objectives have one name, or one is measured by a metric that is
    /// not in the catalog.
    pub fn with_slos(
        mut self,
        slos: impl IntoIterator<Item = &'static Slo>,
    ) -> Result<Self, CatalogError> {
        self.slos.extend(slos);
        self.slos.sort_by_key(|slo| (slo.name, slo.location));
        let found = asking::findings(&self.slos, &self.metrics);
        self.with_findings(found)
    }

    /// The same with recording rules.
    ///
    /// # Errors
    ///
    /// When two have one name, or one has the name of a metric or asks a metric
    /// that is not in the catalog.
    pub fn with_records(
        mut self,
        records: impl IntoIterator<Item = &'static Record>,
    ) -> Result<Self, CatalogError> {
        self.records.extend(records);
        self.records
            .sort_by_key(|record| (record.name, record.location));
        let mut found = asking::findings(&self.records, &self.metrics);
        found.extend(asking::names_of_records(&self.records, &self.metrics));
        self.with_findings(found)
    }

    /// The same with panels.
    ///
    /// # Errors
    ///
    /// When two panels have one name, or one asks a metric that is not in the
    /// catalog.
    pub fn with_panels(
        mut self,
        panels: impl IntoIterator<Item = &'static Panel>,
    ) -> Result<Self, CatalogError> {
        self.panels.extend(panels);
        self.panels
            .sort_by_key(|panel| (panel.location, panel.name));
        let found = asking::findings(&self.panels, &self.metrics);
        self.with_findings(found)
    }

    fn with_findings(mut self, mut findings: Vec<Finding>) -> Result<Self, CatalogError> {
        findings.extend(std::mem::take(&mut self.warnings));
        findings.sort();
        if findings.iter().any(|finding| finding.level == Level::Error) {
            return Err(CatalogError { findings });
        }
        self.warnings = findings;
        Ok(self)
    }

    /// The first alert, objective, recording rule or panel that groups by a
    /// label of a metric of the program, or selects by it.
    pub(crate) fn label_use(&self, label: &str) -> Option<LabelUse> {
        fn first<A: Asking>(declared: &[&'static A], label: &str) -> Option<LabelUse> {
            let mut declared = declared.iter();
            declared.find_map(|it| asking::label_use(*it, label, &|metric| !is_own(metric)))
        }
        first(&self.alerts, label)
            .or_else(|| first(&self.slos, label))
            .or_else(|| first(&self.records, label))
            .or_else(|| first(&self.panels, label))
    }

    /// Every metric, by name.
    pub fn metrics(&self) -> &[&'static MetricDescriptor] {
        &self.metrics
    }

    /// Those that are not the facade's or the exporters' about themselves.
    pub fn program_metrics(&self) -> impl Iterator<Item = &'static MetricDescriptor> {
        let all = self.metrics.iter().copied();
        all.filter(|metric| !is_own(metric))
    }

    /// Every set of metrics, by module and name.
    pub fn sets(&self) -> &[&'static SetDescriptor] {
        &self.sets
    }

    /// Every annotated function, by agent type and operation.
    pub fn operations(&self) -> &[&'static OperationDescriptor] {
        &self.operations
    }

    /// Every alert, by name.
    pub fn alerts(&self) -> &[&'static Alert] {
        &self.alerts
    }

    /// Every objective, by name.
    pub fn slos(&self) -> &[&'static Slo] {
        &self.slos
    }

    /// Every recording rule, by name.
    pub fn records(&self) -> &[&'static Record] {
        &self.records
    }

    /// Every panel, in the order of the code.
    pub fn panels(&self) -> &[&'static Panel] {
        &self.panels
    }

    /// Findings that do not stop a program.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// The metric of that full name.
    pub fn metric(&self, name: &str) -> Option<&'static MetricDescriptor> {
        self.metrics
            .binary_search_by_key(&name, |metric| metric.name)
            .ok()
            .map(|at| self.metrics[at])
    }

    /// The largest number of series that a metric can have in this program:
    /// what its labels allow, or, where annotated functions record in it, what
    /// those functions allow, since their operations are known. The facade's
    /// own metrics have a series for each metric of the program.
    pub fn series_bound(&self, metric: &MetricDescriptor) -> u64 {
        if is_own(metric) {
            return metric
                .labels
                .iter()
                .map(|label| match label.values {
                    LabelValues::Closed(values) => values.len() as u64,
                    LabelValues::Open { .. } => self.metrics.len() as u64,
                })
                .product();
        }
        findings::series_bound(metric, &self.operations)
    }

    /// Whether nothing but the facade's own metrics is declared: then the
    /// crates with the program's declarations were not linked.
    pub fn is_only_own(&self) -> bool {
        self.metrics.iter().copied().all(is_own)
    }
}

/// The sets that annotated functions record in: the built-in one is declared
/// by its use.
fn sets_in_use(
    operations: &[&'static OperationDescriptor],
) -> impl Iterator<Item = &'static SetDescriptor> + use<> {
    let mut sets = BTreeMap::new();
    for operation in operations {
        let set = operation.set;
        sets.entry((set.location.module, set.name)).or_insert(set);
    }
    sets.into_values()
}

/// The findings of a catalog of which one at least is an error.
#[derive(Clone)]
pub struct CatalogError {
    findings: Vec<Finding>,
}

impl CatalogError {
    /// Every finding, errors first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self
            .findings
            .iter()
            .filter(|finding| finding.level == Level::Error)
            .count();
        let (noun, verb) = if errors == 1 {
            ("declaration", "does")
        } else {
            ("declarations", "do")
        };
        write!(f, "{errors} {noun} of metrics {verb} not hold")?;
        for finding in &self.findings {
            write!(f, "\n{finding}")?;
        }
        Ok(())
    }
}

/// As `Display`: what `main` prints when it returns an error has to be read
/// by a person.
impl fmt::Debug for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for CatalogError {}

/// Links the named crates, so that their declarations are in the catalog.
///
/// A crate that nothing names is dropped by the linker, with its
/// declarations. One whose name is misspelt, or that is no dependency, does
/// not compile.
///
/// ```
/// caxton_instrument::assert_declared!(caxton_instrument);
/// ```
#[macro_export]
macro_rules! assert_declared {
    ($($krate:ident),+ $(,)?) => {
        $(
            #[allow(unused_extern_crates, clippy::single_component_path_imports)]
            const _: () = {
                #[allow(unused_imports)]
                use ::$krate as _;
            };
        )+
    };
}
