//! TPL, LBL: legends of panels.
//!
//! Grafana puts labels into `{{label}}` and knows nothing else: no `$labels`, no
//! functions.

use super::tpl;
use crate::lint::promql::Answer;
use crate::lint::{Class, Fault};

pub(super) fn check(answer: &Answer, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find("{{").map(|it| at + it) {
        let start = open + 2;
        let Some(end) = text[start..].find("}}").map(|it| start + it) else {
            faults.push(tpl(
                open..start,
                String::from("`{{` is not closed"),
                "close it with `}}`",
            ));
            return faults;
        };
        placeholder(answer, text, start..end, &mut faults);
        at = end + 2;
    }
    if let Some(close) = text[at..].find("}}").map(|it| at + it) {
        faults.push(tpl(
            close..close + 2,
            String::from("`}}` closes nothing"),
            "open it with `{{`, or remove it",
        ));
    }
    faults
}

fn placeholder(answer: &Answer, text: &str, at: std::ops::Range<usize>, faults: &mut Vec<Fault>) {
    let inner = &text[at.clone()];
    let name = inner.trim();
    let start = at.start + (inner.len() - inner.trim_start().len());
    let place = start..start + name.len();
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'_')
    };
    if !is_name(name) {
        let label = name
            .trim_start_matches("$labels.")
            .trim_start_matches(".Labels.")
            .trim_start_matches(['.', '$'])
            .split(|it: char| !it.is_ascii_alphanumeric() && it != '_')
            .next()
            .unwrap_or_default();
        let remedy = if is_name(label) {
            format!("write `{{{{{label}}}}}`")
        } else {
            String::from("write a label's name")
        };
        // A name in quotes or with dots may be a label in UTF-8.
        if name.contains(['$', '|', ' ']) || name.starts_with('.') || name.is_empty() {
            faults.push(tpl(
                place,
                format!(
                    "`{name}` is no label: a legend has neither variables nor functions in braces"
                ),
                remedy,
            ));
        }
        return;
    }
    if answer.has_label(name) == Some(false) {
        let said = answer.said_labels();
        faults.push(Fault {
            class: Class::Lbl,
            at: place,
            message: format!("the series have no label `{name}`: the legend shows its name"),
            remedy: if said == "none" {
                String::from("write a fixed text: the series have no labels")
            } else {
                format!("write one of {said}, or aggregate `by ({name})`")
            },
            declared: answer.declared,
        });
    }
}
