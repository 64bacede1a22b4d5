//! A recorder of our own: an update is a plain load and store of a cell that
//! only the current thread writes, histograms keep buckets and no samples, and
//! a reader never blocks a writer.
//!
//! ```text
//! slab        memory that one thread writes and every thread reads
//! bounds      bucket bounds, and the bucket of a sample
//! cells       a counter, a gauge, a histogram in it
//! kind        what these three do alike
//! label_text  labels in the form in which they are kept and written
//! schema      the labels of a declared metric
//! foreign     names and labels of other crates, made fit to expose
//! stored      one series: its cell and the text of its labels
//! ordered     series in order, for readers to keep as they are
//! prefetch    memory that a reader will need soon
//! family      all series of one name
//! merged      a family without some of its labels
//! idle        series that did not change for a while
//! sweep       a family without those
//! remembered  what a thread registered last
//! readers     what is refreshed when a reader comes
//! refusals    what was not taken, counted and told once
//! refusal_text
//! options     more bounds and fewer labels than are declared
//! registry    names to families, as a `metrics::Recorder`
//! ```
//!
//! Memory: each series takes its cells (one for a counter, two for a gauge,
//! bounds and three for a histogram, 324 for a native one, 8 bytes each) once for
//! every thread that was alive
//! at the same time as others and updated cells of the same page, in pages of
//! 8 KiB.

pub(crate) mod bounds;
#[cfg(test)]
mod bounds_tests;
pub(crate) mod cells;
mod family;
mod foreign;
mod idle;
mod kind;
mod label_text;
mod merged;
mod options;
mod ordered;
mod prefetch;
mod readers;
mod refusal_text;
mod refusals;
mod registry;
mod remembered;
mod schema;
pub(crate) mod slab;
pub(crate) mod stored;
mod sweep;
mod sync;

pub use cells::HistogramValue;
pub use family::Family;
pub use idle::IdleEviction;
pub use label_text::LabelText;
pub use options::RegistryBuilder;
pub use refusal_text::LeftOut;
pub use registry::Registry;
pub use stored::{LabelHead, Series, Value};
