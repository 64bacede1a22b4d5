//! A server for programs that have no runtime: one thread, one small runtime.

use std::future::{Future as _, poll_fn};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::{Pin, pin};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::address;
use super::pages;
use super::patience::Patient;
use crate::error::InstallError;
use crate::telemetry::Shared;

const THREAD: &str = "caxton-server";

/// A client that has not sent its request by then is gone. Longer than the
/// usual scrape interval, so that Prometheus keeps its connection.
const HEADER_TIMEOUT: Duration = Duration::from_secs(75);

/// Requests in flight may finish for so long after a stop.
const GRACE: Duration = Duration::from_millis(500);

/// The guard waits for the thread for so long, then leaves it to end alone.
const JOIN: Duration = Duration::from_secs(1);

/// Enough for scrapers, probes and people; the rest waits to be accepted.
const MAX_CONNECTIONS: usize = 128;

/// Out of file descriptors, most likely: try again when some are back.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A running server; stops when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    // Shared between threads with the guard, which only its drop asks.
    stopped: Mutex<mpsc::Receiver<()>>,
}

impl Server {
    pub(crate) const fn local_addr(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        // The thread drops its end when it is done; nothing is ever sent.
        if let Ok(stopped) = self.stopped.get_mut() {
            let _ = stopped.recv_timeout(JOIN);
        }
    }
}

pub(crate) fn start(address: &str, shared: Arc<Shared>) -> Result<Server, InstallError> {
    let listener = address::bind(address)?;
    let failed = |source: io::Error| InstallError::Thread {
        name: THREAD,
        source,
    };
    let address = listener.local_addr().map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(4)
        .build()
        .map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let (stop, stopping) = oneshot::channel();
    let (done, stopped) = mpsc::channel();
    std::thread::Builder::new()
        .name(String::from(THREAD))
        .spawn(move || {
            let _done = done;
            runtime.block_on(serve(listener, pages::router(&shared), stopping));
            runtime.shutdown_background();
        })
        .map_err(failed)?;
    Ok(Server {
        address,
        stop: Some(stop),
        stopped: Mutex::new(stopped),
    })
}

async fn serve(listener: TcpListener, router: Router, mut stopping: oneshot::Receiver<()>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let router = router.fallback(pages::not_found);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT);
    let connections = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    while let Some((slot, stream)) = next(&listener, &slots, &mut stopping).await {
        let service = TowerToHyperService::new(router.clone());
        let connection = http.serve_connection(TokioIo::new(Patient::new(stream)), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // What a client does wrong is its own affair.
            let _ = connection.await;
            drop(slot);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, connections.shutdown()).await;
}

/// The next client and a place for it; `None` once the guard is gone.
async fn next(
    listener: &tokio::net::TcpListener,
    slots: &Arc<Semaphore>,
    stopping: &mut oneshot::Receiver<()>,
) -> Option<(OwnedSemaphorePermit, TcpStream)> {
    let mut accepting = pin!(async {
        let slot = Arc::clone(slots).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, _)) => return Some((slot, stream)),
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    });
    poll_fn(|cx| match Pin::new(&mut *stopping).poll(cx) {
        Poll::Ready(_) => Poll::Ready(None),
        Poll::Pending => accepting.as_mut().poll(cx),
    })
    .await
}
