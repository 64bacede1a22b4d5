//! The versions of the programs that files are written for.

use std::fmt;
use std::str::FromStr;

/// A version, as far as files differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u16,
    /// The second.
    pub minor: u16,
}

impl Version {
    /// A version.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// Which versions files are written for.
///
/// ```
/// use caxton_instrument_export::generate::{Targets, Version};
///
/// let targets: Targets = "prometheus=3.5,collector=0.152".parse()?;
/// assert_eq!(targets.prometheus, Version::new(3, 5));
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Targets {
    /// Prometheus and promtool.
    pub prometheus: Version,
    /// Alertmanager.
    pub alertmanager: Version,
    /// Grafana.
    pub grafana: Version,
    /// The OpenTelemetry collector.
    pub collector: Version,
}

impl Default for Targets {
    fn default() -> Self {
        Self {
            prometheus: Version::new(3, 5),
            alertmanager: Version::new(0, 33),
            grafana: Version::new(12, 0),
            collector: Version::new(0, 152),
        }
    }
}

/// Some of the versions, `name=version` with commas; the others as they are by
/// default.
impl FromStr for Targets {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut targets = Self::default();
        for part in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            let (name, version) = part.split_once('=').ok_or_else(|| {
                format!("`{part}` is no `name=version`, such as `prometheus=3.5`")
            })?;
            let place = match name.trim() {
                "prometheus" => &mut targets.prometheus,
                "alertmanager" => &mut targets.alertmanager,
                "grafana" => &mut targets.grafana,
                "collector" => &mut targets.collector,
                other => {
                    return Err(format!(
                        "`{other}` is none of prometheus, alertmanager, grafana, collector"
                    ));
                }
            };
            *place = version_of(version.trim())
                .ok_or_else(|| format!("`{version}` is no version such as `3.5`"))?;
        }
        Ok(targets)
    }
}

pub(super) fn version_of(text: &str) -> Option<Version> {
    let mut numbers = text.trim_start_matches('v').split('.');
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next().map_or(Some(0), |it| it.parse().ok())?;
    Some(Version { major, minor })
}
