//! What was received, as a message of OTLP.

use std::io::{self, Read as _};
use std::time::Instant;

use bytes::{Buf as _, Bytes};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use prost::Message as _;

/// A message is no larger than this once it is decompressed.
const MAX_MESSAGE: u64 = 64 * 1024 * 1024;

/// A request.
#[derive(Debug, Clone)]
pub struct Received {
    /// When it was read.
    pub at: Instant,
    /// Its path: `/v1/metrics`, or service and method.
    pub path: String,
    /// Whether it came over gRPC.
    pub is_grpc: bool,
    /// Its headers, which are gRPC's metadata.
    pub headers: HeaderMap,
    /// The message, decompressed.
    pub message: Bytes,
    /// Bytes of the message as it came.
    pub sent_bytes: usize,
    /// Whether a receiver would have kept it.
    pub is_kept: bool,
}

impl Received {
    pub(super) async fn read(request: Request<Incoming>) -> Result<Self, String> {
        let (parts, body) = request.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|error| error.to_string())?
            .to_bytes();
        let sent_bytes = body.len();
        let header = |name: &str| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        let is_grpc = header(CONTENT_TYPE.as_str()).starts_with("application/grpc");
        let message = if is_grpc {
            unframe(body, header("grpc-encoding"))?
        } else {
            decompress(&body, header(CONTENT_ENCODING.as_str()))?
        };
        Ok(Self {
            at: Instant::now(),
            path: parts.uri.path().to_owned(),
            is_grpc,
            headers: parts.headers,
            message,
            sent_bytes,
            is_kept: false,
        })
    }

    /// Its metrics.
    ///
    /// # Panics
    ///
    /// When it is of another signal.
    #[must_use]
    pub fn metrics(&self) -> ExportMetricsServiceRequest {
        ExportMetricsServiceRequest::decode(self.message.clone()).expect("metrics")
    }
}

fn unframe(mut body: Bytes, encoding: &str) -> Result<Bytes, String> {
    if body.len() < 5 {
        return Err(format!("{} bytes are no message of gRPC", body.len()));
    }
    let is_compressed = body.get_u8() == 1;
    let length = body.get_u32();
    if usize::try_from(length) != Ok(body.len()) {
        return Err(format!("{length} bytes are announced, {} came", body.len()));
    }
    decompress(&body, if is_compressed { encoding } else { "" })
}

fn decompress(body: &Bytes, encoding: &str) -> Result<Bytes, String> {
    let read = |reader: &mut dyn io::Read| {
        let mut message = Vec::new();
        reader
            .take(MAX_MESSAGE)
            .read_to_end(&mut message)
            .map_err(|error| error.to_string())?;
        Ok(Bytes::from(message))
    };
    match encoding {
        "" | "identity" => Ok(body.clone()),
        "gzip" => read(&mut flate2::read::GzDecoder::new(&**body)),
        "zstd" => {
            let mut decoder =
                zstd::stream::read::Decoder::new(&**body).map_err(|error| error.to_string())?;
            read(&mut decoder)
        }
        other => Err(format!("an encoding of {other}")),
    }
}
