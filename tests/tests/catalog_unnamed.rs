//! A program that names no crate with metrics, though it depends on three, is
//! told so at the start.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

#[test]
fn nothing_declared_is_refused_with_the_remedy() {
    let error = caxton_instrument_export::builder()
        .install()
        .expect_err("nothing is linked")
        .to_string();
    assert!(error.contains("use my_crate as _;"), "{error}");
    assert!(error.contains("assert_declared!(my_crate)"), "{error}");
}
