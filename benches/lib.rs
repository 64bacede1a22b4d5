//! The benchmarks' parts: a table of interleaved cases, one file of cases for
//! each library, and what records the results.
//!
//! ```text
//! table    cases, one and two threads, medians, ratios
//! load     what every case updates: the same labels, samples and bounds
//! machine  the unit, and the least that the machine allows
//! ours     this library's cases, and its scrape
//! peers    everyone else's
//! memory   an allocator that counts, and the resident set
//! report   results as Markdown and JSON
//! ```

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    // The rows are named by letters.
    clippy::many_single_char_names,
    // What is measured is a result, not its error.
    clippy::missing_errors_doc,
    clippy::result_unit_err
)]

pub mod load;
pub mod machine;
pub mod memory;
pub mod ours;
#[cfg(feature = "peers")]
pub mod ours_scraped;
#[cfg(feature = "peers")]
pub mod peers;
pub mod report;
pub mod table;
