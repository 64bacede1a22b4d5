//! A server for programs that have no runtime: one thread, one small runtime.

use std::future::{Future as _, poll_fn};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::{Pin, pin};
use std::sync::{Mutex, mpsc};
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::access::Access;
use super::address;
use super::connection::{Connections, Place};
use super::options::Server;
use super::tls;
use crate::error::InstallError;

/// Requests in flight may finish for so long after a stop.
const GRACE: Duration = Duration::from_millis(500);

/// The guard waits for the thread for so long, then leaves it to end alone.
const JOIN: Duration = Duration::from_secs(1);

/// Out of file descriptors, most likely: try again when some are back.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Pages that are rendered at a time, on threads of their own.
const RENDERING: usize = 4;

/// A running server; stops when dropped.
#[derive(Debug)]
pub(crate) struct Running {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    // Shared between threads with the guard, which only its drop asks.
    stopped: Mutex<mpsc::Receiver<()>>,
}

impl Running {
    pub(crate) const fn local_addr(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Running {
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

/// Serves `router` on the thread `name`. Each of `checks` may hold a thread
/// beside those that render.
pub(crate) fn start(
    name: &'static str,
    server: &Server,
    router: Router,
    checks: usize,
) -> Result<Running, InstallError> {
    let access = Access::new(server)?;
    let tls = tls::acceptor(server)?;
    let listener = address::bind(server)?;
    let failed = |source: io::Error| InstallError::Thread { name, source };
    let address = listener.local_addr().map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(RENDERING.saturating_add(checks))
        .build()
        .map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let router = match access {
        Some(access) => access.protect(router),
        None => router,
    };
    let connections = Connections::new(router, tls, server.max_connections);
    let (stop, stopping) = oneshot::channel();
    let (done, stopped) = mpsc::channel();
    std::thread::Builder::new()
        .name(String::from(name))
        .spawn(move || {
            let _done = done;
            runtime.block_on(serve(listener, connections, stopping));
            runtime.shutdown_background();
        })
        .map_err(failed)?;
    Ok(Running {
        address,
        stop: Some(stop),
        stopped: Mutex::new(stopped),
    })
}

async fn serve(
    listener: TcpListener,
    connections: Connections,
    mut stopping: oneshot::Receiver<()>,
) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    while let Some((place, stream)) = next(&listener, &connections, &mut stopping).await {
        tokio::spawn(connections.serve(place, stream));
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, connections.shutdown()).await;
}

/// The next client and a place for it; `None` once the guard is gone.
async fn next(
    listener: &tokio::net::TcpListener,
    connections: &Connections,
    stopping: &mut oneshot::Receiver<()>,
) -> Option<(Place, TcpStream)> {
    let mut accepting = pin!(async {
        let place = connections.place().await?;
        loop {
            match listener.accept().await {
                Ok((stream, _)) => return Some((place, stream)),
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
