//! The written pages are what the table of keys says, and the example works.

use std::path::Path;

use caxton_instrument_export::config::{Config, Environment, reference_markdown, schema_json};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn is_current(file: &str, expected: &str) {
    let path = root().join(file);
    if std::env::var_os("CAXTON_BLESS").is_some() {
        std::fs::write(&path, expected).expect("the folder is there");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found.replace("\r\n", "\n") == expected,
        "{file} is not what the table of keys says; write it with \
         `CAXTON_BLESS=1 cargo test -p caxton-telemetry-tests --test config`"
    );
}

#[test]
fn the_reference_is_current() {
    is_current("docs/configuration.md", &reference_markdown());
}

#[test]
fn the_schema_is_current() {
    is_current("docs/caxton.schema.json", &schema_json());
}

/// Each `# key = value` of the example, too: what is commented out is as right.
#[test]
fn the_example_is_right_with_all_it_has_commented_out() {
    let path = root().join("examples/caxton/caxton.toml");
    let text = std::fs::read_to_string(path).expect("the example is there");
    let environment = Environment::of([("CAXTON_TOKEN", "t"), ("COLLECTOR_API_KEY", "k")]);
    let load = |text: &str| {
        Config::layered(Some((Path::new("caxton.toml"), text)), &environment)
            .unwrap_or_else(|error| panic!("{error}"))
    };
    assert_eq!(load(&text).warnings(), []);
    let whole: Vec<&str> = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.contains(" = ") || rest.starts_with('[') => rest,
            _ => line,
        })
        .collect();
    let whole = whole.join("\n");
    assert_ne!(whole, text);
    let config = load(&whole);
    assert_eq!(config.warnings(), []);
    assert!(config.server.bearer_token.is_some());
}

#[test]
fn a_file_that_cannot_be_read_is_said() {
    let error = Config::from_file("no/such/caxton.toml").expect_err("it is not there");
    let message = error.to_string();
    assert!(message.contains("no/such/caxton.toml"), "{message}");
    assert!(message.contains("there is no such file"), "{message}");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("caxton.toml");
    std::fs::write(&path, b"[observability]\nservice_name = \"\xff\"\n").expect("written");
    let message = Config::from_file(&path).expect_err("no UTF-8").to_string();
    assert!(message.contains("it is not UTF-8"), "{message}");
    std::fs::write(&path, "# ".repeat(3 << 20)).expect("written");
    let message = Config::from_file(&path).expect_err("too large").to_string();
    assert!(message.contains("larger than 4 MiB"), "{message}");
}
