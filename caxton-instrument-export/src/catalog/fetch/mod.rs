//! Expositions and answers, from a file or over HTTP.

#[cfg(not(feature = "verify"))]
#[path = "absent.rs"]
mod client;
#[cfg(feature = "verify")]
mod client;

use std::io::Read as _;
use std::path::Path;

#[cfg(feature = "verify")]
pub(super) use client::Client;

/// No exposition or answer of an API is larger; what is, is not read.
const MAX_BYTES: u64 = 64 << 20;

/// The exposition at an address or in a file.
///
/// # Errors
///
/// What is wrong, and what to do.
pub(super) fn exposition(place: &str) -> Result<String, String> {
    if place.starts_with("http://") || place.starts_with("https://") {
        return client::exposition(place);
    }
    let cannot = |error| format!("cannot read {place}: {error}");
    let file = std::fs::File::open(Path::new(place)).map_err(cannot)?;
    let mut text = String::new();
    // One more than is read, to tell the two apart.
    file.take(MAX_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(cannot)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(format!(
            "{place} has more than {MAX_BYTES} bytes: it is no exposition"
        ));
    }
    Ok(text)
}
