//! `assert_declared!` keeps the declarations of crates that the program does
//! not call.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use caxton_instrument::Catalog;

caxton_instrument::assert_declared!(caxton_linkage_alpha, caxton_linkage_beta);

#[test]
fn asserted_crates_are_linked() {
    let catalog = Catalog::collect().expect("alpha and beta agree");
    for name in ["post_letters_total", "round_streets_total"] {
        assert!(catalog.metric(name).is_some(), "{name} is not linked");
    }
}
