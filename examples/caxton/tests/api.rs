//! Every request that the API takes, and what it answers to the rest.
#![cfg(feature = "instrumented")]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod parts;

use parts::{Serving, file, http};

#[test]
fn agents_come_and_go() {
    file("pages.md", "alpha beta");
    let mut serving = Serving::start(&["pages.md"]);
    serving.read_until("Index");
    let address = serving.address;
    let get = |path| http("GET", address, path, "");

    let (code, agents) = get("/api/agents");
    assert_eq!(code, 200);
    let agents: serde_json::Value = serde_json::from_str(&agents).expect("JSON");
    let ids: Vec<_> = agents
        .as_array()
        .expect("a list")
        .iter()
        .map(|agent| &agent["id"])
        .collect();
    assert_eq!(
        ids,
        [
            "splitter-1",
            "tokeniser-2",
            "tokeniser-3",
            "indexer-4",
            "reporter-5"
        ]
    );

    let (code, created) = http(
        "POST",
        address,
        "/api/agents",
        "{\"agent_type\": \"splitter\"}",
    );
    assert_eq!(
        (code, created.as_str()),
        (
            201,
            "{\"id\":\"splitter-6\",\"agent_type\":\"splitter\",\"waiting\":0}"
        )
    );
    assert_eq!(get("/api/agents/splitter-6"), (200, created));
    assert!(get("/metrics").1.contains("agent_id=\"splitter-6\""));

    assert_eq!(
        http("DELETE", address, "/api/agents/splitter-6", ""),
        (204, String::new())
    );
    assert!(!get("/metrics").1.contains("splitter-6"));
    for (method, body) in [("GET", ""), ("DELETE", "")] {
        let (code, answer) = http(method, address, "/api/agents/splitter-6", body);
        assert_eq!(
            (code, answer.as_str()),
            (404, "{\"error\":\"there is no agent `splitter-6`\"}")
        );
    }
    let messages = "/api/agents/splitter-6/messages";
    assert_eq!(http("POST", address, messages, "{}").0, 404);
    let (code, answer) = get("/nothing");
    assert_eq!(code, 404);
    assert!(answer.contains("there are /api/agents"), "{answer}");
    let (code, answer) = http("POST", address, "/api/agents", "{\"agent_type\": \"poet\"}");
    assert_eq!(code, 400);
    assert!(
        answer.contains("there are splitter, tokeniser, indexer, reporter"),
        "{answer}"
    );
    let (code, answer) = http(
        "POST",
        address,
        "/api/agents",
        "{\"agent_type\": \"indexer\"}",
    );
    assert_eq!(code, 409);
    assert!(answer.contains("there is one `indexer`"), "{answer}");

    for page in ["/metrics", "/health", "/livez", "/readyz", "/version"] {
        assert_eq!(get(page).0, 200, "{page}");
    }
    assert!(get("/health").1.contains("\"status\":\"healthy\""));

    // Each of them, under the template that it matched; the pages are not among them.
    let metrics = get("/metrics").1;
    for line in [
        "caxton_http_requests_total{method=\"delete\",route=\"/api/agents/{id}\",code=\"204\"} 1\n",
        "caxton_http_requests_total{method=\"get\",route=\"/api/agents/{id}\",code=\"404\"} 1\n",
        "caxton_http_requests_total{method=\"get\",route=\"unmatched\",code=\"404\"} 1\n",
        "caxton_http_requests_total{method=\"post\",route=\"/api/agents\",code=\"409\"} 1\n",
        "caxton_http_active_connections ",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
    assert!(!metrics.contains("splitter-6") && !metrics.contains("route=\"/metrics\""));
}

#[test]
fn messages_are_answered() {
    file("messages.md", "alpha beta");
    let mut serving = Serving::start(&["messages.md"]);
    serving.read_until("Index");
    let address = serving.address;
    let messages = "/api/agents/splitter-1/messages";
    let (code, answer) = http("POST", address, messages, "{\"content\": \"delta delta\"}");
    assert_eq!(code, 200);
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    let replies = answer["replies"].as_array().expect("a list");
    assert_eq!(replies.len(), 2, "{answer}");
    assert!(
        replies.iter().any(|reply| reply["performative"] == "agree"),
        "{answer}"
    );
    let informed =
        |reply: &serde_json::Value| reply["from"] == "indexer" && reply["content"] == "2 3";
    assert!(replies.iter().any(informed), "{answer}");
    assert!(
        answer["conversation_id"]
            .as_str()
            .expect("an id")
            .starts_with("c-")
    );

    let (code, answer) = http(
        "POST",
        address,
        messages,
        "{\"performative\": \"accept-proposal\"}",
    );
    assert_eq!(code, 200);
    assert!(answer.contains("\"not_understood\""), "{answer}");
    let (code, answer) = http("POST", address, messages, "{\"performative\": \"shout\"}");
    assert_eq!(code, 400);
    assert!(answer.contains("there are request, query_ref"), "{answer}");
    assert_eq!(http("POST", address, messages, "{").0, 400);

    // Too long for the indexer, whose index is still there afterwards.
    let indexer = "/api/agents/indexer-4/messages";
    let long = format!("{{\"content\": \"{}\"}}", "a".repeat(140_000));
    let (code, answer) = http("POST", address, indexer, &long);
    assert_eq!(code, 200);
    assert!(
        answer.contains("no room for a message of 140000 bytes"),
        "{answer}"
    );
    let (_, answer) = http(
        "POST",
        address,
        indexer,
        "{\"performative\": \"query-ref\"}",
    );
    assert!(
        answer.contains("3\\n2 delta\\n1 alpha\\n1 beta"),
        "{answer}"
    );
}
