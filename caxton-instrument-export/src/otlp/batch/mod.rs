//! Between the program, which ends spans and writes log records, and the
//! transport: a [queue](queue) that never blocks, and a [task](task) on the
//! export thread that sends what is in it in batches.

mod either;
mod queue;
mod sdk;
mod task;

use std::time::Duration;

use tokio::runtime::Handle;

use super::flush::Flusher;
use super::transport::{Sender, Signal};

pub(crate) use queue::Queue;
pub(crate) use sdk::{flush, shutdown};

/// How the items of a signal become requests.
pub(crate) trait Batch: Send + 'static {
    /// A span, or a log record.
    type Item: Send + 'static;
    /// What it is sent as.
    type Signal: Signal;

    /// The memory that an item takes, in bytes, roughly.
    fn weight(item: &Self::Item) -> usize;

    /// One request with all items.
    fn request(&self, items: Vec<Self::Item>) -> <Self::Signal as Signal>::Request;
}

/// What a queue holds at most, and when it is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Items that wait.
    pub(crate) items: usize,
    /// Bytes that waiting items take, roughly.
    pub(crate) bytes: usize,
    /// Items of one request.
    pub(crate) batch: usize,
    /// An item waits for no longer, unless a request before it hangs.
    pub(crate) every: Duration,
}

/// Starts the task that sends what is pushed into the queue.
pub(crate) fn start<B: Batch>(
    batch: B,
    sender: Sender<B::Signal>,
    limits: Limits,
    runtime: &Handle,
) -> (Queue<B::Item>, Flusher) {
    let limits = Limits {
        items: limits.items.max(1),
        batch: limits.batch.clamp(1, limits.items.max(1)),
        ..limits
    };
    let (queue, receiver) = queue::queue(limits, B::weight, B::Signal::SIGNAL);
    let (flusher, asked) = Flusher::new(B::Signal::SIGNAL);
    runtime.spawn(task::Task::new(batch, sender, receiver, asked, limits).run());
    (queue, flusher)
}
