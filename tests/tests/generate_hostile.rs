//! Texts that try to be something else, in the files that quote them.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;
mod promtool;

use std::fmt::Write as _;

use caxton_instrument::prelude::*;
use caxton_instrument::query::minutes;
use caxton_instrument::{Alert, Catalog, Location, Severity, Slo};
use caxton_instrument_export::generate::{Deployment, Service};
use promtool::{Judged, said};
use serde_json::json;

#[derive(LabelSet)]
struct QueueLabels {
    /// The queue: "a" # b
    #[label(max_values = 20)]
    queue: Text,
}

/// What a worker does: 'x' "y" {{ z }} # w
#[derive(MetricSet)]
#[metric_set(namespace = "worker")]
#[allow(dead_code, reason = "they are only asked about")]
struct Worker {
    /// Work that "was" done: {{ $value }} # </script> ${HOME}
    jobs: Counter<QueueLabels>,
    /// Time that it took: {{ x }}
    #[metric(unit = seconds, buckets = [1.0])]
    job_duration: Histogram,
}

const HERE: Location = Location::new(file!(), line!(), 1, module_path!(), "worker", "0.1.0");

const NASTY: &str = "a \"b\" 'c' \\ # d: e\n- f: $HOME {{ query \"up\" }} }} {{{ \u{1} \u{7f} \u{85} \u{2028} \u{feff} </script> %s ---\n... | > & * ! yes";

static JOBS_STOP: Alert = Alert::new(
    "JobsStop",
    &Worker::JOBS
        .matching(QueueLabels::QUEUE.one_of(&["a\"}) or vector(1) #", "b\n{{ $x }}", "${c}\\"]))
        .rate(minutes(5))
        .below(1.0),
    HERE,
)
.with_severity(Severity::Warning)
.with_text(NASTY, "- {{ end }}\n\n# not a comment: 'it' is \"text\"")
.with_owner("{{ $labels.job }}: \"o\"\n# x")
.with_runbook("https://example.org/?a={{ b }}#\"c\"");

static JOBS_ARE_FAST: Slo = Slo::new(
    "JobsAreFast",
    &Worker::JOB_DURATION.at_most(1.0),
    0.99,
    HERE,
)
.with_text(NASTY, "{{ end }} # {{{")
.with_owner("{{ $labels.job }}: \"o\"\n# x")
.with_runbook("https://example.org/?a={{ b }}#\"c\"");

use caxton_instrument::__private::{Registration, submit};

submit! { Registration::alert(&JOBS_STOP) }
submit! { Registration::slo(&JOBS_ARE_FAST) }

#[test]
fn texts_come_out_as_they_went_in() {
    let catalog = Catalog::collect().expect("sound declarations");
    let name = "a\"} or vector(1) # {{ $x }} ${HOME}\n\u{2028}: '";
    let deployment = Deployment::new(name).service(Service::new(name, "local\"host: # {{", 9464));
    let Some(judged) = Judged::new(&catalog, &deployment) else {
        return;
    };
    judged.holds();
    let labels = r#"queue="${c}\\", instance="i", job="j""#;
    let test = json!({
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [{
            "interval": "1m",
            "input_series": [
                {"series": format!("worker_jobs_total{{{labels}}}"), "values": "0x20"},
            ],
            "alert_rule_test": [{
                "eval_time": "15m",
                "alertname": "JobsStop",
                "exp_alerts": [{
                    "exp_labels": {"severity": "warning", "team": JOBS_STOP.owner},
                    "exp_annotations": {
                        "summary": NASTY,
                        "description": JOBS_STOP.description,
                        "runbook_url": JOBS_STOP.runbook,
                    },
                }],
            }],
        }],
    });
    // YAML takes fewer letters as they are than JSON does.
    let test = test.to_string();
    let escaped: String = test.chars().fold(String::new(), |mut out, letter| {
        if letter.is_ascii_graphic() || letter == ' ' {
            out.push(letter);
        } else {
            let _ = write!(out, "\\u{:04x}", u32::from(letter));
        }
        out
    });
    std::fs::write(judged.rules().join("literal.json"), escaped).expect("a file");
    let tested = judged.run(&["test", "rules", "literal.json"]);
    assert!(tested.status.success(), "{}", said(&tested));
}
