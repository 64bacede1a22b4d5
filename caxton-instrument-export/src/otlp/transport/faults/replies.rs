//! Faults in what a receiver answers.

use std::time::Duration;

use caxton_instrument::testing::TestRecorder;
use caxton_telemetry_tests::fault_server::{FaultServer, Reply};

use super::report::{Row, check};
use super::rig::{self, BRIEF, LONG, Over};
use crate::otlp::meta::AttemptResult;
use crate::otlp::{Compression, Endpoint};

struct Fault {
    name: &'static str,
    replies: Vec<Reply>,
    otherwise: Reply,
    items: i64,
    endpoint: fn(Endpoint) -> Endpoint,
    varying: &'static [AttemptResult],
    expected: &'static str,
    /// What becomes of the next batch, once the receiver is well.
    next: &'static str,
}

impl Fault {
    fn new(
        name: &'static str,
        replies: Vec<Reply>,
        otherwise: Reply,
        expected: &'static str,
    ) -> Self {
        Self {
            name,
            replies,
            otherwise,
            items: 10,
            endpoint: |endpoint| endpoint,
            varying: &[],
            expected,
            next: "accepted",
        }
    }

    /// The receiver answers so once, and takes everything then.
    fn once(name: &'static str, reply: Reply, expected: &'static str) -> Self {
        Self::new(name, vec![reply], Reply::Accept, expected)
    }

    /// The receiver answers so always.
    fn always(name: &'static str, reply: Reply, expected: &'static str) -> Self {
        Self::new(name, vec![], reply, expected)
    }

    fn run(&self, over: Over) -> Row {
        let server = FaultServer::start(self.replies.clone(), self.otherwise.clone());
        let endpoint = (self.endpoint)(over.endpoint(server.url()));
        let recorder = TestRecorder::new();
        let sender = rig::sender(&endpoint);
        let all = 0..self.items;
        let delivery = rig::measured(&recorder, rig::send(&sender, all.clone()));
        let seen = [
            rig::delivery(delivery),
            rig::kept(&server, all),
            rig::counted(&recorder, self.varying),
            rig::times_said(),
        ];
        server.answer([], Reply::Accept);
        let next = rig::measured(&TestRecorder::new(), rig::send(&sender, 1_000..1_002));
        let row = |seen: &str, next: &str| format!("{seen}; next batch {next}");
        Row {
            fault: format!("{over:?}: {}", self.name),
            expected: row(self.expected, self.next),
            seen: row(&seen.join("; "), &rig::delivery(next)),
        }
    }
}

#[test]
fn faults_in_replies() {
    let mut rows = Vec::new();
    for over in Over::BOTH {
        for fault in faults() {
            rows.push(fault.run(over));
        }
    }
    check("Faults in replies", &rows);
}

fn faults() -> Vec<Fault> {
    [retried(), given_up(), refused(), odd()]
        .into_iter()
        .flatten()
        .collect()
}

/// Those that pass in time.
fn retried() -> Vec<Fault> {
    vec![
        Fault::always(
            "none",
            Reply::Accept,
            "accepted; 10 kept 1x; attempts: 1 accepted; counted 10 exported, 0 lost; said 0x",
        ),
        Fault::once(
            "slow answer",
            Reply::Slow(Duration::from_millis(300)),
            "accepted; 10 kept 1x; attempts: 1 accepted; counted 10 exported, 0 lost; said 0x",
        ),
        Fault {
            endpoint: |endpoint| endpoint.timeout(Duration::from_secs(2)),
            ..Fault::once(
                "hangs once",
                Reply::Hang,
                "accepted; 10 kept 1x; attempts: 1 accepted, 1 timed_out; counted 10 exported, 0 \
                 lost; said 0x",
            )
        },
        Fault {
            endpoint: |endpoint| endpoint.timeout(Duration::from_secs(2)),
            ..Fault::once(
                "its connection hangs from now on",
                Reply::HangConnection,
                "accepted; 10 kept 1x; attempts: 1 accepted, 1 timed_out; counted 10 exported, 0 \
                 lost; said 0x",
            )
        },
        Fault::once(
            "reset before the answer",
            Reply::Reset,
            "accepted; 10 kept 1x; attempts: 1 accepted, 1 disconnected; counted 10 exported, 0 \
             lost; said 0x",
        ),
        Fault::once(
            "reset in the middle of the answer: twice, and `disconnected` says why",
            Reply::ResetMidAnswer,
            "accepted; 10 kept 2x; attempts: 1 accepted, 1 disconnected; counted 10 exported, 0 \
             lost; said 0x",
        ),
        Fault::once(
            "closed in the middle of the answer: twice, and `disconnected` says why",
            Reply::CloseMidAnswer,
            "accepted; 10 kept 2x; attempts: 1 accepted, 1 disconnected; counted 10 exported, 0 \
             lost; said 0x",
        ),
        Fault::once(
            "429 or RESOURCE_EXHAUSTED with a pause of 1 s",
            Reply::Throttle(1),
            "accepted; 10 kept 1x; attempts: 1 accepted, 1 throttled; counted 10 exported, 0 \
             lost; said 0x",
        ),
        Fault::new(
            "503 or UNAVAILABLE, twice",
            vec![Reply::Unavailable(None), Reply::Unavailable(None)],
            Reply::Accept,
            "accepted; 10 kept 1x; attempts: 1 accepted, 2 unavailable; counted 10 exported, 0 \
             lost; said 0x",
        ),
        Fault::once(
            "a malformed pause",
            Reply::Malformed,
            "accepted; 10 kept 1x; attempts: 1 accepted, 1 unavailable; counted 10 exported, 0 \
             lost; said 0x",
        ),
        Fault {
            items: 200,
            endpoint: |endpoint| endpoint.compression(Compression::Gzip),
            varying: &[AttemptResult::Accepted, AttemptResult::TooLarge],
            ..Fault::always(
                "413 or RESOURCE_EXHAUSTED above 8 KiB",
                Reply::Limit(8 * 1024),
                "accepted; 200 kept 1x; attempts: some accepted, some too_large; counted 200 \
                 exported, 0 lost; said 0x",
            )
        },
    ]
}

/// Those that last longer than there is time.
fn given_up() -> Vec<Fault> {
    vec![
        Fault {
            endpoint: |endpoint| endpoint.timeout(Duration::from_secs(1)).retry(BRIEF),
            ..Fault::always(
                "hangs for ever",
                Reply::Hang,
                "all 10 lost (timed_out); 10 kept 0x; attempts: 1 timed_out; counted 0 exported, \
                 10 lost; said 1x",
            )
        },
        Fault {
            endpoint: |endpoint| endpoint.retry(BRIEF),
            varying: &[AttemptResult::Unavailable],
            ..Fault::always(
                "503 or UNAVAILABLE for ever",
                Reply::Unavailable(None),
                "all 10 lost (unavailable); 10 kept 0x; attempts: some unavailable; counted 0 \
                 exported, 10 lost; said 1x",
            )
        },
        Fault {
            endpoint: |endpoint| endpoint.retry(BRIEF),
            varying: &[AttemptResult::Disconnected],
            ..Fault::always(
                "resets for ever",
                Reply::Reset,
                "all 10 lost (disconnected); 10 kept 0x; attempts: some disconnected; counted 0 \
                 exported, 10 lost; said 1x",
            )
        },
        Fault {
            next: "all 2 lost (throttled)",
            ..Fault::always(
                "a pause longer than there is time, which the next batch keeps too",
                Reply::Throttle(3_600),
                "all 10 lost (throttled); 10 kept 0x; attempts: 1 throttled; counted 0 exported, \
                 10 lost; said 1x",
            )
        },
    ]
}

/// Those that no retry helps.
fn refused() -> Vec<Fault> {
    vec![
        Fault::always(
            "400 or INVALID_ARGUMENT with google.rpc.Status",
            Reply::Refuse("no name"),
            "all 10 lost (rejected); 10 kept 0x; attempts: 1 rejected; counted 0 exported, 10 \
             lost; said 1x",
        ),
        Fault::always(
            "401 or UNAUTHENTICATED",
            Reply::Unauthorized,
            "all 10 lost (unauthorized); 10 kept 0x; attempts: 1 unauthorized; counted 0 \
             exported, 10 lost; said 1x",
        ),
        Fault::always(
            "404 or UNIMPLEMENTED",
            Reply::Unsupported,
            "all 10 lost (unsupported); 10 kept 0x; attempts: 1 unsupported; counted 0 exported, \
             10 lost; said 1x",
        ),
        Fault::always(
            "500 or INTERNAL",
            Reply::Internal,
            "all 10 lost (server_error); 10 kept 0x; attempts: 1 server_error; counted 0 \
             exported, 10 lost; said 1x",
        ),
        Fault::always(
            "redirect, not followed",
            Reply::Redirect(String::from("http://127.0.0.1:9/elsewhere?key=1")),
            "all 10 lost (redirected); 10 kept 0x; attempts: 1 redirected; counted 0 exported, 10 \
             lost; said 1x",
        ),
        Fault {
            items: 200,
            varying: &[AttemptResult::TooLarge],
            ..Fault::always(
                "too large, whatever is sent",
                Reply::Limit(0),
                "all 200 lost (too_large); 200 kept 0x; attempts: some too_large; counted 0 \
                 exported, 200 lost; said 1x",
            )
        },
        Fault::always(
            "partial success",
            Reply::Partial(3, "too old"),
            "3 lost; 10 kept 1x; attempts: 1 partial; counted 7 exported, 3 lost; said 1x",
        ),
        Fault::always(
            "partial success of more than there is",
            Reply::Partial(11, "too old"),
            "all 10 lost (rejected); 10 kept 1x; attempts: 1 partial; counted 0 exported, 10 \
             lost; said 1x",
        ),
        Fault::always(
            "success with a warning",
            Reply::Partial(0, "deprecated"),
            "accepted; 10 kept 1x; attempts: 1 accepted; counted 10 exported, 0 lost; said 1x",
        ),
    ]
}

/// Those that are none of OTLP.
fn odd() -> Vec<Fault> {
    vec![
        Fault::always(
            "garbage as an answer",
            Reply::Garbage,
            "all 10 lost (bad_answer); 10 kept 0x; attempts: 1 bad_answer; counted 0 exported, 10 \
             lost; said 1x",
        ),
        Fault {
            endpoint: |endpoint| endpoint.timeout(LONG / 2),
            ..Fault::always(
                "an answer that does not end",
                Reply::Endless,
                "all 10 lost (bad_answer); 10 kept 0x; attempts: 1 bad_answer; counted 0 \
                 exported, 10 lost; said 1x",
            )
        },
    ]
}
