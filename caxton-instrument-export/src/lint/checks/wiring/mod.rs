//! WIRE: files that disagree, and ways that end nowhere.
//!
//! ```text
//! collector     components and the pipelines that name them
//! endpoints     ports and the protocols that are spoken there
//! exported      names and traces on their way through the collector
//! loading       rules and the configuration that loads them, jobs they ask
//! addresses     who is scraped where, by whom
//! receivers     Alertmanager's routes and receivers
//! monitors      `ServiceMonitor`s and services
//! kubernetes    annotations and the ports of the same pod
//! ```

mod addresses;
mod collector;
mod endpoints;
mod exported;
mod kubernetes;
mod loading;
mod monitors;
mod receivers;

use super::Check;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;

pub(super) const CHECK: Check = check;

fn check(document: &Document, context: &Context<'_>, out: &mut Findings) {
    let Some(tree) = document.tree() else { return };
    match document.kind {
        Kind::Collector => {
            collector::check(document, tree, out);
            exported::check(document, context, tree, out);
            endpoints::check(document, tree, out);
            addresses::collector(document, context, tree, out);
        }
        Kind::Prometheus => {
            addresses::prometheus(document, context, tree, out);
            loading::alerts_go_nowhere(document, context, tree, out);
        }
        Kind::Rules => {
            loading::rules(document, context, tree, out);
            loading::jobs(document, context, tree, out);
        }
        Kind::Dashboard => loading::jobs(document, context, tree, out),
        Kind::Alertmanager => receivers::check(document, tree, out),
        Kind::Kubernetes => {
            kubernetes::check(document, context, tree, out);
            monitors::check(document, context, tree, out);
        }
        _ => {}
    }
}
