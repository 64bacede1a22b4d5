//! A program that declares nothing is told why before it runs blind.

use caxton_instrument::testing::TestRecorder;
use caxton_instrument::{Catalog, InstallError, install};

#[test]
fn installing_is_refused_with_the_remedy() {
    let catalog = Catalog::collect().expect("the facade's own metrics hold");
    assert!(catalog.is_only_own());
    assert!(catalog.metric("caxton_instrument_series_live").is_some());
    let error = install(TestRecorder::new().shared()).expect_err("nothing is declared");
    assert!(matches!(error, InstallError::NothingDeclared));
    assert!(error.to_string().contains("assert_declared!"), "{error}");
}
