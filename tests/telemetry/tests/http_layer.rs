//! A service of one's own behind the layer, over real connections: what is
//! counted when all goes well, and when it does not.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::convert::Infallible;
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use bytes::Bytes;
use caxton_instrument::prelude::*;
use caxton_instrument::testing::TestRecorder;
use caxton_instrument_export::http::{
    Code, HttpLayer, Method, RequestLabels, Route, RouteLabels, TimeLabels,
};
use caxton_instrument_export::http_metrics;
use caxton_telemetry_tests::client::{ask, connect, exchange};
use http_body::Frame;
use tokio::runtime::Runtime;
use tower::{Layer as _, Service as _, ServiceExt as _};

http_metrics! {
    /// The API under test.
    pub struct ApiHttp { namespace = "api" }
}

http_metrics! {
    /// A second one, of few routes.
    struct OtherHttp { namespace = "other", max_routes = 2 }
}

/// A server with the layer, and its metrics.
struct Serving {
    recorder: TestRecorder,
    address: SocketAddr,
    /// Dropped last, with the connections.
    _runtime: Runtime,
}

impl Serving {
    fn start(app: impl FnOnce(&HttpLayer<ApiHttp>) -> Router) -> Self {
        let recorder = TestRecorder::new();
        let http = HttpLayer::with_metrics(ApiHttp::new_in(recorder.shared()));
        let runtime = Runtime::new().expect("a runtime");
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .expect("a free port");
        let address = listener.local_addr().expect("bound");
        let (listener, app) = (http.listen(listener), app(&http).layer(http));
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self {
            recorder,
            address,
            _runtime: runtime,
        }
    }

    fn requests(&self, method: Method, route: &str, code: Code) -> u64 {
        let labels = RequestLabels::of(method, route, code);
        self.recorder.counter(ApiHttp::HTTP_REQUESTS, &labels)
    }

    fn ended(&self, method: Method, route: &str, status: Status) -> usize {
        let labels = TimeLabels::of(method, route, status);
        self.recorder
            .histogram(ApiHttp::HTTP_REQUEST_DURATION, &labels)
            .count
    }

    fn active(&self, route: &str) -> f64 {
        let labels = RouteLabels::of(Method::Get, route);
        self.recorder.gauge(ApiHttp::HTTP_ACTIVE_REQUESTS, &labels)
    }

    fn sizes(&self, method: Method, route: &str) -> [(usize, f64); 2] {
        let labels = RouteLabels::of(method, route);
        [ApiHttp::HTTP_REQUEST_SIZE, ApiHttp::HTTP_RESPONSE_SIZE].map(|metric| {
            let found = self.recorder.histogram(metric, &labels);
            (found.count, found.sum)
        })
    }

    fn connections(&self) -> f64 {
        self.recorder.gauge(ApiHttp::HTTP_ACTIVE_CONNECTIONS, &())
    }

    fn websockets(&self) -> f64 {
        self.recorder.gauge(ApiHttp::WEBSOCKET_CONNECTIONS, &())
    }
}

#[track_caller]
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "not within 10 s: {what}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn requests_are_counted_by_template_and_code() {
    let serving = Serving::start(|_| {
        let item = get(async |Path(id): Path<String>| format!("item {id}"))
            .delete(async || StatusCode::NO_CONTENT);
        let nested = Router::new().route("/orders/{id}", get(async || "order"));
        Router::new()
            .route("/items/{id}", item)
            .route("/echo", post(async |body: Bytes| body))
            .route("/broken", get(async || StatusCode::BAD_GATEWAY))
            .nest("/shop", nested)
            .fallback(async || StatusCode::NOT_FOUND)
    });
    let send = |line: &str, body: &str| {
        exchange(
            &mut connect(serving.address).expect("a connection"),
            line,
            &[],
            body,
        )
        .expect("an answer")
        .code
    };
    assert_eq!(send("GET /items/1", ""), 200);
    assert_eq!(send("GET /items/22", ""), 200);
    assert_eq!(send("HEAD /items/22", ""), 200);
    assert_eq!(send("DELETE /items/22", ""), 204);
    assert_eq!(send("PUT /items/22", ""), 405);
    assert_eq!(send("PROPFIND /items/22", ""), 405);
    assert_eq!(send("GET /shop/orders/3", ""), 200);
    assert_eq!(send("GET /broken", ""), 502);
    for path in ["/a", "/b", "/c?d=e"] {
        assert_eq!(send(&format!("GET {path}"), ""), 404);
    }
    assert_eq!(send("POST /echo", "twelve bytes"), 200);

    let items = "/items/{id}";
    let expected = [
        (Method::Get, items, Code::Ok, Status::Ok, 2),
        (Method::Head, items, Code::Ok, Status::Ok, 1),
        (Method::Delete, items, Code::NoContent, Status::Ok, 1),
        (Method::Put, items, Code::MethodNotAllowed, Status::Ok, 1),
        (Method::Other, items, Code::MethodNotAllowed, Status::Ok, 1),
        (Method::Get, "/shop/orders/{id}", Code::Ok, Status::Ok, 1),
        (Method::Get, "/broken", Code::BadGateway, Status::Error, 1),
        (Method::Get, "unmatched", Code::NotFound, Status::Ok, 3),
        (Method::Post, "/echo", Code::Ok, Status::Ok, 1),
    ];
    for (method, route, code, status, count) in expected {
        let found = (
            serving.requests(method, route, code),
            serving.ended(method, route, status),
        );
        assert_eq!(found, (count as u64, count), "{method:?} {route} {code:?}");
        let [request, response] = serving.sizes(method, route);
        assert_eq!(
            (request.0, response.0),
            (count, count),
            "{method:?} {route}"
        );
    }
    assert_eq!(serving.sizes(Method::Post, "/echo"), [(1, 12.0), (1, 12.0)]);
    assert_eq!(serving.sizes(Method::Get, items), [(2, 0.0), (2, 13.0)]);
    // Its body was never asked for, as HTTP has it.
    assert_eq!(serving.sizes(Method::Head, items)[1], (1, 0.0));
    assert_eq!(serving.active(items), 0.0);
    wait_until("connections are closed", || serving.connections() == 0.0);
}

/// A body that never ends, fails, panics, or ends where its length says.
struct Stream {
    left: usize,
    then: Then,
}

#[derive(Clone, Copy)]
enum Then {
    Wait,
    Fail,
    Panic,
    End,
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if self.left > 0 {
            self.left -= 1;
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 1_000])))));
        }
        match self.then {
            Then::Wait => Poll::Pending,
            Then::Fail => Poll::Ready(Some(Err(std::io::Error::other("on purpose")))),
            Then::Panic => panic!("on purpose"),
            Then::End => Poll::Ready(None),
        }
    }
}

fn streaming(then: Then) -> Response {
    Response::new(Body::new(Stream { left: 3, then }))
}

#[test]
fn a_client_that_leaves_in_the_middle_is_a_cancelled_request() {
    let serving = Serving::start(|_| {
        Router::new()
            .route("/stream", get(async || streaming(Then::Wait)))
            .route("/think", get(async || std::future::pending::<()>().await))
    });
    let mut stream = connect(serving.address).expect("a connection");
    stream
        .write_all(b"GET /stream HTTP/1.1\r\nhost: a\r\n\r\n")
        .expect("a request");
    let mut read = 0;
    while read < 3_000 {
        read += stream.read(&mut [0; 4_096]).expect("a part of the answer");
    }
    assert_eq!(
        (serving.active("/stream"), serving.connections()),
        (1.0, 1.0)
    );
    assert_eq!(serving.requests(Method::Get, "/stream", Code::Ok), 0);
    drop(stream);
    wait_until("the request is over", || serving.active("/stream") == 0.0);
    assert_eq!(serving.requests(Method::Get, "/stream", Code::Ok), 1);
    assert_eq!(serving.ended(Method::Get, "/stream", Status::Cancelled), 1);
    assert_eq!(serving.ended(Method::Get, "/stream", Status::Ok), 0);
    assert_eq!(serving.sizes(Method::Get, "/stream")[1], (1, 3_000.0));

    // The head of this answer never came.
    let mut stream = connect(serving.address).expect("a connection");
    stream
        .write_all(b"GET /think HTTP/1.1\r\nhost: a\r\n\r\n")
        .expect("a request");
    wait_until("it thinks", || serving.active("/think") == 1.0);
    drop(stream);
    wait_until("the request is over", || serving.active("/think") == 0.0);
    assert_eq!(serving.requests(Method::Get, "/think", Code::Cancelled), 1);
    assert_eq!(serving.ended(Method::Get, "/think", Status::Cancelled), 1);
    // There is no answer whose size could be told.
    assert_eq!(serving.sizes(Method::Get, "/think"), [(1, 0.0), (0, 0.0)]);
    wait_until("connections are closed", || serving.connections() == 0.0);
}

#[test]
fn what_panics_or_fails_is_told_apart() {
    let serving = Serving::start(|_| {
        let boom = async || -> &'static str { panic!("on purpose") };
        Router::new()
            .route("/handler", get(boom))
            .route("/body", get(async || streaming(Then::Panic)))
            .route("/fails", get(async || streaming(Then::Fail)))
            .route("/ends", get(async || streaming(Then::End)))
            .route(
                "/length",
                get(async || ([("content-length", "3000")], streaming(Then::Wait))),
            )
    });
    for path in ["/handler", "/body", "/fails", "/ends", "/length"] {
        let _ = ask(serving.address, &format!("GET {path}"));
        wait_until("the request is over", || serving.active(path) == 0.0);
    }
    let expected = [
        ("/handler", Code::Panicked, Status::Panicked),
        ("/body", Code::Ok, Status::Panicked),
        ("/fails", Code::Ok, Status::Error),
        ("/ends", Code::Ok, Status::Ok),
        // The server stopped where the header says; nobody asked for an end.
        ("/length", Code::Ok, Status::Ok),
    ];
    for (route, code, status) in expected {
        let found = (
            serving.requests(Method::Get, route, code),
            serving.ended(Method::Get, route, status),
        );
        assert_eq!(found, (1, 1), "{route}");
    }
    wait_until("connections are closed", || serving.connections() == 0.0);
}

#[test]
fn an_upgraded_connection_counts_until_it_ends() {
    let serving = Serving::start(|http| {
        let http = http.clone();
        let upgrade = async move |mut request: Request| {
            let upgraded = request
                .extensions_mut()
                .remove::<hyper::upgrade::OnUpgrade>()
                .expect("a request to upgrade");
            let open = http.websocket();
            tokio::spawn(async move {
                let _open = open;
                let upgraded = upgraded.await.expect("an upgraded connection");
                let mut io = hyper_util::rt::TokioIo::new(upgraded);
                let _ = tokio::io::copy(&mut io, &mut tokio::io::sink()).await;
            });
            let headers = [("connection", "upgrade"), ("upgrade", "websocket")];
            (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
        };
        Router::new().route("/talk", any(upgrade))
    });
    let mut stream = connect(serving.address).expect("a connection");
    stream
        .write_all(
            b"GET /talk HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        )
        .expect("a request");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 101");
    // The request is over, the conversation is not.
    assert_eq!(
        serving.requests(Method::Get, "/talk", Code::SwitchingProtocols),
        1
    );
    assert_eq!(serving.ended(Method::Get, "/talk", Status::Ok), 1);
    assert_eq!(serving.active("/talk"), 0.0);
    assert_eq!((serving.websockets(), serving.connections()), (1.0, 1.0));
    drop(stream);
    wait_until("the socket is closed", || serving.websockets() == 0.0);
    wait_until("the connection is closed", || serving.connections() == 0.0);
}

#[test]
fn a_body_that_is_read_in_part_is_counted_in_part() {
    let serving =
        Serving::start(|_| Router::new().route("/ignores", post(async |_: Request| "no thanks")));
    let line = "POST /ignores";
    let mut stream = connect(serving.address).expect("a connection");
    let answer = exchange(&mut stream, line, &[], &"a".repeat(100_000)).expect("an answer");
    assert_eq!(answer.code, 200);
    let [(count, sum), _] = serving.sizes(Method::Post, "/ignores");
    assert!(count == 1 && sum == 0.0, "{count} {sum}");
}

/// A service that is no server's: any type over requests and bodies.
#[tokio::test]
async fn any_service_is_measured() {
    let recorder = TestRecorder::new();
    let http = HttpLayer::with_metrics(OtherHttp::new_in(recorder.shared()));
    let service = http.layer(tower::service_fn(
        async |request: http::Request<_>| match request.uri().path() {
            "/fails" => Err("on purpose"),
            _ => Ok(http::Response::new(Body::from("four"))),
        },
    ));
    let call = async |path: &str, route: Option<Route>| {
        let mut request = http::Request::new(Body::empty());
        *request.uri_mut() = path.parse().expect("a path");
        request.extensions_mut().extend(http::Extensions::new());
        if let Some(route) = route {
            request.extensions_mut().insert(route);
        }
        let answer = service.clone().oneshot(request).await;
        if let Ok(answer) = answer {
            axum::body::to_bytes(Body::new(answer.into_body()), 100)
                .await
                .expect("a body");
        }
    };
    call("/one", Some("/rpc".into())).await;
    call("/two", None).await;
    call("/fails", None).await;
    call("/three", Some(String::from("/more").into())).await;
    call("/four", Some(Arc::<str>::from("/evenmore").into())).await;

    let count = |route, code| {
        let labels = RequestLabels::of(Method::Get, route, code);
        recorder.counter(OtherHttp::HTTP_REQUESTS, &labels)
    };
    assert_eq!(count("/rpc", Code::Ok), 1);
    assert_eq!(count("unmatched", Code::Ok), 1);
    assert_eq!(count("unmatched", Code::Failed), 1);
    // Two templates have places of their own; the sum holds.
    let snapshot = recorder.snapshot();
    let requests: Vec<_> = snapshot
        .lines()
        .iter()
        .filter(|line| line.starts_with("other_http_requests_total"))
        .collect();
    assert_eq!(requests.len(), 4, "{requests:?}");
    let overflow = |line: &&&String| line.contains("_overflow") && line.ends_with(" 2");
    assert_eq!(requests.iter().filter(overflow).count(), 1, "{requests:?}");

    let fixed = HttpLayer::with_metrics(OtherHttp::new_in(recorder.shared())).route("/fixed");
    let echo = tower::service_fn(async |_: http::Request<_>| {
        Ok::<_, Infallible>(http::Response::new(String::from("four")))
    });
    let mut service = fixed.layer(echo);
    let request = http::Request::new(String::from("body"));
    // Called and dropped: nobody waited for it.
    drop(service.call(request));
    assert_eq!(count("/fixed", Code::Cancelled), 1);
}
