//! What a scrape reads: every series of a [`Registry`], in the format that the
//! reader asks for.
//!
//! ```text
//! negotiate   `Accept` to a format
//! names       the names that a family writes
//! claims      no name is written by two families
//! filter      `name[]`
//! text        the encoders, a family at a time
//! open_metrics
//! protobuf
//! native      what only protobuf carries: the buckets of native histograms
//! lines       what the texts have alike: samples, buckets, escapes
//! number      values and bucket bounds
//! ```
//!
//! A program that runs [`builder`](crate::builder) has one already, behind
//! [`Telemetry::render`](crate::Telemetry::render) and `/metrics`. A server of
//! another kind, or a test, makes one:
//!
//! ```
//! use std::sync::Arc;
//!
//! use caxton_instrument::prelude::*;
//! use caxton_instrument::recorder::Registry;
//! use caxton_instrument::Catalog;
//! use caxton_instrument_export::exposition::{Exposition, Format};
//!
//! /// Mail.
//! #[derive(MetricSet)]
//! #[metric_set(namespace = "mailer")]
//! struct Mail {
//!     /// Messages that wait.
//!     messages_waiting: Gauge,
//! }
//!
//! let catalog = Catalog::collect()?;
//! let registry = Registry::new(&catalog);
//! let exposition = Exposition::new(&catalog, registry.clone());
//! let mail = Mail::new_in(Arc::new(registry));
//! mail.messages_waiting.set(3);
//!
//! let accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2";
//! let format = Format::negotiate(accept);
//! assert_eq!(format, Format::OpenMetrics);
//! let text = String::from_utf8(exposition.render(format))?;
//! assert!(text.contains("# TYPE mailer_messages_waiting gauge\nmailer_messages_waiting 3\n"));
//! assert!(text.ends_with("# EOF\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Native histograms
//!
//! Of a histogram that is declared `native`
//! ([`NativeBuckets`](caxton_instrument::NativeBuckets)) protobuf carries the
//! native buckets and the classic ones. Prometheus takes the native ones if it
//! runs with `--enable-feature=native-histograms`, from 3.8 on if its scrape
//! configuration says `scrape_native_histograms: true`, and the classic ones
//! otherwise; both with `always_scrape_classic_histograms: true`. The text
//! formats have no native histograms and carry the classic buckets.
//!
//! ```
//! # use std::sync::Arc;
//! # use caxton_instrument::prelude::*;
//! # use caxton_instrument::recorder::Registry;
//! # use caxton_instrument::Catalog;
//! # use caxton_instrument_export::exposition::{Exposition, Format};
//! /// Mail.
//! #[derive(MetricSet)]
//! #[metric_set(namespace = "mailer")]
//! struct Mail {
//!     /// Time to send one message.
//!     #[metric(unit = seconds, native)]
//!     send_duration: Histogram,
//! }
//!
//! # let catalog = Catalog::collect()?;
//! # let registry = Registry::new(&catalog);
//! # let exposition = Exposition::new(&catalog, registry.clone());
//! # let mail = Mail::new_in(Arc::new(registry));
//! mail.send_duration.record(0.3);
//!
//! let text = exposition.text();
//! assert!(text.contains("mailer_send_duration_seconds_bucket{le=\"0.25\"} 0\n"));
//! assert!(text.contains("mailer_send_duration_seconds_bucket{le=\"1\"} 1\n"));
//! # assert!(!exposition.render(Format::Protobuf).is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Exemplars
//!
//! OpenMetrics and protobuf carry the [exemplars](caxton_instrument::exemplar)
//! of counters and of buckets, protobuf those of native histograms; Prometheus
//! keeps them if it runs with `--enable-feature=exemplar-storage`. Text has no
//! place for them. An exemplar is shown until a newer one takes its place.
//!
//! # Order, and what is left out
//!
//! Families stand in the order of their names, series in that of their labels,
//! so that the same state has the same bytes. A name is written by one family:
//! a metric of another crate that would write a name of a declared one, as
//! `shop_order_duration_seconds_count` beside a histogram
//! `shop_order_duration_seconds`, is left out, and so is one that meets a
//! metric that came before it. [`Exposition::findings`] has their names and
//! those that the recorder refused, `caxton_instrument_registrations_refused_total`
//! counts them by reason.

mod claims;
mod filter;
mod lines;
mod names;
mod native;
mod negotiate;
mod number;
mod open_metrics;
mod protobuf;
mod text;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use caxton_instrument::exemplar;
use caxton_instrument::recorder::{Family, Registry};
use caxton_instrument::{Catalog, Finding};

pub use filter::Filter;
pub use negotiate::Format;

use claims::{Claim, Claims};

/// A registry as scrapers read it. Shared by reference between any number of
/// readers: none waits for another to be written, nor for a metric that is
/// updated.
pub struct Exposition {
    registry: Registry,
    claims: Mutex<Claims>,
    /// How long the last text was, so that the next one is allocated whole.
    last: AtomicUsize,
}

impl Exposition {
    /// The exposition of a registry; the catalog's names come before those of
    /// other crates.
    #[must_use]
    pub fn new(catalog: &Catalog, registry: Registry) -> Self {
        Self {
            registry,
            claims: Mutex::new(Claims::of(catalog)),
            last: AtomicUsize::new(0),
        }
    }

    /// Every series.
    #[must_use]
    pub fn render(&self, format: Format) -> Vec<u8> {
        let bytes = encode(format, &self.families(&Filter::all()), self.capacity());
        self.last.store(bytes.len(), Ordering::Relaxed);
        bytes
    }

    /// Every series in [`Format::Text`].
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.capacity());
        text::encode(&self.families(&Filter::all()), &mut text);
        self.last.store(text.len(), Ordering::Relaxed);
        text
    }

    /// The series of the families that a filter names.
    #[must_use]
    pub fn render_filtered(&self, format: Format, filter: &Filter) -> Vec<u8> {
        encode(format, &self.families(filter), 0)
    }

    /// How many metrics of other crates are left out, because a name that they
    /// would write is taken; [`findings`](Self::findings) has their names.
    #[must_use]
    pub fn hidden(&self) -> usize {
        let families = self.registry.families();
        families.len() - self.admitted(families).len()
    }

    /// What other crates emit and is not exposed as it came: refused by the
    /// recorder, or left out here. Each name once for each reason, with what to
    /// do; see [`Registry::findings`].
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        // Also what came since the last scrape.
        self.admitted(self.registry.families());
        self.registry.findings()
    }

    /// What a scrape of everything reads.
    #[cfg(feature = "otlp")]
    pub(crate) fn snapshot(&self) -> Vec<Family> {
        self.families(&Filter::all())
    }

    /// The same with series that are left out because they are idle.
    #[cfg(feature = "otlp")]
    pub(crate) fn snapshot_with_idle(&self) -> Vec<Family> {
        self.admitted(self.registry.families_with_idle())
    }

    /// What is to be written. No lock is held from then on: values are read as
    /// they are written.
    fn families(&self, filter: &Filter) -> Vec<Family> {
        let mut families = self.admitted(self.registry.families());
        families.retain(|family| filter.admits(family.name(), family.kind()));
        families
    }

    /// Those that write no name of another one.
    fn admitted(&self, mut families: Vec<Family>) -> Vec<Family> {
        let mut conflicts = Vec::new();
        let mut claims = self.claims();
        claims.forget_all_but(&families);
        families.retain(|family| match claims.claim(family.name(), family.kind()) {
            Claim::Admitted => true,
            Claim::LeftOut => false,
            Claim::Refused(conflict) => {
                conflicts.push(conflict);
                false
            }
        });
        drop(claims);
        // Without the lock, since it is reported to foreign code.
        for conflict in conflicts {
            self.registry
                .leave_out(&conflict.name, &conflict.taken, &conflict.owner);
        }
        families
    }

    /// A little more than last time: series come one by one.
    fn capacity(&self) -> usize {
        let last = self.last.load(Ordering::Relaxed);
        last + last / 16 + 256
    }

    fn claims(&self) -> MutexGuard<'_, Claims> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn encode(format: Format, families: &[Family], capacity: usize) -> Vec<u8> {
    if format != Format::Text {
        // Text shows no exemplars.
        exemplar::next_interval();
    }
    let mut text = String::new();
    match format {
        Format::Text => {
            text.reserve(capacity);
            text::encode(families, &mut text);
        }
        Format::OpenMetrics | Format::OpenMetrics0 => {
            text.reserve(capacity);
            open_metrics::encode(families, &mut text);
        }
        Format::Protobuf => {
            let mut out = Vec::with_capacity(capacity);
            protobuf::encode(families, &mut out);
            return out;
        }
    }
    text.into_bytes()
}

impl fmt::Debug for Exposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exposition")
            .field("registry", &self.registry)
            .finish_non_exhaustive()
    }
}
