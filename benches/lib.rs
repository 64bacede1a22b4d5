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
//! generated crates whose builds are compared
//! report   results as Markdown and JSON
//! bars     what was to be reached, and whether it is
//! readme   the benchmarks' part of the README
//! svg      plots
//! pages    all files that are drawn from results
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

pub mod bars;
pub mod generated;
pub mod load;
pub mod machine;
pub mod memory;
pub mod ours;
#[cfg(feature = "peers")]
pub mod ours_scraped;
pub mod pages;
#[cfg(feature = "peers")]
pub mod peers;
pub mod readme;
pub mod report;
pub mod svg;
pub mod table;
