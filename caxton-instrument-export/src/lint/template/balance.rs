//! TPL: blocks that are opened and not closed.

use super::action::Kind;
use super::{Look, tpl};
use crate::lint::Fault;

pub(super) fn check(look: &Look<'_>, faults: &mut Vec<Fault>) {
    let mut open = Vec::new();
    for action in look.actions {
        match action.keyword() {
            "if" | "range" | "with" | "define" | "block" => open.push(action),
            "end" if open.pop().is_none() => faults.push(tpl(
                action.at.clone(),
                String::from("`end` closes nothing"),
                "remove it, or open a block before",
            )),
            "else" if open.is_empty() => faults.push(tpl(
                action.at.clone(),
                String::from("`else` belongs to nothing"),
                "open an `if`, a `range` or a `with` before",
            )),
            "" if action.words.is_empty() => faults.push(tpl(
                action.at.clone(),
                String::from("nothing stands in the braces"),
                "write what is to be printed, or remove them",
            )),
            _ => {}
        }
        let count = |sign: &str| action.words.iter().filter(|it| it.is(sign)).count();
        if count("(") != count(")") {
            faults.push(tpl(
                action.at.clone(),
                String::from("parentheses do not match"),
                "close each that is opened",
            ));
        }
        let signs = action.words.iter().filter(|it| it.kind == Kind::Sign);
        for sign in signs {
            if !["|", "(", ")", ",", ":=", "="].contains(&sign.text) {
                faults.push(tpl(
                    sign.at(),
                    format!("`{}` means nothing in a template", sign.text),
                    "templates have no operators: calculate in the expression",
                ));
            }
        }
    }
    if let Some(action) = open.pop() {
        faults.push(tpl(
            action.at.clone(),
            format!("`{}` has no `end`", action.keyword()),
            "write `{{ end }}` after it",
        ));
    }
}
