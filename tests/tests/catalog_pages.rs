//! The pages of a catalog that holds everything a declaration can say, hostile
//! text among it, against expected files and the JSON Schema.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod expected;

use caxton_instrument::prelude::*;
use caxton_instrument::query::{
    Aggregate, AnyQuery, Call, Comparison, Dimension, Expr, Part, Selection, Test, days, minutes,
};
use caxton_instrument::rules::Rule;
use caxton_instrument::{
    AgentType, Alert, Allowance, Catalog, LabelDescriptor, Location, MetricDescriptor, MetricKind,
    NativeBuckets, OperationDescriptor, Panel, Record, Replaced, SetDescriptor, Severity, Slo,
    Stability, Unit, panel, recording_rule, slo,
};
use caxton_instrument_export::catalog;
use serde_json::{Value, json};

#[derive(LabelValue, Clone, Copy)]
#[allow(dead_code, reason = "one is only a value that a label may have")]
enum Ending {
    Paid,
    Left,
}

#[derive(LabelSet)]
struct VisitLabels {
    /// How it ended.
    ending: Ending,
    /// Which till.
    #[label(max_values = 4)]
    till: Text,
}

/// Tills.
#[derive(MetricSet)]
#[metric_set(namespace = "tills")]
#[allow(dead_code, reason = "they are only asked about")]
struct Tills {
    /// Visits of a till.
    visits: Counter<VisitLabels>,
    /// Time of a visit.
    #[metric(unit = seconds, buckets = [1.0, 60.0])]
    visit_duration: Histogram<VisitLabels>,
}

/// Visits are short.
#[slo(objective = 99.0, window = days(30))]
static VISITS_ARE_SHORT: Slo = Tills::VISIT_DURATION.at_most(60.0).by(VisitLabels::TILL);

/// Visits by till.
#[recording_rule(name = "till:tills_visits:rate5m")]
static VISITS: Record = Tills::VISITS.rate(minutes(5)).by(VisitLabels::TILL);

/// Visits that were paid.
#[panel]
static PAID: Panel = Tills::VISITS
    .matching(VisitLabels::ENDING.eq(Ending::Paid))
    .rate(minutes(5));

/// What reads a metric, and by which series, bounds and labels.
#[test]
fn declared_readers_are_in_the_document() {
    let catalog = Catalog::collect().expect("sound declarations");
    let document: Value = serde_json::from_str(&catalog::json(&catalog)).expect("JSON");
    let metric = |name: &str| {
        let metrics = document["metrics"].as_array().expect("a list");
        let found = metrics.iter().find(|it| it["name"] == name);
        found.expect("it is declared")["read_by"].clone()
    };
    assert_eq!(
        metric("tills_visits_total"),
        json!({
            "alerts": [], "objectives": [], "records": ["till:tills_visits:rate5m"],
            "panels": ["Paid"],
        })
    );
    assert_eq!(
        metric("tills_visit_duration_seconds")["objectives"],
        json!(["VisitsAreShort"])
    );

    let objective = &document["objectives"][0];
    assert_eq!(objective["objective"], 0.99);
    assert_eq!(objective["window_seconds"], 30 * 86_400);
    assert_eq!(objective["by"], json!(["till"]));
    let reads = objective["reads"].as_array().expect("a list");
    let good = json!({
        "metric": "tills_visit_duration_seconds", "matching": [], "bound": 60.0, "by": ["till"],
    });
    assert!(reads.contains(&good), "{reads:#?}");
    let events = objective["events"].as_str().expect("a query");
    assert!(
        events.contains("increase(tills_visit_duration_seconds_count[30d])"),
        "{events}"
    );

    let panel = &document["panels"][0];
    let paid = json!([{
        "metric": "tills_visits_total", "bound": null, "by": [],
        "matching": [{ "label": "ending", "is": true, "values": ["paid"] }],
    }]);
    assert_eq!(panel["reads"], paid);
    assert_eq!(
        (&panel["title"], &panel["per_second"]),
        (&json!("Visits that were paid"), &json!(true))
    );
    for page in [
        catalog::markdown(&catalog),
        catalog::table(&catalog),
        catalog::html(&catalog),
    ] {
        for name in ["VisitsAreShort", "till:tills_visits:rate5m", "Paid"] {
            assert!(page.contains(name), "{name}");
        }
    }
}

const fn at(line: u32) -> Location {
    Location::new("shop/src/lib.rs", line, 5, "shop::metrics", "shop", "1.2.0")
}

static ORDERS: MetricDescriptor =
    MetricDescriptor::new(MetricKind::Counter, "shop_orders_total", at(10))
        .with_namespace("shop")
        .with_field("orders")
        .with_help("Orders | taken <b>since</b> the *start*,\nby `way|in` and _more_.")
        .with_labels(&[
            LabelDescriptor::closed(
                "way",
                &["web", "a|b", "back`tick", "line\nend", "größe", ""],
            )
            .with_help("How it came in: [link](x)."),
            LabelDescriptor::open("shop_id", 12).with_allowed(&[Allowance::new(
                Rule::LabelIdentity,
                "twelve shops, and they never change",
            )]),
        ])
        .with_constant_labels(&[("component", "till \"2\"")])
        .with_stability(Stability::Deprecated {
            since: "1.1.0",
            note: "use `shop_sales_total`",
        })
        .with_replaces(&[
            Replaced::new("orders", "no namespace"),
            Replaced::new("order_count", ""),
        ])
        .with_allowed(&[Allowance::new(
            Rule::TypeInName,
            "a counter in the shop is furniture",
        )]);

static WAIT: MetricDescriptor =
    MetricDescriptor::new(MetricKind::Histogram, "shop_wait_seconds", at(20))
        .with_namespace("shop")
        .with_field("wait")
        .with_help("Time a customer waits at the till.")
        .with_unit(Unit::Seconds)
        .with_buckets(&[0.5, 1.0, 30.0, 300.0])
        .with_stability(Stability::Experimental);

static WEIGHT: MetricDescriptor =
    MetricDescriptor::new(MetricKind::Histogram, "shop_weight_grams", at(25))
        .with_namespace("shop")
        .with_field("weight")
        .with_help("Weights of what was sold.")
        .with_unit(Unit::Grams)
        .with_native(NativeBuckets::of(Unit::Grams));

static OPEN: MetricDescriptor = MetricDescriptor::new(MetricKind::Gauge, "shop_doors_open", at(30))
    .with_namespace("shop")
    .with_field("doors_open")
    .with_help("Doors that stand open.");

static SET: SetDescriptor = SetDescriptor::new("ShopMetrics", at(5))
    .with_namespace("shop")
    .with_help("A shop.")
    .with_metrics(&[&ORDERS, &WAIT, &WEIGHT, &OPEN]);

static SELL: OperationDescriptor = OperationDescriptor::new(
    AgentType::Literal("clerk"),
    "sell",
    "agent.sell",
    true,
    &SET,
    at(40),
);
static COUNT: OperationDescriptor =
    OperationDescriptor::new(AgentType::Open, "count", "", false, &SET, at(50));

/// A query with every character that a page could take for its own.
#[derive(Debug)]
struct Asked;

impl AnyQuery for Asked {
    fn expr(&self) -> Expr {
        let orders = Expr::Series {
            metric: &ORDERS,
            part: Part::Value,
            matching: vec![Selection {
                label: "way",
                test: Test::IsOneOf(vec!["a|b".into(), "</script>```\"".into()]),
            }],
            over: Some(minutes(5)),
        };
        let rate = Expr::Aggregate {
            how: Aggregate::Sum,
            by: vec!["shop_id"],
            of: Box::new(Expr::Call(Call::Rate, Box::new(orders))),
        };
        let wait = Expr::Number(0.5);
        Expr::Compare(Box::new(rate), Comparison::Below, Box::new(wait))
    }

    fn dimension(&self) -> Dimension {
        Dimension::COUNT.per_second()
    }

    fn labels(&self) -> &[&'static str] {
        &["shop_id"]
    }

    fn is_condition(&self) -> bool {
        true
    }
}

static NOTHING_SOLD: Alert = Alert::new("NothingSold", &Asked, at(60))
    .with_severity(Severity::Critical)
    .with_hold(minutes(90))
    .with_keep(minutes(5))
    .with_text(
        "{shop_id}: {value} orders <b>only</b>.",
        "Look at the *till*.\n\nThen ask | phone.",
    )
    .with_owner("tills & <co>")
    .with_runbook("https://example.org/?a=<b>&c=\"d\"");

fn shop() -> Catalog {
    Catalog::of([&SET], [&SELL, &COUNT])
        .and_then(|it| it.with_alerts([&NOTHING_SOLD]))
        .expect("the catalog is sound")
}

#[test]
fn markdown() {
    expected::assert("catalog_pages", "shop.md", &catalog::markdown(&shop()));
}

#[test]
fn table() {
    expected::assert("catalog_pages", "shop.txt", &catalog::table(&shop()));
}

#[test]
fn for_programs() {
    expected::assert("catalog_pages", "shop.json", &catalog::json(&shop()));
}

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(catalog::SCHEMA).expect("the schema is JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("the schema is one");
    jsonschema::validator_for(&schema).expect("the schema compiles")
}

#[test]
fn json_is_what_its_schema_says() {
    let validator = validator();
    let own = Catalog::of([], []).expect("an empty catalog is sound");
    for catalog in [
        shop(),
        own,
        Catalog::collect().expect("the facade is sound"),
    ] {
        let document: Value = serde_json::from_str(&catalog::json(&catalog)).expect("JSON");
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|it| it.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    type Spoil = fn(&mut Value);

    let validator = validator();
    let right: Value = serde_json::from_str(&catalog::json(&shop())).expect("JSON");
    let wrong: [(&str, Spoil); 13] = [
        ("another version", |it| it["version"] = 1.into()),
        ("no alerts", |it| it["alerts"] = Value::Null),
        ("another severity", |it| {
            it["alerts"][0]["severity"] = "page".into();
        }),
        ("a query of nothing", |it| {
            it["alerts"][0]["query"] = "".into();
        }),
        ("no metrics", |it| it["metrics"] = Value::Null),
        ("an unknown key", |it| it["generator"] = "me".into()),
        ("an unknown type", |it| {
            it["metrics"][0]["type"] = "summary".into();
        }),
        ("a scaled unit", |it| {
            it["metrics"][0]["unit"] = "milliseconds".into();
        }),
        ("a bound that is no number", |it| {
            it["metrics"][2]["buckets"][0] = "0.5".into();
        }),
        ("native buckets that are not said", |it| {
            it["metrics"][3]["native"] = true.into();
        }),
        ("a label both closed and open", |it| {
            it["metrics"][1]["labels"][0]["max_values"] = 3.into();
        }),
        ("a note without deprecation", |it| {
            it["metrics"][2]["stability"]["note"] = "later".into();
        }),
        ("a place without a line", |it| {
            it["metrics"][0]["source"]
                .as_object_mut()
                .expect("an object")
                .remove("line");
        }),
    ];
    assert!(validator.is_valid(&right));
    for (what, spoil) in wrong {
        let mut document = right.clone();
        spoil(&mut document);
        assert!(!validator.is_valid(&document), "{what} is accepted");
    }
}
