//! What asks metrics: alerts, objectives, recording rules and panels, and what
//! does not hold of them beside the metrics.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, Level};
use crate::alert::Alert;
use crate::descriptor::{Location, MetricDescriptor};
use crate::panel::Panel;
use crate::query::Expr;
use crate::record::Record;
use crate::slo::Slo;

/// A declaration that asks metrics.
pub(crate) trait Asking {
    /// What it is called, and the classes of findings about it.
    const KIND: Kind;

    fn name(&self) -> &'static str;

    fn location(&self) -> Location;

    /// All that it asks.
    fn exprs(&self) -> Vec<Expr>;
}

/// How findings speak of declarations.
pub(crate) struct Kind {
    noun: &'static str,
    duplicate: &'static str,
    without_metric: &'static str,
    /// What gives it another name.
    rename: &'static str,
}

macro_rules! asking {
    ($($declared:ident $kind:tt $exprs:expr;)+) => {$(
        impl Asking for $declared {
            const KIND: Kind = Kind $kind;

            fn name(&self) -> &'static str {
                self.name
            }

            fn location(&self) -> Location {
                self.location
            }

            fn exprs(&self) -> Vec<Expr> {
                let exprs: fn(&Self) -> Vec<Expr> = $exprs;
                exprs(self)
            }
        }
    )+};
}

asking! {
    Alert {
        noun: "alert",
        duplicate: "duplicate_alert",
        without_metric: "alert_without_metric",
        rename: "#[alert(name = \"..\")]",
    }
    |it| vec![it.condition.expr()];

    Slo {
        noun: "objective",
        duplicate: "duplicate_objective",
        without_metric: "objective_without_metric",
        rename: "#[slo(name = \"..\")]",
    }
    |it| vec![it.indicator.bad_share(it.window), it.indicator.events(it.window)];

    Record {
        noun: "recording rule",
        duplicate: "duplicate_record",
        without_metric: "record_without_metric",
        rename: "#[recording_rule(name = \"..\")]",
    }
    |it| vec![it.query.expr()];

    Panel {
        noun: "panel",
        duplicate: "duplicate_panel",
        without_metric: "panel_without_metric",
        rename: "#[panel(name = \"..\")]",
    }
    |it| vec![it.query.expr()];
}

/// A use of a label: by whom, and of which metric.
pub(crate) struct LabelUse {
    /// What it is.
    pub(crate) noun: &'static str,
    /// That with its name.
    pub(crate) who: String,
    pub(crate) location: Location,
    pub(crate) metric: &'static MetricDescriptor,
}

/// Where a declaration groups by a label of one of these metrics, or selects
/// by it.
pub(super) fn label_use<A: Asking>(
    asking: &A,
    label: &str,
    is_of: &impl Fn(&MetricDescriptor) -> bool,
) -> Option<LabelUse> {
    asking.exprs().iter().find_map(|expr| {
        let (mut is_used, mut with_label) = (false, None);
        expr.each_label(&mut |name| is_used |= name == label);
        expr.each_metric(&mut |metric| {
            let has_label = metric.labels.iter().any(|known| known.name == label);
            if has_label && is_of(metric) {
                with_label = with_label.or(Some(metric));
            }
        });
        let metric = with_label.filter(|_| is_used)?;
        Some(LabelUse {
            noun: A::KIND.noun,
            who: format!("{} `{}`", A::KIND.noun, asking.name()),
            location: asking.location(),
            metric,
        })
    })
}

/// One name, one declaration; none asks a metric that is not linked.
/// `metrics` is sorted by name.
pub(super) fn findings<A: Asking>(
    declared: &[&'static A],
    metrics: &[&'static MetricDescriptor],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut places: BTreeMap<&str, Vec<Location>> = BTreeMap::new();
    for asking in declared {
        let places = places.entry(asking.name()).or_default();
        places.push(asking.location());
    }
    let Kind {
        noun,
        duplicate,
        without_metric,
        rename,
    } = A::KIND;
    for (name, places) in places {
        if places.len() > 1 {
            findings.push(Finding {
                level: Level::Error,
                class: duplicate,
                message: format!(
                    "{noun} `{name}` is declared {} times: keep one, or rename one, `{rename}`",
                    places.len(),
                ),
                places,
            });
        }
    }
    for asking in declared {
        // A share asks its metric twice.
        let mut told = BTreeSet::new();
        for expr in asking.exprs() {
            expr.each_metric(&mut |metric| {
                if metric_of(metrics, metric.name).is_none() && told.insert(metric.name) {
                    findings.push(Finding {
                        level: Level::Error,
                        class: without_metric,
                        message: format!(
                            "{noun} `{}` asks `{}`, which nothing in this program publishes: use \
                             the set that has it, or remove the {noun}",
                            asking.name(),
                            metric.name,
                        ),
                        places: vec![asking.location(), metric.location],
                    });
                }
            });
        }
    }
    findings
}

/// No recording rule writes the series of a metric.
pub(super) fn names_of_records(
    records: &[&'static Record],
    metrics: &[&'static MetricDescriptor],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for record in records {
        let Some(metric) = metric_of(metrics, record.name) else {
            continue;
        };
        findings.push(Finding {
            level: Level::Error,
            class: "record_is_metric",
            message: format!(
                "recording rule `{}` has the name of a metric, and its series would be among the \
                 metric's: write `level:metric:operations`",
                record.name,
            ),
            places: vec![record.location, metric.location],
        });
    }
    findings
}

fn metric_of(
    metrics: &[&'static MetricDescriptor],
    name: &str,
) -> Option<&'static MetricDescriptor> {
    let at = metrics.binary_search_by_key(&name, |known| known.name);
    at.ok().map(|at| metrics[at])
}
