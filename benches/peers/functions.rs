//! Row J: what an annotation costs a trivial function.

use std::time::Instant;

use autometrics::autometrics;

use crate::table::{Row, Table, repeat};

#[inline(never)]
pub fn plain(x: usize) -> Result<usize, ()> {
    std::hint::black_box(Ok(x))
}

#[tracing::instrument(skip_all)]
#[inline(never)]
fn traced(x: usize) -> Result<usize, ()> {
    std::hint::black_box(Ok(x))
}

#[autometrics]
#[inline(never)]
fn autometered(x: usize) -> Result<usize, ()> {
    std::hint::black_box(Ok(x))
}

pub fn cases(table: &mut Table) {
    let clock = quanta::Clock::new();
    table
        .case(Row::J, "not measured", plain)
        .case(Row::J, "two clock reads, `std::time::Instant`", |_| {
            Instant::now().elapsed()
        })
        .case(Row::J, "two clock reads, `quanta`, raw", move |_| {
            let start = clock.raw();
            clock.raw() - start
        })
        .case(Row::J, "autometrics", autometered)
        .case(Row::J, "`tracing::instrument`, no subscriber", traced);
}

/// To be measured after everything else: once there is a subscriber, every
/// call site asks for it.
pub fn cases_under_subscriber(table: &mut Table) {
    let subscriber = tracing::Dispatch::new(tracing_subscriber::registry());
    table.batch(
        Row::J,
        "`tracing::instrument` under a registry",
        move |times| {
            tracing::dispatcher::with_default(&subscriber, || repeat(times, traced));
        },
    );
}
