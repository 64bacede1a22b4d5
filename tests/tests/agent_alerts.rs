//! Alerts on annotated agents, of the built-in set and of one's own, judged by
//! promtool.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;

use std::process::Command;

use caxton_instrument::prelude::*;
use caxton_instrument::query::minutes;
use caxton_instrument::{Catalog, Severity, agent_alerts};
use caxton_instrument_export::generate::{self, Deployment, Service};
use caxton_instrument_export::promql;

agent_metrics! {
    /// Agents that repair what is broken.
    pub struct RepairAgents {
        namespace = "repair",
    }
}

agent_alerts!(AgentMetrics);
agent_alerts!(
    RepairAgents,
    error_share = 0.5,
    hang_after = minutes(90),
    owner = "repairs",
    runbook = "https://example.org/repairs",
);

#[instrument_agent(agent_type = "planner")]
fn plan() {}

#[instrument_agent(agent_type = "mender", metrics = RepairAgents)]
fn mend() {}

#[test]
fn each_set_has_alerts_of_its_own() {
    plan();
    mend();
    let catalog = Catalog::collect().expect("sound declarations");
    let alerts: Vec<_> = catalog
        .alerts()
        .iter()
        .map(|alert| (alert.name, alert.severity, alert.owner))
        .collect();
    let warning = Severity::Warning;
    let critical = Severity::Critical;
    assert_eq!(
        alerts,
        [
            ("AgentExecutionsAreCancelled", warning, ""),
            ("AgentExecutionsFail", warning, ""),
            ("AgentExecutionsHang", critical, ""),
            ("AgentExecutionsPanic", critical, ""),
            ("RepairAgentExecutionsAreCancelled", warning, "repairs"),
            ("RepairAgentExecutionsFail", warning, "repairs"),
            ("RepairAgentExecutionsHang", critical, "repairs"),
            ("RepairAgentExecutionsPanic", critical, "repairs"),
        ]
    );
    let condition = |name: &str| {
        let mut alerts = catalog.alerts().iter();
        let alert = alerts.find(|alert| alert.name == name).expect("declared");
        assert!(alert.location.file.ends_with("agent_alerts.rs"));
        promql::render(alert.condition)
    };
    let errors = condition("RepairAgentExecutionsFail");
    assert!(
        errors.contains("repair_agent_executions_total{status=\"error\"}"),
        "{errors}"
    );
    assert!(errors.ends_with("0.5"), "{errors}");
    assert!(condition("AgentExecutionsFail").ends_with("0.05"));
    let by = "(agent_type, operation, job, instance)";
    let hang = condition("RepairAgentExecutionsHang").replace([' ', '\n'], "");
    let expected = format!(
        "min by {by} (min_over_time(repair_agent_executions_active[1h30m])) >= 1 unless \
         sum by {by} (increase(repair_agent_executions_total[1h30m])) >= 1"
    );
    assert_eq!(hang, expected.replace(' ', ""));
}

#[test]
fn promtool_takes_them_and_their_tests_hold() {
    let Some(servers) = prometheus::servers() else {
        return;
    };
    let catalog = Catalog::collect().expect("sound declarations");
    let here = Deployment::new("agents").service(Service::new("agents", "localhost", 9464));
    let folder = prometheus::Folder::new();
    for file in generate::files(&catalog, &here) {
        let path = folder.0.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        assert!(!file.text.contains("has no test"), "{}", file.text);
        std::fs::write(path, file.text).expect("a file");
    }
    for arguments in [
        &["check", "rules", "--lint-fatal", "rules.yml"][..],
        &["test", "rules", "rules_test.yml"],
    ] {
        let output = Command::new(servers.join("promtool"))
            .args(arguments)
            .current_dir(folder.0.join("prometheus"))
            .output()
            .expect("promtool runs");
        let streams = [&output.stdout, &output.stderr];
        let said = streams.map(|it| String::from_utf8_lossy(it)).join("");
        assert!(output.status.success(), "{said}");
    }
}
