//! Every metric of the examples, and how they are deployed:
//! `cargo run --example catalog -- --help`.

use std::process::ExitCode;

use caxton_instrument_export::config::Config;
use caxton_instrument_export::generate::{
    Backend, Collector, Deployment, LoadTest, Logs, Team, Traces,
};

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
        .team(Team::new("agents").webhook_file("/etc/alertmanager/secrets/agents-webhook"))
        .collector(
            Collector::new("otel-collector")
                .metrics_to(Backend::prometheus())
                .environment("production"),
        )
        .traces_in(Traces::tempo("tempo"))
        .logs_in(Logs::loki("loki"));
    // Kubernetes has each service under its name.
    let deployment = match deployment.services().first() {
        Some(service) => {
            let url = format!("http://{}:{}", service.name(), service.port());
            deployment.load_test(LoadTest::new(&url).get("/health").write_results())
        }
        None => deployment,
    };
    caxton_instrument_export::catalog::main_of(deployment)
}
