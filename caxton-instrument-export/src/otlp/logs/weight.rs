//! The memory that a record takes, roughly: its fixed parts, and its texts.

use opentelemetry::logs::AnyValue;
use opentelemetry_sdk::logs::SdkLogRecord;

pub(super) fn of_record(record: &SdkLogRecord) -> usize {
    let attributes: usize = record
        .attributes_iter()
        .map(|(key, value)| size_of_val(key) + key.as_str().len() + of_value(value))
        .sum();
    size_of::<SdkLogRecord>() + record.body().map_or(0, of_value) + attributes
}

fn of_value(value: &AnyValue) -> usize {
    let inner = match value {
        AnyValue::String(text) => text.as_str().len(),
        AnyValue::Bytes(bytes) => bytes.len(),
        AnyValue::ListAny(values) => values.iter().map(of_value).sum(),
        AnyValue::Map(values) => values
            .iter()
            .map(|(key, value)| key.as_str().len() + of_value(value))
            .sum(),
        _ => 0,
    };
    size_of::<AnyValue>() + inner
}
