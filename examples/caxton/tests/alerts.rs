//! From a failure to those who are told: the program fails, Prometheus sees it by
//! the generated rules, Alertmanager routes it by the generated routes, and the
//! team's webhook is called; and again when it is over.
//!
//! The servers come from `scripts/get-servers.sh`. Without them the test says
//! that it was skipped; where `CI` is set it fails.
#![cfg(feature = "instrumented")]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod parts;
mod watched;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use caxton_instrument::query::seconds;
use caxton_instrument_export::generate::{Deployment, Service, Team};
use caxton_telemetry_tests::process::{Server, free_address, get, servers, wait_until};
use parts::{Serving, TRAPS, file, http};
use serde_json::Value;

/// Within this time an alert is to be told, and to be taken back.
const BOUND: Duration = Duration::from_secs(30);

/// The whole files, but for times: people are told after minutes, tests cannot
/// wait for so long.
fn shortened(text: &str) -> String {
    let mut text = text.to_owned();
    for (from, to) in [
        // Rules: what they look back on, and for how long they hold.
        ("[5m]", "[5s]"),
        ("for: 5m", "for: 1s"),
        // Alertmanager.
        ("group_wait: 30s", "group_wait: 0s"),
        ("group_interval: 5m", "group_interval: 1s"),
    ] {
        text = text.replace(from, to);
    }
    text
}

/// Calls of a webhook: the bodies, as they come.
fn webhook() -> (SocketAddr, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = stream.set_read_timeout(Some(BOUND));
            if answer(stream, &sender).is_none() {
                return;
            }
        }
    });
    (address, receiver)
}

/// Reads one request; nothing when nobody waits for more.
fn answer(mut stream: std::net::TcpStream, calls: &Sender<Value>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    stream
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .ok()?;
    calls.send(serde_json::from_slice(&body).ok()?).ok()
}

/// Starts both servers with the generated files.
fn start(bin: &Path, folder: &Path, target: SocketAddr, hook: SocketAddr) -> [Server; 2] {
    let (prometheus, alertmanager) = (free_address(), free_address());
    let url_file = folder.join("webhook");
    std::fs::write(&url_file, format!("http://{hook}/")).expect("a file");
    let host = target.ip().to_string();
    let deployment = Deployment::new("caxton")
        .service(Service::new("caxton", &host, target.port()))
        .prometheus(&prometheus.to_string())
        .alertmanager(&alertmanager.to_string())
        .scrape_interval(seconds(1))
        .team(Team::new("agents").webhook_file(url_file.to_str().expect("UTF-8")));
    watched::write(folder, &deployment, shortened);
    let alerting = watched::alertmanager(bin, folder, alertmanager);
    let scraping = watched::prometheus(bin, folder, "prometheus", prometheus);
    silences(alertmanager);
    // It is scraped, which is part of no bound below.
    wait_until("Prometheus scrapes the program", || {
        !watched::query(prometheus, "up{job=\"caxton\"} == 1").is_empty()
    });
    [alerting, scraping]
}

/// Who is told of one thing is not told of what follows from it.
fn silences(alertmanager: SocketAddr) {
    // Alerts, and whether they are silenced by the others.
    let alerts = [
        (
            r#"{"alertname": "A", "severity": "critical", "agent_type": "a"}"#,
            false,
        ),
        (
            r#"{"alertname": "A", "severity": "warning", "agent_type": "a"}"#,
            true,
        ),
        // Of another agent, and about another thing.
        (
            r#"{"alertname": "A", "severity": "warning", "agent_type": "b"}"#,
            false,
        ),
        (
            r#"{"alertname": "B", "severity": "warning", "agent_type": "a"}"#,
            false,
        ),
        (
            r#"{"alertname": "TargetDown", "severity": "critical", "job": "j", "instance": "i"}"#,
            false,
        ),
        (
            r#"{"alertname": "C", "severity": "critical", "job": "j", "instance": "i"}"#,
            true,
        ),
        // Of another instance, and of none.
        (
            r#"{"alertname": "C", "severity": "critical", "job": "j", "instance": "k"}"#,
            false,
        ),
        (r#"{"alertname": "D", "severity": "critical"}"#, false),
    ];
    let labels: Vec<_> = alerts
        .iter()
        .map(|(labels, _)| format!("{{\"labels\": {labels}}}"))
        .collect();
    let body = format!("[{}]", labels.join(","));
    let (code, answer) = http("POST", alertmanager, "/api/v2/alerts", &body);
    assert_eq!(code, 200, "{answer}");
    let is_right = || {
        let known = get(alertmanager, "/api/v2/alerts").expect("alerts");
        let known: Vec<Value> = serde_json::from_str(&known).expect("JSON");
        alerts.iter().all(|(labels, is_silenced)| {
            let labels: Value = serde_json::from_str(labels).expect("JSON");
            let alert = known.iter().find(|alert| alert["labels"] == labels);
            let state = if *is_silenced { "suppressed" } else { "active" };
            alert.is_some_and(|alert| alert["status"]["state"] == state)
        })
    };
    wait_until(
        "silenced is what follows from something else, and nothing more",
        is_right,
    );
}

/// Waits for a call about the alert, and does something meanwhile.
fn told(calls: &Receiver<Value>, status: &str, mut meanwhile: impl FnMut()) -> Value {
    let start = Instant::now();
    let mut others = Vec::new();
    while start.elapsed() < BOUND {
        meanwhile();
        let Ok(call) = calls.recv_timeout(Duration::from_millis(200)) else {
            continue;
        };
        let is_it = |alert: &&Value| {
            alert["labels"]["alertname"] == "TasksFail"
                && alert["labels"]["agent_type"] == "traps"
                && alert["status"] == status
        };
        let alerts = call["alerts"].as_array().expect("alerts");
        if let Some(alert) = alerts.iter().find(is_it) {
            assert_eq!(call["receiver"], "agents warning", "{call}");
            return alert.clone();
        }
        others.push(call);
    }
    panic!("nobody is told that it is {status} within {BOUND:?}: {others:#?}");
}

#[test]
fn who_is_on_call_is_told_of_a_failure() {
    let programs = [
        "prometheus",
        "prometheus-alertmanager",
        "../share/alertmanager/default.tmpl",
    ];
    let Some(bin) = servers(&programs) else {
        return;
    };
    file("alerts/document.md", "alpha beta");
    let module = file("alerts/traps.wat", TRAPS);
    let serving = Serving::start(&["--module", &format!("traps={module}"), "alerts/document.md"]);
    let folder = parts::path("alerts/servers");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let (hook, calls) = webhook();
    let _servers = start(&bin, &folder, serving.address, hook);

    // The agents of this type fail at everything that they are asked for.
    let ask = || {
        let created = http(
            "POST",
            serving.address,
            "/api/agents",
            "{\"agent_type\": \"traps\"}",
        );
        let agent: Value = serde_json::from_str(&created.1).expect("JSON");
        let path = format!(
            "/api/agents/{}/messages",
            agent["id"].as_str().expect("an id")
        );
        let message = "{\"performative\": \"request\", \"content\": \"a text\"}";
        http("POST", serving.address, &path, message);
    };
    let alert = told(&calls, "firing", ask);
    assert_eq!(alert["labels"]["team"], "agents", "{alert}");
    assert_eq!(alert["labels"]["severity"], "warning", "{alert}");
    let summary = alert["annotations"]["summary"].as_str().expect("a summary");
    assert_eq!(summary, "traps: 100% of the tasks do not end well.");

    // It fails no more, as nobody asks.
    told(&calls, "resolved", || ());
}
