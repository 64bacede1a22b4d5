//! Faults of connections, and of programs at both ends of them.

use std::io::Write as _;
use std::net::TcpListener;
use std::time::Duration;

use caxton_instrument::testing::TestRecorder;
use caxton_telemetry_tests::fault_server::{FaultServer, Reply, free_address};
use tokio::time::Instant;

use super::report::{Row, check};
use super::rig::{self, BRIEF, Over};
use crate::otlp::meta::AttemptResult;
use crate::otlp::{Compression, Retry};

#[test]
fn faults_of_connections() {
    let mut rows = Vec::new();
    for over in Over::BOTH {
        rows.push(refused(over));
        rows.push(up_later(over));
        rows.push(restarted(over));
        rows.push(unknown_name(over));
        rows.push(other_protocol(over));
        rows.push(dropped(over));
        rows.push(no_time(over));
    }
    check("Faults of connections", &rows);
}

fn row(over: Over, fault: &str, expected: &str, seen: &[String]) -> Row {
    Row {
        fault: format!("{over:?}: {fault}"),
        expected: String::from(expected),
        seen: seen.join("; "),
    }
}

fn refused(over: Over) -> Row {
    let address = free_address();
    let recorder = TestRecorder::new();
    let sender = rig::sender(&over.endpoint(format!("http://{address}")).retry(BRIEF));
    let (first, second) = rig::measured(&recorder, async {
        (
            rig::send(&sender, 0..10).await,
            rig::send(&sender, 10..20).await,
        )
    });
    let seen = [
        rig::delivery(first),
        rig::delivery(second),
        rig::counted(&recorder, &[AttemptResult::Unreachable]),
        rig::times_said(),
    ];
    row(
        over,
        "nobody listens, for two batches",
        "all 10 lost (unreachable); all 10 lost (unreachable); attempts: some unreachable; \
         counted 0 exported, 20 lost; said 1x",
        &seen,
    )
}

fn up_later(over: Over) -> Row {
    let address = free_address();
    let recorder = TestRecorder::new();
    let sender = rig::sender(&over.endpoint(format!("http://{address}")));
    let (delivery, server) = rig::measured(&recorder, async {
        let starts = tokio::task::spawn_blocking(move || {
            std::thread::sleep(Duration::from_millis(300));
            FaultServer::start_at(address, [], Reply::Accept, None)
        });
        let delivery = rig::send(&sender, 0..10).await;
        (delivery, starts.await.expect("it starts"))
    });
    let seen = [
        rig::delivery(delivery),
        rig::kept(&server, 0..10),
        rig::counted(&recorder, &[AttemptResult::Unreachable]),
        rig::times_said(),
    ];
    row(
        over,
        "down at the start, up later",
        "accepted; 10 kept 1x; attempts: 1 accepted, some unreachable; counted 10 exported, 0 \
         lost; said 0x",
        &seen,
    )
}

/// Its connection is still in the pool, and broken.
fn restarted(over: Over) -> Row {
    let server = FaultServer::start([], Reply::Accept);
    let address = server.address();
    let recorder = TestRecorder::new();
    let sender = rig::sender(&over.endpoint(server.url()));
    let varying = [AttemptResult::Disconnected, AttemptResult::Unreachable];
    let (first, second, server) = rig::measured(&recorder, async {
        let first = rig::send(&sender, 0..10).await;
        drop(server);
        let server = FaultServer::start_at(address, [], Reply::Accept, None);
        (first, rig::send(&sender, 10..20).await, server)
    });
    let all = rig::counted(&recorder, &varying);
    let seen = [
        rig::delivery(first),
        rig::delivery(second),
        rig::kept(&server, 10..20),
        String::from(
            all.split_once("counted")
                .map_or("", |(_, counted)| counted.trim()),
        ),
    ];
    row(
        over,
        "restarted between two batches",
        "accepted; accepted; 10 kept 1x; 20 exported, 0 lost",
        &seen,
    )
}

fn unknown_name(over: Over) -> Row {
    let recorder = TestRecorder::new();
    let endpoint = over
        .endpoint("http://no-such-host.invalid:4317")
        .retry(Retry {
            elapsed: Duration::ZERO,
            ..BRIEF
        });
    let sender = rig::sender(&endpoint);
    let delivery = rig::measured(&recorder, rig::send(&sender, 0..10));
    let seen = [rig::delivery(delivery), rig::counted(&recorder, &[])];
    row(
        over,
        "a name without an address",
        "all 10 lost (unreachable); attempts: 1 unreachable; counted 0 exported, 10 lost",
        &seen,
    )
}

/// A server that speaks first, and something else.
fn other_protocol(over: Over) -> Row {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let _ = stream.write_all(b"220 mail.example.com ESMTP\r\n");
        }
    });
    let recorder = TestRecorder::new();
    let sender = rig::sender(&over.endpoint(format!("http://{address}")).retry(BRIEF));
    let delivery = rig::measured(&recorder, rig::send(&sender, 0..10));
    let seen = [
        rig::delivery(delivery),
        rig::counted(
            &recorder,
            &[AttemptResult::Disconnected, AttemptResult::Unreachable],
        ),
        rig::times_said(),
    ];
    row(
        over,
        "a server of mail",
        "all 10 lost (disconnected); attempts: some disconnected; counted 0 exported, 10 lost; \
         said 1x",
        &seen,
    )
}

/// As at a shutdown: the future is dropped while an attempt is under way.
fn dropped(over: Over) -> Row {
    let server = FaultServer::start([], Reply::Hang);
    let recorder = TestRecorder::new();
    let sender = rig::sender(&over.endpoint(server.url()));
    rig::measured(&recorder, async {
        let attempt = rig::send(&sender, 0..10);
        assert!(
            tokio::time::timeout(Duration::from_millis(300), attempt)
                .await
                .is_err()
        );
    });
    let seen = [rig::counted(&recorder, &[]), rig::times_said()];
    row(
        over,
        "the program ends while an export hangs",
        "attempts: ; counted 0 exported, 10 lost; said 1x",
        &seen,
    )
}

/// The deadline of the caller is kept whatever timeout and retries say.
fn no_time(over: Over) -> Row {
    let server = FaultServer::start([], Reply::Hang);
    let recorder = TestRecorder::new();
    let endpoint = over.endpoint(server.url()).compression(Compression::Zstd);
    let sender = rig::sender(&endpoint);
    let start = Instant::now();
    let deliveries = rig::measured(&recorder, async {
        let soon = sender.send(
            rig::batch(0..10),
            Instant::now() + Duration::from_millis(300),
        );
        let soon = soon.await;
        (soon, sender.send(rig::batch(10..20), Instant::now()).await)
    });
    assert!(start.elapsed() < rig::LONG / 2);
    let seen = [
        rig::delivery(deliveries.0),
        rig::delivery(deliveries.1),
        rig::counted(&recorder, &[]),
    ];
    row(
        over,
        "a deadline during an export that hangs, and one before it began",
        "all 10 lost (timed_out); all 10 lost (shutdown); attempts: 1 timed_out; counted 0 \
         exported, 20 lost",
        &seen,
    )
}
