//! A request as bytes, compressed once for all attempts.

use std::io::{self, Read as _, Write as _};

use bytes::Bytes;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use prost::Message as _;

use super::signal::Signal;
use crate::otlp::endpoint::Compression;

/// Fast rather than small, as for gzip.
const ZSTD_LEVEL: i32 = 1;

/// What gRPC has before a message: a flag, and the length in four bytes.
pub(super) const PREFIX: usize = 5;

/// Of an answer, the logarithm of what may be looked back at: 32 MiB, which the
/// encoders of receivers state at most and do not use for a few bytes.
const MAX_WINDOW: u32 = 25;

/// What one or several attempts send, each without a copy.
pub(super) struct Body {
    pub(super) items: u64,
    /// The message; kept for a receiver that wants it in two.
    pub(super) message: Bytes,
    /// As gRPC has it.
    pub(super) framed: Bytes,
}

impl Body {
    /// Takes the request, so that its memory is free while the bytes wait.
    pub(super) fn new<S: Signal>(
        request: S::Request,
        items: u64,
        compression: Compression,
    ) -> io::Result<Self> {
        let mut framed = Vec::with_capacity(PREFIX + request.encoded_len());
        framed.resize(PREFIX, 0);
        request.encode(&mut framed)?;
        drop(request);
        if compression == Compression::None {
            let framed = with_prefix(framed, false)?;
            let message = framed.slice(PREFIX..);
            return Ok(Self {
                items,
                message,
                framed,
            });
        }
        let message = Bytes::from(framed).slice(PREFIX..);
        let mut framed = vec![0; PREFIX];
        if compression == Compression::Gzip {
            let mut gzip = GzEncoder::new(framed, flate2::Compression::fast());
            gzip.write_all(&message)?;
            framed = gzip.finish()?;
        } else {
            framed.extend(zstd::bulk::compress(&message, ZSTD_LEVEL)?);
        }
        let framed = with_prefix(framed, true)?;
        Ok(Self {
            items,
            message,
            framed,
        })
    }

    /// As HTTP has it.
    pub(super) fn sent(&self) -> Bytes {
        self.framed.slice(PREFIX..)
    }
}

/// Writes the prefix into the place that is left for it.
fn with_prefix(mut framed: Vec<u8>, is_compressed: bool) -> io::Result<Bytes> {
    let length = u32::try_from(framed.len() - PREFIX).map_err(io::Error::other)?;
    framed[0] = u8::from(is_compressed);
    framed[1..PREFIX].copy_from_slice(&length.to_be_bytes());
    Ok(Bytes::from(framed))
}

/// An answer's message, if it is no longer than `most` bytes.
pub(super) fn decompressed(compressed: &[u8], encoding: &[u8], most: usize) -> Option<Bytes> {
    let read = |reader: &mut dyn io::Read| {
        let mut message = Vec::new();
        let bound = u64::try_from(most).ok()?.saturating_add(1);
        reader.take(bound).read_to_end(&mut message).ok()?;
        (message.len() <= most).then(|| Bytes::from(message))
    };
    match encoding {
        b"gzip" => read(&mut GzDecoder::new(compressed)),
        b"zstd" => {
            let mut decoder = zstd::stream::read::Decoder::new(compressed).ok()?;
            decoder.window_log_max(MAX_WINDOW).ok()?;
            read(&mut decoder)
        }
        _ => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_decompressed_up_to_a_bound() {
        let message = vec![7; 1_000_000];
        let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let gzip = gzip
            .write_all(&message)
            .and_then(|()| gzip.finish())
            .unwrap_or_default();
        let zstd = zstd::bulk::compress(&message, ZSTD_LEVEL).unwrap_or_default();
        for (compressed, encoding) in [(gzip, &b"gzip"[..]), (zstd, b"zstd")] {
            let whole = decompressed(&compressed, encoding, 1_000_000);
            assert_eq!(whole.as_deref(), Some(&*message));
            assert_eq!(decompressed(&compressed, encoding, 999_999), None);
            assert_eq!(decompressed(&compressed[..9], encoding, 1_000_000), None);
            assert_eq!(decompressed(&compressed, b"br", 1_000_000), None);
        }
    }
}
