//! What the protocol asks of a sender, where it is seen from the other side.

use std::time::Duration;

use caxton_instrument::testing::TestRecorder;
use caxton_telemetry_tests::fault_server::{FaultServer, Reply};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use tokio::time::Instant;

use super::rig::{self, Over};
use crate::otlp::transport::{Delivery, Logs, Sender, Signal, Traces};
use crate::otlp::{Compression, LossReason, Retry};

#[test]
fn each_compression_arrives_over_each_protocol() {
    for over in Over::BOTH {
        for (compression, name) in [
            (Compression::None, None),
            (Compression::Gzip, Some("gzip")),
            (Compression::Zstd, Some("zstd")),
        ] {
            let server = FaultServer::start([], Reply::Accept);
            let endpoint = over.endpoint(server.url()).compression(compression);
            let endpoint = endpoint.header("X-Tenant", "one");
            let sender = rig::sender(&endpoint);
            let delivery = rig::measured(&TestRecorder::new(), rig::send(&sender, 0..100));
            assert_eq!(delivery, Delivery::Accepted);
            let received = server.received();
            let [request] = received.as_slice() else {
                panic!("{received:?}")
            };
            assert_eq!(request.message, rig::batch(0..100).encode_to_vec());
            let header = match over {
                Over::Http => "content-encoding",
                Over::Grpc => "grpc-encoding",
            };
            let stated = request
                .headers
                .get(header)
                .and_then(|value| value.to_str().ok());
            assert_eq!(stated, name, "{over:?}");
            let is_smaller = request.sent_bytes < request.message.len() / 4;
            assert_eq!(is_smaller, name.is_some(), "{over:?} {name:?}");
            assert_eq!(request.headers["x-tenant"], "one");
            let agent = request.headers["user-agent"].to_str().unwrap_or_default();
            assert!(agent.starts_with("caxton-instrument/"), "{agent}");
            assert_eq!(request.is_grpc, over == Over::Grpc);
        }
    }
}

/// Each signal goes to its own path or service.
#[test]
fn traces_and_logs_have_their_own_address() {
    let spans = ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            scope_spans: vec![ScopeSpans {
                spans: vec![Span::default()],
                ..ScopeSpans::default()
            }],
            ..ResourceSpans::default()
        }],
    };
    let records = ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            scope_logs: vec![ScopeLogs {
                log_records: vec![LogRecord::default()],
                ..ScopeLogs::default()
            }],
            ..ResourceLogs::default()
        }],
    };
    arrives_at::<Traces>(
        &spans,
        [
            "/v1/traces",
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        ],
    );
    arrives_at::<Logs>(
        &records,
        [
            "/v1/logs",
            "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        ],
    );
}

fn arrives_at<S: Signal>(request: &S::Request, paths: [&str; 2]) {
    for (over, path) in Over::BOTH.into_iter().zip(paths) {
        let server = FaultServer::start([], Reply::Accept);
        let sender = Sender::<S>::new(&over.endpoint(server.url())).expect("an endpoint");
        let until = Instant::now() + rig::LONG;
        let send = sender.send(request.clone(), until);
        assert_eq!(
            rig::measured(&TestRecorder::new(), send),
            Delivery::Accepted
        );
        let paths: Vec<String> = server
            .received()
            .into_iter()
            .map(|seen| seen.path)
            .collect();
        assert_eq!(paths, [path]);
    }
}

/// In seconds, in `RetryInfo`, and as a date of a clock that is a year behind.
#[test]
fn the_pause_that_a_collector_asks_for_is_kept() {
    for over in Over::BOTH {
        for throttle in [Reply::Throttle(2), Reply::ThrottleByDate(2)] {
            let server = FaultServer::start([throttle.clone()], Reply::Accept);
            let sender = rig::sender(&over.endpoint(server.url()));
            rig::measured(&TestRecorder::new(), rig::send(&sender, 0..1));
            let at: Vec<_> = server
                .received()
                .into_iter()
                .map(|request| request.at)
                .collect();
            let [first, second] = at[..] else {
                panic!("{at:?}")
            };
            // Our own pause would have been a hundredth of it.
            let pause = second - first;
            assert!(
                pause >= Duration::from_millis(1_900),
                "{over:?} {throttle:?}: {pause:?}"
            );
        }
    }
}

/// Asked to come back at once, it does not come back all the time.
#[test]
fn a_pause_of_nothing_is_not_kept() {
    for over in Over::BOTH {
        let server = FaultServer::start([], Reply::Throttle(0));
        let endpoint = over.endpoint(server.url()).retry(Retry {
            initial: Duration::from_millis(20),
            ..rig::BRIEF
        });
        let sender = rig::sender(&endpoint);
        let delivery = rig::measured(&TestRecorder::new(), rig::send(&sender, 0..1));
        let reason = LossReason::Throttled;
        assert_eq!(delivery, Delivery::Lost { items: 1, reason });
        // Two hundred milliseconds by ten, and the first.
        let requests = server.received().len();
        assert!((2..=21).contains(&requests), "{over:?}: {requests}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    for over in Over::BOTH {
        let other = FaultServer::start([], Reply::Accept);
        let target = format!("{}/v1/metrics?key=hunter2", other.url());
        let server = FaultServer::start([], Reply::Redirect(target));
        let endpoint = over.endpoint(server.url()).header("x-key", "hunter2");
        let sender = rig::sender(&endpoint);
        let delivery = rig::measured(&TestRecorder::new(), rig::send(&sender, 0..1));
        let reason = LossReason::Redirected;
        assert_eq!(delivery, Delivery::Lost { items: 1, reason });
        assert!(other.received().is_empty());
        let said = rig::said().join("\n");
        assert!(!said.contains("hunter2"), "{said}");
        assert!(
            said.contains("name the address it redirects to as the endpoint"),
            "{said}"
        );
    }
}

/// A receiver whose limit is known is not sent what it refused before, and an
/// item on its own is lost where the others are not.
#[test]
fn a_limit_is_remembered() {
    for over in Over::BOTH {
        let server = FaultServer::start([], Reply::Limit(8 * 1024));
        let sender = rig::sender(&over.endpoint(server.url()));
        let refused = |server: &FaultServer| {
            server
                .received()
                .iter()
                .filter(|request| !request.is_kept)
                .count()
        };
        rig::measured(&TestRecorder::new(), async {
            assert_eq!(rig::send(&sender, 0..200).await, Delivery::Accepted);
            let first = refused(&server);
            assert!(first > 0);
            assert_eq!(rig::send(&sender, 200..400).await, Delivery::Accepted);
            assert_eq!(refused(&server), first, "{over:?}");
        });
        let received = server.received();
        let kept: Vec<_> = received
            .into_iter()
            .filter(|request| request.is_kept)
            .collect();
        assert_eq!(
            rig::ids(&kept),
            (0..400).collect::<Vec<_>>(),
            "once and in order"
        );
    }
}

/// A receiver that takes nothing is not asked for ever.
#[test]
fn splits_end() {
    for over in Over::BOTH {
        let server = FaultServer::start([], Reply::Limit(0));
        let sender = rig::sender(&over.endpoint(server.url()));
        let delivery = rig::measured(&TestRecorder::new(), rig::send(&sender, 0..5_000));
        let reason = LossReason::TooLarge;
        assert_eq!(
            delivery,
            Delivery::Lost {
                items: 5_000,
                reason
            }
        );
        let requests = server.received().len();
        assert!(requests <= 2 * 256 + 1, "{over:?}: {requests}");
    }
}

#[test]
fn a_loss_says_what_was_lost_why_and_what_to_do() {
    for over in Over::BOTH {
        let server = FaultServer::start([], Reply::Refuse("metric\nhas no name"));
        let sender = rig::sender(&over.endpoint(server.url()));
        rig::measured(&TestRecorder::new(), async {
            rig::send(&sender, 0..3).await;
            rig::send(&sender, 3..7).await;
        });
        let said = rig::said();
        let [message] = said.as_slice() else {
            panic!("{said:?}")
        };
        for part in [
            "otlp metrics: 3 data points lost after 1 attempt in ",
            &format!("to {}", server.address()).replace("to 127", "to http://127"),
            "metric has no name",
            "correct what the message names",
            r#"caxton_instrument_lost_items_total{signal="metrics",reason="rejected"}"#,
        ] {
            assert!(message.contains(part), "{part}: {message}");
        }
        server.answer([], Reply::Accept);
        rig::measured(&TestRecorder::new(), rig::send(&sender, 7..8));
        let said = rig::said().join("\n");
        assert!(
            said.contains("takes data points again; 7 were lost in between"),
            "{said}"
        );
    }
}

/// None is lost or sent twice.
#[test]
fn batches_at_the_same_time_do_not_disturb_each_other() {
    for over in Over::BOTH {
        let replies = (0..20).map(|_| Reply::Unavailable(None));
        let server = FaultServer::start(replies, Reply::Accept);
        let endpoint = over.endpoint(server.url()).retry(Retry {
            elapsed: rig::LONG,
            ..rig::BRIEF
        });
        let sender = rig::sender(&endpoint);
        let deliveries = rig::measured(&TestRecorder::new(), async {
            let (a, b, c, d) = tokio::join!(
                rig::send(&sender, 0..10),
                rig::send(&sender, 10..20),
                rig::send(&sender, 20..30),
                rig::send(&sender, 30..40),
            );
            [a, b, c, d]
        });
        assert_eq!(deliveries, [Delivery::Accepted; 4], "{over:?}");
        assert_eq!(rig::kept(&server, 0..40), "40 kept 1x");
    }
}
