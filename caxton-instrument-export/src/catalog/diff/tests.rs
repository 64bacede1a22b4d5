//! Each change of a small catalog, and whom it breaks.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use serde_json::{Value, json};

use super::compare::Diff;
use super::{report, transition};
use crate::catalog::document::Document;

fn source() -> Value {
    json!({
        "crate": "shop", "version": "1.0.0", "module": "shop", "file": "src/lib.rs", "line": 3,
        "column": 1,
    })
}

fn label(name: &str, values: &[&str]) -> Value {
    json!({ "name": name, "help": "", "values": values, "allowed": [] })
}

fn metric(name: &str, kind: &str, unit: &Value, buckets: &[f64]) -> Value {
    json!({
        "name": name, "type": kind, "unit": unit, "help": "Help.", "namespace": "shop",
        "field": "f", "labels": [label("way", &["web", "till"])], "constant_labels": {},
        "buckets": buckets, "native": null, "series_bound": 2, "max_series": 1000,
        "stability": { "level": "stable" }, "replaces": [], "allowed": [], "source": source(),
    })
}

fn alert(name: &str, read: &Value) -> Value {
    json!({
        "name": name, "severity": "warning", "summary": "", "description": "", "owner": "",
        "runbook": "", "hold_seconds": null, "keep_seconds": null, "query": "q", "unit": null,
        "per_second": false, "by": [], "reads": [read], "source": source(),
    })
}

fn old() -> Value {
    let matcher = json!([{ "label": "way", "is": true, "values": ["web"] }]);
    json!({
        "version": 2,
        "metrics": [
            metric("shop_orders_total", "counter", &Value::Null, &[]),
            metric("shop_wait_seconds", "histogram", &json!("seconds"), &[0.5, 1.0, 5.0]),
        ],
        "sets": [], "operations": [], "objectives": [], "records": [], "panels": [],
        "alerts": [
            alert("FewOrders", &json!({
                "metric": "shop_orders_total", "matching": matcher, "bound": null, "by": [],
            })),
            alert("LongWait", &json!({
                "metric": "shop_wait_seconds", "matching": [], "bound": 5.0, "by": ["way"],
            })),
        ],
    })
}

fn document(value: &Value) -> Document {
    serde_json::from_value(value.clone()).expect("a document")
}

/// What is told of a later version, made from the earlier one.
fn after(change: impl Fn(&mut Value)) -> (String, Vec<String>, bool) {
    let mut new = old();
    change(&mut new);
    let diff = Diff::between(&document(&old()), &document(&new));
    let broken = diff.broken.iter().map(|it| it.name.clone()).collect();
    (report::table(&diff), broken, diff.breaks())
}

#[test]
fn nothing_changed() {
    let (told, broken, breaks) = after(|_| ());
    assert_eq!(
        (told.as_str(), broken.len(), breaks),
        ("nothing changed\n", 0, false)
    );
}

#[test]
fn each_change_is_told_with_whom_it_breaks() {
    type Change = fn(&mut Value);
    let cases: [(Change, &str, &[&str]); 11] = [
        (
            |it| drop(it["metrics"].as_array_mut().expect("a list").remove(0)),
            "breaks  shop_orders_total: it is gone; if another metric",
            &["FewOrders"],
        ),
        (
            |it| it["metrics"][0]["type"] = "gauge".into(),
            "breaks  shop_orders_total: it was a counter and is a gauge",
            &["FewOrders"],
        ),
        (
            |it| it["metrics"][0]["unit"] = "bytes".into(),
            "breaks  shop_orders_total: it was in a plain count and is in bytes",
            &["FewOrders"],
        ),
        (
            |it| it["metrics"][0]["labels"] = json!([label("way", &["till"])]),
            "breaks  shop_orders_total: value \"web\" of label `way` is gone",
            &["FewOrders"],
        ),
        (
            |it| it["metrics"][0]["labels"] = json!([label("way", &["web"])]),
            "breaks  shop_orders_total: value \"till\" of label `way` is gone",
            &[],
        ),
        (
            |it| it["metrics"][1]["labels"] = json!([]),
            "breaks  shop_wait_seconds: label `way` is gone",
            &["LongWait"],
        ),
        (
            |it| it["metrics"][1]["buckets"] = json!([0.5, 1.0]),
            "breaks  shop_wait_seconds: bucket bound 5 is gone",
            &["LongWait"],
        ),
        (
            |it| it["metrics"][1]["buckets"] = json!([0.5, 5.0]),
            "breaks  shop_wait_seconds: bucket bound 1 is gone",
            &[],
        ),
        (
            |it| {
                it["metrics"][1]["native"] =
                    json!({ "schema": 3, "zero_threshold": 1e-9, "highest": 10.0 });
            },
            "breaks  shop_wait_seconds: its buckets were classic and are native",
            &["LongWait"],
        ),
        (
            |it| {
                it["metrics"][0]["name"] = "shop_sales_total".into();
                it["metrics"][0]["replaces"] =
                    json!([{ "name": "shop_orders_total", "reason": "" }]);
            },
            "breaks  shop_orders_total: it is `shop_sales_total` now",
            &["FewOrders"],
        ),
        (
            |it| it["metrics"][1]["constant_labels"] = json!({ "component": "a" }),
            "        shop_wait_seconds: every series has component=\"a\" now",
            &[],
        ),
    ];
    for (change, expected, whom) in cases {
        let (told, broken, breaks) = after(change);
        assert!(told.contains(expected), "{expected}:\n{told}");
        assert_eq!(broken, whom, "{told}");
        assert_eq!(breaks, expected.starts_with("breaks"), "{told}");
        for name in whom {
            assert!(
                told.contains(&format!("broken alert {name}  src/lib.rs:3")),
                "{told}"
            );
        }
    }
}

#[test]
fn what_is_added_breaks_nobody() {
    let (told, broken, breaks) = after(|it| {
        it["metrics"][0]["help"] = "Other help.".into();
        it["metrics"][0]["labels"] = json!([label("way", &["web", "till", "phone"])]);
        it["metrics"][1]["buckets"] = json!([0.5, 1.0, 5.0, 10.0]);
        it["metrics"][1]["stability"] =
            json!({ "level": "deprecated", "since": "2.0.0", "note": "soon" });
        let more = metric("shop_doors", "gauge", &Value::Null, &[]);
        it["metrics"].as_array_mut().expect("a list").push(more);
    });
    assert!(broken.is_empty() && !breaks, "{told}");
    assert!(
        told.ends_with("5 changes, none of which breaks a reader\n"),
        "{told}"
    );
}

#[test]
fn a_catalog_of_version_1_is_compared_without_its_readers() {
    let mut before = old();
    before["version"] = 1.into();
    for key in ["alerts", "objectives", "records", "panels"] {
        before.as_object_mut().expect("an object").remove(key);
    }
    let mut new = old();
    new["metrics"][1]["buckets"] = json!([0.5]);
    let diff = Diff::between(&document(&before), &document(&new));
    assert_eq!(diff.changes.len(), 2);
    assert!(diff.breaks() && diff.broken.is_empty());
}

#[test]
fn a_hostile_name_stays_within_its_line() {
    let (told, ..) = after(|it| {
        it["metrics"][0]["name"] = "a\n\u{1b}[31m# x".into();
    });
    assert!(!told.contains('\u{1b}'), "{told:?}");
    let mut new = old();
    new["metrics"][0]["name"] = "b\"} or vector(1)\n- record: up".into();
    new["metrics"][0]["replaces"] = json!([{ "name": "shop_orders_total", "reason": "" }]);
    let (old, new) = (document(&old()), document(&new));
    let diff = Diff::between(&old, &new);
    let rules = transition::rules(&diff, &old, &new);
    assert!(!rules.contains("\n- record: up"), "{rules}");
}

#[test]
fn old_names_are_answered_from_new_ones() {
    let mut new = old();
    for (at, from, to) in [
        (0, "shop_orders_total", "shop_sales_total"),
        (1, "shop_wait_seconds", "shop_till_wait_seconds"),
    ] {
        new["metrics"][at]["name"] = to.into();
        new["metrics"][at]["replaces"] = json!([{ "name": from, "reason": "" }]);
    }
    let (old, mut new) = (document(&old()), document(&new));
    let diff = Diff::between(&old, &new);
    let rules = transition::rules(&diff, &old, &new);
    for (record, expr) in [
        ("shop_orders_total", "shop_sales_total"),
        ("shop_wait_seconds_bucket", "shop_till_wait_seconds_bucket"),
        ("shop_wait_seconds_count", "shop_till_wait_seconds_count"),
        ("shop_wait_seconds_sum", "shop_till_wait_seconds_sum"),
    ] {
        assert!(rules.contains(&format!("record: {record}\n")), "{rules}");
        assert!(rules.contains(&format!("expr: {expr}\n")), "{rules}");
    }
    // What says something else is no answer.
    new.metrics[1].labels.clear();
    let diff = Diff::between(&old, &new);
    let rules = transition::rules(&diff, &old, &new);
    assert!(!rules.contains("record: shop_wait"), "{rules}");
    assert!(
        rules.contains("# No rule for \"shop_wait_seconds\": a label is gone"),
        "{rules}"
    );
}

#[test]
fn programs_are_told_the_same() {
    let mut new = old();
    new["metrics"][1]["buckets"] = json!([0.5]);
    let diff = Diff::between(&document(&old()), &document(&new));
    let told: Value = serde_json::from_str(&report::json(&diff)).expect("JSON");
    assert_eq!(told["breaking"], true);
    assert_eq!(told["changes"][0]["class"], "bucket_removed");
    assert_eq!(told["broken"][0]["name"], "LongWait");
    let page = report::markdown(&diff);
    assert!(page.contains("### alert `LongWait`"), "{page}");
}
