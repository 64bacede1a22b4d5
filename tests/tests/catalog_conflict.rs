//! Two crates that declare the same names: every contradiction is one finding
//! with both places, and nothing is installed.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod expected;

use std::fmt::Write as _;

use caxton_instrument::Catalog;

caxton_instrument::assert_declared!(caxton_linkage_alpha, caxton_linkage_gamma);

#[test]
fn every_contradiction_is_one_finding_with_both_places() {
    let error = Catalog::collect().expect_err("alpha and gamma contradict each other");
    let mut text = String::new();
    for finding in error.findings() {
        assert_eq!(finding.places.len(), 2, "{finding}");
        writeln!(text, "{finding}\n").expect("a String takes everything");
    }
    expected::assert("catalog_conflict", "findings.txt", &text);
}

#[test]
fn a_contradiction_is_refused_at_install() {
    let error = caxton_instrument_export::builder()
        .install()
        .expect_err("alpha and gamma contradict each other")
        .to_string();
    for name in ["post_letters_total", "post_letters_waiting", "post_doors"] {
        assert!(error.contains(name), "{error}");
    }
    assert!(error.contains("linkage/alpha/src/lib.rs"), "{error}");
    assert!(error.contains("linkage/gamma/src/lib.rs"), "{error}");
}
