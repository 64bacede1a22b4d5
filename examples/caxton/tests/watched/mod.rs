//! The servers that watch the example, started with the generated files.
#![allow(dead_code, reason = "each test uses a part")]

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use caxton_instrument::{Catalog, Level};
use caxton_instrument_export::generate::{self, Deployment};
use caxton_telemetry_tests::process::{Server, get, percent_encoded};
use serde_json::Value;

// Naming it is what makes the linker keep its declarations.
use caxton_runtime as _;

/// Writes the generated files, each after `edit`.
pub(crate) fn write(folder: &Path, deployment: &Deployment, edit: impl Fn(&str) -> String) {
    let catalog = Catalog::collect().expect("sound declarations");
    let findings = generate::wiring(&catalog, deployment).findings;
    let is_whole = findings.iter().all(|it| it.level == Level::Warning);
    assert!(is_whole, "{findings:?}");
    for file in generate::files(&catalog, deployment) {
        let path = folder.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, edit(&file.text)).expect("a file");
    }
}

/// A Prometheus with one of the files.
pub(crate) fn prometheus(bin: &Path, folder: &Path, name: &str, address: SocketAddr) -> Server {
    let at = |path: String| folder.join(path).display().to_string();
    Server::start(
        Command::new(bin.join("prometheus"))
            .arg(format!(
                "--config.file={}",
                at(format!("prometheus/{name}.yml"))
            ))
            .arg(format!(
                "--storage.tsdb.path={}",
                at(format!("data-{name}"))
            ))
            .arg(format!("--web.listen-address={address}"))
            .arg("--rules.alert.resend-delay=1s"),
        &folder.join(format!("{name}.log")),
        &[address],
    )
}

/// An Alertmanager with the file.
pub(crate) fn alertmanager(bin: &Path, folder: &Path, address: SocketAddr) -> Server {
    let at = |path: &str| folder.join(path).display().to_string();
    Server::start(
        Command::new(bin.join("prometheus-alertmanager"))
            .arg(format!(
                "--config.file={}",
                at("alertmanager/alertmanager.yml")
            ))
            .arg(format!("--storage.path={}", at("alerts")))
            .arg(format!("--web.listen-address={address}"))
            .args(["--cluster.listen-address=", "--dispatch.start-delay=0s"])
            // Its templates are in `share` there.
            .current_dir(bin.parent().expect("a folder")),
        &folder.join("alertmanager.log"),
        &[address],
    )
}

/// The rows that a query gives; none while there is no answer.
pub(crate) fn query(prometheus: SocketAddr, query: &str) -> Vec<Value> {
    let path = format!("/api/v1/query?query={}", percent_encoded(query));
    let answer = get(prometheus, &path).unwrap_or_default();
    let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
    let rows = answer["data"]["result"].as_array();
    rows.cloned().unwrap_or_default()
}
