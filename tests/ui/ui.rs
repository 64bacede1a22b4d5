//! What a mistake looks like: one file each, with the compiler's whole answer.
//!
//! `TRYBUILD=overwrite cargo test -p caxton-ui` writes the answers anew;
//! read them before you commit them.

#![allow(clippy::expect_used)]

use std::env;
use std::process::Command;

/// The compiler whose answers are stored; another one words them differently.
const PINNED: &str = "1.95";

#[test]
fn mistakes_and_forms() {
    let version = compiler();
    if !version.starts_with(&format!("rustc {PINNED}.")) || version.contains("nightly") {
        let skipped = format!("ui tests SKIPPED: they need rustc {PINNED}, this is {version}");
        // A skip that nobody reads would hide a broken message for ever.
        assert!(env::var_os("CI").is_none(), "{skipped}");
        eprintln!("\n**** {skipped} ****\n");
        return;
    }
    let tests = trybuild::TestCases::new();
    tests.pass("cases/pass/*.rs");
    for area in [
        "agent_alerts",
        "agent_metrics",
        "alert",
        "instrument_agent",
        "label_set",
        "label_value",
        "metric_set",
        "panel",
        "query",
        "record",
        "rules",
        "slo",
    ] {
        tests.compile_fail(format!("cases/{area}/*.rs"));
    }
}

fn compiler() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("rustc runs");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
