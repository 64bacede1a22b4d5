//! The catalog's command line: everything declared in a program, shown and
//! checked.
//!
//! An example of one's own package is the natural place for it:
//!
//! ```no_run
//! // examples/catalog.rs: names the crates whose declarations it shows
//! // use my_crate as _;
//! fn main() -> std::process::ExitCode {
//!     caxton_instrument_export::catalog::main()
//! }
//! ```
//!
//! ```text
//! cargo run --example catalog                                     a table
//! cargo run --example catalog -- show --format markdown
//! cargo run --example catalog -- show --metric shop_orders_total
//! cargo run --example catalog -- show --out METRICS.md            writes the page
//! cargo run --example catalog -- show --out metrics.html          one page, with search
//! cargo run --example catalog -- check                            findings, and rules without a test
//! cargo run --example catalog -- check METRICS.md                 is the page fresh?
//! cargo run --example catalog -- generate observability/          rules, and tests of them
//! cargo run --example catalog -- check observability/             are they fresh?
//! cargo run --example catalog -- check --against page.txt         does it expose what is declared?
//! cargo run --example catalog -- verify localhost:9464 localhost:9090   does the system run as declared?
//! cargo run --example catalog -- diff old.json new.json           what changed, what that breaks
//! cargo run --example catalog -- lint monitoring/ docs/guide.md   faults in what others wrote
//! ```
//!
//! `check` also notes what is used by nobody: metrics that no alert, objective,
//! recording rule or panel reads, alerts without owner or runbook; with `--strict`
//! it fails on them. `--against` takes the address of an exposition (feature
//! `verify`) or a file that it was saved in, and finds undeclared names, other
//! types, labels, values and help texts; what has no series is a note.
//!
//! `verify` (feature `verify`) checks what runs: a service's `/livez`, `/readyz`,
//! `/health` and metrics; a Prometheus' targets, rules, alerts and Alertmanagers;
//! an Alertmanager. It tells them apart by their answers.
//!
//! `diff` compares what `show --format json` wrote of two versions. It tells each
//! change of a metric, whether it breaks who reads it, and which alerts,
//! objectives, recording rules and panels of the earlier version ask for what is
//! gone. A metric that states the old name in `replaces` is a rename, and
//! `--rules FILE` writes recording rules that keep that name alive.
//!
//! It exits 0 when all is well, 1 for findings, drift and files it cannot
//! read or write, 2 for a command line it does not understand.
//!
//! The JSON carries `"version": 2` and is described by
//! [`SCHEMA`], a JSON Schema. A changed, added or
//! removed key is a new version; version 2 added alerts, objectives, recording
//! rules and panels, and `read_by` of a metric.

mod against;
mod check;
mod command;
mod coverage;
mod diff;
mod document;
mod fetch;
mod found;
mod generate;
mod html;
mod json;
mod lint;
mod markdown;
#[cfg(test)]
mod pages_tests;
mod table;
pub(crate) mod text;
#[cfg(feature = "verify")]
mod verify;

use std::io::{self, Write as _};
use std::process::ExitCode;

use caxton_instrument::Catalog;

use crate::generate::Deployment;
use document::Document;
pub(crate) use markdown::prose;
pub(crate) use text::sentence;

/// The JSON Schema (draft 2020-12) of [`json`](fn@json).
///
/// ```
/// let schema = caxton_instrument_export::catalog::SCHEMA;
/// assert!(schema.contains("https://json-schema.org/draft/2020-12/schema"));
/// ```
pub const SCHEMA: &str = include_str!("../../schema/catalog.v2.schema.json");

/// The catalog of the linked program, on the command line: `show` (also
/// without a word), `check`, `generate` and `lint`. The words are
/// documented in [the module](self).
#[must_use]
pub fn main() -> ExitCode {
    start(None)
}

/// The same for a program that runs as this deployment says: names, ports and
/// versions in the files of `generate` are those.
#[must_use]
pub fn main_of(deployment: Deployment) -> ExitCode {
    start(Some(deployment))
}

fn start(deployment: Option<Deployment>) -> ExitCode {
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    let code = command::run(std::env::args_os(), deployment, &mut out, &mut err);
    // A reader such as `head` may be gone by now, and nothing is left to say.
    let _ = out.flush();
    ExitCode::from(code)
}

/// A reference page of a catalog.
///
/// ```standalone_crate
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::Catalog;
/// use caxton_instrument_export::catalog;
///
/// /// Orders of a shop.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "shop")]
/// struct Shop {
///     /// Orders taken since the start.
///     orders: Counter,
/// }
///
/// let page = catalog::markdown(&Catalog::collect()?);
/// assert!(page.contains("## `shop_orders_total`"));
/// # Ok::<(), caxton_instrument::CatalogError>(())
/// ```
#[must_use]
pub fn markdown(catalog: &Catalog) -> String {
    markdown::render(&Document::of(catalog))
}

/// A catalog as one HTML page that needs neither network nor server: search,
/// filters by crate, type and label, and each metric with its alerts,
/// objectives and panels. An anchor is a metric's name; `#search=..` in the
/// address, with `&crate=`, `&type=` or `&label=`, opens it filtered.
///
/// ```standalone_crate
/// use caxton_instrument::Catalog;
/// use caxton_instrument_export::catalog;
///
/// let page = catalog::html(&Catalog::collect()?);
/// assert!(page.starts_with("<!DOCTYPE html>"));
/// # Ok::<(), caxton_instrument::CatalogError>(())
/// ```
#[must_use]
pub fn html(catalog: &Catalog) -> String {
    html::render(&Document::of(catalog))
}

/// A catalog for a terminal, in aligned columns.
#[must_use]
pub fn table(catalog: &Catalog) -> String {
    table::render(&Document::of(catalog))
}

/// A catalog for programs, as [`SCHEMA`] describes it.
#[must_use]
pub fn json(catalog: &Catalog) -> String {
    json::render(&Document::of(catalog))
}
