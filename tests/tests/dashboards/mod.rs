//! Dashboards as a test reads them: their panels, and their queries as Grafana
//! sends them.
#![allow(dead_code, reason = "each test uses a part")]

use caxton_instrument_export::generate::File;
use serde_json::Value;

/// The dashboards of these files, by path.
pub(crate) fn of(files: &[File]) -> Vec<(&str, Value)> {
    let dashboards = files
        .iter()
        .filter(|file| file.path.starts_with("grafana/dashboards/"));
    dashboards
        .map(|file| {
            let value = serde_json::from_str(&file.text);
            let value = value.unwrap_or_else(|error| panic!("{}: {error}", file.path));
            (&*file.path, value)
        })
        .collect()
}

/// Every row and panel, those within rows too.
pub(crate) fn items(dashboard: &Value) -> Vec<&Value> {
    let mut all = Vec::new();
    for item in dashboard["panels"].as_array().expect("panels") {
        all.push(item);
        if item["type"] == "row" {
            all.extend(item["panels"].as_array().expect("a row's panels"));
        }
    }
    all
}

/// Every panel that is no row.
pub(crate) fn panels(dashboard: &Value) -> Vec<&Value> {
    let mut panels = items(dashboard);
    panels.retain(|item| item["type"] != "row");
    panels
}

/// The queries of a panel, for all jobs and instances and over a window.
pub(crate) fn queries(panel: &Value, window: &str) -> Vec<String> {
    let targets = panel["targets"].as_array().expect("targets");
    targets
        .iter()
        .map(|target| filled(text(&target["expr"]), window))
        .collect()
}

/// A query with its variables filled in, and all of them are known.
pub(crate) fn filled(query: &str, window: &str) -> String {
    let filled = query
        .replace("$__rate_interval", window)
        .replace("$instance", ".+")
        .replace("$job", ".+");
    assert!(!filled.contains('$'), "a variable is left: {filled}");
    filled
}

#[track_caller]
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}
