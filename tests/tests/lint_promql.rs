//! Faults in hand-written PromQL: what is found and where, and what is left in
//! peace.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;
mod promql_lint;

use std::fmt::Write as _;
use std::time::Duration;

use caxton_instrument_export::lint::promql::{self, Use, UseKind};
use promql_lint::{
    catalog, faulty_alerts, faulty_answers, faulty_metrics, known, place, promtool, syntax, told,
    valid,
};

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
    for (class, kind, text, caret) in faulty_metrics::ALL
        .iter()
        .chain(faulty_answers::ALL)
        .chain(faulty_alerts::ALL)
    {
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
fn a_name_that_nothing_declares_hides_no_other_fault() {
    let catalog = catalog::collected();
    let known = known(&catalog);
    for (text, classes) in [
        ("rate(shop_queue_depth[5m]) > 1", &["TYP", "CAT"][..]),
        ("sum by (route) (shop_queue_depth) > 1", &["LBL", "CAT"]),
        ("delta(http_requests_total[5m]) > 1", &["TYP", "CAT"]),
        (
            "histogram_quantile(0.9, sum(rate(http_duration_seconds_bucket[5m]))) > 1",
            &["HIST", "CAT"],
        ),
        (
            "http_cache_bytes / 1024 / 1024 / 1024 > 1e9",
            &["CAT", "DIM"],
        ),
        (
            "rate(http_requests_total{code=\"500\"}[5m]) / rate(http_requests_total[5m]) > 0.1",
            &["CAT", "VEC", "CAT"],
        ),
        // What the name does not say is not known.
        ("rate(http_cache_bytes[5m]) > 1", &["CAT"]),
        ("http_connection_count > 5", &["CAT"]),
    ] {
        let faults = promql::check(&known, text, &place('A'));
        let found: Vec<_> = faults.iter().map(|it| it.class.id()).collect();
        assert_eq!(found, classes, "{text}{}", told(text, &faults));
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
