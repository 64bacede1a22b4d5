//! The examples as their users start them.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod program;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use program::{example, file, run};

#[test]
fn quickstart_prints_what_happened() {
    let good = file("good.md", "alpha beta\n\ngamma alpha delta");
    let bad = file("bad.md", [0xff, 0xfe]);
    let (code, out, err) = run(
        "quickstart",
        &[
            &good.to_string_lossy(),
            &bad.to_string_lossy(),
            "missing.md",
        ],
    );
    assert_eq!(code, 1);
    let row = |start: &str| {
        let line = out
            .lines()
            .find(|line| line.starts_with(start))
            .unwrap_or("");
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        row("reader")[..6],
        ["reader", "read", "1", "2", "0", "0"],
        "{out}"
    );
    assert_eq!(
        row("tokeniser")[..6],
        ["tokeniser", "tokenise", "2", "0", "0", "0"],
        "{out}"
    );
    assert_eq!(
        row("Documents failed")[2..],
        ["1", "not_utf8,", "1", "unreadable"],
        "{out}"
    );
    assert_eq!(row("Terms indexed")[2..], ["5", "(4", "distinct)"], "{out}");
    assert!(
        out.contains("Most frequent     alpha 2, beta 1, delta 1, gamma 1\n"),
        "{out}"
    );
    assert!(err.contains("cannot read missing.md: "), "{err}");
    assert!(err.contains("is not UTF-8 from byte 0 on"), "{err}");
}

#[test]
fn quickstart_counts_nothing_as_nought() {
    let empty = file("empty.txt", "");
    let (code, out, err) = run("quickstart", &[&empty.to_string_lossy()]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("Bytes read        0\n"), "{out}");
    assert!(out.contains("Terms indexed     0 (0 distinct)\n"), "{out}");
}

#[test]
fn quickstart_without_files_says_how_to_use_it() {
    for args in [&[][..], &["--serve"], &["--srve", "a.md"]] {
        let (code, out, err) = run("quickstart", args);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(err.starts_with("usage: quickstart"), "{err}");
    }
}

#[test]
fn quickstart_serves_until_it_is_ended() {
    struct Ended(Child);
    impl Drop for Ended {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    let good = file("served.md", "alpha beta");
    let mut command = example("quickstart");
    command
        .arg("--serve=127.0.0.1:0")
        .arg(good)
        .stdout(Stdio::piped());
    let mut process = Ended(command.spawn().expect("it starts"));
    let out = BufReader::new(process.0.stdout.take().expect("piped"));
    let line = out
        .lines()
        .map_while(Result::ok)
        .find(|line| line.starts_with("serving http://127.0.0.1:"))
        .expect("it says where it serves");
    let address = line.split('/').nth(2).expect("an address").to_owned();
    assert!(std::net::TcpStream::connect(&address).is_ok(), "{line}");

    let (code, _, err) = run("quickstart", &[&format!("--serve={address}"), "Cargo.toml"]);
    assert_eq!(code, 1);
    assert!(err.contains(&address) && err.contains("in use"), "{err}");
}

#[test]
fn the_catalog_page_is_fresh() {
    let (code, out, err) = run("catalog", &["check", "METRICS.md"]);
    assert_eq!(code, 0, "{out}{err}");
}

#[test]
fn one_letter_of_a_doc_comment_is_drift() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("METRICS.md"))
        .expect("the page is there");
    let spoiled = page.replace("Size of each document", "Sixe of each document");
    assert_ne!(page, spoiled);
    let spoiled = file("METRICS.md", spoiled);
    let (code, out, _) = run("catalog", &["check", &spoiled.to_string_lossy()]);
    assert_eq!(code, 1);
    assert!(
        out.contains("\n-Sixe of each document that was read.\n+Size of"),
        "{out}"
    );
    assert!(
        out.contains("cargo run --example catalog -- show --format markdown --out"),
        "{out}"
    );
}

#[test]
fn the_catalog_is_shown_in_every_format() {
    let (code, table, _) = run("catalog", &[]);
    assert_eq!(code, 0);
    for part in [
        "caxton_document_size_bytes",
        "histogram",
        "bytes",
        "le = 256 | 1024",
        "src/metrics.rs:",
    ] {
        assert!(table.contains(part), "{part} is not in\n{table}");
    }
    let (code, json, _) = run(
        "catalog",
        &["--format", "json", "--metric", "caxton_index_terms"],
    );
    assert_eq!(code, 0);
    assert!(json.contains("\"version\": 2,"), "{json}");
    assert_eq!(json.matches("\"type\": ").count(), 1, "{json}");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("written.md");
    let (code, said, _) = run("catalog", &["show", "--out", &out.to_string_lossy()]);
    assert_eq!((code, said.as_str()), (0, ""));
    let page = std::fs::read_to_string(&out).expect("it was written");
    assert!(page.starts_with("# Metrics\n"), "{page}");
}

#[test]
fn an_unknown_metric_names_the_nearest() {
    let (code, out, err) = run("catalog", &["show", "--metric", "caxton_docs_read_total"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.contains("the nearest is `caxton_documents_read_total`"),
        "{err}"
    );
}

#[test]
fn faults_of_files_are_told_with_an_exit_code() {
    let good = file(
        "good.yml",
        "groups:\n- name: a\n  rules:\n  - record: job:up:sum\n    expr: sum by (job) (up)\n",
    );
    let (code, out, err) = run("catalog", &["lint", &good.to_string_lossy()]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "1 file, no findings\n");

    let bad = file("bad.yml", "groups:\n- name: a\n  name: b\n  rules: []\n");
    let bad = bad.to_string_lossy();
    let (code, out, _) = run("catalog", &["lint", &bad]);
    assert_eq!(code, 1);
    assert!(
        out.contains("bad.yml:3:3: SYN: the key `name` stands twice"),
        "{out}"
    );
    let (code, out, _) = run("catalog", &["lint", "--format", "sarif", &bad]);
    assert_eq!(code, 1);
    assert!(out.contains("\"version\": \"2.1.0\""), "{out}");
    let (code, _, _) = run("catalog", &["lint", "--class", "cat,LBL", &bad]);
    assert_eq!(code, 0, "what is asked for is not there");

    let (code, _, err) = run("catalog", &["lint", "--class", "CATS", &bad]);
    assert_eq!(code, 2);
    assert!(
        err.contains("`CATS` is no class of faults; they are CAT, "),
        "{err}"
    );
    let (code, _, err) = run("catalog", &["lint", "nowhere.yml"]);
    assert_eq!(code, 2);
    assert!(err.contains("cannot read nowhere.yml"), "{err}");
}
