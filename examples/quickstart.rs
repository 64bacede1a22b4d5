//! Annotated agents index the files named, and the metrics tell what happened:
//! `cargo run --example quickstart -- README.md DESIGN.md`, with `--serve` (or
//! `--serve=HOST:PORT`) for Prometheus to scrape.

use std::io::Write as _;
use std::process::ExitCode;

use caxton_example::{index_files, table};
use caxton_instrument_export::builder;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (options, paths): (Vec<_>, Vec<_>) = std::env::args_os()
        .skip(1)
        .partition(|arg| arg.to_string_lossy().starts_with("--"));
    let serve = match options.first().and_then(|option| option.to_str()) {
        Some("--serve") => Some("127.0.0.1:9464"),
        Some(option) => option.strip_prefix("--serve="),
        None => None,
    };
    if paths.is_empty() || serve.iter().len() != options.len() {
        eprintln!("usage: quickstart [--serve[=HOST:PORT]] FILE...");
        return ExitCode::from(2);
    }

    let mut builder = builder().service("quickstart", env!("CARGO_PKG_VERSION"));
    if let Some(address) = serve {
        builder = builder.listen(address);
    }
    let telemetry = match builder.install() {
        Ok(telemetry) => telemetry,
        Err(error) => {
            eprintln!("quickstart: {error}");
            return ExitCode::FAILURE;
        }
    };

    let (index, failures) = index_files(paths).await;
    // Whoever reads only the first lines of it ends no program.
    let report = table(&telemetry.render());
    _ = writeln!(std::io::stdout(), "{report}Most frequent     {index}");
    for failure in &failures {
        eprintln!("quickstart: {failure}");
    }
    if let Some(address) = telemetry.local_addr() {
        println!("serving http://{address}/metrics until Ctrl-C");
        std::future::pending::<()>().await;
    }
    ExitCode::from(u8::from(!failures.is_empty()))
}
