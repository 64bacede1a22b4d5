//! What is said about losses: each reason once until items arrive again, and
//! not over and over where the two take turns.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use caxton_instrument::LabelValue as _;
use caxton_instrument::diagnostics::{self, Diagnostic};
use tokio::time::Instant;

use super::answer::Failure;
use super::signal::Signal;
use crate::otlp::endpoint::Protocol;
use crate::otlp::meta::LossReason;

const REASONS: usize = LossReason::VALUES.len();

/// A reason is told again no sooner than this.
const AGAIN: Duration = Duration::from_secs(300);

/// What was told of one sender.
pub(super) struct Told {
    /// The address, as messages show it.
    address: String,
    protocol: Protocol,
    port: Option<u16>,
    said: Mutex<Said>,
}

#[derive(Default)]
struct Said {
    /// When each reason was told last.
    at: [Option<Instant>; REASONS],
    /// Something was told since items arrived.
    is_down: bool,
    /// Lost since then.
    lost: u64,
    warned: bool,
}

/// The attempts that came before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    pub(super) attempts: u32,
    pub(super) took: Duration,
}

impl Told {
    pub(super) fn new(address: String, protocol: Protocol, port: Option<u16>) -> Self {
        Self {
            address,
            protocol,
            port,
            said: Mutex::default(),
        }
    }

    pub(super) fn lost<S: Signal>(&self, items: u64, failure: &Failure, effort: Effort) {
        let (reason, cause) = (failure.reason, &failure.message);
        if !self.is_news(reason, items) {
            return;
        }
        let (address, signal, label) = (&self.address, S::SIGNAL.as_str(), reason.as_str());
        let Effort { attempts, took } = effort;
        let (times, took) = (
            if attempts == 1 { "attempt" } else { "attempts" },
            took.as_secs_f64(),
        );
        let hint = self.hint(reason);
        report::<S>(format!(
            "{items} {} lost after {attempts} {times} in {took:.1} s to send them to {address}: \
             {cause}; {hint}; further losses are counted in \
             caxton_instrument_lost_items_total{{signal=\"{signal}\",reason=\"{label}\"}}",
            S::ITEMS,
        ));
    }

    /// All of a batch was taken.
    pub(super) fn arrived<S: Signal>(&self, warning: &str) {
        let (lost, warns) = {
            let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            let lost = said.is_down.then_some(said.lost);
            (said.is_down, said.lost) = (false, 0);
            let warns = !warning.is_empty() && !said.warned;
            said.warned |= warns;
            (lost, warns)
        };
        let address = &self.address;
        if let Some(lost) = lost {
            report::<S>(format!(
                "{address} takes {} again; {lost} were lost in between",
                S::ITEMS,
            ));
        }
        if warns {
            report::<S>(format!("{address} took all and warns: {warning}"));
        }
    }

    fn is_news(&self, reason: LossReason, items: u64) -> bool {
        let now = Instant::now();
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.lost = said.lost.saturating_add(items);
        let is_down = said.is_down;
        let Some(at) = said.at.get_mut(reason.index()) else {
            return false;
        };
        let is_recent = at.is_some_and(|at| is_down || now.duration_since(at) < AGAIN);
        if is_recent {
            return false;
        }
        *at = Some(now);
        said.is_down = true;
        true
    }

    fn hint(&self, reason: LossReason) -> &'static str {
        use LossReason as R;
        match (reason, self.protocol, self.port) {
            (
                R::Disconnected | R::BadAnswer | R::Unsupported | R::ServerError | R::Rejected,
                Protocol::Http,
                Some(4317),
            ) => "port 4317 is usually that of gRPC: name port 4318, or use gRPC",
            (
                R::Disconnected | R::BadAnswer | R::Unsupported | R::ServerError | R::Rejected,
                Protocol::Grpc,
                Some(4318),
            ) => "port 4318 is usually that of HTTP: name port 4317, or use HTTP",
            (R::Unreachable, ..) => {
                "start the collector, or correct the address or the certificates"
            }
            (R::TimedOut, ..) => "look at the collector's load, or raise the timeout",
            (R::Disconnected, ..) => {
                "look at the collector's log, and whether the address is one of TLS"
            }
            (R::Throttled | R::Unavailable, ..) => {
                "give the collector more memory or a faster backend, or send less often"
            }
            (R::ServerError, ..) => "look at the collector's log",
            (R::Rejected, ..) => "correct what the message names",
            (R::Unauthorized, ..) => "set the header with the collector's token",
            (R::Unsupported, ..) => {
                "enable the signal in the collector's pipelines, and choose a compression it reads"
            }
            (R::TooLarge, ..) => "raise the receiver's limit on the size of a message",
            (R::Redirected, ..) => "name the address it redirects to as the endpoint",
            (R::BadAnswer, ..) => "name the address of an OTLP receiver",
            (R::QueueFull, ..) => "raise the size of the queue",
            (R::Shutdown, ..) => "give the end of the program more time to flush",
        }
    }
}

fn report<S: Signal>(message: String) {
    diagnostics::report(&Diagnostic::Export {
        part: S::PART,
        message,
    });
}
