//! `Accept-Encoding`, of which gzip is what scrapers ask for.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

/// Whether a reader takes gzip: named, or meant by `*`, with a quality above 0.
pub(super) fn is_accepted(accept_encoding: &str) -> bool {
    let mut any = false;
    for coding in accept_encoding.split(',') {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let refused = parts.any(|parameter| {
            parameter.split_once('=').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("q") && value.trim().parse() == Ok(0.0)
            })
        });
        if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
            return !refused;
        }
        any |= name == "*" && !refused;
    }
    any
}

/// The fastest level: metrics repeat themselves, and a scrape is read once.
/// Without a time stamp, so that the same text has the same bytes.
pub(super) fn compress(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(text.len() / 8), Compression::fast());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(text);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_used_only_where_it_is_wanted() {
        let wanted = [
            "gzip",
            "GZIP",
            "deflate, gzip;q=0.5",
            "br;q=1.0, *;q=0.1",
            "x-gzip",
            "*",
        ];
        for header in wanted {
            assert!(is_accepted(header), "{header}");
        }
        let unwanted = [
            "",
            "identity",
            "gzip;q=0",
            "gzip;q=0.000, *",
            "*;q=0",
            "br, deflate",
        ];
        for header in unwanted {
            assert!(!is_accepted(header), "{header}");
        }
    }
}
