//! The keys of `[profiling]`.

use std::time::Duration;

use crate::config::key::section;
use crate::config::value::{HttpUrl, List, ProfileType, Whole};

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
        sample_rate: Whole<1, 1_000> = Whole::new(100); needs("profiling"),
        /// How long each profile is that is pushed.
        push_interval: Duration = Duration::from_secs(15); needs("profiling"),
        /// What is profiled. Allocations cannot be: a Rust program has no runtime that samples
        /// them, its allocator has to.
        profile_types: List<ProfileType> = List::new(vec![ProfileType::Cpu]); needs("profiling"),
    }
}
