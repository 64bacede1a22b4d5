//! Writes what is drawn from the recorded results: their tables, the plots, and
//! the benchmarks' part of the README.
//!
//! `cargo run -p caxton-benches --no-default-features --bin caxton-plot [-- check]`

use std::process::ExitCode;

use caxton_benches::pages;

fn main() -> ExitCode {
    let argument = std::env::args().nth(1);
    let stale = match argument.as_deref() {
        None => pages::write(),
        Some("check") => pages::stale(),
        Some(_) => {
            eprintln!("usage: caxton-plot [check]");
            return ExitCode::FAILURE;
        }
    };
    for path in &stale {
        println!("{}", path.display());
    }
    if argument.is_some() && !stale.is_empty() {
        eprintln!(
            "not what the recorded results say: \
             cargo run -p caxton-benches --no-default-features --bin caxton-plot"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
