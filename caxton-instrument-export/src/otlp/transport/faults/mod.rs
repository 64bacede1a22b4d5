//! Every fault of a receiver, scripted, over HTTP and gRPC: what arrived, how
//! often, what was lost and how it was counted, and that sending goes on.
//! `cargo test -p caxton-instrument-export --all-features faults -- --nocapture`
//! prints the report.

mod connections;
mod honours;
mod replies;
mod report;
mod rig;
mod tls;
