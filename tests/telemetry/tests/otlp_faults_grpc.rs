//! A whole program whose collector fails in every way, over gRPC.

mod faults;

use caxton_instrument_export::otlp::Endpoint;

#[test]
fn a_program_goes_on_whatever_its_collector_does() {
    faults::run("gRPC", Endpoint::grpc);
}
