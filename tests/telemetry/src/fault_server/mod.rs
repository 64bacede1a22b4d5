//! An OTLP receiver on loopback that fails as a script says, over HTTP and gRPC,
//! with TLS or without. It takes every signal on one port and keeps what a
//! receiver would have kept.

mod connection;
mod reply;
mod request;

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustls::ServerConfig;
use tokio::runtime::Runtime;

pub use reply::Reply;
pub use request::Received;

/// A server that ends with this value.
pub struct FaultServer {
    address: SocketAddr,
    scheme: &'static str,
    script: Arc<Script>,
    runtime: Option<Runtime>,
}

/// What is answered, and what was asked.
pub(crate) struct Script {
    replies: Mutex<(VecDeque<Reply>, Reply)>,
    received: Mutex<Vec<Received>>,
}

impl Script {
    fn next(&self) -> Reply {
        let mut replies = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
        let otherwise = replies.1.clone();
        replies.0.pop_front().unwrap_or(otherwise)
    }

    fn received(&self) -> MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FaultServer {
    /// Answers requests with `replies`, one each, and then always `otherwise`.
    ///
    /// # Panics
    ///
    /// When there is no free port.
    pub fn start(replies: impl IntoIterator<Item = Reply>, otherwise: Reply) -> Self {
        Self::start_at(free_address(), replies, otherwise, None)
    }

    /// The same over TLS.
    ///
    /// # Panics
    ///
    /// When there is no free port.
    pub fn start_tls(
        tls: Arc<ServerConfig>,
        replies: impl IntoIterator<Item = Reply>,
        otherwise: Reply,
    ) -> Self {
        Self::start_at(free_address(), replies, otherwise, Some(tls))
    }

    /// The same at an address.
    ///
    /// # Panics
    ///
    /// When the address is taken.
    pub fn start_at(
        address: SocketAddr,
        replies: impl IntoIterator<Item = Reply>,
        otherwise: Reply,
        tls: Option<Arc<ServerConfig>>,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a thread");
        let script = Arc::new(Script {
            replies: Mutex::new((replies.into_iter().collect(), otherwise)),
            received: Mutex::default(),
        });
        let scheme = if tls.is_some() { "https" } else { "http" };
        // Bound before this returns.
        let listener = bind(address);
        listener.set_nonblocking(true).expect("an option");
        let address = listener.local_addr().expect("bound");
        runtime.spawn(connection::accept(listener, Arc::clone(&script), tls));
        Self {
            address,
            scheme,
            script,
            runtime: Some(runtime),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What to write as an endpoint, with `localhost` for certificates.
    pub fn url(&self) -> String {
        let host = if self.scheme == "https" {
            "localhost"
        } else {
            "127.0.0.1"
        };
        format!("{}://{host}:{}", self.scheme, self.address.port())
    }

    /// What is answered from now on.
    pub fn answer(&self, replies: impl IntoIterator<Item = Reply>, otherwise: Reply) {
        let mut current = self
            .script
            .replies
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *current = (replies.into_iter().collect(), otherwise);
    }

    /// Every request so far, in order.
    pub fn received(&self) -> Vec<Received> {
        self.script.received().clone()
    }

    /// Waits until so many requests were read.
    ///
    /// # Panics
    ///
    /// After a minute.
    pub fn wait_for(&self, requests: usize) {
        let start = Instant::now();
        while self.script.received().len() < requests {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "{requests} requests"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Where a server was just now, its socket may still be about to close.
fn bind(address: SocketAddr) -> TcpListener {
    let start = Instant::now();
    loop {
        match TcpListener::bind(address) {
            Ok(listener) => return listener,
            Err(error) => assert!(
                start.elapsed() < Duration::from_secs(10),
                "{address}: {error}"
            ),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// An address where nothing listens.
///
/// # Panics
///
/// When there is no free port.
#[must_use]
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("bound")
}
