//! The same for libraries that ask OpenTelemetry.

use opentelemetry::Context;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};

use super::baggage::BAGGAGE;
use super::context::{read, write};
use super::trace_context::{PARENT, STATE};

/// Trace Context and Baggage for whoever takes its propagator from
/// OpenTelemetry: with the bounds of this module, and counted by it.
///
/// ```
/// use caxton_instrument_export::propagation::W3cPropagator;
///
/// opentelemetry::global::set_text_map_propagator(W3cPropagator::new());
/// ```
#[derive(Debug)]
pub struct W3cPropagator {
    names: [String; 3],
}

impl W3cPropagator {
    /// The propagator.
    pub fn new() -> Self {
        Self {
            names: [PARENT, STATE, BAGGAGE].map(String::from),
        }
    }
}

impl Default for W3cPropagator {
    fn default() -> Self {
        Self::new()
    }
}

impl TextMapPropagator for W3cPropagator {
    /// An injector cannot take a header away: what was there before and is not
    /// set stays.
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        write(context, |name, value| {
            if let Some(value) = value {
                injector.set(name, value);
            }
        });
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        read(context, |name| {
            let values = extractor.get_all(name).unwrap_or_default();
            values.into_iter().map(str::as_bytes)
        })
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(&self.names)
    }
}
