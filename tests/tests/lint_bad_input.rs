//! Whatever a file holds: a finding or a refusal, soon.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use caxton_instrument::Catalog;
use caxton_instrument::prelude::*;
use caxton_instrument_export::lint::{self, Class, Format, Report};
use proptest::prelude::*;

/// What a kitchen does.
#[derive(MetricSet)]
#[metric_set(namespace = "kitchen")]
#[allow(dead_code, reason = "they are only asked about")]
struct Kitchen {
    /// Ovens that are on.
    ovens: Gauge,
}

fn lint(paths: &[PathBuf]) -> Report {
    let catalog = Catalog::collect().expect("sound declarations");
    let start = Instant::now();
    let report = lint::run(&catalog, None, paths).expect("the paths are there");
    assert!(start.elapsed() < Duration::from_secs(30), "{paths:?}");
    for format in [Format::Text, Format::Json, Format::Sarif] {
        assert!(!report.render(format).is_empty());
    }
    report
}

/// The messages of the findings, each of class SYN, in a file that says this.
fn refused(name: &str, text: impl AsRef<[u8]>) -> Vec<String> {
    let folder = prometheus::Folder::new();
    let file = folder.0.join(name);
    std::fs::write(&file, text).expect("a file");
    let report = lint(&[file]);
    assert!(
        report.findings.iter().all(|it| it.class == Class::Syn),
        "{name}"
    );
    report.findings.into_iter().map(|it| it.message).collect()
}

#[track_caller]
fn assert_refused(name: &str, text: impl AsRef<[u8]>, part: &str) {
    let messages = refused(name, text);
    assert!(messages.iter().any(|it| it.contains(part)), "{messages:?}");
}

#[test]
fn what_is_no_such_file_is_told() {
    assert_refused("a.yml", "a: b: c\n", "this is no YAML");
    assert_refused("a.json", "{\"a\": }", "this is no JSON");
    assert_refused(
        "a.json",
        "{\"name\": \"left-pad\"}",
        "no file that is known here",
    );
    assert_refused("a.yml", "name: soup\n", "no file that is known here");
    assert_refused("a.yml", "just a sentence", "no file that is known here");
    assert_refused("a.yml", "", "the file is empty");
    assert_refused("a.json", " \n", "the file is empty");
    assert_refused("a.yml", b"a: \xff\n", "no UTF-8");
    assert_refused("a.json", b"\x7fELF\0\0\x01", "no text");
    assert_refused("a.yml", "#!/bin/sh\n\0", "no text");
    assert_refused("a.md", b"# A\n\xc3\x28", "no UTF-8");
}

#[test]
fn what_is_too_much_is_refused() {
    assert_refused("a.yml", "[".repeat(100_000), "nested");
    assert_refused("a.json", "[".repeat(100_000), "nested");
    assert_refused(
        "a.json",
        "{\"a\":".repeat(100) + "1" + &"}".repeat(100),
        "nested",
    );
    assert_refused("a.yml", "- ".repeat(100_000), "nested");

    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        bomb += &format!("a{level}: &a{level} [{below}]\n");
    }
    assert_refused("a.yml", bomb, "aliases");

    let folder = prometheus::Folder::new();
    let file = folder.0.join("large.json");
    std::fs::File::create(&file)
        .and_then(|it| it.set_len(50 << 20))
        .expect("a file");
    let report = lint(&[file]);
    assert!(report.findings[0].message.contains("are not read"));
}

#[test]
fn pages_within_bounds_are_read_soon() {
    for text in [
        "> ".repeat(20_000),
        "- ".repeat(20_000),
        "| a ".repeat(20_000) + "\n" + &"|---".repeat(20_000),
        "`".repeat(50_000),
        "**a ".repeat(20_000),
        "[a](".repeat(20_000),
        "```yaml\n".repeat(10_000),
        "# a\n```json\n[\n```\n".repeat(2_000),
        "`rate(a[5m])` ".repeat(5_000),
    ] {
        let folder = prometheus::Folder::new();
        let file = folder.0.join("a.md");
        std::fs::write(&file, text).expect("a file");
        lint(&[file]);
    }
}

#[test]
fn folders_are_read_within_bounds() {
    let folder = prometheus::Folder::new();
    let root = folder.0.join("root");
    let write = |path: &str| {
        let path = folder.0.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, "a: b: c\n").expect("a file");
    };
    for path in [
        "root/a.yml",
        "root/deep/b.yaml",
        "root/.hidden/c.yml",
        "root/target/d.yml",
        "root/e.png",
        "outside.yml",
    ] {
        write(path);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;

        symlink(&root, root.join("deep/loop")).expect("a link");
        symlink(folder.0.join("outside.yml"), root.join("out.yml")).expect("a link");
        symlink(root.join("a.yml"), root.join("same.yml")).expect("a link");
        symlink("nowhere", root.join("gone.yml")).expect("a link");
    }
    let report = lint(&[root.clone(), root.join("a.yml")]);
    let files: Vec<_> = report.findings.iter().map(|it| it.file.clone()).collect();
    let expected = ["a.yml", "deep/b.yaml"].map(|it| root.join(it).display().to_string());
    assert_eq!(files, expected);
    assert_eq!(report.files, 2);

    let catalog = Catalog::collect().expect("sound declarations");
    let error = lint::run(&catalog, None, &[folder.0.join("nosuch")]).expect_err("it is not there");
    assert!(error.to_string().contains("nosuch"), "{error}");
    #[cfg(unix)]
    {
        let report = lint(&[PathBuf::from("/dev/null")]);
        assert!(report.findings[0].message.contains("no file"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Pieces of a guide, torn and put together anyhow.
    #[test]
    fn no_file_is_a_crash(pieces in prop::collection::vec((0usize..3000, 0usize..400), 1..12), name in "[ab]\\.(md|yml|json|toml|promql|conf|txt)") {
        const GUIDE: &str = include_str!("lint/faulty/guide.md");
        let text: String = pieces
            .iter()
            .map(|(start, len)| {
                let start = GUIDE.floor_char_boundary(*start);
                let end = GUIDE.floor_char_boundary(start + len);
                &GUIDE[start..end]
            })
            .collect();
        let folder = prometheus::Folder::new();
        let file = folder.0.join(name);
        std::fs::write(&file, text).expect("a file");
        lint(&[file]);
    }
}
