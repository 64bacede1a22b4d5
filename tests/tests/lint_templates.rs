//! Faults in hand-written templates: what is found and where, and what is left
//! in peace.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;
mod promql_lint;

use std::fmt::Write as _;

use caxton_instrument_export::lint::promql;
use caxton_instrument_export::lint::template::{self, Field};
use promql_lint::{catalog, known, place, promtool, templates, told};

#[test]
fn templates_are_judged_by_their_expression() {
    let catalog = catalog::collected();
    let known = known(&catalog);
    let (mut wrong, mut count) = (String::new(), 0);
    for (class, field, expr, text, caret) in templates::ALL {
        let answer = promql::answer(&known, expr, &place(if *field == 'G' { 'P' } else { 'A' }));
        let field = match field {
            'A' => Field::Annotation,
            'L' => Field::Label,
            'N' => Field::Notification,
            _ => Field::Legend,
        };
        let faults = template::check(&known, &answer, text, field);
        count += usize::from(!class.is_empty());
        let is_right = match &faults[..] {
            [] => class.is_empty(),
            [fault, ..] => fault.class.id() == *class && text.get(fault.at.clone()) == Some(caret),
        };
        if !is_right {
            let _ = write!(
                wrong,
                "\n{class} {text}\n    expected at «{caret}»{}",
                told(text, &faults)
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 60, "{count}");
}

/// What Prometheus itself refuses, we tell; what we leave in peace, it takes.
#[test]
fn templates_are_those_of_prometheus() {
    let Some(servers) = prometheus::servers() else {
        return;
    };
    let catalog = catalog::collected();
    let known = known(&catalog);
    let annotations: Vec<_> = templates::ALL.iter().filter(|it| it.1 == 'A').collect();
    let mut rules = String::from("groups:\n- name: g\n  rules:\n");
    for (at, (_, _, expr, text, _)) in annotations.iter().enumerate() {
        let _ = write!(
            rules,
            "  - alert: a{at}\n    expr: {}\n    annotations: {{text: {}}}\n",
            serde_json::to_string(expr).expect("a text"),
            serde_json::to_string(text).expect("a text"),
        );
    }
    let told_by_promtool = promtool(&servers, "templates", &rules);
    let (mut wrong, mut refused) = (String::new(), 0);
    for (at, (class, _, expr, text, _)) in annotations.iter().enumerate() {
        let by_promtool = told_by_promtool.contains(&format!("\"a{at}\""));
        refused += usize::from(by_promtool);
        let answer = promql::answer(&known, expr, &place('A'));
        let faults = template::check(&known, &answer, text, Field::Annotation);
        if by_promtool && !faults.iter().any(|it| it.class.id() == "TPL") {
            let _ = write!(wrong, "\n{text}: promtool refuses it, expected {class}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}\n{told_by_promtool}");
    assert!(refused >= 15, "{refused}: {told_by_promtool}");
}

#[test]
fn the_table_of_functions_is_that_of_prometheus() {
    let Some(servers) = prometheus::servers() else {
        return;
    };
    let table = include_str!("../../caxton-instrument-export/src/lint/template/functions.tsv");
    let lines = table.lines().filter(|it| !it.starts_with('#'));
    let rows: Vec<Vec<&str>> = lines.map(|it| it.split('\t').collect()).collect();
    let mut rules = String::from("groups:\n- name: g\n  rules:\n");
    for row in &rows {
        assert_eq!(row.len(), 3, "{row:?}");
        // Names are looked up when a template is read, arguments when it runs.
        let _ = write!(
            rules,
            "  - alert: a\n    expr: up\n    annotations: {{text: '{{{{ if false }}}}{{{{ {} }}}}{{{{ end }}}}'}}\n",
            row[0],
        );
    }
    let told = promtool(&servers, "functions", &rules);
    for row in &rows {
        let by_prometheus = rows
            .iter()
            .any(|it| it[0] == row[0] && it[1] != "alertmanager");
        let is_refused = told.contains(&format!("function \"{}\" not defined", row[0]));
        assert_eq!(is_refused, !by_prometheus, "{row:?}: {told}");
    }
}
