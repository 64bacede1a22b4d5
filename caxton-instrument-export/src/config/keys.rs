//! The table of all keys: the one place that says what there is to set.
//! Parsing, the reference, the schema and the environment follow from it.

mod health;
mod logging;
mod metrics;
mod observability;
mod otlp;
mod process;
mod profiling;
mod propagation;
mod server;
mod traces;

pub use health::Health;
pub use logging::Logging;
pub use metrics::Metrics;
pub use observability::Observability;
pub use otlp::Otlp;
pub use process::Process;
pub use profiling::Profiling;
pub use propagation::Propagation;
pub use server::Server;
pub use traces::Traces;

use super::key::Section;
use super::read::Reader;

/// What stands at the root of a file. Other tables there are none of ours.
pub(crate) const ROOTS: [&str; 2] = ["observability", "profiling"];

macro_rules! sections {
    ($($field:ident: $keys:ident = $section:ident, $path:literal $(, $signal:literal)?;)+) => {
        $(
            static $section: Section = Section {
                path: $path,
                doc: $keys::DOC,
                signal: concat!($($signal)?),
                keys: $keys::KEYS,
            };
        )+

        /// Every section, in the order of the reference.
        pub(crate) static SECTIONS: &[&Section] = &[$(&$section),+];

        /// Every section, read.
        #[derive(Debug, Clone, PartialEq)]
        pub(crate) struct Sections {
            $(pub(crate) $field: $keys,)+
        }

        impl Sections {
            pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
                Self { $($field: $keys::read(&$section, reader),)+ }
            }
        }
    };
}

sections! {
    observability: Observability = OBSERVABILITY, "observability";
    metrics: Metrics = METRICS, "observability.metrics";
    metrics_otlp: Otlp = METRICS_OTLP, "observability.metrics.otlp", "METRICS";
    traces: Traces = TRACES, "observability.traces";
    traces_otlp: Otlp = TRACES_OTLP, "observability.traces.otlp", "TRACES";
    logging: Logging = LOGGING, "observability.logging";
    logging_otlp: Otlp = LOGGING_OTLP, "observability.logging.otlp", "LOGS";
    propagation: Propagation = PROPAGATION, "observability.propagation";
    health: Health = HEALTH, "observability.health";
    server: Server = SERVER, "observability.server";
    process: Process = PROCESS, "observability.process";
    profiling: Profiling = PROFILING, "profiling";
}
