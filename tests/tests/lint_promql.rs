//! Faults in hand-written PromQL: what is found and where, and what is left in
//! peace.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;
mod promql_lint;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use caxton_instrument::MetricKind;
use caxton_instrument_export::lint::Fault;
use caxton_instrument_export::lint::promql::{self, Documented, Known, Use, UseKind};
use caxton_instrument_export::lint::template::{self, Field};
use promql_lint::{catalog, faulty, syntax, templates, valid};

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
    let told_by_promtool = promtool(&servers, "expressions", &rules);
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

/// What promtool says of a file of rules.
fn promtool(servers: &Path, name: &str, rules: &str) -> String {
    let folder = std::env::temp_dir().join(format!("caxton-lint-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
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
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn templates_are_judged_by_their_expression() {
    let catalog = catalog::collected();
    let known = known(&catalog);
    let (mut wrong, mut faulty) = (String::new(), 0);
    for (class, field, expr, text, caret) in templates::ALL {
        let answer = promql::answer(&known, expr, &place(if *field == 'G' { 'P' } else { 'A' }));
        let field = match field {
            'A' => Field::Annotation,
            'L' => Field::Label,
            'N' => Field::Notification,
            _ => Field::Legend,
        };
        let faults = template::check(&known, &answer, text, field);
        faulty += usize::from(!class.is_empty());
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
    assert!(faulty >= 60, "{faulty}");
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
fn panels_are_drawn_in_the_unit_of_their_value() {
    const SHARE: &str = "sum(rate(shop_requests_total{status=\"failure\"}[5m])) / sum(rate(shop_requests_total[5m]))";
    const QUANTILE: &str =
        "histogram_quantile(0.9, sum by (le) (rate(shop_request_duration_seconds_bucket[5m])))";
    let rows = [
        (SHARE, "percentunit", true),
        (SHARE, "percent", false),
        (SHARE, "ops", false),
        ("shop_cpu_usage_ratio * 100", "percent", true),
        ("shop_cpu_usage_ratio * 100", "percentunit", false),
        (QUANTILE, "s", true),
        (QUANTILE, "ms", false),
        (QUANTILE, "bytes", false),
        ("shop_memory_bytes", "bytes", true),
        ("shop_memory_bytes", "decbytes", true),
        ("shop_memory_bytes", "percentunit", false),
        ("shop_memory_bytes / 1024 / 1024", "bytes", false),
        ("shop_memory_bytes / 1024 / 1024", "mbytes", true),
        ("sum(rate(shop_transferred_bytes_total[5m]))", "Bps", true),
        (
            "sum(rate(shop_transferred_bytes_total[5m]))",
            "bytes",
            false,
        ),
        ("sum(rate(shop_requests_total[5m]))", "reqps", true),
        ("sum(rate(shop_requests_total[5m])) * 60", "reqps", false),
        ("sum(rate(shop_requests_total[5m])) * 60", "opm", true),
        ("sum(rate(shop_requests_total[5m]))", "percentunit", false),
        ("rate(shop_busy_seconds_total[5m])", "percentunit", true),
        ("shop_jobs_waiting", "short", true),
        ("shop_jobs_waiting", "s", false),
        ("unknown_metric_of_others", "s", true),
        ("node_memory_MemAvailable_bytes", "bytes", true),
    ];
    let catalog = catalog::collected();
    let known = known(&catalog);
    for (text, unit, is_right) in rows {
        let place = Use::new(UseKind::Panel {
            unit: Some(unit),
            is_range: true,
        });
        let faults = promql::check(&known, text, &place);
        let found = faults.iter().filter(|it| it.class.id() == "DIM").count();
        assert_eq!(
            found == 0,
            is_right,
            "{text} as {unit}{}",
            told(text, &faults)
        );
    }
}

#[test]
fn a_comment_says_the_size_of_its_threshold() {
    let rows = [
        ("# 2 GiB", "shop_memory_bytes > 2147483648", true),
        ("# 1GB", "shop_memory_bytes > 1e9", true),
        ("# 1GB", "shop_memory_bytes > 1073741824", false),
        ("# 1GB", "shop_memory_bytes > 5e8", false),
        ("# 100 MB", "shop_memory_bytes > 100 * 1024 * 1024", false),
        ("# 100 MiB", "shop_memory_bytes > 100 * 1024 * 1024", true),
        ("# while it starts", "shop_memory_bytes > 5e8", true),
        ("# 5 minutes", "shop_oldest_job_age_seconds > 600", true),
        ("", "shop_memory_bytes > 5e8", true),
    ];
    let catalog = catalog::collected();
    let known = known(&catalog);
    for (note, text, is_right) in rows {
        let faults = promql::check(&known, text, &place('A').note(note));
        assert_eq!(
            faults.is_empty(),
            is_right,
            "{text} {note}{}",
            told(text, &faults)
        );
        assert!(faults.iter().all(|it| it.class.id() == "DIM"));
    }
}

#[test]
fn an_alert_holds_longer_than_an_evaluation() {
    let catalog = catalog::collected();
    let known = known(&catalog);
    let alert = |hold| {
        let place = Use::new(UseKind::Alert {
            name: "Stuck",
            hold: Some(Duration::from_secs(hold)),
        });
        let place = place.evaluated_every(Duration::from_secs(60));
        promql::check(&known, "shop_jobs_waiting > 100", &place)
    };
    assert_eq!(alert(30)[0].class.id(), "LIVE");
    assert_eq!(alert(60), []);
    assert_eq!(alert(0), []);
}

#[test]
fn names_say_what_is_recorded() {
    for (name, is_right) in [
        ("job:shop_requests:rate5m", true),
        ("instance_route:shop_requests:rate5m", true),
        (":shop_requests:rate5m", true),
        ("job:shop_requests", true),
        ("shop_requests_rate5m", false),
        ("job::rate5m", false),
        ("job:shop requests:rate5m", false),
        ("", false),
    ] {
        let faults = promql::check_record_name(name);
        assert_eq!(faults.is_empty(), is_right, "{name}");
        assert!(
            faults
                .iter()
                .all(|it| it.class.id() == "NAM" && it.at == (0..name.len()))
        );
    }
    for (name, remedy) in [
        ("ShopIsDown", ""),
        ("HTTP5xxRate", ""),
        ("shop is down", "`ShopIsDown`"),
        ("high_error_rate", "`HighErrorRate`"),
        ("!!", "`QueueIsFull`"),
    ] {
        let faults = promql::check_alert_name(name);
        assert_eq!(faults.is_empty(), remedy.is_empty(), "{name}");
        assert!(
            faults.iter().all(|it| it.remedy.contains(remedy)),
            "{faults:?}"
        );
    }
}

#[test]
fn a_fault_names_the_declaration_and_what_was_meant() {
    let catalog = catalog::collected();
    let known = known(&catalog);
    let only = |text: &str| {
        let mut faults = promql::check(&known, text, &place('P'));
        assert_eq!(faults.len(), 1, "{text}");
        faults.remove(0)
    };
    let renamed = only("shop_queue_depth");
    assert!(
        renamed.remedy.contains("`shop_jobs_waiting`"),
        "{renamed:?}"
    );
    assert_eq!(
        renamed.declared,
        catalog.metric("shop_jobs_waiting").map(|it| it.location)
    );
    for (text, meant) in [
        ("rate(shop_order_total[5m])", "shop_orders_total"),
        ("rate(shop_requests[5m])", "shop_requests_total"),
        (
            "rate(shop_requests_total{statis=\"failure\"}[5m])",
            "`status`",
        ),
        (
            "rate(shop_requests_total{status=\"timeout\"}[5m])",
            "\"timed_out\"",
        ),
        ("increase(shop_memory_bytes[5m])", "`delta`"),
        (
            "shop_jobs_waiting by (queue)",
            "sum by (...) (shop_jobs_waiting)",
        ),
    ] {
        let fault = only(text);
        assert!(fault.remedy.contains(meant), "{text}: {fault:?}");
        let is_declared = fault.class.id() != "SYN";
        assert_eq!(fault.declared.is_some(), is_declared, "{text}");
    }
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
