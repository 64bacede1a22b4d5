//! A recorder of our own: an update is a plain load and store of a cell that
//! only the current thread writes, histograms keep buckets and no samples, and
//! a reader never blocks a writer.
//!
//! ```text
//! slab      memory that one thread writes and every thread reads
//! cells     a counter, a gauge, a histogram in it
//! foreign   names and labels of other crates, made fit to expose
//! registry  names and labels to cells, as a `metrics::Recorder`
//! ```
//!
//! Memory: each series takes its cells (one for a counter or a gauge, bounds
//! and two for a histogram, 323 for a native one, 8 bytes each) once for every thread that was alive
//! at the same time as others and updated cells of the same page, in pages of
//! 8 KiB.

pub(crate) mod cells;
mod foreign;
mod registry;
pub(crate) mod slab;
mod sync;

pub use cells::HistogramValue;
pub use registry::{Family, Registry, Series, Value};
