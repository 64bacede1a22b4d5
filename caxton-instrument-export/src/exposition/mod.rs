//! What a scrape reads: every series of a [`Registry`], in the format that the
//! reader asks for.
//!
//! ```text
//! negotiate       `Accept` to a format, and to how names are written
//! representation  a format with such an escaping, and its `Content-Type`
//! escaping        names for readers that do not take every character
//! names           the names that a family writes
//! claims          no name is written by two families
//! label_names     no label of a family is written as another one
//! filter          `name[]`
//! opening         the name and the labels of a line
//! spelling        the same of a family that is not written as it is kept
//! text            the encoders, a family at a time
//! open_metrics
//! protobuf
//! native          what only protobuf carries: the buckets of native histograms
//! lines           what the texts have alike: samples, buckets, escapes
//! number          values and bucket bounds
//! ```
//!
//! A program that runs [`builder`](crate::builder) has one already, behind
//! [`Telemetry::render`](crate::Telemetry::render) and `/metrics`. A server of
//! another kind, or a test, makes one:
//!
//! ```standalone_crate
//! use std::sync::Arc;
//!
//! use caxton_instrument::prelude::*;
//! use caxton_instrument::recorder::Registry;
//! use caxton_instrument::Catalog;
//! use caxton_instrument_export::exposition::{Exposition, Format, Representation};
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
//! let asked = Representation::negotiate(accept);
//! assert_eq!(asked.format(), Format::OpenMetrics);
//! let text = String::from_utf8(exposition.render(asked))?;
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
//! ```standalone_crate
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
//! # UTF-8 names
//!
//! Declared metrics and labels have plain names. Those of other crates may be
//! any text, as `http.server.duration`: a reader says in `Accept` how it wants
//! them written ([`Escaping`]), by default with underscores. Prometheus 3 takes
//! them as they are, in quotes:
//!
//! ```standalone_crate
//! # use caxton_instrument::recorder::Registry;
//! # use caxton_instrument::Catalog;
//! # use caxton_instrument_export::exposition::{Exposition, Representation};
//! # let catalog = Catalog::collect()?;
//! # let registry = Registry::new(&catalog);
//! # let exposition = Exposition::new(&catalog, registry.clone());
//! metrics::with_local_recorder(&registry, || {
//!     metrics::counter!("http.requests_total", "http.method" => "GET").increment(1);
//! });
//! let read = |accept: &str| {
//!     let asked = Representation::negotiate(accept);
//!     let text = String::from_utf8(exposition.render(asked))?;
//!     Ok::<_, Box<dyn std::error::Error>>((asked.content_type(), text))
//! };
//! let (content_type, text) = read("text/plain;version=1.0.0;escaping=allow-utf-8")?;
//! assert_eq!(content_type, "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8");
//! assert!(text.contains("{\"http.requests_total\",\"http.method\"=\"GET\"} 1\n"));
//!
//! let (content_type, text) = read("text/plain")?;
//! assert_eq!(content_type, "text/plain; version=0.0.4; charset=utf-8");
//! assert!(text.contains("http_requests_total{http_method=\"GET\"} 1\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A name longer than 256 bytes is cut, and control characters in it are shown
//! by their pictures.
//!
//! # Order, and what is left out
//!
//! Families stand in the order of their names, series in that of their labels,
//! both as they are called however they are written, so that the same state has
//! the same bytes. A name is written by one family: a metric of another crate
//! that would write a name of a declared one, as
//! `shop_order_duration_seconds_count` beside a histogram
//! `shop_order_duration_seconds`, is left out, and so is one that meets a
//! metric that came before it. Names that are alike only where they are escaped,
//! as `http.requests` and `http_requests`, are left out only there; so are the
//! series of a label that would be written as another label of its metric. Of two
//! that are met at once, the one that is written as it is called stays.
//! [`Exposition::findings`] has their names and those that the recorder refused,
//! `caxton_instrument_registrations_refused_total` counts them by reason.

mod claims;
mod escaping;
mod filter;
mod label_names;
mod lines;
mod names;
mod native;
mod negotiate;
mod number;
mod open_metrics;
mod opening;
mod protobuf;
mod representation;
mod spelling;
mod text;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use caxton_instrument::exemplar;
use caxton_instrument::recorder::{Family, LeftOut, Registry};
use caxton_instrument::{Catalog, Finding};

pub use escaping::Escaping;
pub use filter::Filter;
pub use representation::{Format, Representation};

use claims::{Claims, Conflict};
use spelling::Families;

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

    /// Every series, in a [`Format`] or what [`Representation::negotiate`] makes
    /// of the wishes of a reader.
    #[must_use]
    pub fn render(&self, asked: impl Into<Representation>) -> Vec<u8> {
        let asked = asked.into();
        let families = self.families(asked.escaping(), &Filter::all());
        let bytes = encode(asked.format(), &families, self.capacity());
        self.last.store(bytes.len(), Ordering::Relaxed);
        bytes
    }

    /// Every series in [`Format::Text`].
    #[must_use]
    pub fn text(&self) -> String {
        let families = self.families(Escaping::default(), &Filter::all());
        let mut text = String::with_capacity(self.capacity());
        text::encode(&families, &mut text);
        self.last.store(text.len(), Ordering::Relaxed);
        text
    }

    /// The series of the families that a filter names.
    #[must_use]
    pub fn render_filtered(&self, asked: impl Into<Representation>, filter: &Filter) -> Vec<u8> {
        let asked = asked.into();
        let families = self.families(asked.escaping(), filter);
        encode(asked.format(), &families, 0)
    }

    /// How many metrics of other crates are left out for readers that do not
    /// say how names are to be escaped, because a name that they would write is
    /// taken; [`findings`](Self::findings) has their names.
    #[must_use]
    pub fn hidden(&self) -> usize {
        let families = self.registry.families();
        let all = families.len();
        let shown = self.admitted(families, Escaping::default(), &Filter::all());
        all - shown.all.len()
    }

    /// What other crates emit and is not exposed as it came: refused by the
    /// recorder, or left out here, for readers of the escapings that were asked
    /// for and of none. Each name once for each reason, with what to do; see
    /// [`Registry::findings`].
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        // Also what came since the last scrape.
        let escapings = self.claims().escapings();
        for escaping in escapings {
            self.families(escaping, &Filter::all());
        }
        self.registry.findings()
    }

    /// What a scrape of everything reads, by the names that it has.
    #[cfg(feature = "otlp")]
    pub(crate) fn snapshot(&self) -> Vec<Family> {
        self.families(Escaping::AllowUtf8, &Filter::all()).all
    }

    /// The same with series that are left out because they are idle.
    #[cfg(feature = "otlp")]
    pub(crate) fn snapshot_with_idle(&self) -> Vec<Family> {
        let families = self.registry.families_with_idle();
        self.admitted(families, Escaping::AllowUtf8, &Filter::all())
            .all
    }

    /// What is to be written. No lock is held from then on: values are read as
    /// they are written.
    fn families(&self, escaping: Escaping, filter: &Filter) -> Families {
        self.admitted(self.registry.families(), escaping, filter)
    }

    /// Those that write no name of another one.
    fn admitted(&self, families: Vec<Family>, escaping: Escaping, filter: &Filter) -> Families {
        let mut conflicts = Vec::new();
        let families = self
            .claims()
            .admit(escaping, families, filter, &mut conflicts);
        // Without the lock, since it is reported to foreign code.
        for conflict in &conflicts {
            self.leave_out(conflict);
        }
        families
    }

    fn leave_out(&self, conflict: &Conflict) {
        self.registry.leave_out(&LeftOut {
            name: &conflict.name,
            label: conflict.label.as_deref(),
            taken: &conflict.taken,
            owner: &conflict.owner,
            escaping: conflict.escaping.map(Escaping::as_str),
        });
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

fn encode(format: Format, families: &Families, capacity: usize) -> Vec<u8> {
    if !matches!(format, Format::Text | Format::Text1) {
        // Text shows no exemplars.
        exemplar::next_interval();
    }
    let mut text = String::new();
    match format {
        Format::Text | Format::Text1 => {
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
