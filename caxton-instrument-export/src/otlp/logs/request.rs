//! Log records as OTLP sends them.

use opentelemetry::InstrumentationScope;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::logs::tonic::group_logs_by_resource_and_scope;
use opentelemetry_sdk::logs::{LogBatch, SdkLogRecord};

use super::weight;
use crate::otlp::batch::Batch;
use crate::otlp::transport;

/// What the appender calls attributes of the
/// [conventions](https://opentelemetry.io/docs/specs/semconv/registry/attributes/code/),
/// and what they are called now, in spans too.
const RENAMED: [(&str, &str); 3] = [
    ("code.filepath", "code.file.path"),
    ("code.lineno", "code.line.number"),
    ("code.namespace", "code.module.name"),
];

/// The end of `code.filepath`.
const REPEATED: &str = "code.filename";

/// How `tracing` names an event that its author gave no name.
const NO_NAME: &str = "event ";

pub(super) struct Record {
    pub(super) record: Box<SdkLogRecord>,
    pub(super) scope: InstrumentationScope,
}

pub(super) struct Records {
    resource: ResourceAttributesWithSchema,
}

impl Records {
    pub(super) const fn new(resource: ResourceAttributesWithSchema) -> Self {
        Self { resource }
    }
}

impl Batch for Records {
    type Item = Record;
    type Signal = transport::Logs;

    fn weight(record: &Record) -> usize {
        size_of::<Record>() + weight::of_record(&record.record)
    }

    fn request(&self, records: Vec<Record>) -> ExportLogsServiceRequest {
        let borrowed: Vec<_> = records
            .iter()
            .map(|record| (&*record.record, &record.scope))
            .collect();
        let mut resource_logs =
            group_logs_by_resource_and_scope(&LogBatch::new(&borrowed), &self.resource);
        resource_logs
            .iter_mut()
            .flat_map(|of_resource| &mut of_resource.scope_logs)
            .flat_map(|of_scope| &mut of_scope.log_records)
            .for_each(tidy);
        ExportLogsServiceRequest { resource_logs }
    }
}

/// What the appender leaves undone.
fn tidy(record: &mut LogRecord) {
    // It happened when it was seen: the appender is called in the event.
    if record.time_unix_nano == 0 {
        record.time_unix_nano = record.observed_time_unix_nano;
    }
    if record.event_name.starts_with(NO_NAME) {
        record.event_name.clear();
    }
    record.attributes.retain_mut(|attribute| {
        if let Some((_, name)) = RENAMED.iter().find(|(old, _)| *old == attribute.key) {
            attribute.key = String::from(*name);
        }
        attribute.key != REPEATED
    });
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::common::v1::KeyValue;

    use super::*;

    fn tidied(event_name: &str, keys: &[&str]) -> LogRecord {
        let attribute = |key: &&str| KeyValue {
            key: String::from(*key),
            ..KeyValue::default()
        };
        let mut record = LogRecord {
            observed_time_unix_nano: 7,
            event_name: String::from(event_name),
            attributes: keys.iter().map(attribute).collect(),
            ..LogRecord::default()
        };
        tidy(&mut record);
        record
    }

    #[test]
    fn places_are_named_by_the_conventions() {
        let record = tidied(
            "",
            &[
                "code.namespace",
                "code.filepath",
                "code.filename",
                "code.lineno",
                "order",
            ],
        );
        let keys: Vec<_> = record.attributes.iter().map(|kv| kv.key.as_str()).collect();
        assert_eq!(
            keys,
            [
                "code.module.name",
                "code.file.path",
                "code.line.number",
                "order"
            ]
        );
        assert_eq!(record.time_unix_nano, 7);
    }

    #[test]
    fn only_a_name_that_was_given_is_one() {
        assert_eq!(tidied("event src/main.rs:7", &[]).event_name, "");
        assert_eq!(tidied("order.taken", &[]).event_name, "order.taken");
    }
}
