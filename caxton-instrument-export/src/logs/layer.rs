//! From spans and events to lines.

use std::cell::Cell;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use jiff::Timestamp;
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::fields::{Fields, Visitor};
use super::ids::{Ids, Source};
use super::line::{About, Shape};
use super::sensitive::Names;
use super::writer::Writer;

/// The layer of JSON lines.
pub(super) struct JsonLayer {
    /// Layers in one subscriber keep what they know of a span apart.
    id: u64,
    shape: Shape,
    sensitive: Names,
    writer: Writer,
    source: Source,
    tells_spans: bool,
}

/// What one layer knows of a span.
struct Known {
    layer: u64,
    fields: Fields,
    begun: Instant,
    /// Kept for its end, when others may have forgotten it.
    ids: Option<Ids>,
}

/// What all of our layers know of a span.
#[derive(Default)]
struct OfSpan(Vec<Known>);

/// Memory that a thread keeps for its next line.
#[derive(Default)]
struct Scratch {
    line: String,
    fields: Fields,
}

impl Scratch {
    const KEPT: usize = 16 << 10;

    /// What a value's own `Debug` logs while it is formatted finds none, and
    /// makes its own.
    fn with(work: impl FnOnce(&mut Self)) {
        thread_local! {
            static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
        }
        let take = |cell: &Cell<Option<Box<Self>>>| cell.take();
        // On a thread that ends there is no place any more.
        let mut scratch = SCRATCH.try_with(take).ok().flatten().unwrap_or_default();
        scratch.line.clear();
        scratch.fields.clear();
        work(&mut scratch);
        if scratch.line.capacity().max(scratch.fields.capacity()) <= Self::KEPT {
            _ = SCRATCH.try_with(|cell| cell.set(Some(scratch)));
        }
    }
}

impl JsonLayer {
    pub(super) fn new(shape: Shape, sensitive: Names, writer: Writer, tells_spans: bool) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            shape,
            sensitive,
            writer,
            source: Source::default(),
            tells_spans,
        }
    }

    fn visitor<'a>(&'a self, fields: &'a mut Fields) -> Visitor<'a> {
        Visitor {
            fields,
            sensitive: &self.sensitive,
            most: self.shape.value_bytes(),
        }
    }

    /// Looks at what it knows of a span.
    fn of<T, S>(&self, span: &SpanRef<'_, S>, look: impl FnOnce(&Known) -> T) -> Option<T>
    where
        S: for<'a> LookupSpan<'a>,
    {
        let extensions = span.extensions();
        let OfSpan(all) = extensions.get::<OfSpan>()?;
        all.iter().find(|known| known.layer == self.id).map(look)
    }

    /// Changes what it knows of a span.
    fn change<S>(&self, span: &SpanRef<'_, S>, change: impl FnOnce(&mut Known))
    where
        S: for<'a> LookupSpan<'a>,
    {
        let mut extensions = span.extensions_mut();
        if let Some(OfSpan(all)) = extensions.get_mut()
            && let Some(known) = all.iter_mut().find(|known| known.layer == self.id)
        {
            change(known);
        }
    }

    /// Writes a line with the fields of spans, the innermost first.
    fn line<'s, S>(
        &self,
        line: &mut String,
        about: &About<'_>,
        own: &Fields,
        innermost: Option<SpanRef<'s, S>>,
    ) where
        S: for<'a> LookupSpan<'a>,
    {
        let spans: Vec<_> = innermost
            .into_iter()
            .flat_map(|span| span.scope())
            .collect();
        let extensions: Vec<_> = spans.iter().map(SpanRef::extensions).collect();
        let known = extensions.iter().filter_map(|extensions| {
            let OfSpan(all) = extensions.get::<OfSpan>()?;
            let known = all.iter().find(|known| known.layer == self.id)?;
            Some(&known.fields)
        });
        self.shape
            .write(line, about, &std::iter::once(own).chain(known));
        drop(extensions);
        self.writer.put(line.as_bytes());
    }
}

impl<S> Layer<S> for JsonLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.source.set(dispatch);
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut self.visitor(&mut fields));
        let Some(span) = context.span(id) else { return };
        let mut extensions = span.extensions_mut();
        if extensions.get_mut::<OfSpan>().is_none() {
            extensions.insert(OfSpan::default());
        }
        if let Some(OfSpan(all)) = extensions.get_mut() {
            all.push(Known {
                layer: self.id,
                fields,
                begun: Instant::now(),
                ids: None,
            });
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut self.visitor(&mut fields));
        if let Some(span) = context.span(id) {
            self.change(&span, |known| known.fields.merge(&fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        Scratch::with(|Scratch { line, fields }| {
            event.record(&mut self.visitor(fields));
            let about = About {
                at: now(),
                metadata: event.metadata(),
                message: None,
                ids: self.source.of_event(event, &context),
            };
            self.line(line, &about, fields, context.event_span(event));
        });
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        if !self.tells_spans {
            return;
        }
        let Some(span) = context.span(id) else { return };
        let is_known = self.of(&span, |known| known.ids.is_some());
        if is_known == Some(false) {
            // Not under the lock: who is asked takes it too.
            let ids = self.source.of_span(id);
            self.change(&span, |known| known.ids = ids);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if !self.tells_spans {
            return;
        }
        let Some(span) = context.span(&id) else {
            return;
        };
        let Some((begun, ids)) = self.of(&span, |known| (known.begun, known.ids.clone())) else {
            return;
        };
        let metadata = span.metadata();
        Scratch::with(|Scratch { line, fields }| {
            fields.set_number("duration_ms", begun.elapsed().as_secs_f64() * 1e3);
            let about = About {
                at: now(),
                metadata,
                message: Some(metadata.name()),
                ids: ids.or_else(|| self.source.of_span(&id)),
            };
            self.line(line, &about, fields, Some(span));
        });
    }
}

fn now() -> Timestamp {
    // A clock that is off by ten thousand years is no reason to stop.
    Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH)
}

impl Fields {
    /// A number with three digits after the point.
    fn set_number(&mut self, name: &'static str, value: f64) {
        self.set(name, |out| _ = write!(out, "{value:.3}"));
    }
}
