//! A start that fails leaves nothing behind: the next one works.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::net::TcpListener;

use caxton_linkage_beta as _;

#[test]
fn a_refused_address_can_be_corrected() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound").to_string();
    let builder = || caxton_instrument_export::builder();

    let error = builder()
        .listen(&*address)
        .install()
        .expect_err("the port is taken")
        .to_string();
    assert!(
        error.contains(&address) && error.contains("in use"),
        "{error}"
    );
    let error = builder()
        .listen("127.0.0.1")
        .install()
        .expect_err("no port")
        .to_string();
    assert!(error.contains("127.0.0.1:9464"), "{error}");

    drop(taken);
    let telemetry = builder()
        .listen(&*address)
        .install()
        .expect("the port is free again");
    assert_eq!(
        telemetry.local_addr().map(|it| it.to_string()),
        Some(address)
    );
}
