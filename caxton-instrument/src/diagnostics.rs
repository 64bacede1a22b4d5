//! What goes wrong while telemetry is taken or sent, for whoever wants to
//! know. Telemetry never stops the program it measures.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::catalog::Finding;

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnostic {
    /// A recorder was installed through `metrics` itself: handles are right,
    /// but resolved anew at every update.
    InstalledElsewhere,
    /// A timer was started on a histogram whose unit is not seconds.
    TimerWithoutSeconds {
        /// The histogram.
        metric: &'static str,
    },
    /// What another crate emits was refused, or is left out of the exposition;
    /// once for each name and reason.
    Refused {
        /// The name, the reason and what to do.
        finding: Finding,
    },
    /// Telemetry did not leave the process, or leaves it again; once for each
    /// cause until the cause is gone.
    Export {
        /// The part it is about: `otlp metrics`.
        part: &'static str,
        /// What happened, what is lost, and what to do.
        message: String,
    },
}

impl Diagnostic {
    /// Of those that are told once.
    const fn bit(&self) -> u32 {
        match self {
            Self::InstalledElsewhere => 1,
            Self::TimerWithoutSeconds { .. } => 2,
            Self::Refused { .. } | Self::Export { .. } => 0,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InstalledElsewhere => f.write_str(
                "a recorder was installed through `metrics` directly, so no handle can be kept and \
                 every update looks its series up: install it with `caxton_instrument::install(recorder)`",
            ),
            Self::TimerWithoutSeconds { metric } => write!(
                f,
                "a timer was started on histogram `{metric}`, whose unit is not seconds, so it \
                 records nothing: declare it `#[metric(unit = seconds)]`",
            ),
            Self::Refused { finding } => {
                write!(f, "{} [{}]", finding.message, finding.class)
            }
            Self::Export { part, message } => write!(f, "{part}: {message}"),
        }
    }
}

static HOOK: OnceLock<fn(&Diagnostic)> = OnceLock::new();
static SAID: AtomicU32 = AtomicU32::new(0);

/// Takes diagnostics instead of the default, which is a `tracing` warning.
///
/// # Errors
///
/// Returns the hook when another one was set before.
///
/// ```
/// use caxton_instrument::diagnostics;
///
/// diagnostics::set_hook(|diagnostic| eprintln!("{diagnostic}")).expect("the first hook");
/// ```
pub fn set_hook(hook: fn(&Diagnostic)) -> Result<(), fn(&Diagnostic)> {
    HOOK.set(hook)
}

/// Reports the first diagnostic of its kind; later ones would only repeat it.
pub(crate) fn once(diagnostic: &Diagnostic) {
    let bit = diagnostic.bit();
    if SAID.load(Ordering::Relaxed) & bit != 0 || SAID.fetch_or(bit, Ordering::Relaxed) & bit != 0 {
        return;
    }
    report(diagnostic);
}

/// Reports a diagnostic, as exporters do. Calls foreign code: no lock may be
/// held.
///
/// ```
/// use caxton_instrument::diagnostics::{self, Diagnostic};
///
/// diagnostics::report(&Diagnostic::Export {
///     part: "log file",
///     message: String::from("/var/log/shop.json: no space left on the device"),
/// });
/// ```
pub fn report(diagnostic: &Diagnostic) {
    if let Some(hook) = HOOK.get() {
        hook(diagnostic);
    } else {
        tracing::warn!(target: "caxton_instrument", "{diagnostic}");
    }
}
