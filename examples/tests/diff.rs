//! `catalog diff` between two releases of the example's catalog: the one that is
//! linked, and one that was changed the way releases are.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod program;

use std::process::Command;

use program::{file, run};
use serde_json::{Value, json};

fn catalog() -> Value {
    let (code, json, err) = run("catalog", &["show", "--format", "json"]);
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&json).expect("JSON")
}

fn metric<'a>(catalog: &'a mut Value, name: &str) -> &'a mut Value {
    let metrics = catalog["metrics"].as_array_mut().expect("a list");
    let found = metrics.iter_mut().find(|it| it["name"] == name);
    found.expect("it is declared")
}

fn saved(name: &str, catalog: &Value) -> String {
    let path = file(name, catalog.to_string());
    path.to_string_lossy().into_owned()
}

#[test]
fn a_release_is_told_which_alert_it_breaks() {
    let mut later = catalog();
    let old = saved("same.json", &later);
    let (code, out, _) = run("catalog", &["diff", &old, &old]);
    assert_eq!((code, out.as_str()), (0, "nothing changed\n"));

    // The alert TasksAreSlow asks for the bucket up to five seconds.
    let buckets = &mut metric(&mut later, "caxton_task_duration_seconds")["buckets"];
    let buckets = buckets.as_array_mut().expect("a list");
    buckets.retain(|bound| *bound != json!(5.0));
    let new = saved("without-a-bound.json", &later);
    let (code, out, _) = run("catalog", &["diff", &old, &new]);
    assert_eq!(code, 1);
    assert!(
        out.contains("breaks  caxton_task_duration_seconds: bucket bound 5 is gone"),
        "{out}"
    );
    assert!(
        out.contains("broken alert TasksAreSlow  examples/caxton/src/alerts.rs:"),
        "{out}"
    );
    assert!(!out.contains("broken alert TasksFail"), "{out}");

    let (code, out, _) = run("catalog", &["diff", &old, &new, "--format", "json"]);
    let report: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, &report["breaking"]), (1, &Value::Bool(true)));
    assert_eq!(report["broken"][0]["name"], "TasksAreSlow");
    let (_, out, _) = run("catalog", &["diff", &old, &new, "--format", "markdown"]);
    assert!(out.contains("### alert `TasksAreSlow`"), "{out}");
}

#[test]
fn a_renamed_metric_has_rules_for_its_old_name() {
    let mut later = catalog();
    let old = saved("before-rename.json", &later);
    for (from, to) in [
        ("caxton_tasks_total", "caxton_work_total"),
        (
            "caxton_task_duration_seconds",
            "caxton_work_duration_seconds",
        ),
    ] {
        let metric = metric(&mut later, from);
        metric["name"] = to.into();
        metric["replaces"] = json!([{ "name": from, "reason": "work, not tasks" }]);
    }
    let new = saved("after-rename.json", &later);
    let rules = file("transition.yml", "");
    let rules = rules.to_string_lossy();
    let (code, out, _) = run("catalog", &["diff", &old, &new, "--rules", &rules]);
    assert_eq!(code, 1);
    assert!(
        out.contains("it asks `caxton_tasks_total`, which is `caxton_work_total` now"),
        "{out}"
    );
    for alert in ["TasksFail", "TasksAreSlow"] {
        assert!(out.contains(&format!("broken alert {alert} ")), "{out}");
    }

    let test = std::env::current_exe().expect("this test is a file");
    let target = test.ancestors().nth(3).expect("a target folder");
    let promtool = std::env::var_os("CAXTON_SERVERS")
        .map_or_else(|| target.join("servers/bin"), Into::into)
        .join("promtool");
    if !promtool.is_file() {
        let message = format!(
            "SKIPPED: no {}; get it with `scripts/get-servers.sh`",
            promtool.display()
        );
        assert!(std::env::var_os("CI").is_none(), "{message}");
        eprintln!("{message}");
        return;
    }
    let checked = Command::new(promtool)
        .args(["check", "rules", "--lint-fatal", &rules])
        .output()
        .expect("promtool runs");
    assert!(checked.status.success(), "{checked:?}");
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(said.contains("4 rules found"), "{said}");
}

#[test]
fn what_is_no_catalog_is_told_apart() {
    let not = saved("not.json", &json!([1]));
    let later = saved("later.json", &json!({ "version": 99 }));
    let good = saved("good.json", &catalog());
    for (old, expected) in [
        (not.as_str(), "is no catalog in JSON"),
        (later.as_str(), "has version 99"),
        ("nowhere.json", "cannot read nowhere.json"),
    ] {
        let (code, out, err) = run("catalog", &["diff", old, &good]);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(err.contains(expected), "{err}");
    }
}
