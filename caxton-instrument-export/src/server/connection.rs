//! One client, from the handshake to its last answer. What it does wrong is its
//! own affair: others do not wait for it.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::meta::{self, Refusal};
use super::patience::Patient;

/// For the TLS handshake, and again for the first request: a client that is
/// slower holds a place that others need.
const FIRST: Duration = Duration::from_secs(10);

/// A client that has not sent its next request by then is gone. Longer than the
/// usual scrape interval, so that Prometheus keeps its connection.
const NEXT: Duration = Duration::from_secs(75);

/// The line and headers of a request, in bytes; more is answered 431.
const MAX_HEAD: usize = 16 * 1024;

/// Clients that shake hands, or wait for a connection to be free.
const MAX_WAITING: usize = 256;

/// A client's place among those that wait.
pub(super) type Place = OwnedSemaphorePermit;

/// All clients of a server.
pub(super) struct Connections {
    router: Router,
    tls: Option<TlsAcceptor>,
    http: http1::Builder,
    waiting: Arc<Semaphore>,
    served: Arc<Semaphore>,
    end: GracefulShutdown,
}

impl Connections {
    pub(super) fn new(router: Router, tls: Option<TlsAcceptor>, served: usize) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(NEXT)
            .max_header_size(MAX_HEAD);
        Self {
            router,
            tls,
            http,
            waiting: Arc::new(Semaphore::new(MAX_WAITING)),
            served: Arc::new(Semaphore::new(served.min(Semaphore::MAX_PERMITS))),
            end: GracefulShutdown::new(),
        }
    }

    /// A place for one more client.
    pub(super) async fn place(&self) -> Option<Place> {
        Arc::clone(&self.waiting).acquire_owned().await.ok()
    }

    /// Serves a client, on a task of its own.
    pub(super) fn serve(
        &self,
        place: Place,
        stream: TcpStream,
    ) -> impl Future<Output = ()> + Send + use<> {
        let tls = self.tls.clone();
        let served = Arc::clone(&self.served);
        let client = Client {
            router: self.router.clone(),
            http: self.http.clone(),
            watcher: self.end.watcher(),
        };
        async move {
            // Under TLS, so that it sees what the network takes.
            let stream = Patient::new(stream);
            match tls {
                None => {
                    let Ok(_served) = served.acquire_owned().await else {
                        return;
                    };
                    drop(place);
                    client.serve(stream).await;
                }
                Some(tls) => {
                    let stream = match timeout(FIRST, tls.accept(stream)).await {
                        Ok(Ok(stream)) => stream,
                        Ok(Err(_)) => return meta::refused(Refusal::Handshake),
                        Err(_) => return meta::refused(Refusal::Slow),
                    };
                    let Ok(_served) = served.acquire_owned().await else {
                        return;
                    };
                    drop(place);
                    client.serve(stream).await;
                }
            }
        }
    }

    /// Ends all clients, once each has the answer that it is being given.
    pub(super) async fn shutdown(self) {
        self.end.shutdown().await;
    }
}

struct Client {
    router: Router,
    http: http1::Builder,
    watcher: Watcher,
}

impl Client {
    async fn serve(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let asked = Arc::new(AtomicBool::new(false));
        let service = Asked {
            service: TowerToHyperService::new(self.router),
            asked: Arc::clone(&asked),
        };
        let connection = self.http.serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(self.watcher.watch(connection));
        if timeout(FIRST, connection.as_mut()).await.is_ok() {
            return;
        }
        if asked.load(Ordering::Relaxed) {
            let _ = connection.await;
        } else {
            meta::refused(Refusal::Slow);
        }
    }
}

/// A service that knows whether it was asked for anything.
struct Asked {
    service: TowerToHyperService<Router>,
    asked: Arc<AtomicBool>,
}

impl Service<hyper::Request<Incoming>> for Asked {
    type Response = <TowerToHyperService<Router> as Service<hyper::Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<hyper::Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<hyper::Request<Incoming>>>::Future;

    fn call(&self, request: hyper::Request<Incoming>) -> Self::Future {
        self.asked.store(true, Ordering::Relaxed);
        self.service.call(request)
    }
}
