//! The keys of `[observability.traces]`.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::key::section;
use crate::config::value::{Level, Ratio, Sampler, Size, Whole};

section! {
    /// Traces: which are kept, and how they are sent.
    Traces {
        /// Which traces are kept.
        sampler: Sampler = Sampler::ParentBasedTraceIdRatio;
            otel("OTEL_TRACES_SAMPLER"); needs("otlp"),
        /// The share that is kept by a sampler that keeps a share.
        sample_ratio: Ratio = Ratio::ONE;
            also("observability.trace_sample_rate"); otel("OTEL_TRACES_SAMPLER_ARG"); needs("otlp"),
        /// A file with shares and limits for each operation, in the JSON of
        /// [Jaeger](https://www.jaegertracing.io/docs/latest/architecture/sampling/). It takes the
        /// place of `sampler` and `sample_ratio`.
        strategies_file: PathBuf; needs("otlp"),
        /// Sends spans that end in an error though their trace is not kept, with what came
        /// before in this process: so many spans are held for it. Unset: none.
        keep_errors: Whole<1, 1_000_000>; needs("otlp"),
        /// Which spans and events are looked at, whatever is logged.
        level: Level = Level::Info; needs("otlp"),
        /// Whether log events are events of their span, too.
        events: bool = true; needs("otlp"),
        /// How long a span waits for others, to be sent together.
        batch_delay: Duration = Duration::from_secs(5); otel("OTEL_BSP_SCHEDULE_DELAY"); needs("otlp"),
        /// How many spans are sent together.
        batch_size: Whole<1, 1_000_000> = Whole::new(512);
            otel("OTEL_BSP_MAX_EXPORT_BATCH_SIZE"); needs("otlp"),
        /// How many spans wait at most; what comes then is lost, and counted.
        queue_size: Whole<1, 10_000_000> = Whole::new(2_048);
            otel("OTEL_BSP_MAX_QUEUE_SIZE"); needs("otlp"),
        /// How much memory they take at most.
        queue_bytes: Size = Size::mebibytes(32); needs("otlp"),
        /// How long one batch may take to be sent, with what is sent again. Unset:
        /// `otlp_retry_for` of `[observability]`.
        batch_timeout: Duration; otel("OTEL_BSP_EXPORT_TIMEOUT"); needs("otlp"),
    }
}
