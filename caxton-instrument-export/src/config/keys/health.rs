//! The keys of `[observability.health]`.

use std::time::Duration;

use crate::config::key::section;

section! {
    /// The page `/health`. What is checked is said in code.
    Health {
        /// How long a result is shown before it is asked for anew.
        cache_for: Duration = Duration::from_secs(2); needs("server"),
        /// How old a result may be that is shown while a new one is on its way.
        stale_for: Duration = Duration::from_secs(15); needs("server"),
        /// Whether `/readyz` says 503 while a critical check fails.
        decide_readiness: bool = false; needs("server"),
    }
}
