//! The recorder's slabs and cells, their sources as they are, over the atomics
//! of `loom`: every interleaving of a few threads up to a number of
//! preemptions, and every value that the memory orderings let a load see.
#![cfg(test)]

mod sync;

#[path = "../../../caxton-instrument/src/recorder/slab.rs"]
#[expect(dead_code, unused_imports, reason = "typed handles use the rest")]
mod slab;

#[path = "../../../caxton-instrument/src/recorder/cells.rs"]
#[expect(dead_code, unreachable_pub, reason = "typed handles use the rest")]
mod cells;

#[path = "../../../caxton-instrument/src/recorder/bounds.rs"]
#[expect(dead_code, reason = "typed handles use the rest")]
mod bounds;

mod counters;
mod eviction;
mod gauges;
mod histograms;
mod reuse;
