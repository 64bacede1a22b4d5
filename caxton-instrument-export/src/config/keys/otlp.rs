//! The keys of `[observability.metrics.otlp]`, and the same for traces and logs.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::key::section;
use crate::config::value::{Compression, Headers, HttpUrl, Protocol};

section! {
    /// What differs for this signal from the collector of `[observability]`.
    Otlp {
        /// Where this signal goes. Over HTTP the URL is used as it is, no path is added.
        endpoint: HttpUrl; otel("OTEL_EXPORTER_OTLP_{}_ENDPOINT"); needs("otlp"),
        /// How to speak to it. Unset: that of `[observability]`, or by the port of an endpoint
        /// that is set here.
        protocol: Protocol; otel("OTEL_EXPORTER_OTLP_{}_PROTOCOL"); needs("otlp"),
        /// How long one attempt to send may take.
        timeout: Duration; otel("OTEL_EXPORTER_OTLP_{}_TIMEOUT"); needs("otlp"),
        /// Headers of each request, instead of those of `[observability]`.
        headers: Headers; otel("OTEL_EXPORTER_OTLP_{}_HEADERS"); needs("otlp"),
        /// How requests are compressed.
        compression: Compression; otel("OTEL_EXPORTER_OTLP_{}_COMPRESSION"); needs("otlp"),
        /// A PEM file with the authorities that may sign the collector's certificate.
        ca_file: PathBuf; otel("OTEL_EXPORTER_OTLP_{}_CERTIFICATE"); needs("otlp"),
        /// A PEM file with the certificate that the program shows to the collector.
        client_cert: PathBuf; otel("OTEL_EXPORTER_OTLP_{}_CLIENT_CERTIFICATE"); needs("otlp"),
        /// A PEM file with its private key.
        client_key: PathBuf; otel("OTEL_EXPORTER_OTLP_{}_CLIENT_KEY"); needs("otlp"),
    }
}
