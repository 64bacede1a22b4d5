//! What other programs say of the dashboards: promtool, Grafana's JSON Schemas,
//! and the types that Grafana is built with.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use caxton_instrument::Catalog;
use caxton_instrument_export::lint;
use serde_json::{Value, json};

use super::dashboards::{self, panels, queries, text};
use super::prometheus;
use super::worker::{deployment, generated};

#[test]
fn promtool_takes_every_query() {
    let Some(servers) = prometheus::servers() else {
        return;
    };
    let mut rules = String::from("groups:\n  - name: panels\n    rules:\n");
    let mut count = 0;
    let files = generated(&deployment());
    for (_, dashboard) in dashboards::of(&files) {
        let marked = dashboard["annotations"]["list"].as_array().expect("a list");
        let marked = marked.iter().filter_map(|it| it["expr"].as_str());
        let marked: Vec<_> = marked.map(String::from).collect();
        let asked = panels(&dashboard);
        let asked = asked.iter().flat_map(|it| queries(it, "1m"));
        for query in asked.chain(marked) {
            let query = serde_json::to_string(&query).expect("a text");
            let _ = write!(
                rules,
                "      - record: panel:{count}\n        expr: {query}\n"
            );
            count += 1;
        }
    }
    assert!(count > 40, "{count} queries");
    let folder = prometheus::Folder::new();
    let path = folder.0.join("panels.yml");
    std::fs::write(&path, rules).expect("a file");
    let checked = Command::new(servers.join("promtool"))
        .args(["check", "rules"])
        .arg(&path)
        .output()
        .expect("promtool runs");
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{said}");
}

/// A schema of Grafana's, or nothing where there is no folder with them.
fn schema(name: &str, definition: Option<&str>) -> Option<jsonschema::Validator> {
    let Some(folder) = std::env::var_os("CAXTON_GRAFANA_SCHEMAS") else {
        eprintln!(
            "\nSKIPPED: CAXTON_GRAFANA_SCHEMAS names no folder with the JSON Schemas of \
             grafana-foundation-sdk: dashboard.jsonschema.json, prometheus-query.jsonschema.json, \
             timeseries-panel.jsonschema.json\n"
        );
        return None;
    };
    let path = PathBuf::from(folder).join(name);
    let document = std::fs::read_to_string(&path);
    let document = document.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut document: Value = serde_json::from_str(&document).expect("JSON");
    if let Some(definition) = definition {
        document["$ref"] = json!(format!("#/definitions/{definition}"));
    }
    Some(jsonschema::validator_for(&document).expect("a schema"))
}

#[track_caller]
fn fits(schema: &jsonschema::Validator, place: &str, value: &Value) {
    let errors: Vec<_> = schema
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{place}: {errors:#?}");
}

#[test]
fn grafanas_schemas_take_dashboards_queries_and_panels() {
    let Some(whole) = schema("dashboard.jsonschema.json", None) else {
        return;
    };
    let query = schema("prometheus-query.jsonschema.json", None).expect("there");
    let lines = "timeseries-panel.jsonschema.json";
    let options = schema(lines, Some("Options")).expect("there");
    let custom = schema(lines, Some("FieldConfig")).expect("there");
    for (path, mut dashboard) in dashboards::of(&generated(&deployment())) {
        fits(&whole, path, &dashboard);
        for panel in panels(&dashboard) {
            for target in panel["targets"].as_array().expect("targets") {
                fits(&query, path, target);
            }
            if panel["type"] == "timeseries" {
                fits(&options, path, &panel["options"]);
                fits(&custom, path, &panel["fieldConfig"]["defaults"]["custom"]);
            }
        }
        // A judge that takes everything is none.
        dashboard["panels"][0]["grid"] = json!({});
        assert!(!whole.is_valid(&dashboard), "{path}");
    }
}

/// Where the types are; `None` when the test is to be skipped.
fn types() -> Option<PathBuf> {
    // The test stands in TARGET/PROFILE/deps.
    let test = std::env::current_exe().expect("this test is a file");
    let target = test.ancestors().nth(3).expect("a target folder");
    let types = target.join("grafana-types");
    if types.join("node_modules/typescript").is_dir() {
        return Some(types);
    }
    let message = format!(
        "SKIPPED: no node_modules with @grafana/schema and typescript in {}; get them with \
         `scripts/get-grafana-types.sh`",
        types.display()
    );
    assert!(std::env::var_os("CI").is_none(), "{message}");
    eprintln!("\n{message}\n");
    None
}

/// Values of an enumeration are written as texts and numbers.
const TYPES: &str = "\
import type { AnnotationQuery, Dashboard } from '@grafana/schema';
import type { FieldConfig as lines, Options as timeseries } from
  '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type { Options as heatmap } from
  '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type { Options as stat } from
  '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { Options as table } from
  '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
type Written<T> =
  T extends string ? `${T}`
  : T extends (infer E)[] ? Written<E>[]
  : T extends object ? { [K in keyof T]: Written<T[K]> }
  : T;
// What the data source Prometheus reads of an annotation besides.
type Marked = AnnotationQuery & { expr?: string; titleFormat?: string; tagKeys?: string };
type Document = Omit<Dashboard, 'annotations'> & { annotations: { list: Marked[] } };
";

/// What the compiler says of a file beside the types; nothing for nothing.
fn compiled(types: &Path, name: &str, source: &str) -> String {
    let folder = types.join(format!("check-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("check.ts"), source).expect("a file");
    let options = "--noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler";
    let output = Command::new("node")
        .arg(types.join("node_modules/typescript/bin/tsc"))
        .args(options.split(' '))
        .arg("check.ts")
        .current_dir(&folder)
        .output()
        .expect("node runs");
    std::fs::remove_dir_all(&folder).expect("it was made above");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.success(), said.is_empty(), "{said}");
    said
}

#[test]
fn grafanas_types_take_dashboards_and_options() {
    let Some(types) = types() else {
        return;
    };
    let mut source = String::from(TYPES);
    let mut options = BTreeSet::new();
    let mut count = 0;
    for (path, dashboard) in dashboards::of(&generated(&deployment())) {
        let _ = write!(
            source,
            "// {path}\nexport const d{count}: Written<Document> = {dashboard};\n"
        );
        count += 1;
        for panel in panels(&dashboard) {
            options.insert(format!("{}> = {}", text(&panel["type"]), panel["options"]));
            let custom = &panel["fieldConfig"]["defaults"]["custom"];
            if !custom.is_null() {
                options.insert(format!("lines> = {custom}"));
            }
        }
    }
    for option in &options {
        let _ = writeln!(source, "export const o{count}: Written<{option};");
        count += 1;
    }
    assert_eq!(compiled(&types, "sound", &source), "");

    // A judge that takes everything is none.
    for (sound, broken) in [
        ("\"timezone\":", "\"timeZone\":"),
        ("\"placement\":\"bottom\"", "\"placement\":\"below\""),
        ("\"showHeader\":", "\"header\":"),
        ("\"type\":\"link\"", "\"type\":\"url\""),
    ] {
        assert!(source.contains(sound), "{sound}");
        let said = compiled(&types, "broken", &source.replace(sound, broken));
        assert!(said.contains("error TS"), "{broken}: {said}");
    }
}

/// What is said of dashboards written by hand is said of none of these.
#[test]
fn the_linter_finds_nothing() {
    let folder = prometheus::Folder::new();
    let files = generated(&deployment());
    let dashboards = files.iter().filter(|it| it.path.starts_with("grafana/"));
    for file in dashboards {
        let path = folder.0.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, &file.text).expect("a file");
    }
    let catalog = Catalog::collect().expect("sound declarations");
    let report = lint::run(
        &catalog,
        Some(&deployment()),
        std::slice::from_ref(&folder.0),
    );
    let report = report.expect("the folder is there");
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
}
