//! Why telemetry did not start, and what to do about it.

use std::io;
use std::net::SocketAddr;

#[cfg(feature = "otlp")]
use caxton_instrument::LabelValue as _;
use thiserror::Error;

/// Why telemetry did not start. Nothing is left half installed: the call can
/// be repeated once the cause is gone.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InstallError {
    /// The declarations contradict each other, none is linked, or there is a
    /// recorder already.
    #[error(transparent)]
    Refused(#[from] caxton_instrument::InstallError),
    /// What the configuration says does not fit what the program declares.
    #[cfg(feature = "config")]
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// Exemplars were asked for, and the program set a source of traces of its
    /// own.
    #[cfg(feature = "otlp")]
    #[error(
        "cannot take exemplars from OpenTelemetry: the program has a source of traces already; \
         remove the call of `exemplar::set_trace_source`, or that of `Builder::exemplars` or \
         `Builder::otlp_traces`, which turn them on"
    )]
    OtherTraceSource,
    /// The log does not start.
    #[cfg(feature = "config")]
    #[error(transparent)]
    Logs(#[from] crate::logs::LogsError),
    /// Nothing can be exported with these options.
    #[cfg(feature = "otlp")]
    #[error("cannot export {}: {source}", signal.as_str())]
    Otlp {
        /// What was to be exported.
        signal: crate::otlp::SignalName,
        /// What is wrong with where to.
        source: crate::otlp::EndpointError,
    },
    /// The address to listen on is none.
    #[error(
        "cannot listen on `{address}`: {reason}; write host and port, as in \"127.0.0.1:9464\""
    )]
    Address {
        /// The address as given.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Another program, or another part of this one, has the port.
    #[error(
        "cannot listen on {address}: the port is in use; end what uses it, choose another port, or \
         listen on port 0 for any free one, which `Telemetry::local_addr` then tells"
    )]
    PortInUse {
        /// The address that is taken.
        address: SocketAddr,
    },
    /// The system does not let this program listen there.
    #[error("cannot listen on {address}: {source}; {hint}")]
    Listen {
        /// The address that was tried.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
        /// What to do.
        hint: &'static str,
    },
    /// Profiles cannot be pushed as it was asked for.
    #[cfg(feature = "profiling")]
    #[error(transparent)]
    Profiles(#[from] crate::profiling::PushError),
    /// More of something than its label has values for.
    #[cfg(feature = "process")]
    #[error("cannot show {count} {what}: name at most {most}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there were.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// Others would reach the pages, and nobody said who may read them.
    #[cfg(feature = "server")]
    #[error(
        "will not listen on {address}: others reach that address, and nothing says who may read the \
         pages; ask for credentials with `.bearer_token(..)` or `.basic_auth(..)`, or for clients' \
         certificates with `.tls(..).client_ca(..)`, or let everybody read them with \
         `.allow_unauthenticated()`, all of `server::Server`; in a file they are `bearer_token`, \
         `basic_user`, `tls_client_ca` and `allow_unauthenticated`"
    )]
    Unauthenticated {
        /// The address that others reach.
        address: SocketAddr,
    },
    /// A token or a password that cannot be used.
    #[cfg(feature = "server")]
    #[error("cannot use {what}: {reason}")]
    Credential {
        /// Which.
        what: &'static str,
        /// What is wrong with it, without showing it.
        reason: String,
    },
    /// A certificate or a key that cannot be used.
    #[cfg(feature = "server")]
    #[error("cannot use `{}` for TLS: {reason}", path.display())]
    Tls {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// There are pages for operators, and no address for them.
    #[cfg(feature = "server")]
    #[error(
        "there are pages for operators and no address to serve them at: give one that only they \
         reach, `.admin(\"127.0.0.1:9465\")`"
    )]
    NoAdminAddress,
    /// Two health checks have one name.
    #[cfg(feature = "server")]
    #[error("two health checks have the name `{name}`: `/health` shows one of each, so rename one")]
    DuplicateCheck {
        /// The name.
        name: String,
    },
    /// The system gives no thread or event queue.
    #[error("cannot start the thread `{name}`: {source}; raise the limit on threads or open files")]
    Thread {
        /// The thread's name.
        name: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// A sampler that cannot be.
    #[cfg(feature = "otlp")]
    #[error("cannot sample traces: {problem}")]
    Sampler {
        /// What is wrong with it, and what is allowed.
        problem: String,
    },
    /// Directives of a log filter that are none.
    #[cfg(feature = "otlp")]
    #[error(
        "cannot filter logs by `{directives}`: {reason}; write a level, `info`, or targets with \
         levels, `info,hyper=warn`"
    )]
    LogFilter {
        /// The directives as given.
        directives: String,
        /// What is wrong with them.
        reason: String,
    },
    /// The program has set a `tracing` subscriber.
    #[cfg(feature = "config")]
    #[error(
        "cannot set the `tracing` subscriber: the program has one already; remove its `init`, or \
         call `Builder::without_subscriber` and add `Telemetry::layers` to it"
    )]
    OtherSubscriber,
}
