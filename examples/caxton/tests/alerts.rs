//! From a failure to those who are told: the program fails, Prometheus sees it by
//! the generated rules, Alertmanager routes it by the generated routes, and the
//! team's webhook is called; and again when it is over.
//!
//! The servers come from `scripts/get-servers.sh`. Without them the test says
//! that it was skipped; where `CI` is set it fails.
#![cfg(feature = "instrumented")]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod parts;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use caxton_instrument::query::seconds;
use caxton_instrument::{Catalog, Level};
use caxton_instrument_export::generate::{self, Deployment, Service, Team};
use caxton_telemetry_tests::process::{Server, free_address, get, servers};
use parts::{Serving, TRAPS, file, http};
use serde_json::Value;

// Naming it is what makes the linker keep its declarations.
use caxton_runtime as _;

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

/// Writes the generated files, and starts both servers with them.
fn start(bin: &Path, folder: &Path, target: SocketAddr, hook: SocketAddr) -> [Server; 2] {
    let (prometheus, alertmanager) = (free_address(), free_address());
    let url_file = folder.join("webhook");
    std::fs::write(&url_file, format!("http://{hook}/")).expect("a file");
    let deployment = Deployment::new("caxton")
        .service(Service::new(
            "caxton",
            &target.ip().to_string(),
            target.port(),
        ))
        .prometheus(&prometheus.to_string())
        .alertmanager(&alertmanager.to_string())
        .scrape_interval(seconds(1))
        .team(Team::new("agents").webhook_file(url_file.to_str().expect("UTF-8")));
    let catalog = Catalog::collect().expect("sound declarations");
    let findings = generate::wiring(&catalog, &deployment).findings;
    let is_whole = findings.iter().all(|it| it.level == Level::Warning);
    assert!(is_whole, "{findings:?}");
    for file in generate::files(&catalog, &deployment) {
        let path = folder.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, shortened(&file.text)).expect("a file");
    }
    let at = |path: &str| folder.join(path).display().to_string();
    let alerting = Server::start(
        Command::new(bin.join("prometheus-alertmanager"))
            .arg(format!(
                "--config.file={}",
                at("alertmanager/alertmanager.yml")
            ))
            .arg(format!("--storage.path={}", at("alerts")))
            .arg(format!("--web.listen-address={alertmanager}"))
            .args(["--cluster.listen-address=", "--dispatch.start-delay=0s"])
            // Its templates are in `share` there.
            .current_dir(bin.parent().expect("a folder")),
        &folder.join("alertmanager.log"),
        &[alertmanager],
    );
    let scraping = Server::start(
        Command::new(bin.join("prometheus"))
            .arg(format!("--config.file={}", at("prometheus/prometheus.yml")))
            .arg(format!("--storage.tsdb.path={}", at("data")))
            .arg(format!("--web.listen-address={prometheus}"))
            .arg("--rules.alert.resend-delay=1s"),
        &folder.join("prometheus.log"),
        &[prometheus],
    );
    // It is scraped, which is part of no bound below.
    let start = Instant::now();
    let up = "/api/v1/query?query=count(up%7Bjob%3D%22caxton%22%7D%20%3D%3D%201)";
    while !get(prometheus, up).is_ok_and(|answer| answer.contains("\"value\"")) {
        assert!(start.elapsed() < 2 * BOUND, "{}", scraping.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    [alerting, scraping]
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
