//! What the machine itself takes: the unit of the table, and the least that an
//! update can cost where its value is in memory.
//!
//! The unit differs more from machine to machine than its ratio to an update
//! does: a locked add may take from four to over twenty cycles. Beside these
//! floors a row shows how much of it is ours.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::load::sample;
use crate::table::{Row, Table};

pub const UPDATE: &str = "a plain load, add and store";
pub const SUM: &str = "the same of an `f64`";
pub const UP_AND_DOWN: &str = "the same twice, up and down";

/// One uncontended atomic add: 1.00.
pub fn unit(table: &mut Table) {
    static ATOMIC: AtomicU64 = AtomicU64::new(0);
    table.case(Row::Raw, "one uncontended atomic add", |_| {
        // Not returned: that would be an exchange, which costs more.
        ATOMIC.fetch_add(1, Relaxed);
    });
}

/// Relaxed loads and stores are plain instructions, but ones that the compiler
/// does not merge over the rounds of a loop.
pub fn floors(table: &mut Table) {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    static FLOAT: AtomicU64 = AtomicU64::new(0);
    static LEVEL: AtomicU64 = AtomicU64::new(0);
    table
        .case(Row::Raw, UPDATE, |_| {
            COUNT.store(COUNT.load(Relaxed).wrapping_add(1), Relaxed);
        })
        .case(Row::Raw, SUM, |i| {
            let sum = f64::from_bits(FLOAT.load(Relaxed)) + sample(i);
            FLOAT.store(sum.to_bits(), Relaxed);
        })
        .case(Row::Raw, UP_AND_DOWN, |_| {
            LEVEL.store(LEVEL.load(Relaxed).wrapping_add(1), Relaxed);
            LEVEL.store(LEVEL.load(Relaxed).wrapping_sub(1), Relaxed);
        });
}
