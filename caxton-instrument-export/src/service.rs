//! Who is running and since when.

use std::fmt;
use std::time::{Duration, Instant};

use crate::resource::Resource;

/// The name and version that `/health` and `/version` state.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) version: String,
    started: Instant,
}

impl Service {
    pub(crate) fn new(name: String, version: String) -> Self {
        Self {
            name,
            version,
            started: Instant::now(),
        }
    }

    /// What is said of it; else what the executable's name tells.
    pub(crate) fn of(resource: Option<&Resource>) -> Self {
        let said = |name| resource.and_then(|resource| resource.get(name));
        let name = said("service.name").map(String::from).or_else(|| {
            let path = std::env::current_exe().ok()?;
            Some(path.file_stem()?.to_string_lossy().into_owned())
        });
        let unknown = || String::from("unknown");
        Self::new(
            name.unwrap_or_else(unknown),
            said("service.version").map_or_else(unknown, String::from),
        )
    }

    pub(crate) fn uptime(&self) -> Uptime {
        Uptime(self.started.elapsed())
    }
}

/// A span of time as people on call write it: `2h15m30s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Uptime(pub(crate) Duration);

impl fmt::Display for Uptime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        match (hours, minutes) {
            (0, 0) => write!(f, "{seconds}s"),
            (0, _) => write!(f, "{minutes}m{seconds}s"),
            _ => write!(f, "{hours}h{minutes}m{seconds}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uptime_reads_like_a_duration() {
        let cases = [
            (0, "0s"),
            (59, "59s"),
            (60, "1m0s"),
            (3_600, "1h0m0s"),
            (8_130, "2h15m30s"),
            (360_000, "100h0m0s"),
        ];
        for (seconds, text) in cases {
            assert_eq!(Uptime(Duration::from_secs(seconds)).to_string(), text);
        }
    }
}
