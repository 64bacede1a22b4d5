//! How components are put together.

use std::collections::BTreeMap;

use serde::Serialize;

use super::exporters::{self, Exporter};
use super::processors::{self, Processor};
use super::receivers::{self, Receiver, any};
use super::{Collector, Deployment};
use crate::generate::{ports, yaml};

/// A component and what it is called in the file.
#[derive(Debug, Clone)]
pub(super) struct Named<T> {
    id: String,
    config: T,
}

impl<T> Named<T> {
    pub(super) fn new(component: &str, config: T) -> Self {
        Self {
            id: component.into(),
            config,
        }
    }

    /// One of several of its type.
    pub(super) fn of(mut self, what: &str) -> Self {
        self.id.push('/');
        self.id.push_str(what);
        self
    }
}

#[derive(Debug)]
struct Pipeline {
    name: &'static str,
    receivers: Vec<Named<Receiver>>,
    processors: Vec<Named<Processor>>,
    exporters: Vec<Named<Exporter>>,
}

impl Pipeline {
    /// With what comes first and last around what is between them.
    fn new(
        name: &'static str,
        receivers: Vec<Named<Receiver>>,
        between: Vec<Named<Processor>>,
        exporters: Vec<Named<Exporter>>,
    ) -> Self {
        let mut processors = vec![processors::memory_limiter()];
        processors.extend(between);
        processors.push(processors::batch());
        Self {
            name,
            receivers,
            processors,
            exporters,
        }
    }
}

#[derive(Serialize)]
struct Document {
    receivers: BTreeMap<String, Receiver>,
    processors: BTreeMap<String, Processor>,
    exporters: BTreeMap<String, Exporter>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: BTreeMap<&'static str, Extension>,
    service: Service,
}

#[derive(Serialize)]
struct Extension {
    endpoint: String,
}

#[derive(Serialize)]
struct Service {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extensions: Vec<&'static str>,
    telemetry: Telemetry,
    pipelines: BTreeMap<&'static str, Names>,
}

#[derive(Serialize)]
struct Names {
    receivers: Vec<String>,
    processors: Vec<String>,
    exporters: Vec<String>,
}

#[derive(Serialize)]
struct Telemetry {
    metrics: OwnMetrics,
}

#[derive(Serialize)]
struct OwnMetrics {
    readers: [Reader; 1],
}

#[derive(Serialize)]
struct Reader {
    pull: Pull,
}

#[derive(Serialize)]
struct Pull {
    exporter: PullExporter,
}

#[derive(Serialize)]
struct PullExporter {
    prometheus: Address,
}

#[derive(Serialize)]
struct Address {
    host: &'static str,
    port: u16,
}

/// The collector that programs send to.
pub(super) fn collector(collector: &Collector, deployment: &Deployment) -> String {
    let mut receivers = vec![receivers::otlp()];
    if collector.scrapes && !deployment.services().is_empty() {
        receivers.push(receivers::prometheus(deployment));
    }
    let resource = || resource(collector);
    let mut pipelines = Vec::new();

    let (differences, sums): (Vec<_>, Vec<_>) = collector
        .backends()
        .into_iter()
        .partition(super::Backend::wants_differences);
    let exporters = |backends: &[super::Backend]| {
        apart(
            backends
                .iter()
                .map(|it| exporters::metrics(it, deployment))
                .collect(),
        )
    };
    if !sums.is_empty() {
        let exporters = exporters(&sums);
        pipelines.push(Pipeline::new(
            "metrics",
            receivers.clone(),
            resource(),
            exporters,
        ));
    }
    if !differences.is_empty() {
        let mut between = resource();
        between.push(processors::cumulative_to_delta());
        let exporters = exporters(&differences);
        let name = if sums.is_empty() {
            "metrics"
        } else {
            "metrics/differences"
        };
        pipelines.push(Pipeline::new(name, receivers, between, exporters));
    }
    if let Some(store) = deployment.traces() {
        let mut between = resource();
        let exporter = if let Some(host) = &collector.gateways {
            exporters::gateways(host, deployment)
        } else {
            between.extend(collector.sampling.map(processors::tail_sampling));
            exporters::traces(&store.address(), deployment)
        };
        pipelines.push(traces(between, exporter));
    }
    if let Some(store) = deployment.logs() {
        pipelines.push(Pipeline::new(
            "logs",
            vec![receivers::otlp()],
            resource(),
            vec![exporters::logs(&store.otlp_url(), deployment)],
        ));
    }
    render(collector, pipelines)
}

/// A gateway, which decides over whole traces; `None` if they go nowhere.
pub(super) fn gateway(collector: &Collector, deployment: &Deployment) -> Option<String> {
    let store = deployment.traces()?;
    let between = collector.sampling.map(processors::tail_sampling);
    let exporter = exporters::traces(&store.address(), deployment);
    let pipeline = traces(between.into_iter().collect(), exporter);
    Some(render(collector, vec![pipeline]))
}

fn traces(between: Vec<Named<Processor>>, exporter: Named<Exporter>) -> Pipeline {
    Pipeline::new("traces", vec![receivers::otlp()], between, vec![exporter])
}

fn resource(collector: &Collector) -> Vec<Named<Processor>> {
    let environment = collector.environment.as_deref();
    environment.map(processors::resource).into_iter().collect()
}

/// Several of one name are told apart by a number.
fn apart(exporters: Vec<Named<Exporter>>) -> Vec<Named<Exporter>> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let tell = |exporter: Named<Exporter>| {
        let count = seen.entry(exporter.id.clone()).or_default();
        *count += 1;
        match (*count, exporter.id.contains('/')) {
            (1, _) => exporter,
            (count, false) => exporter.of(&count.to_string()),
            (count, true) => Named {
                id: format!("{}_{count}", exporter.id),
                config: exporter.config,
            },
        }
    };
    exporters.into_iter().map(tell).collect()
}

fn render(collector: &Collector, pipelines: Vec<Pipeline>) -> String {
    let mut document = Document {
        receivers: BTreeMap::new(),
        processors: BTreeMap::new(),
        exporters: BTreeMap::new(),
        extensions: BTreeMap::new(),
        service: Service {
            extensions: Vec::new(),
            telemetry: Telemetry {
                metrics: OwnMetrics {
                    readers: [Reader {
                        pull: Pull {
                            exporter: PullExporter {
                                prometheus: Address {
                                    host: "0.0.0.0",
                                    port: ports::COLLECTOR_METRICS,
                                },
                            },
                        },
                    }],
                },
            },
            pipelines: BTreeMap::new(),
        },
    };
    if collector.has_health_check {
        let endpoint = any(ports::COLLECTOR_HEALTH);
        document
            .extensions
            .insert("health_check", Extension { endpoint });
        document.service.extensions.push("health_check");
    }
    for pipeline in pipelines {
        let names = Names {
            receivers: define(pipeline.receivers, &mut document.receivers),
            processors: define(pipeline.processors, &mut document.processors),
            exporters: define(pipeline.exporters, &mut document.exporters),
        };
        document.service.pipelines.insert(pipeline.name, names);
    }
    yaml::file(&document)
}

/// Defines components and gives their names.
fn define<T>(components: Vec<Named<T>>, all: &mut BTreeMap<String, T>) -> Vec<String> {
    let name = |Named { id, config }: Named<T>| {
        all.insert(id.clone(), config);
        id
    };
    components.into_iter().map(name).collect()
}
