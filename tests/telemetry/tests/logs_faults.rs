//! What becomes of the log when its disk is full, its file is moved, its reader
//! is slow or gone: every line is written once, or counted as lost once.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use caxton_instrument::prelude::*;
use caxton_instrument_export::logs::{LogGuard, Logs};
use serde_json::Value;
use tracing::{Dispatch, info};
use tracing_subscriber::layer::SubscriberExt as _;

/// A program without metrics of its own has no catalog.
#[derive(MetricSet)]
#[metric_set(namespace = "harbour")]
struct Harbour {
    /// Ships that arrived.
    #[allow(dead_code, reason = "it is declared")]
    ships: Counter,
}

fn start(logs: Logs) -> (Dispatch, LogGuard) {
    let (layer, log) = logs.layer().expect("sound options");
    (
        Dispatch::new(tracing_subscriber::registry().with(layer)),
        log,
    )
}

fn say(dispatch: &Dispatch, numbers: std::ops::Range<u64>) {
    tracing::dispatcher::with_default(dispatch, || {
        for number in numbers {
            info!(number, "a line");
        }
    });
}

fn numbers(path: &Path) -> Vec<u64> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    let number = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        line["number"].as_u64().expect("a number")
    };
    text.lines().map(number).collect()
}

#[track_caller]
fn wait(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_full_disk_loses_what_has_no_room_and_no_more() {
    let (dispatch, log) = start(Logs::json().to_file("/dev/full").buffer(100, 1 << 20));
    let begun = Instant::now();
    say(&dispatch, 0..10_000);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(5), "nobody waits: {took:?}");
    assert_eq!((log.written(), log.lost()), (0, 9_900));
    assert!(!log.flush(Duration::from_millis(50)), "it waits");
    let begun = Instant::now();
    drop(log);
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "a full disk is not waited for"
    );
    // Whoever logs then only counts.
    say(&dispatch, 0..10);
}

#[test]
fn threads_write_whole_lines_and_every_one_is_accounted_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("test.log");
    let (dispatch, log) = start(Logs::json().to_file(&path).buffer(500, 64 << 10));
    std::thread::scope(|scope| {
        for thread in 0..8_u64 {
            let dispatch = dispatch.clone();
            scope.spawn(move || say(&dispatch, thread * 5_000..(thread + 1) * 5_000));
        }
    });
    assert!(log.flush(Duration::from_secs(30)));
    let mut found = numbers(&path);
    assert_eq!(found.len() as u64, log.written());
    assert_eq!(log.written() + log.lost(), 40_000);
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len() as u64, log.written(), "none twice");
}

#[test]
fn a_file_that_is_moved_is_followed_without_a_signal() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, old) = (
        folder.path().join("test.log"),
        folder.path().join("test.log.old"),
    );
    std::fs::write(&path, "{\"number\":0}\n").expect("a file");
    let (dispatch, log) = start(Logs::json().to_file(&path));
    say(&dispatch, 1..10);
    assert!(log.flush(Duration::from_secs(30)));
    std::fs::rename(&path, &old).expect("moved");
    say(&dispatch, 10..20);
    assert!(log.flush(Duration::from_secs(30)));
    assert_eq!(
        numbers(&old),
        (0..10).collect::<Vec<_>>(),
        "it is appended to"
    );
    assert_eq!(numbers(&path), (10..20).collect::<Vec<_>>());

    // As `logrotate` does with `create`, and with `copytruncate`.
    std::fs::remove_file(&path).expect("removed");
    std::fs::write(&path, "").expect("a file");
    say(&dispatch, 20..30);
    assert!(log.flush(Duration::from_secs(30)));
    assert_eq!(numbers(&path), (20..30).collect::<Vec<_>>());
    std::fs::write(&path, "").expect("cut to nothing");
    say(&dispatch, 30..40);
    assert!(log.flush(Duration::from_secs(30)));
    assert_eq!(numbers(&path), (30..40).collect::<Vec<_>>());

    // Without a folder there is no other file: the one that is open stays.
    let moved = folder.path().with_extension("moved");
    std::fs::rename(folder.path(), &moved).expect("moved");
    say(&dispatch, 40..50);
    assert!(log.flush(Duration::from_secs(30)));
    assert_eq!(
        numbers(&moved.join("test.log")),
        (30..50).collect::<Vec<_>>()
    );
    assert_eq!((log.written(), log.lost()), (49, 0));
    std::fs::remove_dir_all(&moved).expect("removed");
}

#[test]
fn a_file_is_rotated_by_size_and_as_many_are_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("test.log");
    let logs = Logs::json()
        .to_file(&path)
        .line_bytes(2_048)
        .rotate(4_096, 3);
    let (dispatch, log) = start(logs);
    say(&dispatch, 0..500);
    drop(log);
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["test.log", "test.log.1", "test.log.2", "test.log.3"]
    );
    let mut kept = Vec::new();
    for name in names.iter().rev().take(3).chain(&names[..1]) {
        let size = std::fs::metadata(folder.path().join(name))
            .expect("a file")
            .len();
        assert!(size <= 4_096, "{name} has {size}");
        kept.extend(numbers(&folder.path().join(name)));
    }
    let youngest: Vec<_> = (500 - kept.len() as u64..500).collect();
    assert_eq!(kept, youngest, "whole lines, in order, the youngest");
    assert!(kept.len() > 60, "{}", kept.len());
}

#[test]
fn a_pipe_is_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pipe");
    let made = Command::new("mkfifo")
        .arg(&path)
        .status()
        .expect("mkfifo is there");
    assert!(made.success());
    let refused = Logs::json()
        .to_file(&path)
        .layer::<tracing_subscriber::Registry>();
    let message = refused.map(|_| ()).expect_err("it is refused").to_string();
    assert!(
        message.contains("named pipe") && message.contains("standard output"),
        "{message}"
    );
}

/// The rest of this file's tests start this one as a program.
const MODE: &str = "CAXTON_TEST_LOG_MODE";

fn program(mode: &str) -> Child {
    let this = std::env::current_exe().expect("this test is a file");
    Command::new(this)
        .args(["--exact", "as_a_program", "--nocapture", "--test-threads=1"])
        .env(MODE, mode)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

/// Logs to standard output, and tells on standard error what was counted.
#[test]
fn as_a_program() {
    let Ok(mode) = std::env::var(MODE) else {
        return;
    };
    let logs = Logs::json()
        .buffer(1_000, 100_000)
        .flush_within(Duration::from_millis(300));
    if mode == "installed" {
        let telemetry = caxton_instrument_export::builder().logs(logs).install();
        let telemetry = telemetry.expect("the first of this process");
        speak(0..500);
        assert!(
            telemetry
                .log()
                .expect("a log")
                .flush(Duration::from_secs(30))
        );
        return tell(&telemetry);
    }
    let telemetry = caxton_instrument_export::builder().install();
    let telemetry = telemetry.expect("the first of this process");
    let (dispatch, log) = start(logs);
    tracing::dispatcher::set_global_default(dispatch).expect("the first of this process");
    if mode == "closed" {
        // Until the reader has gone.
        while log.lost() == 0 {
            speak(0..1);
            std::thread::sleep(Duration::from_millis(5));
        }
        speak(1..100);
        wait("all are lost", || log.lost() >= 100);
    } else {
        speak(0..20_000);
    }
    let begun = Instant::now();
    drop(log);
    assert!(begun.elapsed() < Duration::from_secs(2), "it hangs");
    tell(&telemetry);
}

fn speak(numbers: std::ops::Range<u64>) {
    numbers.for_each(|number| info!(number, "a line"));
}

fn tell(telemetry: &caxton_instrument_export::Telemetry) {
    let exposition = telemetry.render();
    let counts = exposition.lines();
    for line in counts.filter(|line| line.starts_with("caxton_instrument_log_lines")) {
        eprintln!("{line}");
    }
    eprintln!("told");
}

/// What the program counted, of a name and its labels.
fn count(errors: &str, name: &str) -> u64 {
    let line = errors.lines().find_map(|line| line.strip_prefix(name));
    line.map_or(0, |rest| rest.trim().parse().expect("a count"))
}

const WRITTEN: &str = "caxton_instrument_log_lines_written_total";

fn lost(reason: &str) -> String {
    format!("caxton_instrument_log_lines_lost_total{{reason=\"{reason}\"}}")
}

/// What it counted. How it ends after that is up to the test harness, which
/// has the same standard output.
fn told(program: &mut Child) -> String {
    let mut stderr = BufReader::new(program.stderr.take().expect("piped"));
    let mut errors = String::new();
    while !errors.ends_with("told\n") {
        assert!(
            stderr.read_line(&mut errors).expect("UTF-8") > 0,
            "{errors}"
        );
    }
    program.kill().expect("it was not waited for");
    program.wait().expect("it ends");
    errors
}

#[test]
fn standard_output_has_every_line() {
    let mut program = program("installed");
    let stdout = BufReader::new(program.stdout.take().expect("piped"));
    // The test harness begins the first one of them.
    let lines = stdout.lines().map(|line| line.expect("UTF-8"));
    let of_log = lines.filter_map(|line| line.find('{').map(|start| line[start..].to_owned()));
    let numbers: Vec<u64> = of_log
        .map(|line| serde_json::from_str::<Value>(&line).expect("JSON"))
        .map(|line| line["number"].as_u64().expect("a number"))
        .collect();
    assert!(numbers.into_iter().eq(0..500));
    let errors = told(&mut program);
    assert_eq!(count(&errors, WRITTEN), 500, "{errors}");
    assert!(!errors.contains("cannot write"), "{errors}");
}

#[test]
fn a_reader_that_is_gone_ends_no_program() {
    let mut program = program("closed");
    let mut stdout = BufReader::new(program.stdout.take().expect("piped"));
    let mut line = String::new();
    while !line.contains('{') {
        line.clear();
        assert!(stdout.read_line(&mut line).expect("UTF-8") > 0, "it ended");
    }
    drop(stdout);
    let errors = told(&mut program);
    assert!(count(&errors, &lost("closed_pipe")) >= 100, "{errors}");
    assert_eq!(count(&errors, &lost("buffer_full")), 0, "{errors}");
    assert_eq!(
        errors
            .matches("cannot write the log to standard output")
            .count(),
        1,
        "{errors}"
    );
}

#[test]
fn a_reader_that_does_not_read_holds_nobody() {
    let mut program = program("stuck");
    // The pipe stays open and full, also for what tells how the test ended.
    let stdout = program.stdout.take();
    let errors = told(&mut program);
    drop(stdout);
    let counted: u64 = [lost("buffer_full"), lost("shutdown"), WRITTEN.to_owned()]
        .iter()
        .map(|name| count(&errors, name))
        .sum();
    assert_eq!(counted, 20_000, "{errors}");
    assert!(count(&errors, &lost("buffer_full")) > 10_000, "{errors}");
    assert!(
        (1..=1_000).contains(&count(&errors, &lost("shutdown"))),
        "{errors}"
    );
}
