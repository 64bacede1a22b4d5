//! A router on an address, until it is stopped.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::metrics::counted;

/// Requests under way have so long to end.
const GRACE: Duration = Duration::from_secs(2);

/// An address that is bound and not served yet.
#[derive(Debug)]
pub struct Address(TcpListener, SocketAddr);

/// A router that is served.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

/// Why an address is not served.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Somebody else has the port.
    #[error(
        "cannot listen on {0}: the port is in use; end what uses it, or choose another, port 0 for \
         any free one"
    )]
    PortInUse(String),
    /// The system does not let this program listen there.
    #[error("cannot listen on {address}: {source}; write host and port, as in 127.0.0.1:9464")]
    Listen {
        /// The address that was tried.
        address: String,
        /// What the system says.
        source: io::Error,
    },
}

impl Address {
    /// Binds `host:port`, before any work that would be in vain without it.
    ///
    /// # Errors
    ///
    /// A port that is in use, and what is no address.
    pub async fn bind(address: &str) -> Result<Self, ServeError> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => ServeError::PortInUse(String::from(address)),
            _ => ServeError::Listen {
                address: String::from(address),
                source,
            },
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        Ok(Self(listener, bound))
    }

    /// Serves a router there.
    #[must_use]
    pub fn serve(self, router: Router) -> Server {
        let Self(listener, address) = self;
        let (stop, stopped) = oneshot::channel::<()>();
        let served = axum::serve(counted(listener), router).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        Server {
            address,
            stop,
            task: tokio::spawn(served.into_future()),
        }
    }
}

impl Server {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more requests, and ends those under way.
    pub async fn stop(mut self) {
        let _ = self.stop.send(());
        if tokio::time::timeout(GRACE, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}
