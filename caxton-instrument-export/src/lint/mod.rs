//! What is wrong in files that others wrote by hand: rules, configuration,
//! dashboards and pages about them, judged by the catalog.
//!
//! ```text
//! walk        the files of paths, within bounds
//! read        a file's documents: what it is, examples on a page, files in it
//! tree        a file as a tree whose every part knows its place
//! text        a text that stands within a file
//! page        Markdown: examples, tables, lists
//! embedded    files within Kubernetes objects
//! kind        which program a document is for
//! document    a file, or a part of one that a program would read
//! rule        the rules of a rule file
//! documented  metrics that pages declare
//! context     the catalog, and everything that was read
//! checks      what is looked at, a file each
//! promql      what is wrong in an expression
//! template    what is wrong in a template
//! class       the classes of faults
//! finding     one fault, where it stands, what to write
//! allow       faults that are allowed, with a reason
//! report      for people, as JSON, as SARIF
//! ```
//!
//! Everything is read before anything is judged: a rule file is right or wrong
//! with the configuration that loads it. The arguments of a run are systems of
//! their own, and so is each page.

mod allow;
mod checks;
pub mod class;
pub mod context;
pub mod document;
pub mod documented;
mod embedded;
pub mod finding;
pub mod kind;
pub mod page;
pub mod promql;
mod read;
pub mod report;
pub mod rule;
pub mod template;
pub mod text;
pub mod tree;
mod walk;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use caxton_instrument::Catalog;

pub use class::Class;
pub use finding::{Fault, Finding, Findings};
pub use report::{Format, Report};

use crate::generate::Deployment;
use context::Context;

/// The most text of one run.
const MAX_TEXT: usize = 256 << 20;

/// The longest line that is shown beside a finding.
const MAX_LINE: usize = 2_000;

/// Lints files, and the files of folders, by a catalog. With a deployment,
/// names and ports are compared with those that it has.
///
/// ```standalone_crate
/// use caxton_instrument::Catalog;
/// use caxton_instrument::prelude::*;
/// use caxton_instrument_export::lint::{self, Class};
///
/// /// The mailer.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Mail that was sent.
///     messages_sent: Counter,
/// }
///
/// # let folder = std::env::temp_dir().join(format!("lint-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let rules = folder.join("rules.yml");
/// std::fs::write(&rules, "groups:\n- name: mail\n  rules: []\n  name: post\n")?;
/// let report = lint::run(&Catalog::collect()?, None, &[rules])?;
/// assert_eq!(report.findings[0].class, Class::Syn);
/// assert_eq!(report.findings[0].message, "the key `name` stands twice in one map");
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When a path is not there. What is wrong with a file that is there is a
/// finding.
pub fn run(
    catalog: &Catalog,
    deployment: Option<&Deployment>,
    paths: &[PathBuf],
) -> io::Result<Report> {
    let mut findings = Findings::default();
    let sources = walk::sources(paths, &mut findings)?;
    let (mut documents, mut texts) = (Vec::new(), BTreeMap::new());
    let mut total = 0;
    for (index, source) in sources.iter().enumerate() {
        let Some(text) = walk::text(source, &mut findings) else {
            continue;
        };
        let name = source.path.display().to_string();
        total += text.len();
        if total > MAX_TEXT {
            findings.add(
                Class::Syn,
                &name,
                tree::Place::START,
                format!("more than {MAX_TEXT} bytes in all; this file and the rest are not read"),
                "name the folders that matter",
            );
            break;
        }
        let page = paths.len() + index;
        documents.extend(read::file(source, page, text.clone(), &mut findings));
        texts.insert(name, text);
    }
    let context = Context::of(catalog, deployment, &documents, &texts);
    checks::run(&context, &mut findings);
    Ok(report_of(findings, sources.len(), &texts))
}

fn report_of(findings: Findings, files: usize, texts: &BTreeMap<String, String>) -> Report {
    let (sorted, is_cut) = findings.sorted();
    let mut by_file: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for finding in sorted {
        by_file
            .entry(finding.file.clone())
            .or_default()
            .push(finding);
    }
    for (file, text) in texts {
        let mut of_file = by_file.remove(file).unwrap_or_default();
        allow::apply(file, text, &mut of_file);
        if !of_file.is_empty() {
            of_file.sort_by_key(|it| (it.line, it.column, it.class));
            by_file.insert(file.clone(), of_file);
        }
    }
    let mut report = Report {
        files,
        is_cut,
        ..Report::default()
    };
    for (file, of_file) in by_file {
        let lines: Vec<&str> = texts
            .get(&file)
            .map_or(Vec::new(), |it| it.lines().collect());
        for finding in of_file {
            let index = usize::try_from(finding.line).unwrap_or(usize::MAX);
            // What is minified shows nobody where a fault stands.
            let line = lines.get(index.saturating_sub(1));
            if let Some(line) = line.filter(|it| it.len() <= MAX_LINE) {
                let key = (file.clone(), finding.line);
                report.lines.entry(key).or_insert_with(|| (*line).into());
            }
            report.findings.push(finding);
        }
    }
    report
}
