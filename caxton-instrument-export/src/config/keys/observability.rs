//! The keys of `[observability]`.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::key::section;
use crate::config::value::{Attributes, Compression, Headers, HttpUrl, Protocol};

section! {
    /// Who the program is, and the collector that metrics, traces and logs are sent to over
    /// [OTLP](https://opentelemetry.io/docs/specs/otlp/). Each signal can say something else in
    /// a section of its own, such as `[observability.metrics.otlp]`.
    Observability {
        /// Whether traces are sent to the collector. Unset: if an endpoint is set.
        enable_tracing: bool; needs("otlp"),
        /// Whether metrics are sent to the collector, beside the page that Prometheus reads.
        /// Unset: if an endpoint is set.
        enable_metrics: bool; needs("otlp"),
        /// Whether logs are sent to the collector, beside what `[observability.logging]` writes.
        /// Unset: if an endpoint is set.
        enable_logging: bool; needs("otlp"),
        /// Sends nothing to a collector, whatever else is set. Pages and log lines go on.
        otlp_disabled: bool = false; otel("OTEL_SDK_DISABLED"); needs("otlp"),
        /// The collector. Over HTTP the path of each signal is added, `/v1/metrics` and so on.
        /// Where a signal is enabled and no endpoint is set, it is `http://localhost:4317` for
        /// gRPC and `http://localhost:4318` for HTTP.
        otlp_endpoint: HttpUrl; otel("OTEL_EXPORTER_OTLP_ENDPOINT"); needs("otlp"),
        /// How to speak to it. Unset: by the endpoint's port, gRPC for 4317 and HTTP for all
        /// others; gRPC without an endpoint.
        otlp_protocol: Protocol; otel("OTEL_EXPORTER_OTLP_PROTOCOL"); needs("otlp"),
        /// How long one attempt to send may take.
        otlp_timeout: Duration = Duration::from_secs(10);
            otel("OTEL_EXPORTER_OTLP_TIMEOUT"); needs("otlp"),
        /// Headers of each request. A value that is secret is given as `{ env = "NAME" }` or
        /// `{ file = "/path" }`; one that stands in the file brings a warning if the header's
        /// name looks like a secret's.
        otlp_headers: Headers; otel("OTEL_EXPORTER_OTLP_HEADERS"); needs("otlp"),
        /// How requests are compressed.
        otlp_compression: Compression = Compression::None;
            otel("OTEL_EXPORTER_OTLP_COMPRESSION"); needs("otlp"),
        /// A PEM file with the authorities that may sign the collector's certificate. Unset:
        /// those that the system trusts.
        otlp_ca_file: PathBuf; otel("OTEL_EXPORTER_OTLP_CERTIFICATE"); needs("otlp"),
        /// A PEM file with the certificate that the program shows to the collector (mutual TLS).
        otlp_client_cert: PathBuf; otel("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"); needs("otlp"),
        /// A PEM file with its private key.
        otlp_client_key: PathBuf; otel("OTEL_EXPORTER_OTLP_CLIENT_KEY"); needs("otlp"),
        /// The first pause before something is sent again. It doubles each time.
        otlp_retry_initial: Duration = Duration::from_secs(1); needs("otlp"),
        /// The longest pause.
        otlp_retry_max: Duration = Duration::from_secs(30); needs("otlp"),
        /// How long something is sent again; then it is lost, and counted.
        otlp_retry_for: Duration = Duration::from_secs(60); needs("otlp"),
        /// How long the end of the program may wait for what is still to be sent.
        flush_timeout: Duration = Duration::from_secs(5); needs("otlp"),
        /// The name of the service, `service.name`. Unset: the name of the executable.
        service_name: String; otel("OTEL_SERVICE_NAME"),
        /// Its version, `service.version`.
        service_version: String,
        /// What tells its instances apart, `service.instance.id`. Unset: a random UUID.
        service_instance_id: String,
        /// Where it runs, `deployment.environment.name`: production, staging.
        deployment_environment: String,
        /// More attributes of the [resource](https://opentelemetry.io/docs/specs/semconv/resource/),
        /// `{ "cloud.region" = "eu-central-1" }`. Those of the environment are added to those of
        /// the file. The keys above have the last word about theirs.
        resource_attributes: Attributes; otel("OTEL_RESOURCE_ATTRIBUTES"),
    }
}
