//! A request as bytes, compressed once for all attempts.

use std::io::{self, Write as _};

use bytes::Bytes;
use flate2::write::GzEncoder;
use prost::Message as _;

use super::signal::Signal;
use crate::otlp::endpoint::Compression;

/// zstd's own default is 3; one is twice as fast for a tenth more bytes.
const ZSTD_LEVEL: i32 = 1;

/// What one or several attempts send.
pub(super) struct Body {
    pub(super) items: u64,
    /// The message; kept for a receiver that wants it in two.
    pub(super) message: Bytes,
    /// As it is sent.
    pub(super) sent: Bytes,
}

impl Body {
    /// Takes the request, so that its memory is free while the bytes wait.
    pub(super) fn new<S: Signal>(
        request: S::Request,
        items: u64,
        compression: Compression,
    ) -> io::Result<Self> {
        let message = Bytes::from(request.encode_to_vec());
        drop(request);
        let sent = match compression {
            Compression::None => message.clone(),
            Compression::Gzip => {
                let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
                gzip.write_all(&message)?;
                Bytes::from(gzip.finish()?)
            }
            Compression::Zstd => Bytes::from(zstd::bulk::compress(&message, ZSTD_LEVEL)?),
        };
        Ok(Self {
            items,
            message,
            sent,
        })
    }
}

/// As headers name it.
pub(super) const fn encoding(compression: Compression) -> Option<&'static str> {
    match compression {
        Compression::None => None,
        Compression::Gzip => Some("gzip"),
        Compression::Zstd => Some("zstd"),
    }
}
