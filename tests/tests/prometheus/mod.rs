//! A real Prometheus for a test, which ends with it.
#![allow(dead_code, reason = "each test uses a part")]

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::http;

/// A Prometheus that ends with this value.
pub(crate) struct Prometheus {
    process: Child,
    pub(crate) address: SocketAddr,
    log: PathBuf,
    jobs: usize,
}

/// A job's name, and lines of its configuration; none for what Prometheus does
/// by itself.
pub(crate) type Job = (&'static str, &'static [&'static str]);

impl Prometheus {
    pub(crate) fn start(servers: &Path, folder: &Path, target: SocketAddr, jobs: &[Job]) -> Self {
        let config = folder.join("prometheus.yml");
        let mut text = String::from(
            "global:\n  scrape_interval: 250ms\n  scrape_timeout: 250ms\nscrape_configs:\n",
        );
        for (job, options) in jobs {
            text.extend([
                "  - job_name: ",
                job,
                "\n    static_configs:\n      - targets: ['",
                &target.to_string(),
                "']\n",
            ]);
            for option in *options {
                text.extend(["    ", option, "\n"]);
            }
        }
        std::fs::write(&config, text).expect("a file");
        // Free now, and most likely still free a moment later.
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("bound");
        drop(free);
        let log = folder.join("prometheus.log");
        let output = std::fs::File::create(&log).expect("a file");
        let process = Command::new(servers.join("prometheus"))
            .arg(format!("--config.file={}", config.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.join("data").display()
            ))
            .arg(format!("--web.listen-address={address}"))
            .arg(
                "--enable-feature=native-histograms,created-timestamp-zero-ingestion,\
                 exemplar-storage",
            )
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output)
            .spawn()
            .expect("Prometheus starts");
        Self {
            process,
            address,
            log,
            jobs: jobs.len(),
        }
    }

    /// Waits until a query has an answer.
    pub(crate) fn wait_for(&self, query: &str) {
        let start = Instant::now();
        while self.try_query(query).is_none_or(|rows| rows.is_empty()) {
            if start.elapsed() > Duration::from_mins(1) {
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                panic!("no answer to `{query}` within a minute; Prometheus says:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn try_query(&self, query: &str) -> Option<Vec<Value>> {
        let path = format!("/api/v1/query?query={}", http::encode(query));
        let answer = http::request("GET", self.address, &path).ok()?;
        let answer: Value = serde_json::from_str(&answer.body).ok()?;
        Some(answer["data"]["result"].as_array()?.clone())
    }

    #[track_caller]
    pub(crate) fn query(&self, query: &str) -> Vec<Value> {
        self.try_query(query).expect("Prometheus answers")
    }

    /// The sum, which is the same in every job.
    #[track_caller]
    pub(crate) fn sum(&self, query: &str) -> f64 {
        let rows = self.query(&format!("sum by (job) ({query})"));
        assert_eq!(rows.len(), self.jobs, "`{query}`: {rows:?}");
        let value = |row: &Value| -> f64 {
            let text = row["value"][1].as_str().expect("a value");
            text.parse().expect("a number")
        };
        let first = value(&rows[0]);
        assert!(
            rows.iter().all(|row| value(row) == first),
            "`{query}`: {rows:?}"
        );
        first
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A folder that is removed with this value.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(format!(
            "caxton-e2e-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Where the servers are; `None` when the test is to be skipped.
pub(crate) fn servers() -> Option<PathBuf> {
    let bin = std::env::var_os("CAXTON_SERVERS").map_or_else(
        || {
            // The test stands in TARGET/PROFILE/deps.
            let test = std::env::current_exe().expect("this test is a file");
            let target = test.ancestors().nth(3).expect("a target folder");
            target.join("servers/bin")
        },
        PathBuf::from,
    );
    if bin.join("prometheus").is_file() && bin.join("promtool").is_file() {
        return Some(bin);
    }
    let message = format!(
        "SKIPPED: no prometheus and promtool in {}; get them with `scripts/get-servers.sh`, or name \
         their folder in CAXTON_SERVERS",
        bin.display()
    );
    assert!(std::env::var_os("CI").is_none(), "{message}");
    // Past the harness, which keeps what a passing test prints to itself.
    let _ = writeln!(std::io::stderr().lock(), "\n{message}\n");
    None
}
