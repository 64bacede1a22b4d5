//! Jaeger's file of sampling strategies.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::{fmt, io};

use thiserror::Error;

use super::strategies_json::Reader;

/// What Jaeger takes for a service that its file says nothing about.
pub(super) const DEFAULT: Strategy = Strategy::Ratio(0.001);

/// Sampling strategies of services and their operations, in the format of
/// [Jaeger's file](https://www.jaegertracing.io/docs/latest/sampling/#file-based-sampling-configuration).
///
/// ```
/// use caxton_instrument_export::otlp::{Sampler, Strategies};
///
/// let strategies: Strategies = r#"{
///     "service_strategies": [{
///         "service": "shop",
///         "type": "probabilistic", "param": 0.1,
///         "operation_strategies": [
///             { "operation": "GET /health", "type": "probabilistic", "param": 0.0 },
///             { "operation": "POST /order", "type": "ratelimiting", "param": 50 }
///         ]
///     }],
///     "default_strategy": { "type": "probabilistic", "param": 0.05 }
/// }"#
/// .parse()?;
/// for warning in strategies.warnings() {
///     eprintln!("{warning}");
/// }
/// let sampler = Sampler::strategies(strategies);
/// # Ok::<(), caxton_instrument_export::otlp::StrategiesError>(())
/// ```
///
/// The service is `service.name` of the [`Resource`](crate::Resource); one that
/// the file does not name has the default strategy, and without one 0.001, as
/// in Jaeger. The operation is the name of the span that starts the trace: for
/// `#[instrument_agent]` that is `agent.` and the function's name. Operations of
/// the default strategy hold for every service that does not name them itself.
///
/// The file is taken at its word in two places where Jaeger is not: an
/// operation may have a rate limit, and a limit need not be a whole number. Both
/// are [warnings](Self::warnings).
#[derive(Debug, Clone, PartialEq)]
pub struct Strategies {
    pub(super) default: ServiceStrategy,
    pub(super) services: BTreeMap<String, ServiceStrategy>,
    pub(super) warnings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct ServiceStrategy {
    pub(super) strategy: Strategy,
    pub(super) operations: BTreeMap<String, Strategy>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Strategy {
    /// Of all traces.
    Ratio(f64),
    /// Traces a second.
    PerSecond(f64),
}

/// Why a file of sampling strategies cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StrategiesError {
    /// The file cannot be read.
    #[error("cannot read the sampling strategies in {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is no JSON.
    #[error("the sampling strategies are no JSON: {source}")]
    Json {
        /// What and where.
        source: serde_json::Error,
    },
    /// It is JSON, and not what Jaeger's format has there.
    #[error("the sampling strategies are wrong at `{at}`: {problem}")]
    Value {
        /// Where, as in `service_strategies[0].param`.
        at: String,
        /// What is wrong, and what is allowed.
        problem: String,
    },
}

impl Strategies {
    /// Reads a file. It is read once: what changes in it later takes a restart.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, is no JSON, or has a value that cannot be
    /// meant: a type that is none of Jaeger's, a ratio that is not from 0 to 1, a
    /// strategy that names no service or operation.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, StrategiesError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|source| StrategiesError::Read {
            path: path.to_owned(),
            source,
        })?;
        text.parse()
    }

    /// What Jaeger ignores, or reads otherwise than it is meant; each with its
    /// place in the file. `install` tells them too.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The strategies of a service, those that it has from the default among
    /// them.
    pub(super) fn of_service(&self, service: &str) -> ServiceStrategy {
        let Some(own) = self.services.get(service) else {
            return self.default.clone();
        };
        let mut operations = self.default.operations.clone();
        operations.extend(own.operations.clone());
        ServiceStrategy {
            strategy: own.strategy,
            operations,
        }
    }
}

impl FromStr for Strategies {
    type Err = StrategiesError;

    fn from_str(text: &str) -> Result<Self, StrategiesError> {
        let json = serde_json::from_str(text).map_err(|source| StrategiesError::Json { source })?;
        Reader::read(&json)
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ratio(ratio) => write!(f, "probability {ratio}"),
            Self::PerSecond(rate) => write!(f, "{rate} traces a second"),
        }
    }
}

#[cfg(test)]
#[path = "strategies_tests.rs"]
mod tests;
