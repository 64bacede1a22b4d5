//! TLS: who trusts whom, and what is said where they do not.

use caxton_instrument::testing::TestRecorder;
use caxton_telemetry_tests::certificates::Authority;
use caxton_telemetry_tests::fault_server::{FaultServer, Reply};

use super::report::{Row, check};
use super::rig::{self, BRIEF, Over};
use crate::otlp::Endpoint;
use crate::otlp::transport::{Metrics, Sender};

fn row(over: Over, fault: &str, server: &FaultServer, endpoint: &Endpoint, expected: &str) -> Row {
    let recorder = TestRecorder::new();
    let sender = rig::sender(endpoint);
    let delivery = rig::measured(&recorder, rig::send(&sender, 0..10));
    let delivered = rig::delivery(delivery);
    // A certificate that is refused shows as either, by who speaks first.
    let delivered = delivered.replace("(disconnected)", "(no connection)");
    let delivered = delivered.replace("(unreachable)", "(no connection)");
    Row {
        fault: format!("{over:?}: {fault}"),
        expected: String::from(expected),
        seen: format!("{delivered}; {}", rig::kept(server, 0..10)),
    }
}

#[test]
fn faults_of_tls() {
    let [ours, theirs] = [Authority::new(), Authority::new()];
    let here = Authority::server(&ours.issue(&["localhost"]), None);
    let elsewhere = Authority::server(&ours.issue(&["collector.example.com"]), None);
    let mutual = Authority::server(&ours.issue(&["localhost", "127.0.0.1"]), Some(&ours));
    let client = ours.issue(&["planner"]);
    let stranger = theirs.issue(&["stranger"]);
    let (kept, lost) = (
        "accepted; 10 kept 1x",
        "all 10 lost (no connection); 10 kept 0x",
    );
    let mut rows = Vec::new();
    for over in Over::BOTH {
        let server = FaultServer::start_tls(here.clone(), [], Reply::Accept);
        let endpoint = || over.endpoint(server.url()).retry(BRIEF);
        rows.push(row(
            over,
            "TLS",
            &server,
            &endpoint().ca_file(ours.ca_file()),
            kept,
        ));
        let server = FaultServer::start_tls(here.clone(), [], Reply::Accept);
        let endpoint = || over.endpoint(server.url()).retry(BRIEF);
        rows.push(row(
            over,
            "another authority",
            &server,
            &endpoint().ca_file(theirs.ca_file()),
            lost,
        ));
        rows.push(row(
            over,
            "authorities of the system",
            &server,
            &endpoint(),
            lost,
        ));
        let plain = Over::endpoint(over, server.url().replace("https", "http")).retry(BRIEF);
        rows.push(row(
            over,
            "no TLS to a server of TLS",
            &server,
            &plain,
            lost,
        ));
        let server = FaultServer::start_tls(elsewhere.clone(), [], Reply::Accept);
        let endpoint = || over.endpoint(server.url()).retry(BRIEF);
        rows.push(row(
            over,
            "another name",
            &server,
            &endpoint().ca_file(ours.ca_file()),
            lost,
        ));
        let server = FaultServer::start_tls(mutual.clone(), [], Reply::Accept);
        let endpoint = || {
            over.endpoint(server.url())
                .retry(BRIEF)
                .ca_file(ours.ca_file())
        };
        let unknown = endpoint().client_identity(&stranger.certificate, &stranger.key);
        rows.push(row(
            over,
            "mTLS with a stranger's certificate",
            &server,
            &unknown,
            lost,
        ));
        rows.push(row(
            over,
            "mTLS without a certificate",
            &server,
            &endpoint(),
            lost,
        ));
        let known = endpoint().client_identity(&client.certificate, &client.key);
        rows.push(row(over, "mTLS", &server, &known, kept));
        let server = FaultServer::start([], Reply::Accept);
        let secure = over
            .endpoint(server.url().replace("http", "https"))
            .retry(BRIEF);
        let secure = secure.ca_file(ours.ca_file());
        rows.push(row(over, "TLS to a server without", &server, &secure, lost));
    }
    check("Faults of TLS", &rows);
}

#[test]
fn a_wrong_file_says_what_to_do() {
    let authority = Authority::new();
    let [one, other] = [authority.issue(&["one"]), authority.issue(&["other"])];
    let folder = authority.ca_file().parent().expect("a folder").to_owned();
    let endpoint = || Endpoint::http("https://localhost:4318").ca_file(authority.ca_file());
    let cases = [
        (
            endpoint().ca_file("/no/such/file.pem"),
            "correct the path, or mount the file there",
        ),
        (endpoint().ca_file(&one.key), "holds no certificate"),
        (
            endpoint().client_identity(&one.key, &one.key),
            "the client certificate",
        ),
        (
            endpoint().client_identity(&one.certificate, &one.certificate),
            "-----BEGIN PRIVATE KEY-----",
        ),
        (
            endpoint().client_identity(&one.certificate, &other.key),
            "does not belong to the certificate",
        ),
        (
            endpoint().client_identity(&folder, &folder),
            "give a PEM file",
        ),
        (
            Endpoint::http("http://localhost:4318").ca_file(authority.ca_file()),
            "of no use over http://: write https://",
        ),
    ];
    for (endpoint, expected) in cases {
        let error = Sender::<Metrics>::new(&endpoint)
            .map(|_| ())
            .expect_err("a wrong file");
        let message = error.to_string();
        assert!(message.contains(expected), "{expected}: {message}");
        assert!(message.contains("localhost:4318"), "{message}");
    }
}
