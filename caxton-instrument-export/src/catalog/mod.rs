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
//! cargo run --example catalog -- check                            findings
//! cargo run --example catalog -- check METRICS.md                 is the page fresh?
//! cargo run --example catalog -- generate observability/          rules, and tests of them
//! cargo run --example catalog -- check observability/             are they fresh?
//! ```
//!
//! It exits 0 when all is well, 1 for findings, drift and files it cannot
//! read or write, 2 for a command line it does not understand.
//!
//! The JSON carries `"version": 1` and is described by
//! [`SCHEMA`], a JSON Schema. A changed, added or
//! removed key is a new version.

mod check;
mod command;
mod document;
mod json;
mod markdown;
mod table;
mod text;

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
pub const SCHEMA: &str = include_str!("../../schema/catalog.v1.schema.json");

/// The catalog of the linked program, on the command line: `show` (also
/// without a word), `check` and `generate`. The words are documented in
/// [the module](self).
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
