//! Agents index the files and folders named, and the metrics tell what
//! happened: `cargo run --release --example caxton -- README.md docs`, with
//! `--serve` for the API and `/metrics`, with `--load 1000` for work of its own.

mod measured;
mod options;
mod signal;

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use caxton_runtime::{
    Address, AgentType, Corpus, Finished, Orchestrator, Problem, Server, documents, generated,
    router,
};

use measured::Telemetry;
use options::{Input, Options};
use signal::Signals;

/// Problems printed one by one; the rest is only counted.
const PRINTED: usize = 20;

/// Size of a module, in bytes.
const MAX_MODULE: u64 = 4 << 20;

/// A read that hangs holds a thread; the program does not wait for it longer.
const THREADS_END: Duration = Duration::from_secs(1);

/// As a shell tells that a program was ended by Ctrl-C.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let options = match Options::parse() {
        Ok(options) => options,
        Err(code) => return code,
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let code = runtime.block_on(run(options));
    runtime.shutdown_timeout(THREADS_END);
    code.unwrap_or_else(|error| failed(&error))
}

fn failed(error: &dyn fmt::Display) -> ExitCode {
    eprintln!("caxton: {error}");
    ExitCode::FAILURE
}

async fn run(options: Options) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let own = own_types(&options)?;
    let address = match &options.serve {
        Some(address) => Some(Address::bind(address).await?),
        None => None,
    };
    let telemetry = Telemetry::install(options.config.as_deref())?;
    let mut signals = Signals::new()?;

    let names: Vec<_> = own.iter().map(|own| String::from(own.name())).collect();
    let orchestrator = Orchestrator::new(options.limits, own)?;
    let corpus = Corpus::start(&orchestrator)?;
    for name in names {
        if !orchestrator
            .list()
            .iter()
            .any(|agent| agent.agent_type == name)
        {
            orchestrator.create(&name)?;
        }
    }
    telemetry.watch(&orchestrator);
    let server = address.map(|address| serve(address, &orchestrator, &telemetry));

    let finished = index(&corpus, options.input, &mut signals).await;
    report(&corpus, &telemetry).await;
    if let Some(server) = server {
        if !finished.interrupted {
            signals.first().await;
        }
        telemetry.drain();
        server.stop().await;
    }
    orchestrator.stop_all().await;
    Ok(if finished.interrupted {
        ExitCode::from(INTERRUPTED)
    } else {
        ExitCode::from(u8::from(finished.failed > 0))
    })
}

fn own_types(options: &Options) -> Result<Vec<AgentType>, Box<dyn std::error::Error>> {
    let mut own = Vec::new();
    for (name, path) in &options.modules {
        let module = read_module(path)
            .map_err(|error| format!("cannot read the module {}: {error}", path.display()))?;
        own.push(AgentType::new(name, module, &options.limits)?);
    }
    Ok(own)
}

fn read_module(path: &Path) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut module = Vec::new();
    let mut file = File::open(path)?.take(MAX_MODULE + 1);
    file.read_to_end(&mut module)?;
    if module.len() as u64 > MAX_MODULE {
        return Err(io::Error::other("it has more than 4 MiB"));
    }
    Ok(module)
}

fn serve(address: Address, orchestrator: &Orchestrator, telemetry: &Telemetry) -> Server {
    let router = telemetry.add_pages(router(orchestrator.clone()));
    let server = address.serve(router);
    let address = server.address();
    say(format_args!(
        "serving http://{address}/api/agents and http://{address}/metrics until Ctrl-C"
    ));
    server
}

async fn index(corpus: &Corpus, input: Input, signals: &mut Signals) -> Finished {
    let documents = match input {
        Input::Paths(paths) => documents(paths),
        Input::Load(count) => generated(count),
    };
    let mut problems = 0;
    let tell = |problem: Problem| {
        problems += 1;
        if problems <= PRINTED {
            eprintln!("caxton: {}", problem.text);
        }
    };
    let finished = corpus.index(documents, signals.first(), tell).await;
    if problems > PRINTED {
        eprintln!("caxton: and {} more like these", problems - PRINTED);
    }
    if finished.interrupted {
        eprintln!("caxton: stopped before every document was read");
    }
    finished
}

async fn report(corpus: &Corpus, telemetry: &Telemetry) {
    let top = corpus.top_terms().await;
    telemetry.print();
    match top {
        Ok(top) => say(format_args!(
            "Index        {} distinct terms; most frequent: {top}",
            top.distinct
        )),
        Err(error) => eprintln!("caxton: no list of terms: {error}"),
    }
}

/// Whoever reads only the first lines of it ends no program.
fn say(text: fmt::Arguments<'_>) {
    let mut out = io::stdout().lock();
    _ = writeln!(out, "{text}");
    _ = out.flush();
}
