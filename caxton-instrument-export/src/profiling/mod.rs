//! Where the processor's time goes: a profile on demand over HTTP, and one
//! after another pushed to a server of profiles.
//!
//! ```text
//! build      what the builder takes
//! page       `/debug/pprof/profile`
//! push       one window after another, to a Pyroscope-compatible server
//!   deliver  one profile over HTTP, a few times
//! turn       one profile is taken at a time
//! sampler    a signal after each hundredth of a second of processor time
//!   table    stacks and how often each was seen, without locks
//!   linux    the signal handler      absent: other systems
//! symbols    addresses to functions
//! proto      the file format
//! meta       what became of profiles
//! ```
//!
//! Off unless it is asked for: nothing is sampled, no signal handler is
//! installed and no memory taken before the first profile.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use caxton_instrument_export::profiling::{Profiling, Push};
//!
//! # fn main() -> Result<(), caxton_instrument_export::InstallError> {
//! let telemetry = caxton_instrument_export::builder()
//!     .admin("127.0.0.1:9465")
//!     .profiles(Profiling::new())
//!     .push_profiles(
//!         Push::to("http://localhost:4040")
//!             .application("shop")
//!             .label("region", "eu")
//!             .every(Duration::from_secs(15)),
//!     )
//!     .install()?;
//! # Ok(())
//! # }
//! ```
//!
//! ```sh
//! curl -so cpu.pb.gz 'http://127.0.0.1:9465/debug/pprof/profile?seconds=10'
//! go tool pprof -http : cpu.pb.gz
//! ```
//!
//! # What a profile shows
//!
//! Of the function that runs, always. Of its callers, what
//! [frame pointers](https://doc.rust-lang.org/rustc/codegen-options/index.html#force-frame-pointers)
//! lead to: build with `RUSTFLAGS="-C force-frame-pointers=yes"`, or the stacks
//! end early and a flame graph is flat. Names of files and lines need
//! `debug = "line-tables-only"` in the profile. Each sample has the name of its
//! thread.
//!
//! # What it costs
//!
//! Nothing while no profile is taken. During one, 100 samples for each second
//! of processor time, a few microseconds each, and a kibibyte of memory for each different stack, 17
//! MiB at most;
//! afterwards the time to find the names, on a thread of low priority when it is
//! pushed. Profiles are taken on Linux, x86-64 and aarch64.
//!
//! # What may go wrong
//!
//! The handler of `SIGPROF` takes no lock, asks for no memory and calls nothing
//! that does, so that it cannot meet itself in what it interrupts; it reads the
//! stack only where the kernel says that it can be read. System calls that it
//! interrupts are restarted. Of stacks past 16,384 different ones, samples are
//! counted in the file's comments and not kept.

mod build;
mod meta;
mod page;
mod proto;
mod push;
mod sampler;
mod symbols;
mod turn;

pub use build::Profiling;
pub use meta::{ProfileLabels, ProfileLabelsRef, ProfileMetrics, ProfileOutcome};
pub use page::router;
pub use push::{Push, PushError};

pub(crate) use push::Pushing;
