//! A client that does not take its answer is waited for, but not for ever: its
//! connection is one of a bounded number, and holds a whole exposition.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// From the moment at which a client falls behind until it has everything.
/// Longer than any sensible scrape.
const PATIENCE: Duration = Duration::from_secs(30);

/// A stream whose writing side fails when its reader takes too long.
#[derive(Debug)]
pub(super) struct Patient<S> {
    stream: S,
    /// Set while something is not written yet that could not be written at once.
    behind: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    pub(super) const fn new(stream: S) -> Self {
        Self {
            stream,
            behind: None,
        }
    }

    /// What a write came to, unless it comes too late.
    fn in_time<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_pending() && self.behind.is_none() {
            self.behind = Some(Box::pin(tokio::time::sleep(PATIENCE)));
        }
        // One byte now and then is not enough: only `poll_flush` ends it.
        if let Some(end) = &mut self.behind
            && end.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.in_time(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.in_time(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Called by the server once it has nothing left to write.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if flushed.is_pending() {
            return self.in_time(cx, Poll::Pending);
        }
        self.behind = None;
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::{Instant, sleep};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_reader_of_one_byte_a_second_is_left() {
        let (ours, mut theirs) = duplex(16);
        let reading = tokio::spawn(async move {
            let mut bytes = 0;
            while theirs.read(&mut [0]).await.is_ok_and(|read| read > 0) {
                bytes += 1;
                sleep(Duration::from_secs(1)).await;
            }
            bytes
        });
        let start = Instant::now();
        let mut stream = Patient::new(ours);
        let error = stream.write_all(&[0; 1_000]).await.err();
        assert_eq!(
            error.map(|error| error.kind()),
            Some(io::ErrorKind::TimedOut)
        );
        assert_eq!(start.elapsed().as_secs(), PATIENCE.as_secs());
        drop(stream);
        assert!(reading.await.is_ok_and(|bytes| bytes < 100));
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_pauses_between_answers_stays() {
        let (ours, mut theirs) = duplex(16);
        let reading = tokio::spawn(async move {
            let mut answer = [0; 100];
            for _ in 0..3 {
                sleep(PATIENCE / 2).await;
                theirs.read_exact(&mut answer).await.unwrap();
            }
        });
        let mut stream = Patient::new(ours);
        for _ in 0..3 {
            stream.write_all(&[0; 100]).await.unwrap();
            stream.flush().await.unwrap();
        }
        reading.await.unwrap();
    }
}
