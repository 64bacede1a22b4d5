//! Objectives, records and panels on every page.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use serde_json::{Value, json};

use super::document::Document;
use super::{SCHEMA, html, json as catalog_json, markdown, table};

fn source() -> Value {
    json!({
        "crate": "shop", "version": "1.2.0", "module": "shop", "file": "shop/src/lib.rs",
        "line": 7, "column": 1,
    })
}

fn query(promql: &str) -> Value {
    json!({
        "query": promql, "unit": "bytes", "per_second": true, "by": ["way"],
        "reads": [{ "metric": "shop_orders_total", "matching": [], "bound": null, "by": ["way"] }],
        "source": source(),
    })
}

fn with(mut of: Value, and: &Value) -> Value {
    let (Some(all), Some(more)) = (of.as_object_mut(), and.as_object()) else {
        panic!("objects");
    };
    all.extend(more.clone());
    of
}

fn shop() -> Value {
    let metric = json!({
        "name": "shop_orders_total", "type": "counter", "unit": null, "help": "Orders.",
        "namespace": "shop", "field": "orders", "constant_labels": {}, "buckets": [],
        "labels": [{ "name": "way", "help": "How.", "values": ["web"], "allowed": [] }],
        "native": null, "series_bound": 1, "max_series": 1000, "stability": { "level": "stable" },
        "replaces": [], "allowed": [], "source": source(),
        "read_by": {
            "alerts": [], "objectives": ["OrdersWork"], "records": ["way:shop_orders:rate5m"],
            "panels": ["OrdersShown"],
        },
    });
    let objective = json!({
        "name": "OrdersWork", "objective": 0.9995, "window_seconds": 2_592_000, "min_events": 50,
        "summary": "Orders go through.", "description": "One.\n\nTwo.", "owner": "till",
        "runbook": "https://example.org/runbook", "events": "sum(counted)",
    });
    let record = json!({ "name": "way:shop_orders:rate5m", "summary": "Orders by way." });
    let panel = json!({ "name": "OrdersShown", "title": "All orders", "description": "Drawn." });
    json!({
        "version": 2, "metrics": [metric], "sets": [], "operations": [], "alerts": [],
        "objectives": [with(objective, &query("sum(bad)"))],
        "records": [with(record, &query("sum(recorded)"))],
        "panels": [with(panel, &query("sum(drawn)"))],
    })
}

#[test]
fn every_page_has_them() {
    let document: Document = serde_json::from_value(shop()).expect("a document");
    let names = ["OrdersWork", "way:shop_orders:rate5m", "OrdersShown"];
    let queries = ["sum(bad)", "sum(recorded)", "sum(drawn)"];
    let texts = [
        "Orders go through.",
        "Orders by way.",
        "All orders",
        "Drawn.",
        "99.95 %",
        "within 30d",
        "50 events",
        "bytes per second",
        "https://example.org/runbook",
        "1 objective, 1 recording rule, 1 panel",
    ];
    for (what, page) in [
        ("markdown", markdown::render(&document)),
        ("table", table::render(&document)),
        ("html", html::render(&document)),
    ] {
        for part in names.iter().chain(&queries).chain(&texts) {
            assert!(page.contains(part), "{part} is not in the {what}:\n{page}");
        }
        // At the metric too.
        for name in names {
            assert!(page.matches(name).count() > 1, "{name} in the {what}");
        }
    }
    assert!(markdown::render(&document).contains("sum(counted)"));
    assert!(html::render(&document).contains("sum(counted)"));
}

#[test]
fn the_schema_knows_them() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema compiles");
    let document: Document = serde_json::from_value(shop()).expect("a document");
    let again: Value = serde_json::from_str(&catalog_json::render(&document)).expect("JSON");
    assert_eq!(again, shop());
    assert!(validator.is_valid(&again));
    for list in ["objectives", "records", "panels"] {
        let mut wrong = again.clone();
        wrong[list][0]["reads"][0]["bound"] = "0.5".into();
        assert!(!validator.is_valid(&wrong), "{list}");
    }
}
