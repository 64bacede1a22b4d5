//! An agent that is stopped in the middle of its work. One test, since it
//! reads the metrics of the process.
#![cfg(feature = "instrumented")]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod parts;

use std::time::{Duration, Instant};

use caxton_runtime::{AgentType, Limits, Orchestrator, Performative, Replies};

#[tokio::test(flavor = "multi_thread")]
async fn what_it_does_is_cancelled_and_what_waits_is_refused() {
    let telemetry = caxton_instrument_export::builder()
        .install()
        .expect("a sound catalog");
    let limits = Limits {
        fuel: 1 << 50,
        timeout: Duration::from_secs(600),
        queue: 2,
        ..Limits::default()
    };
    let loops = AgentType::new("loops", parts::LOOPS, &limits).expect("a sound module");
    let orchestrator = Orchestrator::new(limits, vec![loops]).expect("sound modules");
    let agent = orchestrator.create("loops").expect("there is room");
    let ask = || orchestrator.ask(&agent.id, Performative::Request, Vec::new(), Duration::ZERO);
    let says = |series: &str| telemetry.render().contains(series);

    let running = ask().await;
    let runs = async || {
        let active =
            "caxton_agent_executions_active{agent_type=\"loops\",operation=\"handle\"} 1\n";
        let start = Instant::now();
        while !says(active) {
            assert!(start.elapsed() < Duration::from_secs(30), "it does not run");
            tokio::task::yield_now().await;
        }
    };
    runs().await;
    let waiting = [ask().await, ask().await];
    assert_eq!(orchestrator.list()[0].waiting, 2);
    assert!(says("caxton_message_queue_size{agent_type=\"loops\"} 2\n"));
    let refused = ask().await;
    assert_eq!(
        only(refused).await,
        (Performative::Refuse, "the queue is full".into())
    );

    let start = Instant::now();
    orchestrator.stop(&agent.id).await.expect("it is there");
    assert!(start.elapsed() < Duration::from_secs(10));
    let stopped = "the agent was stopped";
    assert_eq!(only(running).await, (Performative::Cancel, stopped.into()));
    for replies in waiting {
        assert_eq!(only(replies).await, (Performative::Refuse, stopped.into()));
    }
    assert!(orchestrator.stop(&agent.id).await.is_err());

    for series in [
        "caxton_agent_executions_total{agent_type=\"loops\",operation=\"handle\",status=\"cancelled\"} 1\n",
        "caxton_agent_executions_active{agent_type=\"loops\",operation=\"handle\"} 0\n",
        "caxton_tasks_total{agent_type=\"loops\",outcome=\"cancelled\"} 1\n",
        "caxton_tasks_total{agent_type=\"loops\",outcome=\"refused\"} 3\n",
        "caxton_message_errors_total{agent_type=\"loops\",cause=\"queue_full\"} 1\n",
        "caxton_message_errors_total{agent_type=\"loops\",cause=\"stopped\"} 3\n",
        "caxton_message_queue_size{agent_type=\"loops\"} 0\n",
        "caxton_messages_sent_total{agent_type=\"orchestrator\",performative=\"request\"} 4\n",
        "caxton_messages_received_total{agent_type=\"loops\",performative=\"request\"} 3\n",
        "caxton_agents{agent_type=\"loops\"} 0\n",
        "caxton_agents_active{agent_type=\"loops\"} 0\n",
    ] {
        assert!(says(series), "no {series} in\n{}", telemetry.render());
    }
    assert!(!says("caxton_agent_memory_bytes{"));

    // A conversation that nobody waits for is discarded when its turn comes.
    let agent = orchestrator.create("loops").expect("there is room");
    let running = orchestrator.ask(
        &agent.id,
        Performative::Request,
        Vec::new(),
        limits.patience,
    );
    let running = running.await;
    runs().await;
    drop(
        orchestrator
            .ask(&agent.id, Performative::Inform, Vec::new(), limits.patience)
            .await,
    );
    orchestrator.stop(&agent.id).await.expect("it is there");
    assert_eq!(only(running).await.0, Performative::Cancel);
    assert!(says(
        "caxton_message_errors_total{agent_type=\"orchestrator\",cause=\"abandoned\"} 1\n"
    ));
}

/// The one reply of a conversation.
async fn only(mut replies: Replies) -> (Performative, String) {
    let reply = replies.next().await.expect("a reply");
    assert!(replies.next().await.is_none());
    let text = String::from_utf8(reply.content).expect("UTF-8");
    (reply.performative, text)
}
