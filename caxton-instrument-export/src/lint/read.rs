//! From a file to its documents.

use super::class::Class;
use super::document::{Body, Document};
use super::embedded;
use super::finding::Findings;
use super::kind::Kind;
use super::page::{Block, Content, Page, Style};
use super::text::Text;
use super::tree::{self, Node, Parsed};
use super::walk::Source;

/// What belongs to every document of a file, or of an example.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) file: String,
    pub(super) system: usize,
    pub(super) section: String,
    pub(super) is_example: bool,
    /// Whether text of no known kind is worth a word.
    pub(super) is_named: bool,
}

impl Origin {
    pub(super) fn document(&self, name: &str, kind: Kind, body: Body) -> Document {
        Document {
            file: self.file.clone(),
            system: self.system,
            name: name.into(),
            section: self.section.clone(),
            is_example: self.is_example,
            kind,
            body,
        }
    }
}

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Yaml,
    Json,
    Page,
    Toml,
    Promql,
    Rust,
    Shell,
    Fluentd,
    /// To be told by what it says.
    Unknown,
    Text,
}

impl Format {
    /// By a file's extension, or by what stands behind a fence.
    pub(super) fn of_word(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "yaml" | "yml" | "rules" => Self::Yaml,
            "json" | "jsonc" | "json5" => Self::Json,
            "md" | "markdown" => Self::Page,
            "toml" => Self::Toml,
            "promql" => Self::Promql,
            "rust" | "rs" | "python" | "py" => Self::Rust,
            "bash" | "sh" | "shell" | "console" | "zsh" | "shell-session" => Self::Shell,
            "conf" | "fluentd" => Self::Fluentd,
            "" => Self::Unknown,
            _ => Self::Text,
        }
    }

    fn of_name(name: &str) -> Self {
        match name.rsplit_once('.') {
            Some((_, extension)) => Self::of_word(extension),
            None => Self::Unknown,
        }
    }
}

/// The documents of a file; `page` is the system that it is, if it is a page.
pub(super) fn file(
    source: &Source,
    page: usize,
    text: String,
    out: &mut Findings,
) -> Vec<Document> {
    let name = source.path.display().to_string();
    let mut origin = Origin {
        file: name.clone(),
        system: source.system,
        section: String::new(),
        is_example: false,
        is_named: source.is_named,
    };
    let mut documents = Vec::new();
    let mut format = Format::of_name(&name);
    // Guides are often saved as text.
    if matches!(format, Format::Unknown | Format::Text) && is_page(&text) {
        format = Format::Page;
    }
    if format == Format::Page {
        origin.system = page;
    }
    if text.trim().is_empty() {
        if source.is_named {
            let remedy = "write it, or leave it out";
            out.add(
                Class::Syn,
                &name,
                tree::Place::START,
                "the file is empty",
                remedy,
            );
        }
        return documents;
    }
    documents_of(
        &origin,
        &name,
        Text::whole(text),
        format,
        &mut documents,
        out,
    );
    if documents.is_empty() {
        return documents;
    }
    let known = |it: &Document| !matches!(it.kind, Kind::Tree | Kind::Text);
    if source.is_named && !documents.iter().any(known) {
        out.add(
            Class::Syn,
            &name,
            tree::Place::START,
            "this is no file that is known here: rules, their tests, configuration of Prometheus, \
             Alertmanager, the collector, Grafana, Loki or Kubernetes, a dashboard, a page",
            "look at its first keys, or leave it out",
        );
    }
    documents
}

/// Whether a text without an extension that says so is Markdown.
fn is_page(text: &str) -> bool {
    let is_mark =
        |line: &str| line.starts_with("# ") || line.starts_with("## ") || line.starts_with("```");
    text.lines().any(|line| line.starts_with("```"))
        && text.lines().filter(|it| is_mark(it)).count() > 2
}

pub(super) fn documents_of(
    origin: &Origin,
    name: &str,
    text: Text,
    format: Format,
    documents: &mut Vec<Document>,
    out: &mut Findings,
) {
    let kind = match format {
        Format::Page => {
            page(origin, name, &text, documents, out);
            return;
        }
        Format::Yaml => {
            let parsed = tree::yaml(&text.text);
            problems(origin, &parsed, &text, out);
            trees(origin, name, parsed, &text, documents, out);
            return;
        }
        Format::Json => {
            let parsed = tree::json(&text.text);
            problems(origin, &parsed, &text, out);
            trees(origin, name, parsed, &text, documents, out);
            return;
        }
        Format::Unknown => {
            let begins = text.text.trim_start().starts_with(['{', '[']);
            let parsed = if begins {
                tree::json(&text.text)
            } else {
                tree::yaml(&text.text)
            };
            // Other text is YAML by chance: a line with a colon.
            let is_known = |it: &Node| Kind::of_tree(it) != Kind::Tree;
            let is_tree = |it: &Node| !it.entries().is_empty();
            let known = parsed.documents.iter().any(is_known)
                || (origin.is_named && parsed.documents.iter().any(is_tree));
            if known {
                problems(origin, &parsed, &text, out);
                trees(origin, name, parsed, &text, documents, out);
                return;
            }
            Kind::Text
        }
        Format::Toml => Kind::Toml,
        Format::Promql => Kind::Promql,
        Format::Rust => Kind::Rust,
        Format::Shell => Kind::Shell,
        Format::Fluentd => Kind::Fluentd,
        Format::Text => Kind::Text,
    };
    documents.push(origin.document(name, kind, Body::Text(text)));
}

fn problems(origin: &Origin, parsed: &Parsed, text: &Text, out: &mut Findings) {
    for problem in &parsed.problems {
        let place = text.outer(problem.place);
        out.add(
            Class::Syn,
            &origin.file,
            place,
            &*problem.message,
            &*problem.remedy,
        );
    }
}

fn trees(
    origin: &Origin,
    name: &str,
    parsed: Parsed,
    text: &Text,
    documents: &mut Vec<Document>,
    out: &mut Findings,
) {
    for node in parsed.documents {
        let node = node.relocated(&|place| text.outer(place));
        let kind = Kind::of_tree(&node);
        if kind == Kind::Kubernetes {
            embedded::documents(origin, name, &node, documents, out);
        }
        documents.push(origin.document(name, kind, Body::Tree(node)));
    }
}

fn page(
    origin: &Origin,
    name: &str,
    text: &Text,
    documents: &mut Vec<Document>,
    out: &mut Findings,
) {
    let page = Page::of(&text.text);
    let mut before: Option<&Block> = None;
    for block in &page.blocks {
        if let Content::Code(info, text) = &block.content {
            let origin = Origin {
                section: block.heading.clone(),
                is_example: true,
                is_named: false,
                ..origin.clone()
            };
            let word = info.split([' ', ',', '{']).next().unwrap_or_default();
            let name = name_of(text, before);
            documents_of(
                &origin,
                &name,
                text.clone(),
                Format::of_word(word),
                documents,
                out,
            );
        }
        before = Some(block);
    }
    documents.push(origin.document(name, Kind::Page, Body::Page(page)));
}

/// The name that an example gives itself in its first comment, or that stands
/// right above it.
fn name_of(text: &Text, before: Option<&Block>) -> String {
    let is_name = |it: &str| {
        !it.contains(char::is_whitespace)
            && it.rsplit_once('.').is_some_and(|(stem, extension)| {
                !stem.is_empty()
                    && (1..=10).contains(&extension.len())
                    && extension.bytes().all(|it| it.is_ascii_alphanumeric())
            })
    };
    let first = text.text.lines().find(|it| !it.trim().is_empty());
    let comment = first.and_then(|line| {
        let line = line.trim();
        line.strip_prefix('#').or_else(|| line.strip_prefix("//"))
    });
    if let Some(name) = comment.map(|it| it.trim().trim_end_matches(':'))
        && is_name(name)
    {
        return name.into();
    }
    let Some(Content::Paragraph(runs) | Content::Item(runs)) = before.map(|it| &it.content) else {
        return String::new();
    };
    let mut names = runs
        .iter()
        .filter(|it| it.style == Style::Code && is_name(&it.text));
    match (names.next(), names.next()) {
        (Some(name), None) => name.text.clone(),
        _ => String::new(),
    }
}
