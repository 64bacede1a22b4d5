//! Each naming rule: what it refuses, in which words, and what it lets pass.

#![allow(clippy::items_after_statements, clippy::too_many_lines)] // tables

use MetricKind::{Counter, Gauge, Histogram, Info};
use caxton_instrument::rules::{self, Message, Rule};
use caxton_instrument::{
    Allowance, LabelDescriptor, Location, MetricDescriptor, MetricKind, NativeBuckets, Unit,
};

const HERE: Location = Location::new("src/lib.rs", 1, 1, "shop", "shop", "1.0.0");

const fn metric(kind: MetricKind, name: &'static str) -> MetricDescriptor {
    MetricDescriptor::new(kind, name, HERE)
        .with_namespace("shop")
        .with_field("orders")
        .with_help("Orders that were taken.")
}

/// The message of a metric's name with the given unit.
fn name(kind: MetricKind, name: &'static str, unit: Unit) -> String {
    rules::metric_name(&metric(kind, name).with_unit(unit))
        .as_str()
        .to_owned()
}

#[test]
fn good_names_pass() {
    for (kind, good, unit) in [
        (Counter, "shop_orders_total", Unit::None),
        (Counter, "shop_read_bytes_total", Unit::Bytes),
        (Counter, "shop_accounts_created_total", Unit::None),
        (Gauge, "shop_orders_waiting", Unit::None),
        (Gauge, "shop_cpu_usage_ratio", Unit::Ratio),
        (Gauge, "shop_info_desks", Unit::None),
        (Gauge, "shop_rate_limits", Unit::None),
        (Gauge, "shop_http2", Unit::None),
        (Gauge, "shop_electroencephaloseconds", Unit::None),
        (Gauge, "shop_incidents_p1", Unit::None),
        (Gauge, "shop_audio_sample_rate_hertz", Unit::Hertz),
        (Histogram, "shop_order_duration_seconds", Unit::Seconds),
        (Info, "shop_build_info", Unit::None),
    ] {
        assert_eq!(name(kind, good, unit), "", "{good}");
    }
}

#[test]
fn bad_names_are_refused_with_what_to_write() {
    for (kind, bad, unit, message) in [
        (
            Gauge,
            "shop_fooBar",
            Unit::None,
            "[charset] gauge `shop_fooBar` is not `[a-z][a-z0-9_]*` without `__` or a trailing `_`: write `shop_foo_bar`",
        ),
        (
            Gauge,
            "shop_a__b",
            Unit::None,
            "[charset] gauge `shop_a__b` is not `[a-z][a-z0-9_]*` without `__` or a trailing `_`: write `shop_a_b`",
        ),
        (
            Gauge,
            "shop_a_",
            Unit::None,
            "[charset] gauge `shop_a_` is not `[a-z][a-z0-9_]*` without `__` or a trailing `_`: write `shop_a`",
        ),
        (
            Gauge,
            "shop:a",
            Unit::None,
            "[charset] gauge `shop:a` is not `[a-z][a-z0-9_]*` without `__` or a trailing `_`: write `shop_a`\n[namespace] gauge `shop:a` does not start with its set's namespace: write `shop_shop:a`",
        ),
        (
            Counter,
            "orders_total",
            Unit::None,
            "[namespace] counter `orders_total` does not start with its set's namespace: write `shop_orders_total`",
        ),
        (
            Counter,
            "shopping_total",
            Unit::None,
            "[namespace] counter `shopping_total` does not start with its set's namespace: write `shop_shopping_total`",
        ),
        (
            Gauge,
            "shop_agents_total",
            Unit::None,
            "[total_suffix] gauge `shop_agents_total` ends in `_total`, which only counters do: write `shop_agents`",
        ),
        (
            Counter,
            "shop_orders",
            Unit::None,
            "[total_suffix] counter `shop_orders` does not end in `_total`: write `shop_orders_total`",
        ),
        (
            Gauge,
            "shop_order_count",
            Unit::None,
            "[reserved_suffix] gauge `shop_order_count` ends in `_count`, which the exposition formats reserve: write `shop_order`",
        ),
        (
            Counter,
            "shop_order_count_total",
            Unit::None,
            "[reserved_suffix] counter `shop_order_count_total` ends in `_count_total`, which the exposition formats reserve: write `shop_order_total`",
        ),
        (
            Gauge,
            "shop_order_info",
            Unit::None,
            "[reserved_suffix] gauge `shop_order_info` ends in `_info`, which only info metrics do: write `shop_order`, or declare it `Info`",
        ),
        (
            Info,
            "shop_build",
            Unit::None,
            "[reserved_suffix] info `shop_build` does not end in `_info`: write `shop_build_info`",
        ),
        (
            Gauge,
            "shop_wait_milliseconds",
            Unit::None,
            "[base_unit] gauge `shop_wait_milliseconds` is in `milliseconds`, which is no base unit: convert the value and write `shop_wait_seconds`",
        ),
        (
            Counter,
            "shop_read_kb_total",
            Unit::None,
            "[base_unit] counter `shop_read_kb_total` is in `kb`, which is no base unit: convert the value and write `shop_read_bytes_total`",
        ),
        (
            Gauge,
            "shop_load_percent",
            Unit::None,
            "[base_unit] gauge `shop_load_percent` is in `percent`, which is no base unit: convert the value and write `shop_load_ratio`",
        ),
        (
            Gauge,
            "shop_duration_x",
            Unit::Seconds,
            "[unit_suffix] gauge `shop_duration_x` is in seconds, which its name does not end in: write `shop_duration_x_seconds`",
        ),
        (
            Counter,
            "shop_read_total",
            Unit::Bytes,
            "[unit_suffix] counter `shop_read_total` is in bytes, which its name does not end in: write `shop_read_bytes_total`",
        ),
        (
            Gauge,
            "shop_wait_seconds",
            Unit::None,
            "[unit_suffix] gauge `shop_wait_seconds` ends in a unit that it does not declare: write `#[metric(unit = seconds)]`",
        ),
        (
            Gauge,
            "shop_queue_gauge",
            Unit::None,
            "[type_in_name] gauge `shop_queue_gauge` has its type in its name: write `shop_queue`",
        ),
        (
            Counter,
            "shop_counter_reads_total",
            Unit::None,
            "[type_in_name] counter `shop_counter_reads_total` has its type in its name: write `shop_reads_total`",
        ),
        (
            Gauge,
            "shop_task_success_rate",
            Unit::None,
            "[precomputed] gauge `shop_task_success_rate` is a value that a query computes: count the events, `shop_task_success_total` with a `status` label, or declare a histogram",
        ),
        (
            Gauge,
            "shop_task_success_rate_ratio",
            Unit::Ratio,
            "[precomputed] gauge `shop_task_success_rate_ratio` is a value that a query computes: count the events, `shop_task_success_total` with a `status` label, or declare a histogram",
        ),
        (
            Gauge,
            "shop_wait_p99_seconds",
            Unit::Seconds,
            "[precomputed] gauge `shop_wait_p99_seconds` is a quantile that a query computes: declare a histogram",
        ),
        (
            Gauge,
            "shop_wait_secs",
            Unit::None,
            "[base_unit] gauge `shop_wait_secs` is in `secs`, which is no base unit: convert the value and write `shop_wait_seconds`",
        ),
        (
            Gauge,
            "shop_wait_p95",
            Unit::None,
            "[precomputed] gauge `shop_wait_p95` is a quantile that a query computes: declare a histogram",
        ),
    ] {
        assert_eq!(name(kind, bad, unit), message, "{bad}");
    }
}

#[test]
fn several_mistakes_are_several_lines() {
    let message = name(Gauge, "agents_gauge_total", Unit::None);
    let rules: Vec<_> = message
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(rules, ["[namespace]", "[total_suffix]", "[type_in_name]"]);
}

#[test]
fn an_allowed_rule_is_silent_and_no_other() {
    const ALLOWED: &[Allowance] = &[Allowance::new(Rule::TotalSuffix, "known by that name")];
    let message = rules::metric_name(&metric(Gauge, "shop_gauge_total").with_allowed(ALLOWED));
    assert!(message.as_str().starts_with("[type_in_name]"), "{message}");
    assert_eq!(message.as_str().lines().count(), 1);
}

#[test]
fn help_says_more_than_the_name() {
    let help = |help| rules::metric_help(&metric(Counter, "shop_orders_total").with_help(help));
    assert!(help("Orders that were taken.").is_empty());
    assert!(
        help("")
            .as_str()
            .starts_with("[help] counter `shop_orders_total` has no help text")
    );
    assert!(help(" . ").as_str().contains("has no help text"));
    for repeated in ["Orders.", "shop_orders_total", "Shop orders total"] {
        assert!(
            help(repeated).as_str().contains("only repeats its name"),
            "{repeated}"
        );
    }
}

#[test]
fn bucket_bounds_rise_and_are_finite_and_few() {
    let of = |bounds: &'static [f64]| {
        rules::metric_buckets(&metric(Histogram, "shop_wait_seconds").with_buckets(bounds))
            .as_str()
            .to_owned()
    };
    assert_eq!(of(&[0.1, 1.0]), "");
    assert_eq!(of(&[-1.0, 0.0]), "");
    assert!(of(&[]).contains("has no bucket bounds"));
    assert!(of(&[1.0, 0.5]).contains("bound 2 is not above bound 1"));
    assert!(of(&[1.0, 1.0]).contains("do not rise"));
    assert!(of(&[1.0, f64::INFINITY]).contains("`+Inf` is always there"));
    assert!(of(&[f64::NAN]).contains("not finite"));
    let many: Vec<f64> = (0..51).map(f64::from).collect();
    assert!(of(many.leak()).contains("has 51 bucket bounds: write at most 50"));
    assert!(rules::metric_buckets(&metric(Gauge, "shop_wait")).is_empty());
}

#[test]
fn native_buckets_are_those_of_a_histogram_and_no_others() {
    let native = NativeBuckets::of(Unit::Seconds);
    let of = |metric: MetricDescriptor| rules::metric_buckets(&metric).as_str().to_owned();
    let wait = metric(Histogram, "shop_wait_seconds");
    assert_eq!(of(wait.with_native(native)), "");
    assert_eq!(of(wait.with_buckets(&[1.0]).with_native(native)), "");
    let other = of(wait.with_native(native).with_buckets(&[1.0]));
    assert!(other.contains("leave out `buckets`"), "{other}");
    let bytes = NativeBuckets::of(Unit::Bytes).classic_bounds();
    let other = of(wait.with_native(native).with_buckets(bytes));
    assert!(other.contains("has other bucket bounds"), "{other}");
    let gauge = of(metric(Gauge, "shop_wait").with_native(native));
    assert_eq!(
        gauge,
        "[buckets] gauge `shop_wait` is native, which only histograms are: leave out `native`"
    );
}

fn label(name: &'static str) -> String {
    rules::label(&LabelDescriptor::closed(name, &["a"]))
        .as_str()
        .to_owned()
}

#[test]
fn label_names_are_plain_and_no_identities() {
    for good in ["status", "agent_type", "agent_id", "code", "a__b"] {
        assert_eq!(label(good), "");
    }
    assert_eq!(
        label("Status"),
        "[label_charset] label `Status` is not `[a-z][a-z0-9_]*` without leading `__`: write `status`"
    );
    assert!(label("__name").starts_with("[label_charset]"));
    assert!(label("1st").starts_with("[label_charset]"));
    for reserved in ["le", "quantile", "job", "instance"] {
        assert!(
            label(reserved).starts_with("[label_reserved]"),
            "{reserved}"
        );
    }
    for identity in [
        "user_id",
        "request_id",
        "trace_id",
        "span_id",
        "session_id",
        "conversation_id",
        "message_id",
        "email",
        "ip",
        "url",
        "path",
        "uuid",
    ] {
        assert!(
            label(identity).starts_with("[label_identity]"),
            "{identity}"
        );
    }
    assert!(
        rules::label(&LabelDescriptor::open("queue", 0))
            .as_str()
            .starts_with("[label_bound]")
    );
    const ALLOWED: &[Allowance] = &[Allowance::new(Rule::LabelIdentity, "ten of them")];
    assert!(rules::label(&LabelDescriptor::open("ip", 10).with_allowed(ALLOWED)).is_empty());
}

fn labels(metric: MetricDescriptor) -> Message {
    rules::metric_labels(&metric)
}

#[test]
fn labels_fit_their_metric() {
    const STATUS: &[LabelDescriptor] = &[LabelDescriptor::closed("status", &["ok", "error"])];
    const VERSION: &[LabelDescriptor] = &[LabelDescriptor::open("version", 5)];
    const MANY: &[LabelDescriptor] = &[
        LabelDescriptor::closed("a", &["1", "2", "3", "4"]),
        LabelDescriptor::open("b", 5),
        LabelDescriptor::open("c", 500),
    ];
    assert!(labels(metric(Counter, "shop_orders_total").with_labels(STATUS)).is_empty());
    assert_eq!(
        labels(metric(Counter, "shop_orders_by_status_total").with_labels(STATUS)).as_str(),
        "[label_in_name] counter `shop_orders_by_status_total` repeats its label `status` in its name: write `shop_orders_total`"
    );
    assert!(
        labels(metric(Gauge, "shop_orders_per_status").with_labels(STATUS))
            .as_str()
            .contains("write `shop_orders`")
    );
    assert!(labels(metric(Gauge, "shop_orders_by_statuses").with_labels(STATUS)).is_empty());
    assert!(
        labels(metric(Gauge, "shop_orders").with_labels(VERSION))
            .as_str()
            .starts_with("[label_target]")
    );
    assert!(labels(metric(Info, "shop_build_info").with_labels(VERSION)).is_empty());
    assert_eq!(
        labels(metric(Gauge, "shop_orders").with_labels(MANY)).as_str(),
        "[series_bound] gauge `shop_orders` allows 4 (a) x 5 (b) x 500 (c) = 10000 series, over its bound of 1000: lower a `max_values`, drop a label, or write `#[metric(max_series = 10000)]`"
    );
    assert!(
        labels(
            metric(Gauge, "shop_orders")
                .with_labels(MANY)
                .with_max_series(10_000)
        )
        .is_empty()
    );
}

#[test]
fn constant_labels_keep_the_rules_too() {
    const STATUS: &[LabelDescriptor] = &[LabelDescriptor::closed("status", &["ok"])];
    let of = |constant| {
        labels(
            metric(Gauge, "shop_orders")
                .with_labels(STATUS)
                .with_constant_labels(constant),
        )
    };
    assert!(of(&[("component", "till")]).is_empty());
    assert!(
        of(&[("Component", "till")])
            .as_str()
            .starts_with("[label_charset]")
    );
    assert!(
        of(&[("job", "till")])
            .as_str()
            .starts_with("[label_reserved]")
    );
    assert!(
        of(&[("host", "till")])
            .as_str()
            .starts_with("[label_target]")
    );
    assert!(of(&[("status", "till")]).as_str().contains("twice"));
}

#[test]
fn ids_and_rules_name_each_other() {
    for rule in Rule::ALL {
        assert_eq!(Rule::from_id(rule.id()), Some(*rule));
    }
    assert_eq!(Rule::ALL.len(), 17);
    assert_eq!(Rule::from_id("nonsense"), None);
}

#[test]
fn a_message_that_is_too_long_is_cut_at_a_character() {
    let mut message = Message::new();
    for _ in 0..1_000 {
        message = message.push("äö");
    }
    assert!(message.as_str().len() > 1_000);
    assert!(message.as_str().ends_with(['ä', 'ö']));
}
