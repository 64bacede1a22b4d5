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
//! | (none) | [`catalog`]: Markdown, HTML, table and JSON of everything declared, checked; [`scrape`] reads expositions |
//! | `prometheus` (default) | [`builder`]: the recorder of [`caxton_instrument::recorder`], and its [`exposition`] |
//! | `config` | `from_file`: [`config`], `caxton.toml`; [`logs`]: JSON lines on standard output or in a file; brings `prometheus` |
//! | `server` | HTTP: [`server`] and who may read it, [`health`] checks, the layer [`http`] for a service of one's own; brings `config` |
//! | `otlp` | [`otlp`]: metrics, traces and logs to a collector; [`propagation`]; `Builder::exemplars`; brings `config` |
//! | `process` | [`process`]: the process, its runtime, disks and networks; brings `prometheus` |
//! | `profiling` | [`profiling`]: where the processor's time goes; brings `server` |
//! | `verify` | `catalog verify` and `catalog check --against URL`: does a running system say what is declared |
//! | `lint` | [`lint`], `catalog lint`: faults in rules, configuration and dashboards written by hand |
//!
//! # Map
//!
//! `catalog` (declarations to pages) stands alone. `builder` checks and
//! installs, `exposition` writes what was recorded, `telemetry` is the guard
//! that keeps them alive, `server` answers over HTTP.
//!
//! # Another recorder
//!
//! Handles work in front of any recorder of the `metrics` ecosystem. That of
//! metrics-exporter-prometheus takes its bounds from the catalog in a few
//! lines; without bounds its histograms come out as summaries:
//!
//! ```standalone_crate
//! # use caxton_instrument::prelude::*;
//! use caxton_instrument::{Catalog, DEFAULT_SECONDS_BUCKETS, MetricKind};
//! use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
//!
//! # /// Orders of a shop.
//! # #[derive(MetricSet)]
//! # #[metric_set(namespace = "shop")]
//! # struct Shop {
//! #     /// Time to take an order.
//! #     #[metric(unit = seconds, buckets = [0.5, 1.0])]
//! #     order_duration: Histogram,
//! # }
//! let mut builder = PrometheusBuilder::new().set_buckets(DEFAULT_SECONDS_BUCKETS)?;
//! for metric in Catalog::collect()?.metrics() {
//!     if metric.kind == MetricKind::Histogram {
//!         let name = Matcher::Full(metric.name.to_owned());
//!         builder = builder.set_buckets_for_metric(name, metric.buckets)?;
//!     }
//! }
//! let recorder = builder.build_recorder();
//! let handle = recorder.handle();
//! caxton_instrument::install(recorder)?;
//!
//! Shop::global().order_duration.record(0.7);
//! assert!(handle.render().contains("shop_order_duration_seconds_bucket{le=\"1\"} 1"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It keeps every sample of a histogram until it is read, takes a backslash in
//! a label value for an escape of the caller's, and knows no series that ends.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bound;
pub mod catalog;
#[cfg(feature = "prometheus")]
pub mod exposition;

#[cfg(any(feature = "process", feature = "server"))]
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(feature = "prometheus")]
mod builder;
#[cfg(feature = "config")]
pub mod config;
#[cfg(feature = "prometheus")]
mod error;
#[cfg(feature = "otlp")]
mod exemplars;
pub mod generate;
#[cfg(feature = "server")]
pub mod health;
#[cfg(feature = "server")]
pub mod http;
#[cfg(feature = "lint")]
pub mod lint;
#[cfg(feature = "config")]
pub mod logs;
#[cfg(feature = "otlp")]
pub mod otlp;
#[cfg(feature = "process")]
pub mod process;
#[cfg(feature = "profiling")]
pub mod profiling;
pub mod promql;
#[cfg(feature = "otlp")]
pub mod propagation;
#[cfg(feature = "prometheus")]
mod resource;
pub mod scrape;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "config")]
mod subscriber;
#[cfg(feature = "prometheus")]
mod telemetry;
mod ucum;

#[cfg(feature = "prometheus")]
pub use builder::{Builder, builder};
#[cfg(feature = "config")]
pub use config::{from_env, from_file};
#[cfg(feature = "prometheus")]
pub use error::InstallError;
#[cfg(feature = "prometheus")]
pub use resource::Resource;
#[cfg(feature = "prometheus")]
pub use telemetry::Telemetry;
