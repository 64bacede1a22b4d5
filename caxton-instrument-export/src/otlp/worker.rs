//! The one thread from which all signals are sent.

use std::io;
use std::sync::mpsc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

const THREAD: &str = "caxton-export";

/// The system's look-up of names blocks a thread each, for as long as it likes.
const MAX_BLOCKING_THREADS: usize = 4;

/// Whoever drops the worker waits for so long; the thread ends alone then.
const JOIN: Duration = Duration::from_secs(1);

/// A thread with a small runtime; ends when dropped, with the tasks on it. What
/// they still had to send is counted as lost.
#[derive(Debug)]
pub(crate) struct Worker {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    stopped: mpsc::Receiver<()>,
}

impl Worker {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// What the system says when it has no thread or event queue to give.
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(MAX_BLOCKING_THREADS)
            .thread_name(THREAD)
            .build()?;
        let handle = runtime.handle().clone();
        let (stop, stopping) = oneshot::channel::<()>();
        let (done, stopped) = mpsc::channel();
        std::thread::Builder::new()
            .name(String::from(THREAD))
            .spawn(move || {
                let _done = done;
                // What the transport itself traces and logs would be exported,
                // which would be traced and logged.
                let _suppressed = opentelemetry::Context::enter_telemetry_suppressed_scope();
                let _ = runtime.block_on(stopping);
                runtime.shutdown_background();
            })?;
        Ok(Self {
            handle,
            stop: Some(stop),
            stopped,
        })
    }

    /// Where to spawn what sends.
    pub(crate) fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        // Dropped on its own thread, which a task may do, it cannot wait.
        if Handle::try_current().is_ok_and(|current| current.id() == self.handle.id()) {
            return;
        }
        // The thread drops its end when it is done; nothing is ever sent.
        let _ = self.stopped.recv_timeout(JOIN);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use super::*;

    #[test]
    fn tasks_run_on_one_thread_of_that_name() {
        let worker = Worker::start().expect("a thread");
        let (tell, told) = mpsc::channel();
        for _ in 0..3 {
            let tell = tell.clone();
            worker.handle().spawn(async move {
                let _ = tell.send(std::thread::current().name().map(String::from));
            });
        }
        for _ in 0..3 {
            let name = told
                .recv_timeout(Duration::from_secs(10))
                .expect("a task ran");
            assert_eq!(name.as_deref(), Some(THREAD));
        }
    }

    #[test]
    fn dropping_it_drops_the_tasks() {
        let worker = Worker::start().expect("a thread");
        let held = Arc::new(());
        let task = Arc::clone(&held);
        worker.handle().spawn(async move {
            std::future::pending::<()>().await;
            drop(task);
        });
        drop(worker);
        assert_eq!(Arc::strong_count(&held), 1);
    }

    #[test]
    fn a_task_that_blocks_does_not_hold_the_program() {
        let worker = Worker::start().expect("a thread");
        let (started, is_running) = mpsc::channel();
        let (release, held) = mpsc::channel::<()>();
        worker.handle().spawn(async move {
            let _ = started.send(());
            let _ = held.recv_timeout(Duration::from_secs(60));
        });
        is_running
            .recv_timeout(Duration::from_secs(10))
            .expect("a task ran");
        let start = Instant::now();
        drop(worker);
        assert!(start.elapsed() < Duration::from_secs(30));
        drop(release);
    }
}
