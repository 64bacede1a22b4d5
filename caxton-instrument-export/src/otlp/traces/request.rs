//! Spans as OTLP sends them.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::trace::SpanData;

use super::weight;
use crate::otlp::batch::Batch;
use crate::otlp::transport;

pub(super) struct Spans {
    resource: ResourceAttributesWithSchema,
}

impl Spans {
    pub(super) const fn new(resource: ResourceAttributesWithSchema) -> Self {
        Self { resource }
    }
}

impl Batch for Spans {
    type Item = SpanData;
    type Signal = transport::Traces;

    fn weight(span: &SpanData) -> usize {
        weight::of_span(span)
    }

    fn request(&self, spans: Vec<SpanData>) -> ExportTraceServiceRequest {
        ExportTraceServiceRequest {
            resource_spans: group_spans_by_resource_and_scope(spans, &self.resource),
        }
    }
}
