//! Jaeger's file: what is read, what is warned of, what is refused.

use super::*;

/// A runtime's file as its guide prints it, with what Jaeger ignores in it.
const GUIDE: &str = r#"{
  "service_strategies": [
    {
      "service": "caxton-runtime",
      "type": "probabilistic",
      "param": 0.1,
      "max_traces_per_second": 100,
      "operation_strategies": [
        {
          "operation": "agent.execute",
          "type": "probabilistic",
          "param": 0.2
        },
        {
          "operation": "message.process",
          "type": "ratelimiting",
          "param": 50
        }
      ]
    }
  ],
  "default_strategy": {
    "type": "probabilistic",
    "param": 0.05
  }
}"#;

fn read(text: &str) -> Strategies {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str) -> String {
    let error = text.parse::<Strategies>().expect_err("no strategies");
    error.to_string()
}

#[test]
fn the_guides_file_loads() {
    let strategies = read(GUIDE);
    let runtime = strategies.of_service("caxton-runtime");
    assert_eq!(runtime.strategy, Strategy::Ratio(0.1));
    let operations: Vec<_> = runtime.operations.into_iter().collect();
    assert_eq!(
        operations,
        [
            (String::from("agent.execute"), Strategy::Ratio(0.2)),
            (String::from("message.process"), Strategy::PerSecond(50.0)),
        ]
    );
    let other = strategies.of_service("other");
    assert_eq!(other.strategy, Strategy::Ratio(0.05));
    assert!(other.operations.is_empty());
}

#[test]
fn the_guides_file_warns_of_what_jaeger_ignores() {
    assert_eq!(
        read(GUIDE).warnings(),
        [
            "`service_strategies[0].max_traces_per_second`: Jaeger's format has no such key, which \
             is ignored; for a limit instead of a probability write `\"type\": \"ratelimiting\"` \
             and the traces a second as `param`",
            "`service_strategies[0].operation_strategies[1]`: `message.process` has 50 traces a \
             second here; Jaeger itself limits no single operation and would sample it with \
             probability 0.1",
        ]
    );
}

#[test]
fn jaegers_own_example_has_no_warnings() {
    let strategies = read(
        r#"{
          "service_strategies": [
            {
              "service": "foo", "type": "probabilistic", "param": 0.8,
              "operation_strategies": [
                { "operation": "op1", "type": "probabilistic", "param": 0.2 },
                { "operation": "op2", "type": "probabilistic", "param": 0.4 }
              ]
            },
            { "service": "bar", "type": "ratelimiting", "param": 5 }
          ],
          "default_strategy": {
            "type": "probabilistic", "param": 0.5,
            "operation_strategies": [
              { "operation": "/health", "type": "probabilistic", "param": 0.0 },
              { "operation": "op1", "type": "probabilistic", "param": 0.9 }
            ]
          }
        }"#,
    );
    assert!(
        strategies.warnings().is_empty(),
        "{:?}",
        strategies.warnings()
    );
    // The default's operations hold where a service does not name them.
    let foo = strategies.of_service("foo");
    assert_eq!(foo.operations["op1"], Strategy::Ratio(0.2));
    assert_eq!(foo.operations["op2"], Strategy::Ratio(0.4));
    assert_eq!(foo.operations["/health"], Strategy::Ratio(0.0));
    let bar = strategies.of_service("bar");
    assert_eq!(bar.strategy, Strategy::PerSecond(5.0));
    assert_eq!(bar.operations.len(), 2);
    assert_eq!(strategies.of_service("baz").strategy, Strategy::Ratio(0.5));
}

#[test]
fn a_service_that_is_not_named_has_jaegers_default() {
    let strategies = read(r#"{ "service_strategies": [] }"#);
    assert_eq!(
        strategies.of_service("shop").strategy,
        Strategy::Ratio(0.001)
    );
    assert!(strategies.warnings().is_empty());
}

#[test]
fn likely_mistakes_are_warned_of() {
    let cases = [
        ("{}", "neither `default_strategy` nor `service_strategies`"),
        (
            r#"{ "default_startegy": { "type": "probabilistic", "param": 1 } }"#,
            "did you mean `default_strategy`?",
        ),
        (
            r#"{ "default_strategy": { "param": 1 } }"#,
            "`default_strategy`: it has no `type`, so that probability 0.001 is taken",
        ),
        (
            r#"{ "default_strategy": { "type": "probabilistic" } }"#,
            "`default_strategy`: it has no `param`, which is 0 then",
        ),
        (
            r#"{ "default_strategy": { "type": "ratelimiting", "param": 0.5 } }"#,
            "0.5 traces a second are 0 to Jaeger",
        ),
        (
            r#"{ "default_strategy": { "type": "probabilistic", "param": 1 },
                 "default_operation_strategies": [] }"#,
            "write `operation_strategies` into `default_strategy`",
        ),
        (
            r#"{ "service_strategies": [
                { "service": "a", "type": "probabilistic", "param": 1 },
                { "service": "a", "type": "probabilistic", "param": 0.5 } ] }"#,
            "`service_strategies[1]`: service `a` stands here again; this one holds",
        ),
        (
            r#"{ "default_strategy": { "type": "ratelimiting", "param": 5, "operation_strategies": [
                { "operation": "a", "type": "probabilistic", "param": 1 } ] } }"#,
            "operations that are not named have 5 traces a second here; Jaeger itself would \
             sample them with probability 0.001",
        ),
    ];
    for (text, expected) in cases {
        let strategies = read(text);
        let warnings = strategies.warnings();
        let found = warnings.iter().any(|warning| warning.contains(expected));
        assert!(found, "{text}\n{warnings:?}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let cases = [
        (
            "[]",
            "wrong at `the file`: found a list; write an object, {..}",
        ),
        (
            r#"{ "default_strategy": { "type": "const", "param": 1 } }"#,
            "wrong at `default_strategy.type`: found \"const\"; write \"probabilistic\" or \
             \"ratelimiting\"",
        ),
        (
            r#"{ "default_strategy": { "type": "probabilistic", "param": 10 } }"#,
            "wrong at `default_strategy.param`: found 10; a probability is from 0 to 1",
        ),
        (
            r#"{ "default_strategy": { "type": "ratelimiting", "param": -1 } }"#,
            "wrong at `default_strategy.param`: found -1; traces a second are 0 or more",
        ),
        (
            r#"{ "default_strategy": { "type": "probabilistic", "param": "0.1" } }"#,
            "wrong at `default_strategy.param`: found \"0.1\"; write a number",
        ),
        (
            r#"{ "service_strategies": [{ "type": "probabilistic", "param": 1 }] }"#,
            "wrong at `service_strategies[0]`: it does not say which service it is for: write \
             `\"service\": \"..\"`",
        ),
        (
            r#"{ "service_strategies": { "service": "a" } }"#,
            "wrong at `service_strategies`: found an object; write a list, [..]",
        ),
        (
            r#"{ "default_strategy": { "type": "probabilistic", "param": 1,
                 "operation_strategies": [{ "operation": 7 }] } }"#,
            "wrong at `default_strategy.operation_strategies[0].operation`: found 7; write the \
             operation's name",
        ),
    ];
    for (text, expected) in cases {
        let message = refused(text);
        assert!(message.ends_with(expected), "{text}\n{message}");
    }
}

#[test]
fn what_is_no_json_says_where() {
    let message = refused("{\n  \"default_strategy\": {\n");
    assert!(message.contains("line 3 column 0"), "{message}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Strategies::from_file("/nowhere/strategies.json").expect_err("no file");
    let message = error.to_string();
    assert!(message.contains("/nowhere/strategies.json"), "{message}");
}
