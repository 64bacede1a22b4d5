//! Many threads on one set: every update arrives once.

use std::sync::Barrier;
use std::thread;

use caxton_instrument::prelude::*;
use caxton_instrument::testing::TestRecorder;

const THREADS: u8 = 8;
const ROUNDS: u64 = 5_000;

#[derive(LabelSet)]
struct Labels {
    urgent: bool,
    #[label(max_values = 10)]
    queue: Text,
}

#[derive(LabelSet)]
struct Agent {
    #[label(max_values = 4)]
    agent_id: Text,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Messages that were sent.
    messages_sent: Counter<Labels>,
    /// Messages that wait.
    messages_waiting: Gauge,
    /// Size of one message.
    #[metric(unit = bytes, buckets = [10.0])]
    message_size: Histogram,
    /// Memory of one agent.
    #[metric(unit = bytes)]
    agent_memory: Gauge<Agent>,
}

fn together(work: impl Fn(u64) + Sync) {
    let barrier = Barrier::new(usize::from(THREADS));
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (barrier, work) = (&barrier, &work);
            scope.spawn(move || {
                barrier.wait();
                work(u64::from(thread));
            });
        }
    });
}

#[test]
fn no_update_is_lost_while_series_appear_and_overflow() {
    let recorder = TestRecorder::new();
    let mail = Mail::new_in(recorder.shared());
    together(|thread| {
        for round in 0..ROUNDS {
            // Twice as many queues as have a place.
            let queue = format!("queue-{}", (round + thread) % 20);
            mail.messages_sent
                .at(&Labels::of(round % 2 == 0, &queue))
                .increment(1);
            mail.message_size.record(1);
            let _waiting = mail.messages_waiting.track(1);
        }
    });
    let lines = recorder.snapshot();
    let sent: Vec<(&str, u64)> = lines
        .lines()
        .iter()
        .filter(|line| line.starts_with("mailer_messages_sent_total"))
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').expect("a value");
            (series, value.parse().expect("a number"))
        })
        .collect();
    assert_eq!(
        sent.iter().map(|(_, n)| n).sum::<u64>(),
        u64::from(THREADS) * ROUNDS,
        "{lines}"
    );
    let queues: std::collections::BTreeSet<&str> = sent
        .iter()
        .filter_map(|(series, _)| series.split("queue=").nth(1))
        .collect();
    assert_eq!(queues.len(), 11, "ten queues and the overflow: {queues:?}");
    assert_eq!(recorder.gauge(Mail::MESSAGES_WAITING, &()), 0.0);
    assert_eq!(
        recorder.histogram(Mail::MESSAGE_SIZE, &()).count as u64,
        u64::from(THREADS) * ROUNDS
    );
}

#[test]
fn series_that_begin_and_end_at_once_are_counted() {
    for _ in 0..500 {
        let recorder = TestRecorder::new();
        let mail = Mail::new_in(recorder.shared());
        let ending = mail.agent_memory.at(&Agent::of("a")).entity();
        ending.set(1);
        let ending = std::sync::Mutex::new(Some(ending));
        together(|thread| match thread {
            // Used by others while it ends.
            0 => drop(ending.lock().map(|mut ending| ending.take())),
            1 => mail.agent_memory.at(&Agent::of("a")).set(1),
            _ => {
                let queue = format!("queue-{thread}");
                mail.messages_sent
                    .at(&Labels::of(true, &queue))
                    .increment(1);
            }
        });
        let own = recorder.own_snapshot().to_string();
        let live = format!(
            r#"caxton_instrument_series_live{{metric="mailer_messages_sent_total"}} {}"#,
            THREADS - 2
        );
        assert!(own.contains(&live), "{own}");
    }
}

#[test]
fn entities_of_one_name_that_come_and_go_leave_nothing() {
    let recorder = TestRecorder::new();
    let mail = Mail::new_in(recorder.shared());
    together(|thread| {
        for round in 0..ROUNDS {
            let id = format!("agent-{}", (round + thread) % 6);
            let memory = mail.agent_memory.at(&Agent::of(&id)).entity();
            memory.add(1);
            memory.sub(1);
        }
    });
    let lines = recorder.snapshot();
    assert!(
        lines
            .lines()
            .iter()
            .all(|line| line.ends_with(" 0") || line.ends_with(" -0")),
        "{lines}"
    );
    // Every place is free again.
    let guards: Vec<_> = ["w", "x", "y", "z"]
        .map(|id| mail.agent_memory.at(&Agent::of(id)).entity())
        .into();
    for (i, guard) in guards.iter().enumerate() {
        guard.set(i + 1);
    }
    assert_eq!(recorder.gauge(Mail::AGENT_MEMORY, &Agent::of("z")), 4.0);
}
