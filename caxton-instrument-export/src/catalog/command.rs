//! The words of the command line and what they do.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use caxton_instrument::{Catalog, CatalogError, Finding, Level};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command, value_parser};

use super::document::Document;
#[cfg(feature = "verify")]
use super::verify;
use super::{check, diff, found, generate, html, json, lint, markdown, table, text};
use crate::generate::{Deployment, Targets, Untested};

/// Exit codes: all well; findings, drift or a file in the way; usage.
pub(super) const WELL: u8 = 0;
pub(super) const FOUND: u8 = 1;
pub(super) const USAGE: u8 = 2;

const NOTHING_DECLARED: &str = "\
no crate with metrics is linked into this program, so there is nothing to show
the linker drops a crate that the program does not name, with its declarations; name it:
    use my_crate as _;
or, for several at once:
    caxton_instrument::assert_declared!(crate_a, crate_b);";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Markdown,
    Table,
    Json,
    Html,
}

impl Format {
    const NAMES: [&'static str; 4] = ["markdown", "table", "json", "html"];

    fn of_name(name: &str) -> Self {
        match name {
            "markdown" => Self::Markdown,
            "json" => Self::Json,
            "html" => Self::Html,
            _ => Self::Table,
        }
    }

    pub(super) fn of_file(path: &Path) -> Option<Self> {
        match path.extension().and_then(OsStr::to_str) {
            Some("md") => Some(Self::Markdown),
            Some("json") => Some(Self::Json),
            Some("html") => Some(Self::Html),
            Some("txt") => Some(Self::Table),
            _ => None,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Table => "table",
            Self::Json => "json",
            Self::Html => "html",
        }
    }

    pub(super) fn render(self, document: &Document) -> String {
        match self {
            Self::Markdown => markdown::render(document),
            Self::Table => table::render(document),
            Self::Json => json::render(document),
            Self::Html => html::render(document),
        }
    }
}

pub(super) fn run(
    args: impl IntoIterator<Item = OsString>,
    deployment: Option<Deployment>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let args: Vec<_> = with_default_word(args);
    let program = args.first().cloned().unwrap_or_default();
    let matches = match command().try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => {
            let _ = if error.use_stderr() {
                write!(err, "{error}")
            } else {
                write!(out, "{error}")
            };
            return u8::try_from(error.exit_code()).unwrap_or(USAGE);
        }
    };
    let result = match matches.subcommand() {
        Some(("check", matches)) => check_command(&program, deployment, matches, out),
        Some(("generate", matches)) => generate_command(deployment, matches, out),
        Some(("diff", matches)) => diff::run(matches, out, err),
        #[cfg(feature = "verify")]
        Some(("verify", matches)) => verify::run(deployment, matches, out),
        Some(("lint", matches)) => lint::run(deployment.as_ref(), matches, out),
        Some((_, matches)) => show_command(matches, out, err),
        None => Ok(WELL),
    };
    result.unwrap_or_else(|failure| {
        let _ = writeln!(err, "{}", failure.message);
        failure.code
    })
}

/// Why a command ended early.
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) code: u8,
}

impl Failure {
    pub(super) fn new(message: String) -> Self {
        Self {
            message,
            code: FOUND,
        }
    }
}

fn command() -> Command {
    let show = Command::new("show")
        .about("Show every metric that is declared in this program")
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(PossibleValuesParser::new(Format::NAMES))
                .help("How to show it: by FILE's extension, else a table"),
        )
        .arg(
            Arg::new("metric")
                .long("metric")
                .value_name("NAME")
                .help("Only this metric"),
        )
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Write to a file instead of the terminal"),
        );
    let check = Command::new("check")
        .about("Fail on findings, and on a file that is not what `show` writes")
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("A page written by `show --out`: .md, .html, .json or .txt; or the folder of `generate`"),
        );
    let target = Arg::new("target")
        .long("target")
        .value_name("VERSIONS")
        .value_parser(value_parser!(Targets))
        .help("For which versions: `prometheus=3.5,grafana=12,collector=0.152`");
    let check = check.arg(target.clone()).args(check::args());
    let generate = Command::new("generate")
        .about("Write the files that other programs need: rules and their tests")
        .arg(
            Arg::new("folder")
                .value_name("DIR")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("Where to; files there that are generated no more stay"),
        )
        .arg(target);
    let catalog = Command::new("catalog")
        .about("Every metric that is declared in this program")
        .override_usage("catalog [COMMAND]")
        .after_help("Without a word it is `show`.")
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommand(show)
        .subcommand(check)
        .subcommand(generate)
        .subcommand(diff::command())
        .subcommand(lint::command());
    #[cfg(feature = "verify")]
    let catalog = catalog.subcommand(verify::command());
    catalog
}

/// `catalog` and `catalog --format json` are `catalog show ..`.
fn with_default_word(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<_> = args.into_iter().collect();
    if args.is_empty() {
        args.push(OsString::from("catalog"));
    }
    let default = args.get(1).is_none_or(|first| {
        let first = first.to_string_lossy();
        first.starts_with('-') && first != "-h" && first != "--help"
    });
    if default {
        args.insert(1, OsString::from("show"));
    }
    args
}

fn show_command(
    matches: &ArgMatches,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let catalog = collect()?;
    let file = matches.get_one::<PathBuf>("out");
    let format = match matches.get_one::<String>("format") {
        Some(name) => Format::of_name(name),
        None => file
            .and_then(|file| Format::of_file(file))
            .unwrap_or(Format::Table),
    };
    let document = match matches.get_one::<String>("metric") {
        Some(name) if catalog.metric(name).is_none() => return Err(unknown_metric(&catalog, name)),
        Some(name) => Document::of_metric(&catalog, name),
        None => Document::of(&catalog),
    };
    let page = format.render(&document);
    match file {
        Some(file) => {
            std::fs::write(file, page).map_err(|error| {
                Failure::new(format!("cannot write {}: {error}", file.display()))
            })?;
            let _ = writeln!(err, "wrote {}", file.display());
        }
        None => print(out, &page)?,
    }
    match catalog.warnings().len() {
        0 => {}
        1 => {
            let _ = writeln!(err, "1 warning: `check` shows it");
        }
        count => {
            let _ = writeln!(err, "{count} warnings: `check` shows them");
        }
    }
    Ok(WELL)
}

fn check_command(
    program: &OsStr,
    deployment: Option<Deployment>,
    matches: &ArgMatches,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let catalog = collect()?;
    let deployment = deployed(deployment, &catalog, matches);
    let mut code = WELL;
    if !catalog.warnings().is_empty() {
        print(out, &listing(catalog.warnings()))?;
        code = FOUND;
    }
    let untested = untested(&catalog);
    if !untested.is_empty() {
        print(out, &listing(&untested))?;
        code = FOUND;
    }
    let file = matches.get_one::<PathBuf>("file");
    if file.is_some_and(|file| file.is_dir()) && generate::told(&catalog, &deployment, out)? {
        code = FOUND;
    }
    if let Some(file) = file
        && let Some(drift) = check::drift(&catalog, &deployment, file, program)?
    {
        print(out, &drift)?;
        code = FOUND;
    }
    let notes = check::found(&catalog, matches)?;
    print(out, &found::listing(&notes))?;
    if found::fails(&notes, matches.get_flag("strict")) {
        code = FOUND;
    }
    if code == WELL {
        let metrics = catalog.metrics().len();
        let told = match notes.len() {
            0 => String::from("no findings"),
            count => format!("no findings, {}", text::counted(count, "note")),
        };
        print(out, &format!("{metrics} metrics, {told}\n"))?;
    }
    Ok(code)
}

/// A warning for each rule that no test is generated for.
fn untested(catalog: &Catalog) -> Vec<Finding> {
    let untested = crate::generate::untested(catalog).into_iter();
    let finding = |it: Untested| {
        let message = format!(
            "no test is generated for the {} `{}`: {}; say it by conditions that are simpler, or \
             test it by hand",
            it.kind, it.name, it.why
        );
        let mut finding = Finding::new(Level::Warning, "untested", message);
        finding.places = vec![it.location];
        finding
    };
    untested.map(finding).collect()
}

fn generate_command(
    deployment: Option<Deployment>,
    matches: &ArgMatches,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let catalog = collect()?;
    let deployment = deployed(deployment, &catalog, matches);
    let Some(folder) = matches.get_one::<PathBuf>("folder") else {
        return Ok(USAGE);
    };
    generate::write(&catalog, &deployment, folder, out)?;
    Ok(WELL)
}

/// The deployment that was given, or one on this machine, for the versions of
/// the command line.
fn deployed(deployment: Option<Deployment>, catalog: &Catalog, matches: &ArgMatches) -> Deployment {
    let deployment = deployment.unwrap_or_else(|| Deployment::of(catalog));
    match matches.get_one::<Targets>("target") {
        Some(targets) => deployment.targets(*targets),
        None => deployment,
    }
}

pub(super) fn collect() -> Result<Catalog, Failure> {
    let catalog = Catalog::collect()
        .map_err(|error: CatalogError| Failure::new(listing(error.findings())))?;
    if catalog.is_only_own() && catalog.operations().is_empty() {
        return Err(Failure::new(String::from(NOTHING_DECLARED)));
    }
    Ok(catalog)
}

pub(super) fn listing(findings: &[Finding]) -> String {
    use std::fmt::Write as _;

    let mut text = String::new();
    for finding in findings {
        let _ = writeln!(text, "{finding}\n");
    }
    let errors = findings
        .iter()
        .filter(|it| it.level == Level::Error)
        .count();
    let _ = writeln!(
        text,
        "{}, {}",
        text::counted(errors, "error"),
        text::counted(findings.len() - errors, "warning"),
    );
    text
}

fn unknown_metric(catalog: &Catalog, name: &str) -> Failure {
    let nearest = catalog
        .metrics()
        .iter()
        .map(|metric| (strsim::jaro_winkler(name, metric.name), metric.name))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let message = match nearest {
        Some((_, nearest)) => format!("no metric is named `{name}`; the nearest is `{nearest}`"),
        None => format!("no metric is named `{name}`"),
    };
    Failure {
        message,
        code: USAGE,
    }
}

/// Writes to a terminal or pipe. A reader that has seen enough is no failure.
pub(super) fn print(out: &mut dyn Write, text: &str) -> Result<(), Failure> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write: {error}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(args: &[&str]) -> Vec<String> {
        with_default_word(args.iter().map(OsString::from))
            .into_iter()
            .map(|arg| arg.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn an_alert_without_a_test_is_a_warning() {
        use caxton_instrument::query::minutes;
        use caxton_instrument::{Alert, Location, MetaMetrics};

        static NEVER: Alert = Alert::new(
            "Never",
            &MetaMetrics::SERIES_OVERFLOWED.rate(minutes(5)).below(0.0),
            Location::new(file!(), line!(), 1, module_path!(), "test", "0.1.0"),
        );
        let catalog = Catalog::collect().and_then(|it| it.with_alerts([&NEVER]));
        let findings = untested(&catalog.expect("sound declarations"));
        let text = listing(&findings);
        assert!(text.contains("warning[untested]: no test is generated for the alert `Never`"));
        assert!(text.contains("0 errors, 1 warning"), "{text}");
    }

    #[test]
    fn without_a_word_it_is_show() {
        assert_eq!(words(&[]), ["catalog", "show"]);
        assert_eq!(words(&["catalog"]), ["catalog", "show"]);
        assert_eq!(
            words(&["catalog", "--format", "json"]),
            ["catalog", "show", "--format", "json"]
        );
        assert_eq!(words(&["catalog", "check"]), ["catalog", "check"]);
        assert_eq!(words(&["catalog", "--help"]), ["catalog", "--help"]);
        assert_eq!(words(&["catalog", "shwo"]), ["catalog", "shwo"]);
    }

    #[test]
    fn the_command_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn a_wrong_command_line_is_a_usage_error() {
        let wrong: [&[&str]; 7] = [
            &["lint"],
            &["lint", "a.yml", "--format", "xml"],
            &["shwo"],
            &["show", "--format", "yaml"],
            &["show", "--metric"],
            &["check", "a.md", "b.md"],
            &["--fromat", "json"],
        ];
        for args in wrong {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let args = ["catalog"].iter().chain(args).map(OsString::from);
            assert_eq!(run(args, None, &mut out, &mut err), USAGE);
            assert!(out.is_empty());
            assert!(!err.is_empty());
        }
    }

    #[test]
    fn a_catalog_of_nothing_names_the_remedy() {
        for words in [vec!["catalog"], vec!["catalog", "check"]] {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            assert_eq!(
                run(words.iter().map(OsString::from), None, &mut out, &mut err),
                FOUND
            );
            let err = String::from_utf8(err).unwrap_or_default();
            assert!(err.contains("use my_crate as _;"), "{err}");
            assert!(err.contains("assert_declared!"), "{err}");
        }
    }
}
