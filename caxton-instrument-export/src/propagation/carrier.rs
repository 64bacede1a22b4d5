//! What carries a context from one program to the next.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use http::header::{HeaderMap, HeaderName, HeaderValue};

/// Names with values: the headers of a request, the metadata of a message.
/// Names are compared without regard to case.
///
/// A message of one's own is a carrier by its metadata:
///
/// ```
/// use std::collections::BTreeMap;
///
/// use caxton_instrument_export::propagation::{self, Carrier};
///
/// /// A FIPA message.
/// struct Message {
///     performative: &'static str,
///     content: String,
///     /// User-defined parameters of the message, `X-...` in FIPA's own syntax.
///     metadata: BTreeMap<String, String>,
/// }
///
/// impl Carrier for Message {
///     fn values_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
///         self.metadata.values_of(name)
///     }
///     fn set(&mut self, name: &'static str, value: String) {
///         self.metadata.set(name, value);
///     }
///     fn remove(&mut self, name: &str) {
///         Carrier::remove(&mut self.metadata, name);
///     }
/// }
///
/// # let metadata = BTreeMap::from([(
/// #     String::from("traceparent"),
/// #     String::from("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
/// # )]);
/// let received = Message { performative: "request", content: String::from("text"), metadata };
/// let context = propagation::extract(&received);
/// # use opentelemetry::trace::TraceContextExt;
/// # assert_eq!(context.span().span_context().span_id().to_string(), "00f067aa0ba902b7");
/// # _ = (received.performative, received.content);
/// ```
pub trait Carrier {
    /// Every value of a name, in order.
    fn values_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]>;

    /// Gives a name this value and no other.
    fn set(&mut self, name: &'static str, value: String);

    /// Takes a name away.
    fn remove(&mut self, name: &str);
}

impl Carrier for HeaderMap {
    fn values_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.get_all(name).iter().map(HeaderValue::as_bytes)
    }

    fn set(&mut self, name: &'static str, value: String) {
        // What is set is visible ASCII.
        if let Ok(value) = HeaderValue::try_from(value) {
            self.insert(HeaderName::from_static(name), value);
        }
    }

    fn remove(&mut self, name: &str) {
        Self::remove(self, name);
    }
}

impl Carrier for BTreeMap<String, String> {
    fn values_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        of_name(self.iter(), name)
    }

    fn set(&mut self, name: &'static str, value: String) {
        Carrier::remove(self, name);
        self.insert(String::from(name), value);
    }

    fn remove(&mut self, name: &str) {
        self.retain(|other, _| !other.eq_ignore_ascii_case(name));
    }
}

impl<S: BuildHasher> Carrier for HashMap<String, String, S> {
    fn values_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        of_name(self.iter(), name)
    }

    fn set(&mut self, name: &'static str, value: String) {
        Carrier::remove(self, name);
        self.insert(String::from(name), value);
    }

    fn remove(&mut self, name: &str) {
        self.retain(|other, _| !other.eq_ignore_ascii_case(name));
    }
}

fn of_name<'a>(
    all: impl Iterator<Item = (&'a String, &'a String)>,
    name: &'a str,
) -> impl Iterator<Item = &'a [u8]> {
    all.filter(move |(other, _)| other.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_bytes())
}
