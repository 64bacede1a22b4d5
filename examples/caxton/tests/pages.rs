//! What the pages say is so.
#![cfg(feature = "instrumented")]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::path::Path;
use std::time::Duration;

use caxton_instrument::Catalog;
// Naming it is what makes the linker keep its declarations.
use caxton_instrument_export as _;
use caxton_runtime::{AgentType, Limits, Orchestrator, Performative};

fn page(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(path).expect("the page is there")
}

/// The names in a cell's code, without labels and a histogram's suffix.
fn name(cell: &str) -> Option<&str> {
    let code = cell.split('`').nth(1)?;
    let name = code.split('{').next()?;
    Some(name.trim_end_matches("_count"))
}

#[test]
fn the_table_of_names_is_that_of_the_catalog() {
    let catalog = Catalog::collect().expect("a sound catalog");
    let declared = |name: &str| catalog.metrics().iter().find(|metric| metric.name == name);
    let readme = page("README.md");
    let rows: Vec<Vec<&str>> = readme
        .lines()
        .skip_while(|line| !line.starts_with("| name in the guides"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() > 20, "{} rows", rows.len());
    let mut replaced = Vec::new();
    for row in &rows {
        let old = name(row[1]).expect("a name");
        match row[2] {
            "the same" => assert!(declared(old).is_some(), "{old} is not declared"),
            "later" | "none" => assert!(declared(old).is_none(), "{old} is declared"),
            here => {
                let here = name(here).expect("a name");
                let metric = declared(here).unwrap_or_else(|| panic!("{here} is not declared"));
                let found = metric.replaces.iter().find(|other| other.name == old);
                let found = found.unwrap_or_else(|| panic!("{here} does not replace {old}"));
                assert!(
                    !found.reason.is_empty(),
                    "{here} replaces {old} without a reason"
                );
                replaced.push(old);
            }
        }
    }
    for metric in catalog.metrics() {
        for other in metric.replaces {
            assert!(
                replaced.contains(&other.name),
                "{} is not in the table",
                other.name
            );
        }
        let is_named = readme.contains(&format!("`{}`", metric.name));
        let is_own = metric.name.starts_with("caxton_instrument_");
        assert!(is_named || is_own, "{} is not in the README", metric.name);
    }
}

#[tokio::test]
async fn the_module_of_the_page_answers_what_it_was_told() {
    let page = page("../../docs/caxton-modules.md");
    let text = page
        .split("```wat\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let limits = Limits::default();
    let echo = AgentType::new("echo", text.expect("a module"), &limits).expect("a sound module");
    let orchestrator = Orchestrator::new(limits, vec![echo]).expect("sound modules");
    orchestrator.create("echo").expect("there is room");
    let say =
        |content: Vec<u8>| orchestrator.ask("echo", Performative::Request, content, Duration::ZERO);
    let reply = say(b"hello".to_vec())
        .await
        .next()
        .await
        .expect("an answer");
    assert_eq!(
        (reply.performative, &*reply.content),
        (Performative::Inform, &b"hello"[..])
    );
    let reply = say(vec![b'a'; 70_000])
        .await
        .next()
        .await
        .expect("an answer");
    assert_eq!(reply.performative, Performative::Failure);
    let text = String::from_utf8(reply.content).expect("UTF-8");
    assert_eq!(text, "the module has no room for a message of 70000 bytes");
    for performative in Performative::ALL {
        let cell = format!("| {} `{performative}` ", performative.code());
        assert!(page.contains(&cell), "{cell}");
    }
    orchestrator.stop_all().await;
}
