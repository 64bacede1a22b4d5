//! What leaves the process: pages of the metric catalog, a Prometheus
//! exposition and an HTTP server for it.
//!
//! A program starts telemetry once and keeps the guard:
//!
//! ```standalone_crate
//! use caxton_instrument::prelude::*;
//!
//! /// Orders of a shop.
//! #[derive(MetricSet)]
//! #[metric_set(namespace = "shop")]
//! struct Shop {
//!     /// Orders taken since the start.
//!     orders: Counter,
//! }
//!
//! # #[cfg(feature = "prometheus")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let telemetry = caxton_instrument_export::builder()
//!     .install()?;
//! Shop::global().orders.increment(2);
//! assert!(telemetry.render().contains("shop_orders_total 2"));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "prometheus"))]
//! # fn main() {}
//! ```
//!
//! and shows what it declares with three lines in `examples/catalog.rs`, see
//! [`catalog`].
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | (none) | [`catalog`]: Markdown, table and JSON of everything declared, checked |
//! | `prometheus` (default) | [`builder`]: a recorder configured from the catalog |
//! | `server` | HTTP: `Builder::listen`, `Telemetry::router`; brings `prometheus` |
//!
//! # Map
//!
//! `catalog` (declarations to pages) stands alone. `builder` checks and
//! installs, `prometheus` records and renders, `telemetry` is the guard that
//! keeps them alive, `server` answers over HTTP.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod catalog;

#[cfg(feature = "prometheus")]
mod builder;
#[cfg(feature = "prometheus")]
mod error;
#[cfg(feature = "prometheus")]
mod prometheus;
#[cfg(feature = "server")]
mod server;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "prometheus")]
mod telemetry;

#[cfg(feature = "prometheus")]
pub use builder::{Builder, builder};
#[cfg(feature = "prometheus")]
pub use error::InstallError;
#[cfg(feature = "prometheus")]
pub use telemetry::Telemetry;
