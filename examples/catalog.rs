//! Every metric of the examples, and how they are deployed:
//! `cargo run --example catalog -- --help`.

use std::process::ExitCode;

use caxton_instrument_export::config::Config;
use caxton_instrument_export::generate::{Deployment, Team};

// Naming a crate is what makes the linker keep its declarations.
use caxton_example as _;
use caxton_runtime as _;

fn main() -> ExitCode {
    // The file that the program reads, so that its port stands in one place.
    let config = match Config::from_text("caxton.toml", include_str!("caxton/caxton.toml")) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let deployment = Deployment::from_config(&config)
        .team(Team::new("agents").webhook_file("/etc/alertmanager/secrets/agents-webhook"));
    caxton_instrument_export::catalog::main_of(deployment)
}
