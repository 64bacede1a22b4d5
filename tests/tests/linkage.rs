//! A crate that the program names brings its own dependencies with it; a crate
//! that nothing names is dropped by the linker, with its declarations.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use caxton_instrument::Catalog;

fn crates(catalog: &Catalog) -> Vec<&'static str> {
    let mut crates: Vec<_> = catalog
        .metrics()
        .iter()
        .map(|it| it.location.krate)
        .collect();
    crates.sort_unstable();
    crates.dedup();
    crates.retain(|krate| krate.starts_with("caxton-linkage-"));
    crates
}

#[test]
fn a_named_crate_brings_what_it_uses() {
    caxton_linkage_beta::walk();
    let catalog = Catalog::collect().expect("alpha and beta agree");
    assert_eq!(
        crates(&catalog),
        ["caxton-linkage-alpha", "caxton-linkage-beta"]
    );
    let letters = catalog
        .metric("post_letters_total")
        .expect("alpha declares it");
    assert_eq!(letters.location.krate, "caxton-linkage-alpha");
    assert_eq!(letters.location.file.rsplit('/').next(), Some("lib.rs"));
}

#[test]
fn a_crate_that_nothing_names_is_dropped() {
    // `gamma` is a dependency of this package too, and contradicts `alpha`.
    let catalog = Catalog::collect().expect("gamma is not linked");
    assert!(!crates(&catalog).contains(&"caxton-linkage-gamma"));
}
