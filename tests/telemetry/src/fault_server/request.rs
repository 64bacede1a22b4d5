//! What was received, as a message of OTLP.

use std::io::{self, Read as _, Write as _};
use std::time::Instant;

use bytes::{Buf as _, Bytes};
use flate2::write::GzEncoder;
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
    encoding: Option<Encoding>,
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
        let (encoding, body) = if is_grpc {
            let (is_compressed, body) = unframe(body)?;
            let encoding = Encoding::named(header("grpc-encoding"))?;
            (encoding.filter(|_| is_compressed), body)
        } else {
            (Encoding::named(header(CONTENT_ENCODING.as_str()))?, body)
        };
        let message = match encoding {
            Some(encoding) => encoding
                .decompress(&body)
                .map_err(|error| error.to_string())?,
            None => body,
        };
        Ok(Self {
            at: Instant::now(),
            path: parts.uri.path().to_owned(),
            is_grpc,
            headers: parts.headers,
            message,
            sent_bytes,
            is_kept: false,
            encoding,
        })
    }

    pub(super) const fn encoding(&self) -> Option<Encoding> {
        self.encoding
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

/// How a message is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Gzip,
    Zstd,
}

impl Encoding {
    fn named(name: &str) -> Result<Option<Self>, String> {
        match name {
            "" | "identity" => Ok(None),
            "gzip" => Ok(Some(Self::Gzip)),
            "zstd" => Ok(Some(Self::Zstd)),
            other => Err(format!("an encoding of {other}")),
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    fn decompress(self, body: &[u8]) -> io::Result<Bytes> {
        let mut message = Vec::new();
        match self {
            Self::Gzip => {
                let decoder = flate2::read::GzDecoder::new(body);
                decoder.take(MAX_MESSAGE).read_to_end(&mut message)?;
            }
            Self::Zstd => {
                let decoder = zstd::stream::read::Decoder::new(body)?;
                decoder.take(MAX_MESSAGE).read_to_end(&mut message)?;
            }
        }
        Ok(Bytes::from(message))
    }

    pub(super) fn compress(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Gzip => {
                let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
                gzip.write_all(message).expect("memory");
                gzip.finish().expect("memory")
            }
            Self::Zstd => zstd::bulk::compress(message, 1).expect("memory"),
        }
    }
}

fn unframe(mut body: Bytes) -> Result<(bool, Bytes), String> {
    if body.len() < 5 {
        return Err(format!("{} bytes are no message of gRPC", body.len()));
    }
    let is_compressed = body.get_u8() == 1;
    let length = body.get_u32();
    if usize::try_from(length) != Ok(body.len()) {
        return Err(format!("{length} bytes are announced, {} came", body.len()));
    }
    Ok((is_compressed, body))
}
