//! Ctrl-C and SIGTERM: the first ends the work, the second the program.

use std::io;

use tokio::sync::watch;

pub(super) struct Signals(watch::Receiver<bool>);

impl Signals {
    /// Listens from now on, so that a signal between two waits is not lost.
    pub(super) fn new() -> io::Result<Self> {
        let mut endings = Endings::new()?;
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            endings.next().await;
            sender.send_replace(true);
            endings.next().await;
            std::process::exit(i32::from(super::INTERRUPTED));
        });
        Ok(Self(receiver))
    }

    /// Ends with the first signal, also one that came before.
    pub(super) async fn first(&mut self) {
        // The sender waits for the second signal, and ends with the program.
        let _ = self.0.wait_for(|came| *came).await;
    }
}

#[cfg(unix)]
struct Endings(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Endings {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        ))
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Endings;

#[cfg(not(unix))]
impl Endings {
    #[allow(clippy::unnecessary_wraps, reason = "on Unix there are errors")]
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
