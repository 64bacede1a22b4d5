//! Caxton measured end to end: what its report prints, what its exposition
//! says and what a real Prometheus answers are the same numbers, and the series
//! of an agent that is gone is gone.
//!
//! The servers come from `scripts/get-servers.sh`. Without them the test says
//! that it was skipped; where `CI` is set it fails.
#![allow(clippy::expect_used, reason = "a test says what it expects")]
#![allow(clippy::float_cmp, reason = "sums are exact or wrong")]

mod http;
mod parsed;
mod prometheus;

use std::path::{Path, PathBuf};

use caxton_runtime::{
    AgentType, Corpus, Finished, Limits, Orchestrator, Performative, Report, documents,
};
use parsed::Parsed;
use prometheus::{Folder, Job, Prometheus, servers};

const JOBS: [Job; 2] = [
    ("default", &[]),
    ("text", &["scrape_protocols: [PrometheusText0.0.4]"]),
];

/// What the run below comes to.
const SUMS: [(&str, f64); 15] = [
    ("caxton_corpus_documents_total{outcome=\"ok\"}", 40.0),
    ("caxton_corpus_documents_total{outcome=\"error\"}", 2.0),
    ("caxton_corpus_terms_total", 2_341.0),
    (
        "caxton_agent_executions_total{agent_type=\"reader\",status=\"ok\"}",
        40.0,
    ),
    (
        "caxton_agent_executions_total{agent_type=\"reader\",status=\"error\"}",
        2.0,
    ),
    (
        "caxton_agent_executions_total{agent_type=\"traps\",status=\"error\"}",
        2.0,
    ),
    ("caxton_agent_executions_active", 0.0),
    (
        "caxton_tasks_total{agent_type=\"splitter\",outcome=\"ok\"}",
        40.0,
    ),
    (
        "caxton_tasks_total{agent_type=\"traps\",outcome=\"failure\"}",
        1.0,
    ),
    (
        "caxton_task_duration_seconds_count{agent_type=\"traps\"}",
        1.0,
    ),
    ("caxton_message_errors_total{cause=\"trapped\"}", 2.0),
    ("caxton_message_errors_total{cause=\"not_understood\"}", 1.0),
    ("caxton_message_queue_size", 0.0),
    ("caxton_agents", 6.0),
    ("caxton_agents_active", 6.0),
];

const TRAPS: &str = "(module (memory (export \"memory\") 1)
    (func (export \"alloc\") (param i32) (result i32) (i32.const 8))
    (func (export \"handle\") (param i32 i32 i32) (unreachable)))";

#[tokio::test(flavor = "multi_thread")]
async fn report_exposition_and_prometheus_agree() {
    let Some(servers) = servers() else { return };
    let folder = Folder::new();
    let telemetry = caxton_instrument_export::builder()
        .service("caxton", "1.0.0")
        .build_info(caxton_instrument_export::build_info!())
        .listen("127.0.0.1:0")
        .install()
        .expect("a free port and a sound catalog");
    let target = telemetry.local_addr().expect("it listens");

    let limits = Limits::default();
    let traps = AgentType::new("traps", TRAPS, &limits).expect("a sound module");
    let orchestrator = Orchestrator::new(limits, vec![traps]).expect("sound modules");
    let corpus = Corpus::start(&orchestrator).expect("agents");
    let paths = write_documents(&folder.0.join("documents"));
    let never = std::future::pending();
    let finished = corpus.index(documents(paths), never, |_| {}).await;
    assert_eq!(
        finished,
        Finished {
            failed: 2,
            interrupted: false
        }
    );
    let top = corpus.top_terms().await.expect("an index");
    assert_eq!((top.distinct, &*top.terms[0].0), (3, "alpha"));

    let trapping = orchestrator.create("traps").expect("there is room");
    go_wrong(&orchestrator, &trapping.id).await;

    let exposition = telemetry.render();
    let report = Report::of(&exposition).to_string();
    let exposed = Parsed::of(&exposition);

    let prometheus = Prometheus::start(&servers, &folder.0, target, &JOBS);
    let jobs = JOBS.len();
    prometheus.wait_for(&format!("count(up == 1) == {jobs}"));
    prometheus.wait_for(&format!("count(process_build_info) == {jobs}"));
    for (query, expected) in SUMS {
        assert_eq!(prometheus.sum(query), expected, "{query}");
    }

    // Everything sent was received, and processed where an agent received it.
    let sent = prometheus.sum("caxton_messages_sent_total");
    assert_eq!(sent, prometheus.sum("caxton_messages_received_total"));
    assert_eq!(
        prometheus.sum("caxton_messages_received_total{agent_type!=\"orchestrator\"}"),
        prometheus.sum("caxton_message_processing_duration_seconds_count"),
    );

    exposition_agrees(&exposed, &prometheus);
    report_agrees(&report, &prometheus);

    // The facts about the build are there.
    let version = env!("CARGO_PKG_VERSION");
    let build = format!("process_build_info{{version=\"{version}\"}}");
    assert_eq!(prometheus.sum(&build), 1.0);

    // A killed agent's series is gone, the others stay.
    let memory_of = |id: &str| format!("caxton_agent_memory_bytes{{agent_id=\"{id}\"}}");
    // A module that trapped is gone, and not replaced before there is work.
    assert_eq!(prometheus.sum(&memory_of(&trapping.id)), 0.0);
    let memory = memory_of("splitter-1");
    assert_eq!(prometheus.sum(&memory), 65_536.0);
    orchestrator.stop("splitter-1").await.expect("it is there");
    assert!(!telemetry.render().contains("agent_id=\"splitter-1\""));
    prometheus.wait_for(&format!("absent({memory})"));
    prometheus.wait_for(&format!("sum(caxton_agents_active) == {}", 5 * jobs));
    assert_eq!(
        prometheus.sum("count by (job) (caxton_agent_memory_bytes)"),
        5.0
    );
}

/// Forty files, of which the n-th holds n paragraphs of three terms, but the
/// last one, which is no text; one with one term, and one that is not there.
fn write_documents(folder: &Path) -> Vec<PathBuf> {
    std::fs::create_dir_all(folder).expect("a folder");
    for n in 1..=39 {
        let text = vec!["alpha beta, gamma; it is.\n"; n].join("\n");
        std::fs::write(folder.join(format!("{n}.md")), text).expect("a file");
    }
    std::fs::write(folder.join("40.md"), [0xff, 0xfe]).expect("a file");
    std::fs::write(folder.join("last.md"), "alpha").expect("a file");
    vec![folder.to_path_buf(), folder.join("missing.md")]
}

/// An agent that traps twice, and one that is asked for what it cannot do.
async fn go_wrong(orchestrator: &Orchestrator, trapping: &str) {
    let patience = orchestrator.limits().patience;
    for (to, performative, expected) in [
        (trapping, Performative::Request, Performative::Failure),
        (trapping, Performative::Inform, Performative::Failure),
        ("splitter", Performative::Cfp, Performative::NotUnderstood),
    ] {
        let ask = orchestrator.ask(to, performative, Vec::new(), patience);
        let reply = ask.await.next().await.expect("an answer");
        assert_eq!(reply.performative, expected, "{to}");
    }
}

/// Every counter and every count.
fn exposition_agrees(exposed: &Parsed, prometheus: &Prometheus) {
    let mut compared = 0;
    for (sample, value) in &exposed.samples {
        let is_count = sample.name.ends_with("_total") || sample.name.ends_with("_count");
        if is_count && !sample.name.starts_with("caxton_instrument_") {
            let labels = sample.labels.iter();
            let labels: Vec<_> = labels
                .map(|(name, value)| format!("{name}=\"{value}\""))
                .collect();
            let query = format!("{}{{{}}}", sample.name, labels.join(","));
            assert_eq!(prometheus.sum(&query), *value, "{query}");
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared} series compared");
}

/// Each number of the report's tables is what Prometheus answers.
fn report_agrees(report: &str, prometheus: &Prometheus) {
    let mut lines = report.lines();
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let documents = lines.next().expect("documents");
    assert_eq!(documents, "Documents    2 error, 40 ok", "{report}");
    for (start, query) in [
        ("Text", "caxton_corpus_read_bytes_total"),
        ("Terms", "caxton_corpus_terms_total"),
    ] {
        let line = lines.next().expect("a line");
        assert!(line.starts_with(start), "{report}");
        let printed = line.split_whitespace().nth(1).expect("a number");
        assert_eq!(number(printed), prometheus.sum(query), "{line}");
    }
    let mut rows = 0;
    let mut table = Vec::new();
    for line in lines {
        let words: Vec<_> = line.split_whitespace().collect();
        match words[..] {
            [] | ["errors" | "Process", ..] => table.clear(),
            ["EXECUTIONS" | "TASKS" | "MESSAGES", ..] => table.clone_from(&words),
            [row, ref numbers @ ..] => {
                rows += 1;
                for (column, printed) in table[1..].iter().zip(numbers) {
                    let query = match (table[0], *column) {
                        ("EXECUTIONS", "ok" | "error" | "cancelled" | "panicked") => format!(
                            "caxton_agent_executions_total{{agent_type=\"{row}\",status=\"{column}\"}}"
                        ),
                        ("TASKS", "agents") => format!("caxton_agents{{agent_type=\"{row}\"}}"),
                        ("TASKS", "ok" | "error" | "refused" | "cancelled" | "failure") => {
                            format!(
                                "caxton_tasks_total{{agent_type=\"{row}\",outcome=\"{column}\"}}"
                            )
                        }
                        ("MESSAGES", "sent" | "received") => {
                            format!("caxton_messages_{column}_total{{performative=\"{row}\"}}")
                        }
                        _ => continue,
                    };
                    // What did not happen has no series.
                    let answer = prometheus.query(&format!("sum by (job) ({query})"));
                    let queried = if answer.is_empty() {
                        0.0
                    } else {
                        prometheus.sum(&query)
                    };
                    assert_eq!(number(printed), queried, "{query} in\n{report}");
                }
            }
        }
    }
    assert!(rows > 12, "{rows} rows in\n{report}");
}
