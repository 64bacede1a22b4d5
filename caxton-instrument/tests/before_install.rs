//! Handles that were made before a recorder was installed reach it from the
//! moment it is, and test scopes keep nothing.

use caxton_instrument::prelude::*;
use caxton_instrument::testing::TestRecorder;
use caxton_instrument::{InstallError, install};

#[derive(LabelSet)]
struct Labels {
    urgent: bool,
    #[label(max_values = 5)]
    queue: Text,
}

#[derive(LabelSet)]
struct Build {
    #[label(max_values = 5)]
    version: Text,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Messages that were sent.
    messages_sent: Counter<Labels>,
    /// Messages that wait.
    messages_waiting: Gauge,
    /// Version that runs.
    build: Info<Build>,
}

/// One test: a program has one recorder.
#[test]
fn a_recorder_is_reached_from_the_moment_it_is_installed() {
    let mail = Mail::global();
    let labels = Labels::of(true, "a");

    // Before: nothing is kept, nothing goes wrong.
    mail.messages_sent.at(&labels).increment(100);
    let bound = mail.messages_sent.at(&labels).bind();
    bound.increment(100);
    let early = mail.messages_waiting.track(1);
    mail.build.set(&Build::of("1.0"));

    // A test scope before the install is seen, and not kept.
    let scoped = TestRecorder::new();
    let scope = scoped.shared();
    metrics::with_local_recorder(&scope, || {
        bound.increment(1);
        mail.messages_sent.at(&labels).increment(1);
    });
    assert_eq!(scoped.counter(Mail::MESSAGES_SENT, &labels), 2);

    let recorder = TestRecorder::new();
    install(recorder.shared()).expect("the first install");

    // The early guard has nothing to take back.
    drop(early);
    assert_eq!(recorder.gauge(Mail::MESSAGES_WAITING, &()), 0.0);
    assert_eq!(recorder.info(Mail::BUILD, &Build::of("1.0")), 1.0);

    // A test scope after it takes a series that is not kept yet ...
    let other = Labels::of(false, "b");
    metrics::with_local_recorder(&scope, || mail.messages_sent.at(&other).increment(7));
    assert_eq!(scoped.counter(Mail::MESSAGES_SENT, &other), 7);
    assert_eq!(recorder.counter(Mail::MESSAGES_SENT, &other), 0);

    // ... and the series is the program's once the scope is over.
    mail.messages_sent.at(&other).increment(3);
    bound.increment(5);
    mail.messages_sent.at(&labels).increment(6);
    assert_eq!(recorder.counter(Mail::MESSAGES_SENT, &other), 3);
    assert_eq!(recorder.counter(Mail::MESSAGES_SENT, &labels), 11);
    assert_eq!(scoped.counter(Mail::MESSAGES_SENT, &labels), 2);

    // Macros of other crates reach the same recorder.
    metrics::counter!("foreign_total").increment(4);
    assert!(
        recorder
            .snapshot()
            .lines()
            .contains(&"foreign_total 4".to_owned())
    );

    let again = install(TestRecorder::new().shared()).expect_err("one recorder a program");
    assert!(matches!(again, InstallError::AlreadyInstalled));
    assert!(again.to_string().contains("install it once"), "{again}");
}
