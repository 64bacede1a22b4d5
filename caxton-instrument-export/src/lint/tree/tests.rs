use std::fmt::Write as _;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn only(parsed: Parsed) -> Node {
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.documents.len(), 1);
    parsed.documents.into_iter().next().expect("just counted")
}

fn place(line: u32, column: u32) -> Place {
    Place { line, column }
}

/// The place of a word in the text below a key.
fn place_of(node: &Node, key: &str, word: &str) -> Place {
    let node = node.get(key).expect("the key is there");
    let offset = node.text().and_then(|it| it.find(word));
    node.place_of(offset.expect("the word is there"))
}

#[test]
fn letters_are_found_in_every_kind_of_scalar() {
    let text = concat!(
        "plain: sum(a) /\n  sum(b)\n",
        "single: 'it''s\n\n   here'\n",
        "double: \"a\\n\\u00e9\\\n   z \\\"quoted\\\"\"\n",
        "literal: |-\n    one\n      two\n\n    three\n",
        "folded: >+\n  one\n  two\n\n  three\n",
        "indented: |2\n    four\n",
        "ö: ö x\n",
    );
    let node = only(yaml(text));
    assert_eq!(place_of(&node, "plain", "a"), place(1, 12));
    assert_eq!(place_of(&node, "plain", "b"), place(2, 7));
    assert_eq!(place_of(&node, "single", "s\n"), place(3, 14));
    assert_eq!(place_of(&node, "single", "here"), place(5, 4));
    assert_eq!(place_of(&node, "double", "é"), place(6, 13));
    assert_eq!(place_of(&node, "double", "z"), place(7, 4));
    assert_eq!(place_of(&node, "double", "\"quoted"), place(7, 6));
    assert_eq!(place_of(&node, "double", "d\""), place(7, 13));
    assert_eq!(place_of(&node, "literal", "two"), place(10, 7));
    assert_eq!(place_of(&node, "literal", "three"), place(12, 5));
    assert_eq!(place_of(&node, "folded", "two"), place(15, 3));
    assert_eq!(place_of(&node, "folded", "three"), place(17, 3));
    assert_eq!(place_of(&node, "indented", "four"), place(19, 5));
    assert_eq!(place_of(&node, "ö", "x"), place(20, 6));
}

#[test]
fn letters_are_found_in_json() {
    let node = only(json(
        "{\r\n\t\"a\": \"x\\n\\ud83d\\ude00y\\/z\", \"ü\": \"ü\"}",
    ));
    assert_eq!(node.get("a").and_then(Node::text), Some("x\n😀y/z"));
    assert_eq!(place_of(&node, "a", "😀"), place(2, 11));
    assert_eq!(place_of(&node, "a", "y"), place(2, 23));
    assert_eq!(place_of(&node, "a", "z"), place(2, 26));
    assert_eq!(place_of(&node, "ü", "ü"), place(2, 36));
}

#[test]
fn scalars_are_what_the_core_schema_says() {
    let node = only(yaml(
        "[1, -2.5, .5, 1e3, 0x1f, 0o17, .inf, 5m, infinity, 1_000, 'true', true, ~, !!str 3, !x 4, no]",
    ));
    let is_number = |it: &Node| matches!(it.kind, Kind::Number(_));
    let kinds: Vec<_> = node.items().iter().map(is_number).collect();
    let numbers = [
        true, true, true, true, true, true, true, false, false, false, false, false, false, false,
        true, false,
    ];
    assert_eq!(kinds, numbers);
    assert!(matches!(node.items()[10].kind, Kind::Text(..)));
    assert_eq!(node.items()[11].kind, Kind::Bool(true));
    assert_eq!(node.items()[12].kind, Kind::Null);
    assert_eq!(node.items()[13].text(), Some("3"));
}

#[test]
fn documents_aliases_and_merged_maps() {
    let parsed =
        yaml("--- &a\nx: 1\n---\nbase: &b {x: 1, y: 2}\nown:\n  <<: [*b]\n  y: 3\nsame: *b\n");
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.documents.len(), 2);
    let own = parsed.documents[1].get("own").expect("it is there");
    let shown: Vec<_> = own
        .entries()
        .iter()
        .map(|(k, v)| (&*k.text, v.text()))
        .collect();
    assert_eq!(shown, [("y", Some("3")), ("x", Some("1"))]);
    assert_eq!(
        only(yaml("'<<': 1\n\"<<a\": 2\n")).entries()[0].0.text,
        "<<"
    );
    let same = parsed.documents[1].at(&["same", "y"]).expect("it is there");
    assert_eq!((same.text(), same.place.line), (Some("2"), 4));
}

fn problems(parsed: &Parsed) -> Vec<(u32, u32, &str)> {
    let shown = |it: &Problem| (it.place.line, it.place.column);
    parsed
        .problems
        .iter()
        .map(|it| (shown(it).0, shown(it).1, &*it.message))
        .collect()
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let parsed = yaml("a: 1\nb: 2\na: 3\n");
    assert_eq!(
        problems(&parsed),
        [(3, 1, "the key `a` stands twice in one map")]
    );
    assert_eq!(parsed.documents[0].get("a").and_then(Node::text), Some("1"));

    let parsed = json("{\"a\": 1,\n \"a\": 2}");
    assert_eq!(
        problems(&parsed),
        [(2, 2, "the key `a` stands twice in one map")]
    );

    let parsed = yaml("a: b: c\n");
    assert_eq!(problems(&parsed).len(), 1);
    assert!(parsed.problems[0].message.starts_with("this is no YAML: "));
    assert_eq!(parsed.problems[0].place.line, 1);

    let parsed = json("{\n  \"a\": 1,\n}");
    assert_eq!(
        problems(&parsed),
        [(2, 9, "this is no JSON: trailing commas are not allowed")]
    );

    let parsed = yaml("a: {{ .Values.x }}\n");
    assert!(
        problems(&parsed)[0].2.contains("is the key of a map"),
        "{parsed:?}"
    );

    assert_eq!(json(" ").problems[0].message, "the file is empty");
    assert_eq!(yaml("a: &x [*x]").problems.len(), 1);
    assert_eq!(yaml("a: &x 1\n---\nb: *x\n").problems.len(), 1);
}

#[test]
fn what_is_too_much_is_refused_soon() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        let _ = writeln!(bomb, "a{level}: &a{level} [{below}]");
    }
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1 << 20),
        "*a, ".repeat(10_000)
    );
    let merged = format!(
        "a: &a {{{}}}\nb:\n{}",
        (0..2_000).fold(String::new(), |text, it| text + &format!("k{it}: 1, ")),
        "- <<: *a\n".repeat(2_000)
    );
    let texts = [
        bomb,
        long,
        merged,
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(100_000),
        "? ".repeat(100_000),
        (0..5_000).fold(String::new(), |text, it| text + &" ".repeat(it) + "a:\n"),
        "a, ".repeat(10) + &"[1,".repeat(1_000_000),
        format!("[{}]", "1,".repeat(1_000_000)),
        "&a ".repeat(100_000),
        "!t ".repeat(100_000),
        "%TAG ! a\n".repeat(100_000),
        "'".repeat(100_001),
        "a: |\n".to_owned() + &"\n".repeat(1_000_000),
        "\"".to_owned() + &"a ".repeat(1_000_000),
        "#".repeat(1_000_000),
        "a".repeat(1 << 20) + ": b",
        "---\n".repeat(100_000),
    ];
    for text in &texts {
        for read in [yaml, json] {
            let start = Instant::now();
            let parsed = read(text);
            let taken = start.elapsed();
            let shown: String = text.chars().take(40).collect();
            assert!(taken < Duration::from_secs(20), "{taken:?} for {shown}");
            let nodes: usize = parsed.documents.iter().map(|it| it.size().0).sum();
            assert!(nodes <= MAX_NODES + 1, "{nodes} for {shown}");
        }
    }
    for text in &texts[..3] {
        let messages = problems(&yaml(text))[0].2.to_owned();
        assert!(messages.contains("aliases"), "{messages}");
    }
    for text in &texts[3..7] {
        assert!(!yaml(text).problems.is_empty());
    }
}

/// What serde reads of a tree.
fn value_of(node: &Node) -> Value {
    match &node.kind {
        Kind::Null => Value::Null,
        Kind::Bool(it) => Value::Bool(*it),
        Kind::Number(it) => serde_json::from_str(it).expect("a number of JSON"),
        Kind::Text(it, _) => Value::String(it.clone()),
        Kind::List(items) => items.iter().map(value_of).collect(),
        Kind::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.text.clone(), value_of(value)))
            .collect(),
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,12}", "\\PC{0,8}", "[\"\\\\/\\n\\t\\r<' :#]{0,6}"]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(any_text(), inner, 0..6)
                .prop_map(|it| Value::Object(it.into_iter().collect())),
        ]
    })
}

/// Every text's letters that are no escapes are found where they stand.
fn check_places(node: &Node, lines: &[&str]) {
    match &node.kind {
        Kind::Text(text, _) => {
            let plain = |it: &char| it.is_alphanumeric();
            for (offset, letter) in text.char_indices().filter(|(_, it)| plain(it)) {
                let at = node.place_of(offset);
                let found = lines[at.line as usize - 1]
                    .chars()
                    .nth(at.column as usize - 1);
                assert!(
                    found == Some(letter) || found == Some('\\'),
                    "{at:?} {text:?}"
                );
            }
        }
        Kind::List(items) => items.iter().for_each(|it| check_places(it, lines)),
        Kind::Map(entries) => entries.iter().for_each(|(_, it)| check_places(it, lines)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn every_json_is_read_as_serde_reads_it(value in any_json()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).expect("it is JSON")] {
            let node = only(json(&text));
            prop_assert_eq!(&value_of(&node), &value);
            check_places(&node, &text.split('\n').collect::<Vec<_>>());
        }
    }

    #[test]
    fn every_yaml_of_serde_is_read(value in any_json()) {
        let text = serde_saphyr::to_string(&value).expect("it is YAML");
        let parsed = yaml(&text);
        prop_assert_eq!(&parsed.problems, &[], "{}", text);
        for document in &parsed.documents {
            check_places(document, &text.split('\n').collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_text_is_a_crash(text in "([\\[\\]{}:,?!&*|>%@`'\"#\\- \\t\\n\\r~<.a0\\\\é]|---|\\.\\.\\.|: |- |\\? |<<){0,60}") {
        for parsed in [yaml(&text), json(&text)] {
            for document in &parsed.documents {
                let _ = document.size();
            }
        }
    }

    #[test]
    fn no_bytes_are_a_crash(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = (yaml(&text), json(&text));
    }
}
