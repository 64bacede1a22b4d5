//! CARD: labels that a page gives its metrics, against the rules for labels.

use std::sync::LazyLock;

use caxton_instrument::rules::{self, Rule};
use caxton_instrument::{Catalog, LabelDescriptor};
use regex::Regex;

use super::interned::interned;
use super::names::of_message;
use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::page::{Content, Page, Run, Style, plain};
use crate::lint::text::Text;
use crate::lint::tree::Place;

pub(super) fn check(document: &Document, context: &Context<'_>, out: &mut Findings) {
    match (document.kind, document.page(), document.text()) {
        (Kind::Page, Some(page), _) => {
            for metric in context.documented(document) {
                if metric.file == document.file {
                    // What is declared was judged where it is declared.
                    let declared = context.catalog.metric(&metric.name);
                    for (label, place) in metric.labels.iter().flatten() {
                        if !declared.is_some_and(|it| it.labels.iter().any(|it| it.name == label)) {
                            judge(label, *place, document, out);
                        }
                    }
                    by(&metric.help, metric.place, document, out);
                }
            }
            lists(page, context.catalog, document, out);
        }
        (Kind::Rust, _, Some(text)) => structs(text, document, out),
        (Kind::Toml, _, Some(text)) => settings(text, context.catalog, document, out),
        _ => {}
    }
}

/// What the rules say of a label: an identity, a fact about the target, a name
/// that Prometheus sets. Tells whether they say anything.
fn judge(label: &str, place: Place, document: &Document, out: &mut Findings) -> bool {
    // Every series of a scrape has them; pages may say so.
    if matches!(label, "job" | "instance") {
        return false;
    }
    let Some(label) = interned(label) else {
        return false;
    };
    let mut said = of_message(&rules::label(&LabelDescriptor::closed(label, &[""])));
    if rules::is_target_fact(label) {
        said.push((
            format!(
                "[{}] label `{label}` is a fact about the whole target",
                Rule::LabelTarget.id()
            ),
            String::from("put it on the resource or on an info metric"),
        ));
    }
    for (message, remedy) in &said {
        let class = if message.contains(Rule::LabelCharset.id()) {
            Class::Nam
        } else {
            Class::Card
        };
        out.add(
            class,
            &document.file,
            place,
            message.as_str(),
            remedy.as_str(),
        );
    }
    !said.is_empty()
}

/// `requests by method, path and status`.
fn by(help: &str, place: Place, document: &Document, out: &mut Findings) {
    let mut words = help
        .split([' ', ',', '/', '.', ';', '(', ')'])
        .filter(|it| !it.is_empty());
    if !words.by_ref().any(|it| it == "by") {
        return;
    }
    for word in words.filter(|it| *it != "and") {
        if rules::is_identity(word) {
            judge(word, place, document, out);
        }
    }
}

/// Lists and tables of labels, which their heading calls so.
fn lists(page: &Page, catalog: &Catalog, document: &Document, out: &mut Findings) {
    let mut look = |run: &Run| {
        let mut declared = catalog.metrics().iter().flat_map(|it| it.labels);
        if !declared.any(|it| it.name == run.text) {
            judge(&run.text, run.place, document, out);
        }
    };
    for block in &page.blocks {
        let in_labels = {
            let heading = block.heading.to_lowercase();
            heading.contains("label") && !heading.contains("field")
        };
        match &block.content {
            Content::Item(runs) if in_labels => {
                if let Some(label) = runs.first().filter(|it| it.style == Style::Code) {
                    look(label);
                }
            }
            Content::Table(head, rows) => {
                let is_label = |cell: &Vec<Run>| plain(cell).trim().eq_ignore_ascii_case("label");
                if head.first().is_some_and(is_label) {
                    for label in rows.iter().filter_map(|row| row.first()?.first()) {
                        look(label);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Fields of structs that are called labels.
fn structs(text: &Text, document: &Document, out: &mut Findings) {
    static STRUCT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"\bstruct\s+\w*Labels?\w*\s*(?:<[^>]*>)?\s*\{([^{}]*)\}").ok()
    });
    static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?m)^\s*(?:pub(?:\([^)]*\))?\s+)?([a-z_][A-Za-z0-9_]*)\s*:\s*([^,\n]+)").ok()
    });
    let (Some(structs), Some(fields)) = (STRUCT.as_ref(), FIELD.as_ref()) else {
        return;
    };
    let places = text.places();
    for body in structs.captures_iter(&text.text).filter_map(|it| it.get(1)) {
        for field in fields.captures_iter(body.as_str()) {
            let (Some(name), Some(kind)) = (field.get(1), field.get(2)) else {
                continue;
            };
            let place = places(body.start() + name.start());
            if judge(name.as_str(), place, document, out) {
                continue;
            }
            let kind = kind.as_str().trim();
            if matches!(
                kind,
                "String" | "&'static str" | "&str" | "Cow<'static, str>"
            ) {
                out.add(
                    Class::Card,
                    &document.file,
                    place,
                    format!(
                        "[{}] open label `{}` has no bound",
                        Rule::LabelBound.id(),
                        name.as_str()
                    ),
                    "make it an enum, or `Text` with `#[label(max_values = 100)]`",
                );
            }
        }
    }
}

/// `include_labels` and `exclude_labels` of a configuration.
fn settings(text: &Text, catalog: &Catalog, document: &Document, out: &mut Findings) {
    static LIST: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?m)^\s*(include_labels|exclude_labels)\s*=\s*\[([^\]]*)\]").ok()
    });
    static NAME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"["']([^"'\n]+)["']"#).ok());
    let (Some(lists), Some(names)) = (LIST.as_ref(), NAME.as_ref()) else {
        return;
    };
    let places = text.places();
    for list in lists.captures_iter(&text.text) {
        let (Some(key), Some(items)) = (list.get(1), list.get(2)) else {
            continue;
        };
        for name in names
            .captures_iter(items.as_str())
            .filter_map(|it| it.get(1))
        {
            let place = places(items.start() + name.start());
            let label = name.as_str();
            if key.as_str() == "include_labels" && judge(label, place, document, out) {
                continue;
            }
            let all = catalog.metrics().iter().flat_map(|it| it.labels);
            let (mut known, mut nearest) = (false, (0.0, ""));
            for it in all {
                known |= it.name == label;
                let near = strsim::jaro_winkler(label, it.name);
                if near > nearest.0 {
                    nearest = (near, it.name);
                }
            }
            if !known {
                let remedy = match nearest {
                    (near, name) if near > 0.85 => format!("the nearest is `{name}`"),
                    _ => String::from("leave it out"),
                };
                let message = format!("no metric has the label `{label}`");
                out.add(Class::Lbl, &document.file, place, message, remedy);
            }
        }
    }
}
