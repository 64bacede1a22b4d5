//! What a user may do, right and wrong.
#![cfg(feature = "instrumented")]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod parts;

use std::fmt::Write as _;
use std::fs::File;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use parts::{LOOPS, Serving, TRAPS, file, http, path, row, run};

#[test]
fn files_and_folders_end_in_a_report() {
    file("report/one.md", "alpha beta alpha\n\ngamma it is Alpha");
    file("report/inner/two.txt", "beta");
    file("report/.hidden/three.md", "hidden hidden");
    let (code, out, err) = run(&["report"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(
        out.starts_with("Documents    2 ok\nText         39 bytes\nTerms        6\n"),
        "{out}"
    );
    assert!(
        out.ends_with("Index        3 distinct terms; most frequent: alpha 3, beta 2, gamma 1\n"),
        "{out}"
    );
    assert_eq!(
        row(&out, "EXECUTIONS", "reader")[1..6],
        ["0", "2", "0", "0", "0"]
    );
    assert_eq!(
        row(&out, "EXECUTIONS", "indexer")[1..6],
        ["0", "3", "0", "0", "0"]
    );
    assert_eq!(
        row(&out, "TASKS", "splitter")[1..8],
        ["1", "2", "0", "0", "0", "0", "0"]
    );
    assert_eq!(
        row(&out, "TASKS", "tokeniser")[1..8],
        ["2", "2", "0", "0", "0", "0", "0"]
    );
    assert_eq!(row(&out, "MESSAGES", "request"), ["request", "7", "7"]);
    assert_eq!(row(&out, "MESSAGES", "errors"), ["errors", "0"]);
}

#[test]
fn no_arguments_are_a_usage() {
    let (code, out, err) = run(&[]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.contains("<PATH>...") && err.contains("Usage: caxton"),
        "{err}"
    );
    let (code, _, err) = run(&["--timeout", "0", "a.md"]);
    assert_eq!(code, 2);
    assert!(err.contains("write seconds between"), "{err}");
    let (code, _, err) = run(&["--module", "loops", "a.md"]);
    assert_eq!(code, 2);
    assert!(err.contains("echo=echo.wat"), "{err}");
}

#[test]
fn what_cannot_be_read_is_an_error_and_the_rest_goes_on() {
    let good = file("errors/good.md", "alpha beta");
    let binary = file("errors/binary.md", [b'a', 0xff, 0xfe]);
    std::fs::create_dir_all(path("errors/empty")).expect("a folder");
    let (code, out, err) = run(&[&good, "missing.md", &binary, "errors/empty"]);
    assert_eq!(code, 1);
    assert!(out.starts_with("Documents    2 error, 1 ok\n"), "{out}");
    assert_eq!(
        row(&out, "EXECUTIONS", "reader")[1..6],
        ["0", "1", "2", "0", "0"]
    );
    assert!(err.contains("caxton: cannot read missing.md: "), "{err}");
    assert!(
        err.contains("binary.md: it is not UTF-8 from byte 1 on\n"),
        "{err}"
    );
    assert!(
        err.contains("caxton: there are no files in errors/empty\n"),
        "{err}"
    );
}

#[test]
fn an_empty_folder_is_no_failure() {
    std::fs::create_dir_all(path("nothing/in/here")).expect("a folder");
    let (code, out, err) = run(&["nothing"]);
    assert_eq!(code, 0);
    assert_eq!(err, "caxton: there are no files in nothing\n");
    assert!(out.starts_with("Documents    0\n"), "{out}");
}

#[test]
fn a_gigabyte_is_refused_before_it_is_read() {
    file("huge.txt", "");
    let huge = File::create(path("huge.txt")).expect("a file");
    huge.set_len(1 << 30).expect("sparse files");
    let start = Instant::now();
    let (code, out, err) = run(&["huge.txt"]);
    assert_eq!(code, 1);
    assert!(
        err.contains("huge.txt: it has 1073741824 bytes, and a document at most 4194304"),
        "{err}"
    );
    assert!(start.elapsed() < Duration::from_secs(10));
    if cfg!(target_os = "linux") {
        let resident: u64 = row(&out, "Process", "Process")[1].parse().expect("bytes");
        assert!(resident < 100 << 20, "{resident} bytes resident");
    }
}

#[test]
fn what_is_no_file_is_not_waited_for() {
    if cfg!(target_os = "linux") {
        let (code, _, err) = run(&["/dev/zero"]);
        assert_eq!(code, 1);
        assert_eq!(
            err,
            "caxton: cannot read /dev/zero: it is no regular file\n"
        );
        // It states no size, and has no end.
        let (code, out, _) = run(&["/proc/self/status"]);
        assert_eq!(code, 0, "{out}");
    }
}

#[test]
fn a_large_document_goes_through_in_chunks() {
    // Without any place to cut it, in the middle of characters.
    file("chunks.txt", "ü".repeat(100_000));
    let (code, out, err) = run(&["chunks.txt"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(
        out.contains("Text         200000 bytes\nTerms        13\n"),
        "{out}"
    );
}

#[test]
fn an_index_of_any_size_is_reported() {
    let mut text = String::from("common common\n");
    for number in 0..330_000 {
        writeln!(text, "word{number:08}").expect("memory");
    }
    file("words.txt", text);
    let (code, out, err) = run(&["--max-document", "8388608", "words.txt"]);
    assert_eq!((code, err.as_str()), (0, ""));
    // The rarest terms were left out of the message, not out of the count.
    assert!(
        out.ends_with("Index        330001 distinct terms; most frequent: common 2\n"),
        "{out}"
    );
}

#[test]
fn a_module_that_loops_uses_up_its_fuel() {
    let module = format!("tokeniser={}", file("loops.wat", LOOPS));
    file("fuel.md", "alpha");
    let (code, out, err) = run(&["--module", &module, "--fuel", "5000000", "fuel.md"]);
    assert_eq!(code, 1);
    assert_eq!(
        err,
        "caxton: fuel.md: failure from tokeniser: the module used up its fuel of 5000000\n"
    );
    assert!(out.starts_with("Documents    1 failure\n"), "{out}");
    assert_eq!(
        row(&out, "EXECUTIONS", "tokeniser")[1..6],
        ["0", "0", "1", "0", "0"]
    );
    assert_eq!(
        row(&out, "TASKS", "tokeniser")[1..8],
        ["2", "0", "0", "0", "0", "1", "0"]
    );
    assert_eq!(
        row(&out, "MESSAGES", "errors"),
        ["errors", "1", "out_of_fuel"]
    );
}

#[test]
fn a_module_that_takes_too_long_is_cancelled() {
    let module = format!("tokeniser={}", file("long.wat", LOOPS));
    file("long.md", "alpha");
    let args = [
        "--module",
        &module,
        "--fuel",
        "1000000000000",
        "--timeout",
        "0.2",
        "long.md",
    ];
    let (code, out, err) = run(&args);
    assert_eq!(code, 1);
    assert_eq!(
        err,
        "caxton: long.md: cancel from tokeniser: the module took longer than 200ms\n"
    );
    assert!(out.starts_with("Documents    1 cancelled\n"), "{out}");
    assert_eq!(
        row(&out, "EXECUTIONS", "tokeniser")[1..6],
        ["0", "0", "0", "1", "0"]
    );
    assert_eq!(
        row(&out, "TASKS", "tokeniser")[1..8],
        ["2", "0", "0", "0", "1", "0", "0"]
    );
}

#[test]
fn a_document_that_takes_too_long_is_cancelled() {
    let module = format!("tokeniser={}", file("late.wat", LOOPS));
    file("late.md", "alpha");
    let args = [
        "--module",
        &module,
        "--fuel",
        "1000000000000",
        "--deadline",
        "0.2",
        "late.md",
    ];
    let (code, out, err) = run(&args);
    assert_eq!(code, 1);
    assert_eq!(err, "caxton: late.md: no result within 200ms\n");
    assert!(out.starts_with("Documents    1 cancelled\n"), "{out}");
}

#[test]
fn a_module_that_traps_is_a_failure() {
    let module = format!("splitter={}", file("traps.wat", TRAPS));
    file("trap.md", "alpha");
    let (code, out, err) = run(&["--module", &module, "trap.md", "trap.md"]);
    assert_eq!(code, 1);
    assert!(
        err.contains("failure from splitter: the module trapped: "),
        "{err}"
    );
    // The second message has a module again.
    assert!(out.starts_with("Documents    2 failure\n"), "{out}");
    assert_eq!(row(&out, "MESSAGES", "errors"), ["errors", "2", "trapped"]);
}

#[test]
fn a_full_queue_is_a_refusal() {
    let module = format!("tokeniser={}", file("slow.wat", LOOPS));
    file("queue.txt", "alpha beta gamma\n".repeat(10_000));
    let args = [
        "--module",
        &module,
        "--fuel",
        "400000000",
        "--queue",
        "1",
        "--patience",
        "0.001",
        "queue.txt",
    ];
    let (code, out, err) = run(&args);
    assert_eq!(code, 1);
    assert!(err.starts_with("caxton: queue.txt: "), "{err}");
    let errors = row(&out, "MESSAGES", "errors").join(" ");
    assert!(errors.contains("queue_full"), "{out}");
    let tokeniser = row(&out, "TASKS", "tokeniser");
    let refused: u64 = tokeniser[4].parse().expect("a number");
    assert!(errors.contains(&format!("{refused} queue_full")), "{out}");
    assert_eq!(row(&out, "MESSAGES", "refuse")[1], refused.to_string());
    // What was sent was received or refused.
    let request = row(&out, "MESSAGES", "request");
    let [sent, received] = [1, 2].map(|at| request[at].parse::<u64>().expect("a number"));
    assert_eq!(sent, received + refused, "{out}");
}

#[test]
fn a_module_that_is_none_says_why() {
    let module = format!("echo={}", file("none.wat", "(module"));
    let (code, out, err) = run(&["--module", &module, "a.md"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.starts_with("caxton: the module of `echo` does not compile: "),
        "{err}"
    );
    if cfg!(target_os = "linux") {
        let (code, _, err) = run(&["--module", "echo=/dev/zero", "a.md"]);
        assert_eq!(code, 1);
        assert!(err.contains("/dev/zero: it is no regular file"), "{err}");
    }
    let (code, _, err) = run(&["--module", "echo=missing.wat", "a.md"]);
    assert_eq!(code, 1);
    assert!(
        err.starts_with("caxton: cannot read the module missing.wat: "),
        "{err}"
    );
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound").to_string();
    let serve = format!("--serve={address}");
    let (code, out, err) = run(&[&serve]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.starts_with(&format!(
            "caxton: cannot listen on {address}: the port is in use"
        )),
        "{err}"
    );
    let (code, _, err) = run(&["--serve=nowhere"]);
    assert_eq!(code, 1);
    assert!(err.contains("write host and port"), "{err}");
}

#[test]
fn the_load_is_what_was_asked_for() {
    let (code, out, err) = run(&["--load", "25"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.starts_with("Documents    25 ok\n"), "{out}");
    assert!(out.contains("\nTerms        37500\n"), "{out}");
}

#[test]
#[cfg(unix)]
fn a_signal_ends_it_when_the_work_is_done() {
    for signal in ["INT", "TERM"] {
        file("signal.md", "alpha beta");
        let mut serving = Serving::start(&["signal.md"]);
        serving.read_until("Index");
        serving.signal(signal);
        let (code, rest) = serving.end();
        assert_eq!((code, rest.as_str()), (0, ""), "{signal}");
    }
}

#[test]
#[cfg(unix)]
fn a_signal_during_the_work_drains_it() {
    let mut serving = Serving::start(&["--load", "1000000"]);
    let documents = "caxton_corpus_documents_total{outcome=\"ok\"}";
    let start = Instant::now();
    while !http("GET", serving.address, "/metrics", "")
        .1
        .contains(documents)
    {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "no document was done"
        );
    }
    serving.signal("INT");
    let (code, report) = serving.end();
    assert_eq!(code, 130);
    // Every document that was begun has ended, and nothing waits.
    let documents = row(&report, "Documents", "Documents");
    assert_eq!(documents[2], "ok", "{report}");
    assert_eq!(documents.len(), 3, "{report}");
    assert_eq!(
        row(&report, "TASKS", "splitter")[2],
        documents[1],
        "{report}"
    );
    assert_eq!(row(&report, "MESSAGES", "errors"), ["errors", "0"]);
    let request = row(&report, "MESSAGES", "request");
    assert_eq!(request[1], request[2], "{report}");
}
