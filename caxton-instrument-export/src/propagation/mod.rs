//! One trace across programs, agents and tasks: [Trace Context][trace] and
//! [Baggage][baggage] of the W3C, over HTTP, in the metadata of messages, in
//! tasks and in SQL.
//!
//! [trace]: https://www.w3.org/TR/trace-context/
//! [baggage]: https://www.w3.org/TR/baggage/
//!
//! An agent hands its trace on with a message, and the next one goes on with
//! it:
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use caxton_instrument_export::propagation;
//! use opentelemetry::trace::{TraceContextExt, TracerProvider};
//! use opentelemetry_sdk::trace::SdkTracerProvider;
//! use tracing_subscriber::prelude::*;
//!
//! # let tracer = SdkTracerProvider::builder().build().tracer("agents");
//! # let layer = tracing_opentelemetry::layer().with_tracer(tracer);
//! # let subscriber = tracing_subscriber::registry().with(layer);
//! # tracing::subscriber::with_default(subscriber, || {
//! // The sender: any map of strings carries it.
//! let mut metadata = BTreeMap::new();
//! let asking = tracing::info_span!("ask");
//! asking.in_scope(|| propagation::inject(&mut metadata));
//! assert!(metadata["traceparent"].starts_with("00-"));
//!
//! // The receiver, in another program.
//! let parent = propagation::extract(&metadata);
//! let answering = propagation::with_parent(tracing::info_span!("answer"), parent);
//! # let trace = |span: &tracing::Span| {
//! #     let context = span.in_scope(propagation::current);
//! #     context.span().span_context().trace_id()
//! # };
//! # assert_eq!(trace(&asking), trace(&answering));
//! # });
//! ```
//!
//! # Over HTTP
//!
//! [`ServerLayer`] takes the trace of a request, [`ClientLayer`] gives it to
//! one; both are [`tower`] layers for any service of [`http::Request`], axum's
//! and tonic's among them. A client of another kind takes headers:
//!
//! ```no_run
//! # async fn order(client: reqwest::Client) -> Result<(), reqwest::Error> {
//! use caxton_instrument_export::propagation;
//!
//! let mut headers = http::HeaderMap::new();
//! propagation::inject(&mut headers);
//! let answer = client.get("http://shop/orders").headers(headers).send().await?;
//! # _ = answer;
//! # Ok(())
//! # }
//! ```
//!
//! # Tasks
//!
//! A task that is spawned has no span and no context: [`spawn`] gives it those
//! of whoever spawns it, [`InContext`] does so to any future, and [`carry`] to a
//! closure.
//!
//! # What is not taken
//!
//! Headers come from anybody. A malformed `traceparent`, or more than one, is
//! ignored, and the request begins a trace of its own. Of `tracestate` at most
//! 32 members and 512 characters go on, of `baggage` 64 members and 8,192 bytes;
//! a malformed `tracestate` is ignored as a whole, of `baggage` the malformed
//! members. `caxton_instrument_propagation_refused_total` counts by header and
//! reason (`malformed`, `duplicate`, `too_long`, `too_many`).
//!
//! Baggage reaches whoever is called, and their callees: put no secret in it.

mod baggage;
mod carrier;
mod client;
mod context;
mod formats;
mod meta;
mod propagator;
mod request;
mod server;
mod sql;
mod tasks;
mod trace_context;

pub(crate) use formats::choose;

pub use carrier::Carrier;
pub use client::{ClientLayer, ClientService};
pub use context::{current, extract, inject, inject_context, with_parent};
pub use propagator::W3cPropagator;
pub use request::RequestFuture;
pub use server::{ServerLayer, ServerService};
pub use sql::SqlComments;
pub use tasks::{InContext, InCurrentContext, carry, spawn};
