//! Connections, and how they end.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use super::Script;
use super::reply::{Frames, Then};
use super::request::Received;

/// The first bytes of an answer are sent by then.
const MID_ANSWER: Duration = Duration::from_millis(50);

pub(super) async fn accept(
    listener: std::net::TcpListener,
    script: Arc<Script>,
    tls: Option<Arc<ServerConfig>>,
) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(one(stream, Arc::clone(&script), tls.clone()));
    }
}

async fn one(stream: TcpStream, script: Arc<Script>, tls: Option<Arc<ServerConfig>>) {
    // A second handle to the socket, since the first is hyper's until it ends.
    let Ok(stream) = stream.into_std() else {
        return;
    };
    let Ok(socket) = stream.try_clone() else {
        return;
    };
    let Ok(stream) = TcpStream::from_std(stream) else {
        return;
    };
    let end = Arc::new(End::default());
    tokio::select! {
        () = serve(stream, script, tls, Arc::clone(&end)) => {}
        () = end.comes.notified() => {
            if end.is_reset.load(Ordering::Relaxed)
                && let Ok(socket) = TcpStream::from_std(socket)
            {
                let _ = socket.set_zero_linger();
            }
        }
    }
}

async fn serve(
    stream: TcpStream,
    script: Arc<Script>,
    tls: Option<Arc<ServerConfig>>,
    end: Arc<End>,
) {
    match tls {
        Some(tls) => {
            if let Ok(stream) = TlsAcceptor::from(tls).accept(stream).await {
                speak(stream, script, end).await;
            }
        }
        None => speak(stream, script, end).await,
    }
}

async fn speak<T: AsyncRead + AsyncWrite + Unpin + 'static>(
    stream: T,
    script: Arc<Script>,
    end: Arc<End>,
) {
    let service = service_fn(move |request| answer(request, Arc::clone(&script), Arc::clone(&end)));
    let server = auto::Builder::new(TokioExecutor::new());
    // What a client does wrong shows in what it gets.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    request: Request<Incoming>,
    script: Arc<Script>,
    end: Arc<End>,
) -> Result<Response<Frames>, Infallible> {
    let mut received = match Received::read(request).await {
        Ok(received) => received,
        Err(error) => {
            let mut response = Response::new(Frames::default());
            *response.status_mut() = http::StatusCode::BAD_REQUEST;
            if let Ok(error) = error.parse() {
                response.headers_mut().insert("x-error", error);
            }
            return Ok(response);
        }
    };
    if end.is_deaf.load(Ordering::Relaxed) {
        return pending().await;
    }
    let reply = script.next().answer(&received);
    received.is_kept = reply.is_kept;
    script.received().push(received);
    tokio::time::sleep(reply.pause).await;
    match (reply.response, reply.then) {
        (Some(response), Then::Stays) => Ok(response),
        (Some(response), then) => {
            tokio::spawn(async move {
                tokio::time::sleep(MID_ANSWER).await;
                end.come(then);
            });
            Ok(response)
        }
        (None, Then::Stays) => pending().await,
        (None, Then::Hangs) => {
            end.is_deaf.store(true, Ordering::Relaxed);
            pending().await
        }
        (None, then) => {
            end.come(then);
            pending().await
        }
    }
}

/// The end of one connection.
#[derive(Default)]
struct End {
    comes: Notify,
    is_reset: AtomicBool,
    is_deaf: AtomicBool,
}

impl End {
    fn come(&self, then: Then) {
        self.is_reset.store(then == Then::Resets, Ordering::Relaxed);
        self.comes.notify_one();
    }
}
