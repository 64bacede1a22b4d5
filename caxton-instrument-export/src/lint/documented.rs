//! Metrics that pages declare: in tables, lists, and programs.

use std::sync::LazyLock;

use caxton_instrument::{Catalog, MetricKind};
use regex::Regex;

use super::document::{Body, Document};
use super::kind::Kind;
use super::page::{Block, Content, Page, Run, Style, plain};
use super::text::Text;
use super::tree::Place;

/// A metric as a page declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct Documented {
    /// Its name.
    pub name: String,
    /// Its type, where that is said.
    pub kind: Option<MetricKind>,
    /// Its labels, where they are said.
    pub labels: Option<Vec<(String, Place)>>,
    /// What is said of it.
    pub help: String,
    /// The file.
    pub file: String,
    /// The system that it belongs to.
    pub system: usize,
    /// Where its name stands.
    pub place: Place,
    /// Whether a program declares it, and no text.
    pub is_code: bool,
}

/// What a metric is by the conventions for names, where they are plain.
pub(super) fn kind_by_name(name: &str) -> Option<MetricKind> {
    const GAUGES: [&str; 5] = ["_bytes", "_ratio", "_percent", "_celsius", "_depth"];
    const HISTOGRAMS: [&str; 2] = ["_duration_seconds", "_latency_seconds"];
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    if ends(&["_total"]) {
        Some(MetricKind::Counter)
    } else if ends(&["_info"]) {
        Some(MetricKind::Info)
    } else if ends(&HISTOGRAMS) {
        Some(MetricKind::Histogram)
    } else if ends(&GAUGES) && !name.ends_with("_size_bytes") {
        Some(MetricKind::Gauge)
    } else {
        None
    }
}

/// What a document declares.
pub(super) fn of(document: &Document, catalog: &Catalog) -> Vec<Documented> {
    let mut reader = Reader {
        document,
        catalog,
        found: Vec::new(),
        is_open: false,
    };
    match (&document.body, document.kind) {
        (Body::Page(page), _) => reader.page(page),
        (Body::Text(text), Kind::Rust) => reader.program(text),
        _ => {}
    }
    reader.found
}

struct Reader<'a> {
    document: &'a Document,
    catalog: &'a Catalog,
    found: Vec<Documented>,
    /// Whether the last one is described item by item: `- **Type**: counter`.
    is_open: bool,
}

impl Reader<'_> {
    fn add(&mut self, name: &str, place: Place, help: &str) -> &mut Documented {
        self.found.push_mut(Documented {
            name: name.into(),
            kind: None,
            labels: None,
            help: help.trim_start_matches([':', ' ', '-', '–', '—']).into(),
            file: self.document.file.clone(),
            system: self.document.system,
            place,
            is_code: false,
        })
    }

    fn page(&mut self, page: &Page) {
        let mut is_past = false;
        for block in &page.blocks {
            match &block.content {
                Content::Table(head, rows) if !is_past => self.table(head, rows),
                Content::Item(runs) if !is_past => self.item(runs, block),
                Content::Heading(_, runs) => {
                    self.is_open = false;
                    is_past = is_of_the_past(&plain(runs));
                }
                Content::Paragraph(runs) => {
                    is_past = is_of_the_past(&plain(runs)) || is_of_the_past(&block.heading);
                }
                _ => {}
            }
        }
    }

    /// A table whose first column holds metrics.
    fn table(&mut self, head: &[Vec<Run>], rows: &[Vec<Vec<Run>>]) {
        let column = |words: &[&str]| {
            head.iter().position(|cell| {
                let cell = plain(cell).to_lowercase();
                words.iter().any(|word| cell.contains(word))
            })
        };
        let Some(names) = column(&["metric", "name"]) else {
            return;
        };
        let kinds = column(&["type", "kind"]);
        let labels = column(&["label", "dimension", "tag"]);
        let help = column(&["description", "meaning", "help"]);
        let says_metric = plain(&head[names]).to_lowercase().contains("metric");
        for row in rows {
            let of = |column: Option<usize>| column.and_then(|it| row.get(it)).map(Vec::as_slice);
            let Some([name]) = of(Some(names)) else {
                continue;
            };
            let is_name = is_identifier(&name.text)
                && (name.style == Style::Code || name.text.contains('_'))
                && (says_metric || self.looks_like_metric(&name.text));
            if !is_name {
                continue;
            }
            let kind = of(kinds).and_then(|it| kind_of(&plain(it)));
            let labels = of(labels).map(codes);
            let metric = self.add(
                &name.text,
                name.place,
                &of(help).map(plain).unwrap_or_default(),
            );
            metric.kind = kind;
            metric.labels = labels;
        }
    }

    /// `` - `name`: what it says `` or one of `- **Name**:`, `- **Type**:`, ..
    fn item(&mut self, runs: &[Run], block: &Block) {
        let Some((first, rest)) = runs.split_first() else {
            return;
        };
        match first.style {
            Style::Code => {
                let text = plain(rest);
                let in_metrics = block.heading.to_lowercase().contains("metric");
                let is_told =
                    text.is_empty() || text.trim_start().starts_with([':', '-', '–', '—', '(']);
                let is_metric = is_identifier(&first.text)
                    && is_told
                    && (self.looks_like_metric(&first.text)
                        || (in_metrics && first.text.contains('_')));
                if is_metric {
                    let kind = parenthesised(&text).and_then(kind_of);
                    self.add(&first.text, first.place, &text).kind = kind;
                }
            }
            Style::Strong => {
                let word = first.text.trim_end_matches(':').to_lowercase();
                let code = rest.iter().find(|it| it.style == Style::Code);
                match (word.as_str(), code) {
                    ("name" | "metric", Some(name)) if is_identifier(&name.text) => {
                        self.add(&name.text, name.place, "");
                        self.is_open = true;
                    }
                    ("name" | "metric", _) => self.is_open = false,
                    _ => {
                        let Some(metric) = self.found.last_mut().filter(|_| self.is_open) else {
                            return;
                        };
                        match word.as_str() {
                            "type" | "kind" => metric.kind = kind_of(&plain(rest)),
                            "labels" | "label" => metric.labels = Some(codes(rest)),
                            "description" | "help" => {
                                metric.help = plain(rest).trim_start_matches([':', ' ']).into();
                            }
                            _ => {}
                        }
                    }
                }
            }
            Style::Plain => {}
        }
    }

    fn looks_like_metric(&self, name: &str) -> bool {
        const ENDS: [&str; 8] = [
            "_total",
            "_seconds",
            "_bytes",
            "_ratio",
            "_bucket",
            "_celsius",
            "_info",
            "_milliseconds",
        ];
        ENDS.iter().any(|end| name.ends_with(end))
            || self.catalog.metric(name).is_some()
            || self.catalog.sets().iter().any(|set| {
                !set.namespace.is_empty()
                    && name
                        .strip_prefix(set.namespace)
                        .is_some_and(|rest| rest.starts_with('_'))
            })
    }

    fn program(&mut self, text: &Text) {
        let place = text.places();
        let (Some(declarations), Some(quoted)) = (declarations(), quoted()) else {
            return;
        };
        for found in declarations.captures_iter(&text.text) {
            let (Some(kind), Some(name)) = (found.name("kind"), found.name("name")) else {
                continue;
            };
            if !is_identifier(name.as_str()) {
                continue;
            }
            let help = found.name("help").map_or("", |it| it.as_str());
            let labels = found.name("labels").map(|it| {
                quoted
                    .captures_iter(it.as_str())
                    .filter_map(|it| it.get(1))
                    .map(|label| (label.as_str().into(), place(it.start() + label.start())))
                    .collect()
            });
            let metric = self.add(name.as_str(), place(name.start()), help);
            metric.kind = kind_of(kind.as_str());
            metric.labels = labels;
            metric.is_code = true;
        }
    }
}

/// Whether what follows is told to be gone: `Replaces:`, `Renamed metrics`.
fn is_of_the_past(text: &str) -> bool {
    const WORDS: [&str; 7] = [
        "replaces",
        "replaced",
        "renamed",
        "removed",
        "deprecated",
        "formerly",
        "migration",
    ];
    text.to_lowercase()
        .split(|it: char| !it.is_alphabetic())
        .any(|word| WORDS.contains(&word))
}

/// A metric that a program declares: `Counter::new("name", "help")`,
/// `register_counter_vec!("name", "help", &["label"])`, `Opts::new(..)` within,
/// `Counter("name", "help", ["label"])`.
fn declarations() -> Option<&'static Regex> {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(concat!(
            r#"(?i)\b(?:register_|describe_)?(?:int_?|f64_|u64_)?(?P<kind>counter|gauge|histogram|summary)"#,
            r#"(?:_?vec)?(?:::<[^>]*>)?(?:::(?:new|with_opts|register))?!?\(\s*"#,
            r#"(?:(?:prometheus::)?(?:histogram_?)?opts(?:::new|!)\(\s*)?"#,
            r#"["'](?P<name>[A-Za-z_:][A-Za-z0-9_:.]*)["']"#,
            r#"(?:\s*,\s*["'](?P<help>[^"'\n]*)["'])?\)?"#,
            r#"(?:\s*,\s*&?\[(?P<labels>[^\]]*)\])?"#,
        ))
        .ok()
    });
    PATTERN.as_ref()
}

fn quoted() -> Option<&'static Regex> {
    static PATTERN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"["']([A-Za-z_][A-Za-z0-9_]*)["']"#).ok());
    PATTERN.as_ref()
}

/// A name of words joined by `_`, as metrics have.
fn is_identifier(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_alphabetic())
        && text
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | ':'))
}

fn kind_of(text: &str) -> Option<MetricKind> {
    let text = text.to_lowercase();
    let kinds = [
        ("counter", MetricKind::Counter),
        ("gauge", MetricKind::Gauge),
        ("histogram", MetricKind::Histogram),
    ];
    kinds
        .into_iter()
        .find(|(word, _)| text.contains(word))
        .map(|(_, kind)| kind)
}

/// `counter` of `(counter): ..`.
fn parenthesised(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once('(')?;
    rest.split_once(')').map(|(inside, _)| inside)
}

/// What is marked as code, as labels are.
fn codes(runs: &[Run]) -> Vec<(String, Place)> {
    runs.iter()
        .filter(|it| it.style == Style::Code && is_identifier(&it.text))
        .map(|it| (it.text.clone(), it.place))
        .collect()
}
