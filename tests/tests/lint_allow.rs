//! Faults that are allowed, with a reason.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;

use caxton_instrument::Catalog;
use caxton_instrument::prelude::*;
use caxton_instrument_export::lint;

/// What a kitchen does.
#[derive(MetricSet)]
#[metric_set(namespace = "kitchen")]
#[allow(dead_code, reason = "they are only asked about")]
struct Kitchen {
    /// Ovens that are on.
    ovens: Gauge,
}

/// Line, class and message of what is found in a file.
fn found(name: &str, text: &str) -> Vec<(u32, &'static str, String)> {
    let catalog = Catalog::collect().expect("sound declarations");
    let folder = prometheus::Folder::new();
    let file = folder.0.join(name);
    std::fs::write(&file, text).expect("a file");
    let report = lint::run(&catalog, None, &[file]).expect("it is there");
    let row = |it: &lint::Finding| (it.line, it.class.id(), it.message.clone());
    report.findings.iter().map(row).collect()
}

fn classes(name: &str, text: &str) -> Vec<(u32, &'static str)> {
    found(name, text).iter().map(|it| (it.0, it.1)).collect()
}

const RULES: &str = "groups:\n- name: a\n  rules:\n";

#[test]
fn a_comment_allows_its_line_and_what_is_below() {
    let record = |before: &str, behind: &str| {
        format!(
            "{RULES}{before}  - record: job:a:b{behind}\n    expr: |\n      kitchen_nosuch\n  - record: job:a:c\n    expr: kitchen_nosuch\n"
        )
    };
    let comment = "# caxton-lint: allow(CAT) it comes with the next release";
    assert_eq!(classes("a.yml", &record("", "")), [(6, "CAT"), (8, "CAT")]);
    assert_eq!(
        classes("a.yml", &record(&format!("  {comment}\n"), "")),
        [(9, "CAT")]
    );
    assert_eq!(
        classes("a.yml", &record("", &format!("  {comment}"))),
        [(8, "CAT")]
    );
    let stacked = format!("  {comment}\n\n  # caxton-lint: allow(cat) twice\n");
    assert_eq!(classes("a.yml", &record(&stacked, "")), [(11, "CAT")]);
}

#[test]
fn what_is_allowed_in_vain_is_told() {
    let rule = |comment: &str| {
        found(
            "a.yml",
            &format!(
                "{RULES}  - record: job:a:b\n    expr: kitchen_nosuch  # caxton-lint: {comment}\n"
            ),
        )
    };
    let row = |message: &str| (5, "SYN", message.to_owned());
    assert_eq!(
        rule("allow(CAT)"),
        [row("a fault is allowed without a reason")]
    );
    assert_eq!(
        rule("allow(CAT, TYP) because"),
        [row("nothing of class TYP is wrong where it is allowed")]
    );
    assert_eq!(
        rule("allow(CAT, CATS) because"),
        [row("`CATS` is no class of faults")]
    );
}

#[test]
fn pages_and_json_allow_too() {
    let page = |before: &str| {
        format!(
            "# Metrics\n\n{before}| Metric | Type |\n|---|---|\n| `kitchen_plates` | Gauge |\n| `kitchen_cups` | Gauge |\n\n- `kitchen_forks`: forks\n"
        )
    };
    assert_eq!(
        classes("a.md", &page("")),
        [(5, "CAT"), (6, "CAT"), (8, "CAT")]
    );
    let comment = "<!-- caxton-lint: allow(CAT) old names -->\n\n";
    assert_eq!(classes("a.md", &page(comment)), [(10, "CAT")]);

    let example = "# Rules\n\n<!-- caxton-lint: allow(CAT) an example -->\n```yaml\nrecord: job:a:b\nexpr: kitchen_nosuch\n```\n";
    assert_eq!(classes("a.md", example), []);

    let dashboard = |key: &str| {
        format!(
            "{{\n  \"title\": \"A\",\n  \"panels\": [\n    {{\n      {key}\"title\": \"B\",\n      \"type\": \"graph\"\n    }},\n    {{\n      \"title\": \"C\",\n      \"type\": \"graph\"\n    }}\n  ]\n}}\n"
        )
    };
    assert_eq!(
        classes("a.json", &dashboard("")),
        [(6, "DASH"), (10, "DASH")]
    );
    let key = "\"caxton-lint\": \"allow(DASH) drawn by hand\", ";
    assert_eq!(classes("a.json", &dashboard(key)), [(10, "DASH")]);
}
