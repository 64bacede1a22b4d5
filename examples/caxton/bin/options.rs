//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use caxton_runtime::Limits;
use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

const EXAMPLES: &str = "\
Examples:
  caxton README.md docs              index, report, end
  caxton --serve README.md           and keep the API and /metrics up
  caxton --serve --load 10000        with documents of its own
  caxton --config caxton.toml docs   with telemetry as the file says

Exit codes: 0 everything is indexed, 1 something is not, 2 usage, 130 stopped by Ctrl-C.";

/// What was asked for.
pub(super) struct Options {
    pub(super) input: Input,
    pub(super) config: Option<PathBuf>,
    pub(super) serve: Option<String>,
    pub(super) modules: Vec<(String, PathBuf)>,
    pub(super) limits: Limits,
}

/// What to index.
pub(super) enum Input {
    Paths(Vec<PathBuf>),
    Load(u64),
}

impl Options {
    /// Reads the command line; help and mistakes are printed.
    pub(super) fn parse() -> Result<Self, ExitCode> {
        let found = command().try_get_matches().map_err(|error| {
            let _ = error.print();
            ExitCode::from(u8::from(error.use_stderr()) * 2)
        })?;
        Ok(Self::of(found))
    }

    fn of(mut found: ArgMatches) -> Self {
        let defaults = Limits::default();
        let seconds = |name| found.get_one(name).copied().map(Duration::from_secs_f64);
        let number = |name| found.get_one::<u64>(name).copied();
        let limits = Limits {
            fuel: number("fuel").unwrap_or(defaults.fuel),
            queue: number("queue")
                .and_then(|queue| usize::try_from(queue).ok())
                .unwrap_or(defaults.queue),
            document: number("max-document").unwrap_or(defaults.document),
            timeout: seconds("timeout").unwrap_or(defaults.timeout),
            deadline: seconds("deadline").unwrap_or(defaults.deadline),
            patience: seconds("patience").unwrap_or(defaults.patience),
            ..defaults
        };
        let input = match number("load") {
            Some(count) => Input::Load(count),
            None => Input::Paths(found.remove_many("PATH").into_iter().flatten().collect()),
        };
        let modules = found.remove_many("module").into_iter().flatten();
        Self {
            input,
            config: found.remove_one("config"),
            serve: found.remove_one("serve"),
            modules: modules.collect(),
            limits,
        }
    }
}

fn command() -> Command {
    Command::new("caxton")
        .about("Agents, as WebAssembly modules, index documents; metrics tell what happened.")
        .after_help(EXAMPLES)
        .arg(
            Arg::new("PATH")
                .help("Files, and folders with all the files in them")
                .value_parser(value_parser!(PathBuf))
                .num_args(1..)
                .required_unless_present_any(["serve", "load"]),
        )
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .help("Where metrics, traces and logs go: a caxton.toml")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new("serve")
                .long("serve")
                .value_name("HOST:PORT")
                .help("Keep the API and /metrics up until Ctrl-C [at 127.0.0.1:9464]")
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("127.0.0.1:9464"),
        )
        .arg(
            Arg::new("load")
                .long("load")
                .value_name("N")
                .help("Index N generated documents instead of files")
                .conflicts_with("PATH")
                .value_parser(value_parser!(u64).range(1..=1_000_000)),
        )
        .arg(
            Arg::new("module")
                .long("module")
                .value_name("TYPE=FILE")
                .help("An agent type of your own, text or binary; may replace a built-in one")
                .value_parser(ValueParser::new(module))
                .action(ArgAction::Append),
        )
        .arg(number(
            "fuel",
            "N",
            "Fuel of one execution [200000000]",
            1 << 40,
        ))
        .arg(number(
            "queue",
            "N",
            "Messages that may wait for one agent [1024]",
            100_000,
        ))
        .arg(number(
            "max-document",
            "BYTES",
            "Size of a document [4194304]",
            1 << 23,
        ))
        .arg(seconds("timeout", "Time of one execution [5]"))
        .arg(seconds("deadline", "Time of one document [30]"))
        .arg(seconds(
            "patience",
            "Time that a sender waits for room in a queue [5]",
        ))
}

fn number(name: &'static str, value: &'static str, help: &'static str, most: u64) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .help(help)
        .value_parser(value_parser!(u64).range(1..=most))
}

fn seconds(name: &'static str, help: &'static str) -> Arg {
    let parse = |text: &str| match text.parse::<f64>() {
        Ok(seconds) if (0.001..=3_600.0).contains(&seconds) => Ok(seconds),
        _ => Err("write seconds between 0.001 and 3600"),
    };
    Arg::new(name)
        .long(name)
        .value_name("SECONDS")
        .help(help)
        .value_parser(parse)
}

fn module(text: &str) -> Result<(String, PathBuf), &'static str> {
    match text.split_once('=') {
        Some((name, path)) if !path.is_empty() => Ok((String::from(name), PathBuf::from(path))),
        _ => Err("write an agent type and a file, as in echo=echo.wat"),
    }
}
