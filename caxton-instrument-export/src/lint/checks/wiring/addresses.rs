//! Who is scraped where, by whom.

use crate::lint::checks::shape::{kind_of, scrape_configurations, targets};
use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::tree::{Key, Node};

/// The collector's own metrics, where nothing else is said:
/// [internal telemetry](https://opentelemetry.io/docs/collector/internal-telemetry/).
const OWN_PORT: u16 = 8888;

/// The port of [Prometheus](https://github.com/prometheus/prometheus/wiki/Default-port-allocations).
const PROMETHEUS_PORT: u16 = 9090;

/// A static target.
struct Target<'a> {
    job: &'a str,
    host: &'a str,
    port: u16,
    path: &'a str,
    node: &'a Node,
}

fn targets_of(config: &Node) -> Vec<Target<'_>> {
    let mut found = Vec::new();
    for job in config.get("scrape_configs").map_or(&[][..], Node::items) {
        let text = |key: &str| job.get(key).and_then(Node::text);
        for node in targets(job) {
            let address = node.text().and_then(|it| it.rsplit_once(':'));
            let Some((host, Ok(port))) = address.map(|(host, port)| (host, port.parse())) else {
                continue;
            };
            found.push(Target {
                job: text("job_name").unwrap_or_default(),
                host,
                port,
                path: text("metrics_path").unwrap_or("/metrics"),
                node,
            });
        }
    }
    found
}

/// The collector's Prometheus exporters, and the port of each.
fn exporters(collector: &Node) -> impl Iterator<Item = (&Key, u16, &Node)> {
    let exporters = collector.get("exporters").map_or(&[][..], Node::entries);
    exporters.iter().filter_map(|(key, exporter)| {
        let endpoint = exporter.get("endpoint")?;
        let (_, port) = endpoint.text()?.rsplit_once(':')?;
        (kind_of(&key.text) == "prometheus").then_some((key, port.parse().ok()?, endpoint))
    })
}

fn trees<'a>(document: &Document, context: &'a Context<'_>, kind: Kind) -> Vec<&'a Node> {
    let documents = context.of_kind(document, kind);
    documents.filter_map(Document::tree).collect()
}

pub(super) fn prometheus(
    document: &Document,
    context: &Context<'_>,
    tree: &Node,
    out: &mut Findings,
) {
    let own = targets_of(tree);
    for (index, target) in own.iter().enumerate() {
        let is_same = |it: &&Target<'_>| {
            (it.host, it.port, it.path) == (target.host, target.port, target.path)
        };
        let address = format!("{}:{}{}", target.host, target.port, target.path);
        if let Some(first) = own[..index].iter().find(is_same) {
            out.add(
                Class::Wire,
                &document.file,
                target.node.place,
                format!(
                    "the job `{}` scrapes `{address}` already: every series comes twice",
                    first.job
                ),
                "scrape it once",
            );
        }
        let is_here = matches!(target.host, "localhost" | "127.0.0.1" | "[::1]");
        if is_here && target.port == PROMETHEUS_PORT && !target.job.contains("prom") {
            out.add(
                Class::Wire,
                &document.file,
                target.node.place,
                format!(
                    "`{}:{}` is Prometheus itself, unless it was moved: the job `{}` gets its metrics",
                    target.host, target.port, target.job
                ),
                "let the program listen at another port, such as 9464, and name that",
            );
        }
        let served: Vec<u16> = trees(document, context, Kind::Collector)
            .into_iter()
            .flat_map(|it| exporters(it).map(|(_, port, _)| port).collect::<Vec<_>>())
            .collect();
        let is_collector =
            |it: &str| it.contains("otel") || it.contains("collector") || it.contains("telemetry");
        let names_it = is_collector(target.host) || is_collector(target.job);
        let is_scraped = |port: &u16| own.iter().any(|it| it.port == *port);
        if names_it
            && !served.is_empty()
            && !served.contains(&target.port)
            && !served.iter().any(is_scraped)
        {
            let what = if target.port == OWN_PORT {
                "there the collector tells about itself"
            } else {
                "nothing of the collector listens there"
            };
            out.add(
                Class::Wire,
                &document.file,
                target.node.place,
                format!(
                    "the job `{}` scrapes port {}: {what}; what it exports is at port {}",
                    target.job, target.port, served[0]
                ),
                format!("scrape `{}:{}`", target.host, served[0]),
            );
        }
    }
}

pub(super) fn collector(
    document: &Document,
    context: &Context<'_>,
    tree: &Node,
    out: &mut Findings,
) {
    let scraped: Vec<Target<'_>> = trees(document, context, Kind::Prometheus)
        .into_iter()
        .flat_map(targets_of)
        .collect();
    let takes = trees(document, context, Kind::Prometheus)
        .into_iter()
        .any(|it| it.get("scrape_configs").is_some());
    for (key, port, endpoint) in exporters(tree) {
        if takes && !scraped.iter().any(|it| it.port == port) {
            out.add(
                Class::Wire,
                &document.file,
                endpoint.place,
                format!(
                    "no job scrapes port {port}, where `{}` has what it is sent",
                    key.text
                ),
                format!("add a job for port {port} to prometheus.yml, or leave the exporter out"),
            );
        }
    }
    for config in scrape_configurations(tree) {
        for own in targets_of(config) {
            let twice = scraped
                .iter()
                .find(|it| (it.host, it.port, it.path) == (own.host, own.port, own.path));
            if let Some(other) = twice {
                out.add(
                    Class::Wire,
                    &document.file,
                    own.node.place,
                    format!(
                        "`{}:{}` is scraped by the collector and by the job `{}` of Prometheus: its \
                         series come twice",
                        own.host, own.port, other.job
                    ),
                    "scrape it in one of the two places",
                );
            }
        }
    }
}
