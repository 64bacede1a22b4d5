//! The keys of `[profiling]`.

use std::time::Duration;

use crate::config::key::section;
use crate::config::value::{Headers, HttpUrl, List, ProfileType, Whole};

section! {
    /// Profiles of the processor's time. On demand they are at `admin_address` of
    /// `[observability.server]`, which `server_address` here means too.
    Profiling {
        /// Whether there are any.
        enabled: bool = false; needs("profiling"),
        /// Where profiles are pushed to, in the protocol of Pyroscope. Unset: nowhere.
        endpoint: HttpUrl; needs("profiling"),
        /// The name under which they are. Unset: `service_name` of `[observability]`.
        application_name: String; needs("profiling"),
        /// Samples a second.
        sample_rate: Whole<2, 1_000> = Whole::new(100); needs("profiling"),
        /// The longest profile that can be asked for.
        max_duration: Duration = Duration::from_secs(60); needs("profiling"),
        /// Headers of each push, such as `authorization` or `x-scope-orgid`; secrets as in
        /// `otlp_headers` of `[observability]`.
        headers: Headers; needs("profiling"),
        /// How long each profile is that is pushed, a second at least.
        push_interval: Duration = Duration::from_secs(15); needs("profiling"),
        /// What is profiled. Allocations cannot be: a Rust program has no runtime that samples
        /// them, its allocator has to.
        profile_types: List<ProfileType> = List::new(vec![ProfileType::Cpu]); needs("profiling"),
    }
}
