//! Updates beside every peer, in one run.
//!
//! `cargo bench -p caxton-benches --bench hot_path [-- ROUNDS]`

use caxton_benches::report;
use caxton_benches::table::{Effort, Table};
use caxton_benches::{machine, ours, peers};

fn main() {
    let rounds = std::env::args().find_map(|argument| argument.parse().ok());
    let effort = Effort {
        batch: 20_000,
        rounds: rounds.unwrap_or(121),
    };
    let _registry = ours::install();

    let mut table = Table::default();
    machine::unit(&mut table);
    machine::floors(&mut table);
    ours::cases(&mut table);
    peers::metrics::cases(&mut table);
    peers::prometheus::cases(&mut table);
    peers::prometheus_client::cases(&mut table);
    peers::measured::cases(&mut table);
    peers::opentelemetry::cases(&mut table);
    peers::functions::cases(&mut table);
    let mut lines = table.measure(effort);

    let mut table = Table::default();
    machine::unit(&mut table);
    peers::functions::cases_under_subscriber(&mut table);
    lines.extend(table.measure(effort).into_iter().skip(1));

    report::record("hot_path", &lines, &report::hot_path(&lines));
}
