//! Connections, counted for as long as they are open.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::serve::Listener;
use caxton_instrument::{OwnedTracked, SetInstance};
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::set::HttpMetricSet;

/// A listener whose connections are counted; made by
/// [`HttpLayer::listen`](super::HttpLayer::listen).
pub struct Connections<L, S: 'static> {
    listener: L,
    set: SetInstance<S>,
}

impl<L, S> Connections<L, S> {
    pub(super) const fn new(listener: L, set: SetInstance<S>) -> Self {
        Self { listener, set }
    }
}

impl<L: fmt::Debug, S> fmt::Debug for Connections<L, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("listener", &self.listener)
            .finish_non_exhaustive()
    }
}

impl<L: Listener, S: HttpMetricSet> Listener for Connections<L, S> {
    type Io = Connection<L::Io>;
    type Addr = L::Addr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = self.listener.accept().await;
        (Connection::new(stream, &*self.set), address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

pin_project! {
    /// A connection that is counted while it is there.
    #[derive(Debug)]
    pub struct Connection<I> {
        #[pin]
        stream: I,
        active: OwnedTracked,
    }
}

impl<I> Connection<I> {
    pub(super) fn new(stream: I, set: &impl HttpMetricSet) -> Self {
        Self {
            stream,
            active: set.active_connections().bind().track(1),
        }
    }

    /// The stream itself, for its address and options.
    pub const fn get_ref(&self) -> &I {
        &self.stream
    }
}

impl<I: AsyncRead> AsyncRead for Connection<I> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.project().stream.poll_read(cx, buffer)
    }
}

impl<I: AsyncWrite> AsyncWrite for Connection<I> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.project().stream.poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.project().stream.poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().stream.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().stream.poll_shutdown(cx)
    }
}
