//! The schema and the parser agree about each key, and no text panics.

use caxton_instrument_export::config::{Config, Environment, schema_json};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::LazyLock;

/// Values that are right for keys of a kind, and some that are wrong for each.
const VALUES: &[&str] = &[
    "true",
    "0",
    "1",
    "5",
    "-1",
    "2000000000",
    "99999999999999999999999999",
    "0.0",
    "0.5",
    "1.5",
    "\"\"",
    "\"x\"",
    "\"10s\"",
    "\"1m30s\"",
    "\"30s1m\"",
    "\"0s\"",
    "\"10\"",
    "\"10 s\"",
    "\"1.5ms\"",
    "\"1.2345s\"",
    "\"1234567890s\"",
    "\"64MiB\"",
    "\"0MiB\"",
    "\"64mib\"",
    "\"007B\"",
    "\"http://localhost:4317\"",
    "\"https://c.example.com/v1/metrics?a=b\"",
    "\"http://[::1]:4318\"",
    "\"localhost:4317\"",
    "\"http://\"",
    "\"http://a b\"",
    "\"http://c:70000\"",
    "\"http://u:p@c:1\"",
    "\"ftp://c\"",
    "\"127.0.0.1:9464\"",
    "\"[::1]:9464\"",
    "\"9464\"",
    "\":9464\"",
    "\"h:65536\"",
    "\"h:65535\"",
    "\"a b:1\"",
    "\"info\"",
    "\"INFO\"",
    "\"json\"",
    "\"grpc\"",
    "\"http/protobuf\"",
    "\"gzip\"",
    "\"delta\"",
    "\"always_on\"",
    "\"rfc3339\"",
    "\"stdout\"",
    "\"./a.log\"",
    "[]",
    "[\"a\"]",
    "[\"\"]",
    "[\"cpu\"]",
    "[\"alloc_space\"]",
    "[\"baggage\", \"none\"]",
    "[0.1, 1]",
    "[0.1, 0.1]",
    "[\"0.1\"]",
    "[0.1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50]",
    "{ env = \"TOKEN\" }",
    "{ env = \"a b\" }",
    "{ env = \"TOKEN\", file = \"/f\" }",
    "{ environment = \"TOKEN\" }",
    "{}",
    "{ a = \"b\" }",
    "{ a = \"\" }",
    "{ \"a b\" = \"c\" }",
    "{ \"ä\" = \"c\" }",
    "{ a = \"ä\" }",
    "{ a = { env = \"TOKEN\" } }",
    "{ a = 1 }",
    "{ a = \"warn\" }",
    "{ a = [1.0, 2.0] }",
    "{ a = [2.0, 1.0] }",
    "2026-01-15",
];

/// Full keys of the schema, aliases and sections included.
fn keys(schema: &Value, path: &str, out: &mut Vec<String>) {
    for (name, property) in schema["properties"].as_object().expect("an object") {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        if property["additionalProperties"] == json!(false) {
            keys(property, &path, out);
        } else {
            out.push(path);
        }
    }
}

fn schema() -> Value {
    serde_json::from_str(&schema_json()).expect("it is JSON")
}

/// As editors hand it to a schema; a date, which JSON has not, as what no key is.
fn json_of(value: &toml::Value) -> Value {
    match value {
        toml::Value::Datetime(_) => Value::Null,
        toml::Value::Array(items) => items.iter().map(json_of).collect(),
        toml::Value::Table(table) => {
            let entries = table
                .iter()
                .map(|(key, value)| (key.clone(), json_of(value)));
            Value::Object(entries.collect())
        }
        value => serde_json::to_value(value).expect("it is a plain value"),
    }
}

fn as_json(text: &str) -> Option<Value> {
    let table: toml::Table = toml::from_str(text).ok()?;
    Some(json_of(&toml::Value::Table(table)))
}

/// Whether the parser takes the value, whatever the other keys make of it.
fn is_taken(key: &str, text: &str) -> bool {
    let environment = Environment::of([("TOKEN", "t")]);
    match Config::layered(Some((Path::new("caxton.toml"), text)), &environment) {
        Ok(_) => true,
        Err(error) => {
            let about = |message: &str| message.starts_with(&format!("`{key}"));
            let is_pair = |message: &str| {
                message.contains("is set without")
                    || message.contains("asks clients for")
                    || message.contains("would never be full")
                    || message.contains("longer than")
                    || message.contains("are both")
            };
            let mistakes = error.mistakes().iter();
            let of_value =
                mistakes.filter(|it| about(&it.message) || it.message.contains("unknown"));
            of_value
                .filter(|it| it.severity.as_str() == "error")
                .all(|it| is_pair(&it.message))
        }
    }
}

/// What a schema cannot say: bounds that rise, names that overlap.
fn only_the_parser_knows(text: &str) -> bool {
    text.contains("[2.0, 1.0]")
}

#[test]
fn schema_and_parser_judge_each_value_alike() {
    let schema = schema();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let mut all = Vec::new();
    keys(&schema, "", &mut all);
    assert!(all.len() > 110, "{}", all.len());
    let mut wrong = Vec::new();
    for key in &all {
        let (mut good, mut bad) = (0, 0);
        for value in VALUES {
            let text = format!("{key} = {value}\n");
            let Some(json) = as_json(&text) else {
                // Too large for any reader of TOML.
                assert!(!is_taken(key, &text), "{text}");
                continue;
            };
            let (valid, taken) = (validator.is_valid(&json), is_taken(key, &text));
            if valid != taken && !only_the_parser_knows(value) {
                wrong.push(format!("{text}schema: {valid}, parser: {taken}"));
            }
            if taken {
                good += 1;
            } else {
                bad += 1;
            }
        }
        assert!(good > 0 && bad > 0, "{key}: {good} good, {bad} bad");
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_schema_is_a_schema_and_refuses_unknown_keys() {
    let schema = schema();
    jsonschema::meta::validate(&schema).expect("it is one");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let judge = |text: &str| validator.is_valid(&as_json(text).expect("TOML"));
    assert!(judge(
        "[observability.metrics]\nexemplars = true\n[server]\nport = 80"
    ));
    assert!(!judge("[observability.metrics]\nexemplar = true"));
    assert!(!judge("[observability.metric]\nexemplars = true"));
    assert!(!judge("observability = 3"));
}

/// No two keys have one variable, and none has one of another key.
#[test]
fn each_variable_sets_one_key() {
    let reference = caxton_instrument_export::config::reference_markdown();
    let mut seen = std::collections::BTreeSet::new();
    for line in reference.lines() {
        let Some(variables) = line.strip_prefix("- environment: ") else {
            continue;
        };
        for variable in variables.split(", ") {
            assert!(seen.insert(variable), "{variable} twice");
        }
    }
    assert!(seen.len() > 140, "{}", seen.len());
}

static VARIABLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    caxton_instrument_export::config::reference_markdown()
        .lines()
        .filter_map(|line| line.strip_prefix("- environment: "))
        .flat_map(|line| line.split(", "))
        .map(|name| name.trim_matches('`').to_owned())
        .collect()
});

/// Pieces that a configuration is made of, so that what is drawn comes near to
/// one.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("[observability]\n".to_owned()),
        Just("[observability.metrics]\n".to_owned()),
        Just("[observability.metrics.buckets]\n".to_owned()),
        Just("[observability.server]\n".to_owned()),
        Just("[profiling]\n".to_owned()),
        Just("otlp_headers = ".to_owned()),
        Just("bearer_token = ".to_owned()),
        Just("export_interval = ".to_owned()),
        Just("address = ".to_owned()),
        Just("profile_types = ".to_owned()),
        Just("resource_attributes = ".to_owned()),
        Just("max_batch_size = ".to_owned()),
        Just("otlp_endpoint = ".to_owned()),
        Just("exclude_labels = ".to_owned()),
        Just("{ env = \"A\" }\n".to_owned()),
        Just("\"\"\"".to_owned()),
        Just("\n".to_owned()),
        Just(" = ".to_owned()),
        "\"[0-9.:a-zA-Z%/@ ]{0,12}\"\n",
        "[0-9.e+-]{1,20}\n",
        "[\\[\\]{},=#'\"]{1,4}",
        "\\PC{0,8}",
        ".{0,4}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in pieces()) {
        if let Err(error) = Config::from_text("caxton.toml", &text) {
            prop_assert!(!error.mistakes().is_empty());
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn no_variable_panics(at in 0..400_usize, value in "\\PC{0,30}|[0-9]{1,30}|[a-z]{1,5}=[%0-9a-f]{0,6}(,[a-z=;,]{0,6})*") {
        let name = VARIABLES[at % VARIABLES.len()].clone();
        let is_theirs = name.starts_with("OTEL_");
        let read = Config::layered(None, &Environment::of([(name.clone(), value.clone())]));
        let is_pair = read.as_ref().err().is_some_and(|error| {
            error.mistakes().iter().any(|it| it.message.contains("is set without") || it.message.contains("never be full"))
        });
        // Theirs never stop a program by themselves.
        prop_assert!(read.is_ok() || !is_theirs || is_pair, "{name}={value}: {read:?}");
    }

    /// Whatever stands for a secret is in no message about it.
    #[test]
    fn no_secret_is_shown(
        key in "bearer_token|basic_password|bearer_tokn|otlp_headers|unknown_secret",
        secret in "[a-z]{6}X[0-9]{6}",
        form in 0..7_usize,
    ) {
        let value = match form {
            0 => format!("\"{secret}\""),
            1 => secret.clone(),
            2 => format!("'{secret}"),
            3 => format!("{{ \"api-key\" = \"{secret}\" }}"),
            4 => format!("{{ \"api-key\" = {secret} }}"),
            5 => format!("[\"{secret}\"]"),
            _ => format!("{{ x-tenant = \"ü\", \"authorization\" = \"{secret}\", a = 1 }}"),
        };
        for section in ["observability", "observability.server", "profiling"] {
            let text = format!("[{section}]\n{key} = {value}\n");
            let shown = match Config::from_text("caxton.toml", &text) {
                Ok(config) => format!("{config:?}\n{:?}", config.warnings()),
                Err(error) => error.to_string(),
            };
            prop_assert!(!shown.contains(&secret), "{text}{shown}");
        }
    }
}
