//! The resource as OTLP and the SDK have it.

use opentelemetry::{KeyValue, Value};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;

use crate::resource::Resource;

/// The one attribute here that is a number by the
/// [conventions](https://opentelemetry.io/docs/specs/semconv/resource/process/).
const PID: &str = "process.pid";

pub(crate) fn of_sdk(resource: &Resource) -> opentelemetry_sdk::Resource {
    let attributes = resource.attributes().map(|(name, text)| {
        let value = match text.parse::<i64>() {
            Ok(number) if name == PID => Value::I64(number),
            _ => Value::from(text.to_owned()),
        };
        KeyValue::new(name.to_owned(), value)
    });
    opentelemetry_sdk::Resource::builder_empty()
        .with_attributes(attributes)
        .build()
}

pub(crate) fn attributes(resource: &Resource) -> ResourceAttributesWithSchema {
    ResourceAttributesWithSchema::from(&of_sdk(resource))
}
