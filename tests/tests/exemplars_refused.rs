//! A program has one source of traces, and is told so.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use caxton_instrument::exemplar;
use caxton_instrument::prelude::*;
use caxton_instrument_export::{InstallError, builder};

/// A mill.
#[derive(MetricSet)]
#[metric_set(namespace = "mill")]
struct Mill {
    /// Sacks that were ground.
    sacks_ground: Counter,
}

#[test]
fn a_source_of_the_programs_own_is_not_replaced() {
    exemplar::set_trace_source(|_| None).expect("the first source");
    let error = builder().exemplars().install().expect_err("there is one");
    assert!(matches!(error, InstallError::OtherTraceSource), "{error}");
    let says = error.to_string();
    assert!(says.contains("Builder::exemplars"), "{says}");
    assert!(says.contains("exemplar::set_trace_source"), "{says}");

    // Nothing was installed by halves.
    let telemetry = builder().install().expect("what was in the way is gone");
    Mill::global().sacks_ground.increment_with_exemplar(2);
    assert!(telemetry.render().contains("mill_sacks_ground_total 2"));
}
