//! The document of the declarations in this program.

use caxton_instrument::query::Window;
use caxton_instrument::{
    AgentType, Allowance, Catalog, LabelDescriptor, LabelValues, MetricDescriptor,
    OperationDescriptor, SetDescriptor, Stability,
};

use super::source::source;
use super::{
    Alert, Allowed, Document, Label, Metric, Native, Objective, Operation, Panel, Query, Readers,
    Record, Replaces, Set, StabilityLevel, VERSION, Values,
};
use crate::promql::{self, Route};

impl Document {
    /// Everything in the catalog.
    pub(crate) fn of(catalog: &Catalog) -> Self {
        Self::with(catalog, |_| true, |_| true)
    }

    /// One metric, the sets that hold it, the operations recorded there, and
    /// what reads it.
    pub(crate) fn of_metric(catalog: &Catalog, name: &str) -> Self {
        Self::with(
            catalog,
            |metric| metric.name == name,
            |query| query.reads(name),
        )
    }

    fn with(
        catalog: &Catalog,
        wanted: impl Fn(&MetricDescriptor) -> bool,
        reads: impl Fn(&Query) -> bool,
    ) -> Self {
        let of_set = |set: &SetDescriptor| {
            set.metrics.is_empty() || set.metrics.iter().any(|metric| wanted(metric))
        };
        let mut document = Self {
            version: VERSION,
            metrics: catalog
                .metrics()
                .iter()
                .filter(|it| wanted(it))
                .map(|it| metric(catalog, it))
                .collect(),
            sets: catalog
                .sets()
                .iter()
                .filter(|it| of_set(it))
                .map(|it| set(it))
                .collect(),
            operations: catalog
                .operations()
                .iter()
                .filter(|it| of_set(it.set))
                .map(|it| operation(it))
                .collect(),
            alerts: catalog.alerts().iter().map(|it| alert(it)).collect(),
            objectives: catalog.slos().iter().map(|it| objective(it)).collect(),
            records: catalog.records().iter().map(|it| record(it)).collect(),
            panels: catalog.panels().iter().map(|it| panel(it)).collect(),
        };
        document.alerts.retain(|it| reads(&it.query));
        document.objectives.retain(|it| reads(&it.query));
        document.records.retain(|it| reads(&it.query));
        document.panels.retain(|it| reads(&it.query));
        for at in 0..document.metrics.len() {
            document.metrics[at].read_by = document.readers(&document.metrics[at].name);
        }
        document
    }

    fn readers(&self, metric: &str) -> Readers {
        fn names<'a>(
            metric: &str,
            all: impl Iterator<Item = (&'a String, &'a Query)>,
        ) -> Vec<String> {
            all.filter(|(_, query)| query.reads(metric))
                .map(|(name, _)| name.clone())
                .collect()
        }
        Readers {
            alerts: names(metric, self.alerts.iter().map(|it| (&it.name, &it.query))),
            objectives: names(
                metric,
                self.objectives.iter().map(|it| (&it.name, &it.query)),
            ),
            records: names(metric, self.records.iter().map(|it| (&it.name, &it.query))),
            panels: names(metric, self.panels.iter().map(|it| (&it.name, &it.query))),
        }
    }
}

fn metric(catalog: &Catalog, metric: &MetricDescriptor) -> Metric {
    Metric {
        name: metric.name.into(),
        kind: metric.kind.as_str().into(),
        unit: Some(metric.unit.suffix())
            .filter(|unit| !unit.is_empty())
            .map(String::from),
        help: metric.help.into(),
        namespace: metric.namespace.into(),
        field: metric.field.into(),
        labels: metric.labels.iter().map(label).collect(),
        constant_labels: metric
            .constant_labels
            .iter()
            .map(|(name, value)| (String::from(*name), String::from(*value)))
            .collect(),
        buckets: metric.buckets.into(),
        native: metric.native.map(|it| Native {
            schema: it.schema(),
            zero_threshold: it.zero_threshold(),
            highest: it.highest(),
        }),
        series_bound: catalog.series_bound(metric),
        max_series: metric.max_series,
        stability: match metric.stability {
            Stability::Experimental => StabilityLevel::Experimental,
            Stability::Deprecated { since, note } => StabilityLevel::Deprecated {
                since: since.into(),
                note: note.into(),
            },
            _ => StabilityLevel::Stable,
        },
        replaces: metric
            .replaces
            .iter()
            .map(|it| Replaces {
                name: it.name.into(),
                reason: it.reason.into(),
            })
            .collect(),
        allowed: allowed(metric.allowed),
        read_by: Readers::default(),
        source: source(metric.location),
    }
}

fn label(label: &LabelDescriptor) -> Label {
    Label {
        name: label.name.into(),
        help: label.help.into(),
        values: match label.values {
            LabelValues::Closed(values) => Values::Closed {
                values: values.iter().map(|value| String::from(*value)).collect(),
            },
            values => Values::Open {
                max_values: u32::try_from(values.bound()).unwrap_or(u32::MAX),
            },
        },
        allowed: allowed(label.allowed),
    }
}

fn allowed(allowed: &[Allowance]) -> Vec<Allowed> {
    allowed
        .iter()
        .map(|it| Allowed {
            rule: it.rule.id().into(),
            reason: it.reason.into(),
        })
        .collect()
}

fn set(set: &SetDescriptor) -> Set {
    Set {
        name: set.name.into(),
        help: set.help.into(),
        namespace: set.namespace.into(),
        metrics: set.metrics.iter().map(|it| it.name.into()).collect(),
        source: source(set.location),
    }
}

fn operation(operation: &OperationDescriptor) -> Operation {
    Operation {
        agent_type: match operation.agent_type {
            AgentType::Literal(name) => Some(name.into()),
            _ => None,
        },
        name: operation.operation.into(),
        span: Some(operation.span)
            .filter(|span| !span.is_empty())
            .map(String::from),
        is_async: operation.is_async,
        set: operation.set.name.into(),
        source: source(operation.location),
    }
}

fn alert(alert: &caxton_instrument::Alert) -> Alert {
    Alert {
        name: alert.name.into(),
        severity: alert.severity.as_str().into(),
        summary: alert.summary.into(),
        description: alert.description.into(),
        owner: alert.owner.into(),
        runbook: alert.runbook.into(),
        hold_seconds: alert.hold.map(Window::as_secs),
        keep_seconds: alert.keep.map(Window::as_secs),
        query: Query::of(alert.condition),
        source: source(alert.location),
    }
}

fn objective(slo: &caxton_instrument::Slo) -> Objective {
    let share = slo.indicator.bad_share(slo.window);
    let events = slo.indicator.events(slo.window);
    Objective {
        name: slo.name.into(),
        share: slo.objective,
        window_seconds: slo.window.as_secs(),
        min_events: slo.min_events,
        summary: slo.summary.into(),
        description: slo.description.into(),
        owner: slo.owner.into(),
        runbook: slo.runbook.into(),
        query: Query::of_share(&share, &events, slo.indicator.labels()),
        events: promql::expression_for(&events, &Route::Scrape),
        source: source(slo.location),
    }
}

fn record(record: &caxton_instrument::Record) -> Record {
    Record {
        name: record.name.into(),
        summary: record.summary.into(),
        query: Query::of(record.query),
        source: source(record.location),
    }
}

fn panel(panel: &caxton_instrument::Panel) -> Panel {
    Panel {
        name: panel.name.into(),
        title: panel.title.into(),
        description: panel.description.into(),
        query: Query::of(panel.query),
        source: source(panel.location),
    }
}
