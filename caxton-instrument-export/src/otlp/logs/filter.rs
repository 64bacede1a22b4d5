//! Which events are sent.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

use crate::error::InstallError;

/// A filter by target and level.
pub(super) fn of(directives: &str) -> Result<EnvFilter, InstallError> {
    let refused = |reason: String| InstallError::LogFilter {
        directives: directives.to_owned(),
        reason,
    };
    let is_word = directives
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_');
    // Alone it would be the name of a target, and silence everything else.
    if directives.is_empty() || (is_word && directives.parse::<LevelFilter>().is_err()) {
        return Err(refused(String::from("it names no level")));
    }
    let filter = EnvFilter::builder().parse(directives);
    filter.map_err(|error| refused(error.to_string()))
}

/// What `RUST_LOG` says, in which other programs may have a part that is none;
/// info where it says nothing.
pub(super) fn of_environment() -> EnvFilter {
    let directives = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_default();
    EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .parse_lossy(directives)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_targets_are_filters() {
        for directives in [
            "info",
            "WARN",
            "off",
            "info,hyper=warn",
            "mill::stones=debug",
        ] {
            assert!(of(directives).is_ok(), "{directives}");
        }
    }

    #[test]
    fn what_names_no_level_is_none() {
        for directives in ["", "loud", "mill", "mill=loud", "info,mill=loud"] {
            let error = of(directives).expect_err(directives).to_string();
            let start = format!("cannot filter logs by `{directives}`: ");
            assert!(error.starts_with(&start), "{error}");
        }
    }
}
