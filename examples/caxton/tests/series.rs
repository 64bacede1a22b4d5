//! Agents that come and go leave nothing behind. One test, since it counts all
//! series and all memory of the process.
#![cfg(feature = "instrumented")]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::collections::BTreeSet;
use std::time::Duration;

use caxton_runtime::{CreateError, Limits, Orchestrator, Performative};

const TYPES: [&str; 3] = ["splitter", "tokeniser", "reporter"];

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_agents_leave_no_series_and_no_memory() {
    let telemetry = caxton_instrument_export::builder()
        .process_metrics()
        .install()
        .expect("a sound catalog");
    let orchestrator = Orchestrator::new(Limits::default(), Vec::new()).expect("sound modules");
    let series = || -> BTreeSet<String> {
        let text = telemetry.render();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let names = lines.filter_map(|line| line.rsplit_once(' '));
        names.map(|(name, _)| name.to_owned()).collect()
    };
    let value = |name: &str| -> f64 {
        let text = telemetry.render();
        let of_name = |line: &&str| line.starts_with(name) && !line.starts_with("# ");
        let values = text.lines().filter(of_name);
        let values = values.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok());
        values.fold(0.0, |sum, value| sum + value)
    };

    // Whatever happens for the first time has happened.
    churn(&orchestrator, 250).await;
    let before = series();
    let resident = resident(&telemetry).await;
    assert!(before.contains("caxton_agents_active{agent_type=\"splitter\"}"));

    churn(&orchestrator, 1_000).await;
    assert_eq!(series(), before);
    for gauge in [
        "caxton_agents",
        "caxton_agents_active",
        "caxton_agent_memory_bytes",
    ] {
        assert_eq!(value(&format!("{gauge}{{")), 0.0, "{gauge}");
    }
    if cfg!(target_os = "linux") {
        let grown = self::resident(&telemetry).await - resident;
        assert!(
            resident > 0.0 && grown < f64::from(16 << 20),
            "{grown} bytes more than {resident}"
        );
    }

    // As many as there may be have a series each, and one more is refused.
    for number in 0..Limits::AGENTS {
        let agent_type = TYPES[number % TYPES.len()];
        orchestrator.create(agent_type).expect("there is room");
    }
    let refused = orchestrator.create("splitter");
    assert!(matches!(refused, Err(CreateError::TooMany)), "{refused:?}");
    let all = value("caxton_agents{");
    assert_eq!(all, 256.0);
    assert_eq!(value("caxton_agents_active{"), all);
    let memory = series().into_iter();
    let memory = memory.filter(|name| name.starts_with("caxton_agent_memory_bytes{"));
    assert_eq!(memory.count(), Limits::AGENTS);
    assert_eq!(value("caxton_agent_memory_bytes{"), all * 65_536.0);
    orchestrator.stop_all().await;
    assert_eq!(series(), before);
}

/// Creates so many agents, a batch at a time, talks to each and stops it.
async fn churn(orchestrator: &Orchestrator, count: usize) {
    let mut done = 0;
    while done < count {
        let mut batch = Vec::new();
        for number in 0..50 {
            let agent_type = TYPES[number % TYPES.len()];
            batch.push(orchestrator.create(agent_type).expect("there is room"));
        }
        for agent in batch {
            let request = Performative::Request;
            let ask = orchestrator.ask(&agent.id, request, b"1 alpha".to_vec(), Duration::ZERO);
            let mut replies = ask.await;
            while replies.next().await.is_some() {}
            orchestrator.stop(&agent.id).await.expect("it is there");
            done += 1;
        }
    }
}

/// Memory of the process now: values are kept for a second.
async fn resident(telemetry: &caxton_instrument_export::Telemetry) -> f64 {
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    let text = telemetry.render();
    let name = "process_resident_memory_bytes ";
    let value = text.lines().find_map(|line| line.strip_prefix(name));
    value.map_or(0.0, |value| value.parse().expect("a number"))
}
