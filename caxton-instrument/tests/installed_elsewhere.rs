//! A recorder that was installed through `metrics` itself works, uncached,
//! with one diagnostic.

use std::sync::atomic::{AtomicUsize, Ordering};

use caxton_instrument::diagnostics::{self, Diagnostic};
use caxton_instrument::prelude::*;
use caxton_instrument::testing::TestRecorder;

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Messages that were sent.
    messages_sent: Counter,
}

static SAID: AtomicUsize = AtomicUsize::new(0);

#[test]
fn it_works_and_is_said_once() {
    diagnostics::set_hook(|diagnostic| {
        assert_eq!(*diagnostic, Diagnostic::InstalledElsewhere);
        SAID.fetch_add(1, Ordering::Relaxed);
    })
    .expect("the first hook");

    let bound = Mail::global().messages_sent.bind();
    bound.increment(100);
    assert_eq!(SAID.load(Ordering::Relaxed), 0, "nothing is installed yet");

    let recorder = TestRecorder::new();
    assert!(metrics::set_global_recorder(recorder.shared()).is_ok());
    bound.increment(1);
    Mail::global().messages_sent.increment(2);
    assert_eq!(recorder.counter(Mail::MESSAGES_SENT, &()), 3);
    assert_eq!(SAID.load(Ordering::Relaxed), 1);
}
