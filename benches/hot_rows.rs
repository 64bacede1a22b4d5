//! Runs one of our hot rows, for callgrind to count.
//!
//! `caxton-hot-rows list`, `caxton-hot-rows ROW TIMES`

use std::io::Write as _;
use std::process::ExitCode;

use caxton_benches::ours;
use caxton_benches::table::{Case, Row, TURN, Table};
use caxton_instrument::exemplar::{self, TraceContext};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let _registry = ours::install();
    let mut table = Table::default();
    table.case(Row::Raw, "an empty loop", |i| i);
    ours::cases(&mut table);
    ours::exemplar_cases(&mut table);

    match *arguments {
        ["list"] => {
            let mut out = std::io::stdout().lock();
            for case in &table.cases {
                // Whoever reads may have enough of it.
                if writeln!(out, "{}", name(case)).is_err() {
                    break;
                }
            }
        }
        [row, times] => {
            let Some(case) = table.cases.iter().find(|case| name(case) == row) else {
                eprintln!("no such row: {row}");
                return ExitCode::FAILURE;
            };
            if case.name.ends_with(ours::EXEMPLARS) {
                let sampled = |_: &_| Some(TraceContext::new([1; 16], [1; 8]));
                if exemplar::set_trace_source(sampled).is_err() {
                    return ExitCode::FAILURE;
                }
            }
            // Registration, calibration of the clock, and the thread's memory.
            case.run(10 * TURN);
            counted(case, times.parse().unwrap_or(TURN));
        }
        _ => {
            eprintln!("usage: caxton-hot-rows list | ROW TIMES");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Callgrind counts from here; its name is the script's.
#[inline(never)]
fn counted(case: &Case, times: u32) {
    case.run(times);
}

fn name(case: &Case) -> String {
    let row = case.row.title();
    let row = row.split(' ').next().unwrap_or(row);
    format!("{row}: {}", case.name)
}
