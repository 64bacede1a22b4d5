//! Expositions and answers, from a file or over HTTP.

#[cfg(not(feature = "verify"))]
#[path = "absent.rs"]
mod client;
#[cfg(feature = "verify")]
mod client;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, value_parser};

use super::command::{Failure, USAGE};

#[cfg(feature = "verify")]
pub(super) use client::{Answer, Client};

/// No catalog, exposition or answer of an API is larger; what is, is not read.
const MAX_BYTES: u64 = 64 << 20;

/// Where the token stands that servers ask for: not on the command line, which
/// every process of the machine can read.
pub(super) fn token_arg() -> Arg {
    Arg::new("token-file")
        .long("token-file")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("The bearer token for the addresses")
}

/// What stands in that file.
pub(super) fn token(matches: &ArgMatches) -> Result<Option<String>, Failure> {
    let Some(path) = matches.get_one::<PathBuf>("token-file") else {
        return Ok(None);
    };
    let wrong = |message| Failure {
        message,
        code: USAGE,
    };
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| wrong(format!("cannot read {shown}: {error}")))?;
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!("{shown} holds no token: it is one word of ASCII letters");
        return Err(wrong(message));
    }
    Ok(Some(token.into()))
}

/// The exposition at an address or in a file.
///
/// # Errors
///
/// What is wrong, and what to do.
pub(super) fn exposition(place: &str, token: Option<&str>) -> Result<String, String> {
    if place.starts_with("http://") || place.starts_with("https://") {
        return client::exposition(place, token);
    }
    file(Path::new(place))
}

/// The text of a file, which may be a pipe and claim any size.
///
/// # Errors
///
/// When it cannot be read, or has no end within reason.
pub(super) fn file(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let cannot = |error| format!("cannot read {shown}: {error}");
    let file = std::fs::File::open(path).map_err(cannot)?;
    let mut text = String::new();
    // One more than is read, to tell the two apart.
    file.take(MAX_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(cannot)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(format!(
            "{shown} has more than {MAX_BYTES} bytes: it is none of ours"
        ));
    }
    Ok(text)
}
