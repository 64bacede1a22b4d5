//! Tells which compiler builds the program, for `process_build_info`.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTC");
    if std::env::var_os("CARGO_FEATURE_PROCESS").is_none() {
        return;
    }
    if let Some(version) = rustc_version() {
        println!("cargo::rustc-env=CAXTON_BUILD_RUSTC={version}");
    }
}

/// The second word of `rustc 1.95.0 (59807616e 2026-04-14)`.
fn rustc_version() -> Option<String> {
    let output = Command::new(std::env::var_os("RUSTC")?)
        .arg("--version")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().nth(1).map(String::from)
}
