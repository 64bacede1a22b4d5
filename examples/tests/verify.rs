//! `catalog check --against` and `catalog verify` before a running Caxton, a real
//! Prometheus and a real Alertmanager.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod program;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use program::{example, file, run};
use serde_json::Value;

/// A process that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A Caxton that serves, and where.
fn caxton() -> (Running, SocketAddr) {
    let document = file("verified.md", "alpha beta");
    let mut command = example("caxton");
    command
        .arg("--serve=127.0.0.1:0")
        .arg(document)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = Running(command.spawn().expect("it starts"));
    let (out, err) = (process.0.stdout.take(), process.0.stderr.take());
    let mut lines = BufReader::new(out.expect("piped").chain(err.expect("piped"))).lines();
    let address = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':');
            rest[..end.unwrap_or(rest.len())].parse().ok()
        })
        .expect("it says where it serves");
    // A full pipe would stop it.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    (process, address)
}

fn free() -> SocketAddr {
    // Free now, and most likely still free a moment later.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound")
}

fn page(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer.split_once("\r\n\r\n").expect("a head").1.into()
}

/// Where the servers are; `None` when a test is to be skipped.
fn servers() -> Option<PathBuf> {
    let test = std::env::current_exe().expect("this test is a file");
    let target = test.ancestors().nth(3).expect("a target folder");
    let bin = std::env::var_os("CAXTON_SERVERS")
        .map_or_else(|| target.join("servers/bin"), PathBuf::from);
    if bin.join("prometheus").is_file() && bin.join("prometheus-alertmanager").is_file() {
        return Some(bin);
    }
    let message = format!(
        "SKIPPED: no prometheus and prometheus-alertmanager in {}; get them with \
         `scripts/get-servers.sh`",
        bin.display()
    );
    assert!(std::env::var_os("CI").is_none(), "{message}");
    // Past the harness, which keeps what a passing test prints to itself.
    let _ = writeln!(std::io::stderr().lock(), "\n{message}\n");
    None
}

fn verify(address: SocketAddr) -> (i32, Value) {
    let (code, out, err) = run(
        "catalog",
        &["verify", &address.to_string(), "--format", "json"],
    );
    let report = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"));
    (code, report)
}

/// The subjects of a class of findings.
fn subjects(report: &Value, class: &str) -> Vec<String> {
    let found = report["found"].as_array().expect("a list").iter();
    found
        .filter(|it| it["id"] == class)
        .map(|it| it["subject"].as_str().expect("text").into())
        .collect()
}

#[track_caller]
fn wait_until(address: SocketAddr, what: &str, holds: impl Fn(i32, &Value) -> bool) -> Value {
    let start = Instant::now();
    loop {
        let (code, report) = verify(address);
        if holds(code, &report) {
            return report;
        }
        assert!(
            start.elapsed() < Duration::from_mins(1),
            "{what} within a minute: {report:#}"
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_service_is_compared_with_its_declarations() {
    let (code, out, _) = run("catalog", &["verify", &free().to_string()]);
    assert_eq!(code, 1);
    assert!(
        out.contains("error[unreachable]: it does not answer"),
        "{out}"
    );

    let (process, address) = caxton();
    let report = wait_until(address, "it is well", |code, _| code == 0);
    assert_eq!(report["well"], true);
    let passed = report["passed"].to_string();
    for part in [
        "/livez",
        "/readyz",
        "/health",
        "metrics as they are declared",
    ] {
        assert!(passed.contains(part), "{part}: {passed}");
    }
    let (code, _, _) = run("catalog", &["verify", "--strict", &address.to_string()]);
    assert_eq!(code, 1, "what has no series is a note");

    let metrics = format!("http://{address}/metrics");
    let (code, out, err) = run("catalog", &["check", "--against", &metrics]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("note[not_exposed]"), "{out}");

    // The same from a file, and what differs there.
    let text = page(address, "/metrics");
    drop(process);
    let cases = [
        ("", "", ""),
        (
            "# TYPE caxton_agents gauge",
            "# TYPE caxton_agents counter",
            "error[exposed_type]",
        ),
        ("outcome=\"ok\"", "outcome=\"fine\"", "error[exposed_value]"),
        (
            "# TYPE caxton_agents gauge",
            "hand_written 1\n# TYPE caxton_agents gauge",
            "error[undeclared_metric]",
        ),
    ];
    for (from, to, expected) in cases {
        assert!(text.contains(from), "{from} in {text}");
        let saved = file("exposition.txt", text.replace(from, to));
        let saved = saved.to_string_lossy();
        let (code, out, err) = run("catalog", &["check", "--against", &saved]);
        assert_eq!(code, i32::from(!expected.is_empty()), "{out}{err}");
        assert!(out.contains(expected), "{expected}: {out}");
    }
    let no_exposition = file("no-exposition.txt", "<html>");
    let no_exposition = no_exposition.to_string_lossy();
    let (code, _, err) = run("catalog", &["check", "--against", &no_exposition]);
    assert_eq!(code, 2);
    assert!(err.contains("is no exposition: line 1"), "{err}");
}

#[test]
fn notes_fail_where_it_is_asked_for() {
    let (code, out, err) = run("catalog", &["check"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("note[unread_metric]"), "{out}");
    assert!(out.contains("\n  caxton_"), "{out}");
    assert!(!out.contains("\n  caxton_instrument_"), "{out}");
    let (code, _, _) = run("catalog", &["check", "--strict"]);
    assert_eq!(code, 1);
}

fn start(program: PathBuf, cwd: &Path, log: PathBuf, arguments: &[String]) -> Running {
    let log = std::fs::File::create(log).expect("a file");
    let process = Command::new(program)
        .args(arguments)
        .current_dir(cwd)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn();
    Running(process.expect("it starts"))
}

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a folder");
    path
}

fn prometheus(servers: &Path, name: &str, config: &str) -> (Running, SocketAddr) {
    let (folder, address) = (folder(name), free());
    std::fs::write(folder.join("prometheus.yml"), config).expect("a file");
    let arguments = [
        String::from("--config.file=prometheus.yml"),
        String::from("--storage.tsdb.path=data"),
        format!("--web.listen-address={address}"),
    ];
    let program = servers.join("prometheus");
    (
        start(program, &folder, folder.join("log"), &arguments),
        address,
    )
}

fn alertmanager(servers: &Path) -> (Running, SocketAddr) {
    let (folder, address) = (folder("verify-alertmanager"), free());
    let config = "route: { receiver: none }\nreceivers: [{ name: none }]\n";
    std::fs::write(folder.join("alertmanager.yml"), config).expect("a file");
    let arguments = [
        format!(
            "--config.file={}",
            folder.join("alertmanager.yml").display()
        ),
        format!("--storage.path={}", folder.join("data").display()),
        String::from("--cluster.listen-address="),
        format!("--web.listen-address={address}"),
    ];
    let program = servers.join("prometheus-alertmanager");
    // Where `scripts/get-servers.sh` has it find its templates.
    let cwd = servers.parent().expect("a folder");
    (start(program, cwd, folder.join("log"), &arguments), address)
}

/// The generated files that are rules: promtool takes them.
fn rule_files(servers: &Path) -> Vec<PathBuf> {
    let generated = folder("verify-generated");
    let (code, _, err) = run("catalog", &["generate", &generated.to_string_lossy()]);
    assert_eq!(code, 0, "{err}");
    let entries = std::fs::read_dir(generated.join("prometheus")).expect("a folder");
    let is_rules = |path: &PathBuf| {
        let checked = Command::new(servers.join("promtool"))
            .args(["check", "rules"])
            .arg(path)
            .output();
        checked.expect("promtool runs").status.success()
    };
    let files = entries.map(|entry| entry.expect("an entry").path());
    files
        .filter(|path| path.is_file() && is_rules(path))
        .collect()
}

#[test]
fn a_prometheus_is_compared_with_what_is_generated() {
    let Some(servers) = servers() else { return };
    let (caxton, target) = caxton();
    let global =
        "global: { scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms }\n";

    // Nothing of what is generated.
    let bare = format!(
        "{global}scrape_configs:\n  - job_name: something\n    static_configs: [{{ targets: ['{target}'] }}]\n"
    );
    let (_bare, address) = prometheus(&servers, "verify-bare", &bare);
    let report = wait_until(address, "it answers", |_, report| {
        subjects(report, "unreachable").is_empty()
    });
    let jobs = subjects(&report, "job_missing");
    assert!(!jobs.is_empty(), "{report:#}");
    let missing = subjects(&report, "rule_missing");
    assert!(
        missing.contains(&String::from("TasksAreSlow")),
        "{report:#}"
    );
    assert_eq!(subjects(&report, "no_alertmanager").len(), 1, "{report:#}");

    // All of it.
    let (_alertmanager, alerts) = alertmanager(&servers);
    let report = wait_until(alerts, "it is ready", |code, _| code == 0);
    assert!(
        report["passed"].to_string().contains("/-/ready"),
        "{report:#}"
    );
    let mut config = format!(
        "{global}alerting: {{ alertmanagers: [{{ static_configs: [{{ targets: ['{alerts}'] }}] }}] }}\n\
         rule_files:\n"
    );
    for path in rule_files(&servers) {
        config.extend(["  - '", &path.to_string_lossy(), "'\n"]);
    }
    config.push_str("scrape_configs:\n");
    for job in &jobs {
        config.extend([
            "  - job_name: '",
            job,
            "'\n    static_configs: [{ targets: ['",
        ]);
        config.extend([target.to_string().as_str(), "'] }]\n"]);
    }
    let (_whole, address) = prometheus(&servers, "verify-whole", &config);
    let report = wait_until(address, "all is as generated", |code, _| code == 0);
    let passed = report["passed"].to_string();
    for part in ["is up", "rules as generated", "/-/ready"] {
        assert!(passed.contains(part), "{part}: {report:#}");
    }

    // A rule that was edited by hand, under its name.
    drop(caxton);
    let report = wait_until(address, "the target is down", |_, report| {
        !subjects(report, "target_down").is_empty()
    });
    assert!(
        subjects(&report, "target_down")[0].contains(&target.to_string()),
        "{report:#}"
    );
    let texts = rule_files(&servers).into_iter().map(|path| {
        let text = std::fs::read_to_string(path);
        text.expect("rules")
    });
    let edited = texts
        .into_iter()
        .find(|text| text.contains("TasksAreSlow") && text.contains("0.01"))
        .expect("the alert's rules");
    let edited = file("edited-rules.yml", edited.replace("0.01", "0.02"));
    let config = format!("{global}rule_files: ['{}']\n", edited.display());
    let (_edited, address) = prometheus(&servers, "verify-edited", &config);
    let report = wait_until(address, "it answers", |_, report| {
        subjects(report, "unreachable").is_empty()
    });
    let outdated = subjects(&report, "rule_outdated");
    assert!(
        outdated.contains(&String::from("TasksAreSlow")),
        "{report:#}"
    );
}
