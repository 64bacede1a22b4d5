//! Dashboards from the catalog: what each of them holds.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod dashboards;
mod http;
#[path = "dashboards/judged.rs"]
mod judged;
mod prometheus;
#[path = "dashboards/worker.rs"]
mod worker;

use std::collections::BTreeSet;
use std::path::Path;

use caxton_instrument_export::generate::{Deployment, File};
use caxton_instrument_export::promql::{Exporter, Route};
use dashboards::{items, panels, queries, text};
use serde_json::{Value, json};
use worker::{deployment, generated};

fn dashboard(files: &[File], path: &str) -> Value {
    let mut found = dashboards::of(files);
    let at = found.iter().position(|(it, _)| it.ends_with(path));
    found
        .swap_remove(at.unwrap_or_else(|| panic!("no {path}")))
        .1
}

fn panel<'a>(dashboard: &'a Value, title: &str) -> &'a Value {
    let found = panels(dashboard)
        .into_iter()
        .find(|it| it["title"] == title);
    found.unwrap_or_else(|| {
        let titles: Vec<_> = panels(dashboard).iter().map(|it| &it["title"]).collect();
        panic!("no `{title}` in {titles:?}")
    })
}

const SET: &str = "set-caxton-tests-worker.json";

#[test]
fn files_are_the_same_each_time() {
    assert_eq!(generated(&deployment()), generated(&deployment()));
    let files = generated(&deployment());
    let expected = [
        (
            "grafana/provisioning/dashboards/dashboards.yml",
            "dashboards.yml",
        ),
        (
            "grafana/provisioning/datasources/datasources.yml",
            "datasources.yml",
        ),
        (
            "grafana/dashboards/set-caxton-tests-worker.json",
            "worker.json",
        ),
    ];
    for (path, name) in expected {
        let file = files.iter().find(|it| it.path == path).expect(path);
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/expected/grafana");
        let at = Path::new(folder).join(name);
        if std::env::var_os("CAXTON_BLESS").is_some() {
            std::fs::create_dir_all(folder).expect("a folder");
            std::fs::write(&at, &file.text).expect("a file");
        }
        let expected = std::fs::read_to_string(&at).expect("an expected file");
        assert_eq!(
            file.text, expected,
            "renew with CAXTON_BLESS=1 and read the difference"
        );
    }
}

#[test]
fn dashboards_have_names_of_their_own() {
    let files = generated(&deployment());
    let dashboards = dashboards::of(&files);
    let paths: Vec<_> = dashboards.iter().map(|it| it.0).collect();
    for name in ["overview.json", SET, "set-caxton-tests-hostile.json"] {
        assert!(paths.iter().any(|it| it.ends_with(name)), "{paths:?}");
    }
    let mut seen = BTreeSet::new();
    for (path, dashboard) in &dashboards {
        let uid = text(&dashboard["uid"]);
        let is_plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
        assert!(
            uid.len() <= 40 && uid.chars().all(is_plain),
            "{path}: {uid}"
        );
        assert!(seen.insert(uid.to_owned()), "{path}: {uid}");
        let title = text(&dashboard["title"]);
        assert!(seen.insert(title.to_owned()), "{path}: {title}");
        assert_eq!(dashboard["schemaVersion"], 41);
        let tags = dashboard["tags"].as_array().expect("tags");
        assert!(tags.contains(&json!("worker")), "{path}");
        assert_eq!(dashboard["links"][0]["tags"], json!(["worker"]));
        let mut ids = BTreeSet::new();
        for item in items(dashboard) {
            assert!(ids.insert(item["id"].as_u64()), "{path}: {}", item["id"]);
        }
    }
    // The same declaration has the same address in another version of Grafana.
    let newer = deployment().targets("grafana=12.2".parse().expect("a version"));
    for ((_, new), (path, old)) in dashboards::of(&generated(&newer)).iter().zip(&dashboards) {
        assert_eq!(new["schemaVersion"], 42);
        assert_eq!(new["uid"], old["uid"], "{path}");
    }
}

#[test]
fn panels_do_not_overlap() {
    let files = generated(&deployment());
    for (path, dashboard) in dashboards::of(&files) {
        let open = dashboard["panels"].as_array().expect("panels");
        disjoint(path, &open.iter().collect::<Vec<_>>());
        for row in open.iter().filter(|it| it["type"] == "row") {
            let within = row["panels"].as_array().expect("panels");
            assert_eq!(row["collapsed"], json!(!within.is_empty()), "{path}");
            disjoint(path, &within.iter().collect::<Vec<_>>());
        }
    }
}

fn disjoint(path: &str, items: &[&Value]) {
    let place = |item: &Value| {
        ["x", "y", "w", "h"].map(|it| item["gridPos"][it].as_u64().expect("a place"))
    };
    for (at, item) in items.iter().enumerate() {
        let [x, y, w, h] = place(item);
        assert!(w > 0 && h > 0 && x + w <= 24, "{path}: {item}");
        for other in &items[..at] {
            let [x2, y2, w2, h2] = place(other);
            let apart = x + w <= x2 || x2 + w2 <= x || y + h <= y2 || y2 + h2 <= y;
            assert!(apart, "{path}: {} and {}", item["title"], other["title"]);
        }
    }
}

/// No fault of the class that hand-written dashboards have.
#[test]
fn every_panel_has_what_a_panel_needs() {
    let known = ["timeseries", "stat", "heatmap", "table"];
    let mut seen = BTreeSet::new();
    let files = generated(&deployment());
    for (path, dashboard) in dashboards::of(&files) {
        let variables = dashboard["templating"]["list"]
            .as_array()
            .expect("variables");
        let names: Vec<_> = variables.iter().map(|it| text(&it["name"])).collect();
        assert_eq!(names, ["datasource", "job", "instance"], "{path}");
        assert!(text(&variables[1]["query"]).ends_with(", job)"));
        assert!(text(&variables[2]["query"]).contains("job=~\"$job\""));
        for variable in &variables[1..] {
            assert_eq!(variable["includeAll"], true);
            assert_eq!(variable["allValue"], ".+");
        }
        for panel in panels(&dashboard) {
            let (kind, title) = (text(&panel["type"]), text(&panel["title"]));
            seen.insert(kind.to_owned());
            assert!(known.contains(&kind), "{path}: {title}: {kind}");
            assert!(!title.is_empty(), "{path}");
            assert_eq!(
                panel["datasource"]["uid"], "${datasource}",
                "{path}: {title}"
            );
            let unit = text(&panel["fieldConfig"]["defaults"]["unit"]);
            assert!(!unit.is_empty(), "{path}: {title}");
            let targets = panel["targets"].as_array().expect("targets");
            assert!(!targets.is_empty(), "{path}: {title}");
            for target in targets {
                asks_rightly(&format!("{path}: {title}"), target);
            }
        }
    }
    assert_eq!(seen.iter().map(|it| &**it).collect::<Vec<_>>(), {
        let mut known = known;
        known.sort_unstable();
        known
    });
}

fn asks_rightly(place: &str, target: &Value) {
    let expr = text(&target["expr"]);
    assert_eq!(target["datasource"]["uid"], "${datasource}", "{place}");
    if !expr.starts_with("ALERTS{") && !expr.starts_with("count(ALERTS{") {
        let selectors = without_texts(expr).matches('{').count();
        for chosen in ["job=~\"$job\"", "instance=~\"$instance\""] {
            let chosen = expr.matches(chosen).count();
            assert!(chosen > 0 && chosen == selectors, "{place}: {expr}");
        }
    }
    // A rate's window is that of the resolution, but for an objective's.
    let mut rest = expr;
    while let Some((_, after)) = rest.split_once("rate(") {
        let after = without_texts(after);
        let window = after.split_once('[').expect("a window").1;
        let is_meant = place.contains("/slo-") || place.contains("Error budget left");
        let is_kept = window.starts_with("$__rate_interval]");
        assert!(is_kept || is_meant, "{place}: {expr}");
        rest = rest.split_once("rate(").map_or("", |it| it.1);
    }
    assert!(
        !expr.contains("increase(") || place.contains("/slo-"),
        "{place}: {expr}"
    );
}

/// A query without what stands in quotes.
fn without_texts(query: &str) -> String {
    let (mut out, mut within, mut escaped) = (String::new(), false, false);
    for letter in query.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if within => escaped = true,
            '"' => within = !within,
            letter if !within => out.push(letter),
            _ => {}
        }
    }
    out
}

#[test]
fn panels_are_those_of_the_type_and_the_unit() {
    let files = generated(&deployment());
    let worker = dashboard(&files, SET);
    let unit = |title: &str| text(&panel(&worker, title)["fieldConfig"]["defaults"]["unit"]);
    let expr = |title: &str| queries(panel(&worker, title), "1m").swap_remove(0);
    assert_eq!(worker["title"], "worker: What a worker does");
    assert_eq!(unit("Work that was brought to an end, by ending"), "ops");
    assert_eq!(unit("Requests for work"), "reqps");
    assert_eq!(unit("What went over the wire"), "binBps");
    assert_eq!(unit("Time at work, of all threads together"), "percentunit");
    assert_eq!(unit("What it takes of memory"), "bytes");
    assert_eq!(unit("How warm it is, by region"), "celsius");
    assert_eq!(unit("When it began"), "dateTimeAsIso");
    assert_eq!(unit("Time that a piece of work took, quantiles"), "s");
    assert_eq!(unit("WorkFails"), "percentunit");
    let all = "instance=~\".+\",job=~\".+\"";
    assert_eq!(
        expr("Work that was brought to an end, by queue"),
        format!("topk(\n  10,\n  sum by (queue) (rate(worker_jobs_total{{{all}}}[1m]))\n)")
    );
    // Degrees are not added up.
    assert_eq!(
        expr("How warm it is, by region"),
        format!("max by (region) (worker_temperature_celsius{{{all}}})")
    );
    let classic = panel(&worker, "Time that a piece of work took, distribution");
    assert_eq!(classic["type"], "heatmap");
    assert_eq!(classic["targets"][0]["format"], "heatmap");
    assert_eq!(classic["options"]["yAxis"]["unit"], "s");
    assert_eq!(classic["fieldConfig"]["defaults"]["unit"], "ops");
    assert_eq!(classic["targets"][0]["legendFormat"], "{{le}}");
    assert!(queries(classic, "1m")[0].starts_with("sum by (le) ("));
    let native = panel(&worker, "How large a piece of work is, distribution");
    assert_eq!(
        queries(native, "1m"),
        [format!("sum(rate(worker_job_size_bytes{{{all}}}[1m]))")]
    );
    let facts = panel(&worker, "What was built");
    assert_eq!(facts["type"], "table");
    assert_eq!(facts["targets"][0]["format"], "table");
    let link = &panel(&worker, "Requests for work")["links"][0];
    assert_eq!(
        link["url"],
        "https://docs.example.org/catalog.html#worker_requests_total"
    );
}

#[test]
fn thresholds_are_those_of_alerts() {
    let files = generated(&deployment());
    let worker = dashboard(&files, SET);
    let steps = |title: &str| {
        let defaults = &panel(&worker, title)["fieldConfig"]["defaults"];
        let drawn = defaults["custom"]["thresholdsStyle"]["mode"].clone();
        (defaults["thresholds"]["steps"].clone(), drawn)
    };
    let above = |color: &str, value: f64| {
        let steps = json!([{"color": "green", "value": null}, {"color": color, "value": value}]);
        (steps, json!("dashed"))
    };
    assert_eq!(steps("WorkFails"), above("red", 0.05));
    let quantiles = "Time that a piece of work took, quantiles";
    assert_eq!(steps(quantiles), above("orange", 1.0));
    let native = "How large a piece of work is, quantiles";
    assert_eq!(steps(native), above("blue", 1e6));
    let below = json!([{"color": "red", "value": null}, {"color": "green", "value": 0.5}]);
    assert_eq!(steps("Requests for work"), (below, json!("dashed")));
    // A thousand million bytes in ten minutes.
    let rate = above("blue", 1e9 / 600.0);
    assert_eq!(steps("MuchIsTransferred"), rate);
    let runbook = &panel(&worker, "WorkFails")["links"][0]["url"];
    assert_eq!(runbook, "https://example.org/%24job?b=c#d");
    // What is predicted is not what there is.
    assert_eq!(steps("What it takes of memory").1, "off");
    let marked = text(&worker["annotations"]["list"][1]["expr"]);
    assert_eq!(
        marked,
        "ALERTS{alertname=~\"MemoryRunsOut|MuchIsTransferred|NoRequests|WorkFails|WorkIsLarge|WorkIsSlow|\
         WorkIsDoneBudgetBurns|WorkIsFastBudgetBurns\",alertstate=\"firing\"}"
    );
}

/// Texts of declarations that would be variables, markup or ends of what they
/// stand in.
#[test]
fn what_is_declared_stays_a_text() {
    let files = generated(&Deployment::new("a $job\"}]</script>: [[job]]"));
    for (path, dashboard) in dashboards::of(&files) {
        let variables = ["datasource", "job", "instance"];
        let literal = |place: &str, text: &str| {
            let mut rest = text;
            while let Some((_, after)) = rest.split_once('$') {
                let name = after.trim_start_matches('{');
                assert!(
                    !variables.iter().any(|it| name.starts_with(it)) && !name.starts_with("__"),
                    "{path}: {place}: {text}"
                );
                rest = after;
            }
            assert!(!text.contains("[["), "{path}: {place}: {text}");
            assert!(
                !text.contains('\n') || place == "description",
                "{path}: {text}"
            );
        };
        for item in std::iter::once(&dashboard).chain(items(&dashboard)) {
            literal("title", text(&item["title"]));
            if let Some(description) = item["description"].as_str() {
                literal("description", description);
                assert!(!description.contains("<s") && !description.contains("<i"));
                assert!(!description.contains("](j"), "{description}");
            }
        }
        for panel in panels(&dashboard) {
            for target in panel["targets"].as_array().expect("targets") {
                // All variables that are left are ours.
                dashboards::filled(text(&target["expr"]), "1m");
                let legend = text(&target["legendFormat"]);
                assert!(!legend.contains('$'), "{legend}");
            }
        }
    }
    let provisioning = files.iter().find(|it| it.path.ends_with("/dashboards.yml"));
    let provisioning = &provisioning.expect("a file").text;
    assert!(
        provisioning.contains("a $$job\\\"}]</script>: [[job]]"),
        "{provisioning}"
    );
}

/// Behind a collector metrics and the labels of their processes have other names.
#[test]
fn queries_are_those_of_the_route() {
    let exporter = Exporter::default().namespace("post").honor_labels(false);
    let files = generated(&deployment().route(Route::Collector(exporter)));
    let worker = dashboard(&files, SET);
    let chosen = "exported_instance=~\"$instance\",exported_job=~\"$job\"";
    assert_eq!(
        panel(&worker, "What it takes of memory")["targets"][0]["legendFormat"],
        "{{exported_job}} {{exported_instance}}"
    );
    for (path, dashboard) in dashboards::of(&files) {
        let variable = text(&dashboard["templating"]["list"][1]["query"]);
        assert!(variable.ends_with(", exported_job)"), "{path}: {variable}");
        for target in panels(&dashboard)
            .iter()
            .flat_map(|it| it["targets"].as_array().expect("targets"))
        {
            let expr = text(&target["expr"]);
            assert!(
                expr.contains("ALERTS{") || (expr.contains(chosen) && expr.contains("post_")),
                "{path}: {expr}"
            );
        }
    }
}

#[test]
fn objectives_and_panels_of_the_code_are_drawn() {
    let files = generated(&deployment());
    let overview = dashboard(&files, "overview.json");
    let worker = dashboard(&files, SET);
    for board in [&overview, &worker] {
        let ours = panel(
            board,
            "What is transferred for one request, $\u{2060}{instance}",
        );
        assert_eq!(ours["fieldConfig"]["defaults"]["unit"], "bytes");
        assert_eq!(queries(ours, "1m")[0].matches("[1m]").count(), 2);
    }
    panel(&overview, "Error budget left, Work is done");
    let done = dashboard(&files, "slo-work-is-done.json");
    assert_eq!(done["title"], "worker: Work is done");
    let budget = panel(&done, "Error budget left, Work is done");
    assert_eq!(budget["type"], "stat");
    assert_eq!(budget["targets"][0]["instant"], true);
    let query = queries(budget, "1m").swap_remove(0);
    assert!(
        query.contains("[4w]") && query.trim_end().ends_with("0.005"),
        "{query}"
    );
    // Of objectives by label, one series for each value.
    let fast = dashboard(&files, "slo-work-is-fast.json");
    assert_eq!(fast["title"], "worker: WorkIsFast");
    let burns = panel(&fast, "Burn rate")["targets"]
        .as_array()
        .expect("targets");
    let legends: Vec<_> = burns.iter().map(|it| text(&it["legendFormat"])).collect();
    assert_eq!(
        legends,
        [
            "now {{queue}}",
            "1h {{queue}}",
            "6h {{queue}}",
            "1d {{queue}}"
        ]
    );
}
