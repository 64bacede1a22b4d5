//! Faults in hand-written PromQL: what is found and where, and what is left in
//! peace.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;
mod promql_lint;

use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

use caxton_instrument::MetricKind;
use caxton_instrument_export::lint::Fault;
use caxton_instrument_export::lint::promql::{self, Documented, Known, Use, UseKind};
use promql_lint::{catalog, faulty, syntax, valid};

fn known(catalog: &caxton_instrument::Catalog) -> Known<'_> {
    let ledger = Documented {
        kind: Some(MetricKind::Counter),
        labels: Some(vec![String::from("account")]),
        ..Documented::named("ledger_entries_total")
    };
    Known::new(catalog)
        .documented(ledger)
        .documented(Documented {
            kind: Some(MetricKind::Histogram),
            buckets: vec![0.5, 1.0, 2.0],
            ..Documented::named("ledger_close_duration_seconds")
        })
        .recorded("route:shop_requests:rate5m", "sum by (route) (rate(shop_requests_total[5m]))")
        .recorded("job:shop_failures:ratio", "sum by (job) (rate(shop_requests_total{status=\"failure\"}[5m])) / sum by (job) (rate(shop_requests_total[5m]))")
        .recorded("le:shop_request_duration:rate5m", "sum by (le) (rate(shop_request_duration_seconds_bucket[5m]))")
}

fn place(kind: char) -> Use<'static> {
    match kind {
        'A' => Use::new(UseKind::Alert {
            name: "SomethingIsWrong",
            hold: Some(Duration::from_secs(300)),
        })
        .scraped_every(Duration::from_secs(30))
        .evaluated_every(Duration::from_secs(30)),
        'R' => Use::new(UseKind::Record { name: "a:b:c" }),
        'P' => Use::new(UseKind::Panel {
            unit: None,
            is_range: true,
        }),
        _ => Use::new(UseKind::Prose),
    }
}

fn told(text: &str, faults: &[Fault]) -> String {
    let mut out = String::new();
    for fault in faults {
        let caret = text.get(fault.at.clone()).unwrap_or("(no place)");
        let _ = write!(
            out,
            "\n    {} at «{caret}»: {}; {}",
            fault.class, fault.message, fault.remedy
        );
    }
    out
}

#[test]
fn valid_expressions_are_left_in_peace() {
    let catalog = catalog::collected();
    let known = known(&catalog).watched("absent(up{job=\"shop\"})");
    let mut wrong = String::new();
    let mut count = 0;
    for (kind, text) in valid::ALL {
        count += 1;
        let faults = promql::check(&known, text, &place(*kind));
        if !faults.is_empty() {
            let _ = write!(wrong, "\n{kind} {text}{}", told(text, &faults));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 120, "{count}");
}

#[test]
fn faults_are_found_with_their_class_and_place() {
    let catalog = catalog::collected();
    let known = known(&catalog);
    let mut wrong = String::new();
    let mut count = 0;
    for (class, kind, text, caret) in faulty::ALL {
        count += 1;
        let faults = promql::check(&known, text, &place(*kind));
        let is_found = matches!(&faults[..], [fault]
            if fault.class.id() == *class
                && text.get(fault.at.clone()) == Some(caret)
                && !fault.message.is_empty()
                && !fault.remedy.is_empty());
        if !is_found {
            let _ = write!(
                wrong,
                "\n{class} {kind} {text}\n    expected at «{caret}»{}",
                told(text, &faults)
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 150, "{count}");
}

#[test]
fn texts_are_promql_where_promtool_says_so() {
    let Some(servers) = prometheus::servers() else {
        return;
    };
    let mut rules = String::from("groups:\n- name: g\n  rules:\n");
    for (at, text) in syntax::ALL.iter().enumerate() {
        let quoted = serde_json::to_string(text).expect("a text");
        let _ = write!(rules, "  - record: r{at}\n    expr: {quoted}\n");
    }
    let folder = tempdir();
    let file = folder.join("rules.yml");
    std::fs::write(&file, rules).expect("a file");
    let output = Command::new(servers.join("promtool"))
        .args([
            "--enable-feature=promql-experimental-functions",
            "check",
            "rules",
            "--lint=none",
        ])
        .arg(&file)
        .output()
        .expect("promtool runs");
    let told_by_promtool = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let catalog = catalog::collected();
    let known = known(&catalog);
    let (mut wrong, mut refused) = (String::new(), 0);
    for (at, text) in syntax::ALL.iter().enumerate() {
        let by_promtool = told_by_promtool.contains(&format!("\"r{at}\": "));
        refused += usize::from(by_promtool);
        let faults = promql::check(&known, text, &place('R'));
        let by_us = faults.iter().any(|it| it.class.id() == "SYN");
        if by_us != by_promtool {
            let _ = write!(
                wrong,
                "\n{text}: promtool refuses: {by_promtool}{}",
                told(text, &faults)
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(syntax::ALL.len() >= 150 && refused >= 60, "{refused}");
}

fn tempdir() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("caxton-lint-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
fn endless_texts_give_one_finding() {
    let catalog = catalog::collected();
    let known = known(&catalog);
    let n = 100_000;
    let long = [
        "(".repeat(n),
        format!("{}1{}", "(".repeat(n), ")".repeat(n)),
        "-".repeat(n) + "1",
        "up + ".repeat(n) + "up",
        format!("up{}", "[5m:]".repeat(n)),
        "rate(".repeat(n),
        format!("up{{{}}}", "a=\"b\",".repeat(n)),
        format!("\"{}", "\\\\".repeat(n)),
        "{".repeat(n),
        format!("{}up{}", "(".repeat(5_000), ")".repeat(5_000)),
        format!("{}1", "1 + ".repeat(5_000)),
        format!("{}1", "-".repeat(5_000)),
        format!("{}1", "1 ^ ".repeat(5_000)),
    ];
    for text in &long {
        let faults = promql::check(&known, text, &place('A'));
        assert_eq!(faults.len(), 1, "{}", &text[..40]);
        assert_eq!(faults[0].class.id(), "SYN");
        assert!(faults[0].at.end <= text.len());
    }
    // As deep and as long as it may be.
    let deep = format!("{}up{}", "(".repeat(60), ")".repeat(60));
    assert_eq!(promql::check(&known, &deep, &place('R')), []);
    let chain = format!("{}up", "up + ".repeat(190));
    assert_eq!(promql::check(&known, &chain, &place('R')), []);
}

#[test]
fn hostile_texts_are_answered() {
    let catalog = catalog::collected();
    let known = known(&catalog);
    let base = r#"sum by (route, "x.y") (rate(shop_requests_total{status=~"a|ü\n$",x!="1"}[5m:1m] offset -1h @ end())) / on(route) group_left(a) $v{${w:x}="[[y]]"} > 0x1F # é"#;
    // Every cut of a text, and every letter of it doubled or gone.
    for (at, letter) in base.char_indices() {
        let end = at + letter.len_utf8();
        let texts = [
            base[..at].to_owned(),
            base[at..].to_owned(),
            format!("{}{}", &base[..at], &base[end..]),
            format!("{}{}{}", &base[..at], letter, &base[at..]),
            format!("{}é{}", &base[..at], &base[at..]),
        ];
        for text in texts {
            for kind in ['A', 'P', 'R', 'D'] {
                for fault in promql::check(&known, &text, &place(kind)) {
                    assert!(text.get(fault.at.clone()).is_some(), "{text}: {fault:?}");
                }
            }
        }
    }
}
