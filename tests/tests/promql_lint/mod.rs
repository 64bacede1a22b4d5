//! Expressions and templates to judge, and what they are judged by.
#![allow(dead_code, reason = "each test uses a part")]

pub(crate) mod catalog;
pub(crate) mod faulty_alerts;
pub(crate) mod faulty_answers;
pub(crate) mod faulty_metrics;
pub(crate) mod syntax;
pub(crate) mod templates;
pub(crate) mod valid;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use caxton_instrument::MetricKind;
use caxton_instrument_export::lint::Fault;
use caxton_instrument_export::lint::promql::{Documented, Known, Use, UseKind};

pub(crate) fn known(catalog: &caxton_instrument::Catalog) -> Known<'_> {
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

pub(crate) fn place(kind: char) -> Use<'static> {
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

pub(crate) fn told(text: &str, faults: &[Fault]) -> String {
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

/// What promtool says of a file of rules.
pub(crate) fn promtool(servers: &Path, name: &str, rules: &str) -> String {
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
