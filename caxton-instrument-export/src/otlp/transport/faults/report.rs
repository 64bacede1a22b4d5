//! The table: fault, expected, seen.

use std::fmt::Write as _;

/// A row of the report.
pub(super) struct Row {
    pub(super) fault: String,
    pub(super) expected: String,
    pub(super) seen: String,
}

/// Prints the rows, and fails where what was seen is not what was expected.
pub(super) fn check(title: &str, rows: &[Row]) {
    let mut table = format!("\n{title}\n\n| fault | expected | seen |\n|---|---|---|\n");
    for row in rows {
        let seen = if row.seen == row.expected {
            "as expected"
        } else {
            &row.seen
        };
        let _ = writeln!(table, "| {} | {} | {seen} |", row.fault, row.expected);
    }
    println!("{table}");
    let wrong = rows.iter().filter(|row| row.seen != row.expected);
    let wrong: Vec<&str> = wrong.map(|row| row.fault.as_str()).collect();
    assert!(wrong.is_empty(), "not as expected: {wrong:?}");
}
