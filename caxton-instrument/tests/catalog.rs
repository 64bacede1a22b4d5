//! Findings over declarations that do not fit together.

use caxton_instrument::{
    AgentType, Catalog, LabelDescriptor, Level, Location, MetricDescriptor, MetricKind,
    OperationDescriptor, SetDescriptor, Unit,
};

const fn here(krate: &'static str, line: u32) -> Location {
    Location::new("src/lib.rs", line, 5, "module", krate, "1.0.0")
}

const fn metric(kind: MetricKind, name: &'static str, location: Location) -> MetricDescriptor {
    MetricDescriptor::new(kind, name, location)
        .with_help("Something that is worth a sentence.")
        .with_namespace("shop")
}

/// A set of one metric that lives as long as the test program.
fn set(metric: MetricDescriptor) -> &'static SetDescriptor {
    let metrics: &'static [&'static MetricDescriptor] =
        Box::leak(Box::new([&*Box::leak(Box::new(metric))]));
    Box::leak(Box::new(
        SetDescriptor::new("Shop", metric.location).with_metrics(metrics),
    ))
}

fn findings(metrics: &[MetricDescriptor]) -> Vec<String> {
    match Catalog::of(metrics.iter().copied().map(set), []) {
        Ok(catalog) => catalog.warnings().iter().map(ToString::to_string).collect(),
        Err(error) => error.findings().iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn one_name_in_two_crates_names_both_places() {
    let a = metric(MetricKind::Counter, "shop_orders_total", here("a", 3));
    let b = metric(MetricKind::Counter, "shop_orders_total", here("b", 9));
    assert_eq!(
        findings(&[b, a]),
        [
            "error[duplicate_name]: metric `shop_orders_total` is declared 2 times: keep one declaration and use it from the other places, or rename one\n  --> src/lib.rs:3 (a 1.0.0)\n  --> src/lib.rs:9 (b 1.0.0)"
        ]
    );
}

#[test]
fn one_name_with_two_types_units_and_label_sets_says_what_differs() {
    const LABELS: &[LabelDescriptor] = &[LabelDescriptor::closed("urgent", &["false", "true"])];
    let a = metric(MetricKind::Gauge, "shop_size_bytes", here("a", 3)).with_unit(Unit::Bytes);
    let b = metric(MetricKind::Histogram, "shop_size_bytes", here("b", 9))
        .with_unit(Unit::Bytes)
        .with_buckets(&[1.0])
        .with_labels(LABELS);
    let all = findings(&[a, b]);
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(
        all[0].contains("with different types (gauge and histogram) and labels ({} and {urgent})"),
        "{all:?}"
    );
}

#[test]
fn rules_are_checked_again_for_descriptors_made_by_hand() {
    let all = findings(&[metric(MetricKind::Gauge, "shop_agents_total", here("a", 3))]);
    assert_eq!(
        all,
        [
            "error[total_suffix]: gauge `shop_agents_total` ends in `_total`, which only counters do: write `shop_agents`\n  --> src/lib.rs:3 (a 1.0.0)"
        ]
    );
}

#[test]
fn names_that_meet_in_openmetrics_are_refused() {
    let all = findings(&[
        metric(MetricKind::Counter, "shop_orders_total", here("a", 3)),
        metric(MetricKind::Gauge, "shop_orders", here("a", 5)),
    ]);
    assert!(all[0].starts_with("error[family_clash]: metrics `shop_orders`, `shop_orders_total` share the family name `shop_orders`"), "{all:?}");
}

#[test]
fn near_duplicates_and_label_meanings_are_warnings() {
    const A: &[LabelDescriptor] = &[LabelDescriptor::closed("status", &["ok", "error"])];
    const B: &[LabelDescriptor] = &[LabelDescriptor::closed("status", &["200", "500"])];
    let a = metric(MetricKind::Counter, "shop_order_lines_total", here("a", 3)).with_labels(A);
    let b = metric(MetricKind::Counter, "shop_orders_line_total", here("b", 4)).with_labels(B);
    let catalog = Catalog::of([a, b].map(set), []).expect("warnings stop nothing");
    let classes: Vec<_> = catalog
        .warnings()
        .iter()
        .map(|finding| (finding.level, finding.class))
        .collect();
    assert_eq!(
        classes,
        [
            (Level::Warning, "label_meaning"),
            (Level::Warning, "near_duplicate")
        ]
    );
    assert!(
        catalog.warnings()[0].message.contains(
            "{ok,error} on `shop_order_lines_total` and {200,500} on `shop_orders_line_total`"
        ),
        "{:?}",
        catalog.warnings()
    );
}

#[test]
fn bounds_of_open_labels_do_not_change_their_meaning() {
    const A: &[LabelDescriptor] = &[LabelDescriptor::open("queue", 5)];
    const B: &[LabelDescriptor] = &[LabelDescriptor::open("queue", 50)];
    let a = metric(MetricKind::Counter, "shop_orders_total", here("a", 3)).with_labels(A);
    let b = metric(MetricKind::Counter, "shop_returns_total", here("b", 4)).with_labels(B);
    assert_eq!(findings(&[a, b]), Vec::<String>::new());
}

#[test]
fn agent_sets_are_bounded_over_the_functions_that_use_them() {
    const LABELS: &[LabelDescriptor] = &[
        LabelDescriptor::open("agent_type", 50),
        LabelDescriptor::open("operation", 200),
        LabelDescriptor::closed("status", &["ok", "error", "cancelled", "panicked"]),
    ];
    let executions = metric(MetricKind::Counter, "shop_executions_total", here("a", 3))
        .with_labels(LABELS)
        .with_max_series(50_000);
    let operation = |set, agent_type, name| -> &'static OperationDescriptor {
        Box::leak(Box::new(OperationDescriptor::new(
            agent_type,
            name,
            "",
            true,
            set,
            here("a", 20),
        )))
    };
    let roomy = set(executions);
    let functions = [
        operation(roomy, AgentType::Open, "run"),
        operation(roomy, AgentType::Literal("planner"), "plan"),
        operation(roomy, AgentType::Literal("planner"), "plan"),
    ];
    let catalog = Catalog::of([], functions).expect("50 x 4 + 4 series");
    assert_eq!(catalog.metrics().len(), 1, "declared by its use, once");
    assert_eq!(catalog.operations().len(), 3);

    // The labels alone would allow more than the bound, the functions do not.
    let tight = executions.with_max_series(203).with_allowed(
        const {
            &[caxton_instrument::Allowance::new(
                caxton_instrument::rules::Rule::SeriesBound,
                "operations are known",
            )]
        },
    );
    let tight = set(tight);
    let functions = [
        operation(tight, AgentType::Open, "run"),
        operation(tight, AgentType::Literal("planner"), "plan"),
    ];
    let error = Catalog::of([], functions).expect_err("204 series over 203");
    assert!(
        error
            .to_string()
            .contains("allow 204 series, over its bound of 203"),
        "{error}"
    );
}

#[test]
fn annotated_functions_past_the_places_of_a_label_are_a_warning() {
    let operations = |count: usize| -> Vec<&'static OperationDescriptor> {
        (0..count)
            .map(|i| {
                let operation = OperationDescriptor::new(
                    AgentType::Literal("planner"),
                    format!("step_{i}").leak(),
                    "",
                    false,
                    <caxton_instrument::AgentMetrics as caxton_instrument::MetricSet>::SET,
                    here("a", 20),
                );
                &*Box::leak(Box::new(operation))
            })
            .collect()
    };
    let full = Catalog::of([], operations(200)).expect("no error");
    assert!(full.warnings().is_empty(), "{:?}", full.warnings());
    let over = Catalog::of([], operations(201)).expect("no error");
    let [warning] = over.warnings() else {
        panic!("one for the set: {:?}", over.warnings());
    };
    assert!(
        warning.message.contains(
            "have 201 values for the label `operation`, which holds 200: declare a set with `max_operations = 201`"
        ),
        "{warning}"
    );
}

#[test]
fn a_part_of_a_histogram_is_no_other_metric() {
    const ALLOWED: &[caxton_instrument::Allowance] = &[caxton_instrument::Allowance::new(
        caxton_instrument::rules::Rule::ReservedSuffix,
        "known by that name",
    )];
    let wait = metric(MetricKind::Histogram, "shop_wait", here("a", 3)).with_buckets(&[1.0]);
    let count = metric(MetricKind::Gauge, "shop_wait_count", here("b", 4)).with_allowed(ALLOWED);
    let all = findings(&[wait, count]);
    assert!(
        all[0].starts_with(
            "error[family_clash]: metric `shop_wait_count` has the name of a part of the histogram `shop_wait`: rename one"
        ),
        "{all:?}"
    );
}

#[test]
fn a_process_has_a_bound_of_its_own() {
    const LABELS: &[LabelDescriptor] = &[LabelDescriptor::open("queue", 60_000)];
    let a = metric(MetricKind::Counter, "shop_orders_total", here("a", 3))
        .with_labels(LABELS)
        .with_max_series(60_000);
    let b = metric(MetricKind::Counter, "shop_returns_total", here("a", 4))
        .with_labels(LABELS)
        .with_max_series(60_000);
    let all = findings(&[a, b]);
    assert!(
        all[0].starts_with(
            "warning[series_bound]: all metrics together allow 120000 series, over 100000"
        ),
        "{all:?}"
    );
}
