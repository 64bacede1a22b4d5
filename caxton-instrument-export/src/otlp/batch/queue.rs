//! What waits to be sent: bounded in items and in bytes. Who pushes takes no
//! lock and never waits; what does not fit is counted.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::{Notify, mpsc};

use super::Limits;
use crate::otlp::meta::{self, LossReason, SignalName};

/// The end that the program pushes into.
pub(crate) struct Queue<T> {
    items: mpsc::Sender<Weighed<T>>,
    state: Arc<State>,
    weight: fn(&T) -> usize,
    signal: SignalName,
    limits: Limits,
}

/// The end that the task takes from.
pub(super) struct Receiver<T> {
    items: mpsc::Receiver<Weighed<T>>,
    pub(super) state: Arc<State>,
}

#[derive(Default)]
pub(super) struct State {
    bytes: AtomicUsize,
    /// Wakes the task when there is a batch. The channel itself never does: a
    /// program would pay a wake-up for every item.
    pub(super) full: Notify,
    told: AtomicBool,
}

struct Weighed<T> {
    item: T,
    weight: usize,
}

pub(super) fn queue<T>(
    limits: Limits,
    weight: fn(&T) -> usize,
    signal: SignalName,
) -> (Queue<T>, Receiver<T>) {
    // A channel of no place cannot be made.
    let (sender, receiver) = mpsc::channel(limits.items.max(1));
    let state = Arc::new(State::default());
    let queue = Queue {
        items: sender,
        state: Arc::clone(&state),
        weight,
        signal,
        limits,
    };
    let receiver = Receiver {
        items: receiver,
        state,
    };
    (queue, receiver)
}

impl<T> Queue<T> {
    /// Lets the item wait, or counts it as lost.
    pub(crate) fn push(&self, item: T) {
        let weight = (self.weight)(&item);
        let before = self.state.bytes.fetch_add(weight, Ordering::Relaxed);
        let reason = if before.saturating_add(weight) > self.limits.bytes {
            LossReason::QueueFull
        } else {
            match self.items.try_send(Weighed { item, weight }) {
                Ok(()) => return self.wake(),
                Err(mpsc::error::TrySendError::Full(_)) => LossReason::QueueFull,
                Err(mpsc::error::TrySendError::Closed(_)) => LossReason::Shutdown,
            }
        };
        self.state.bytes.fetch_sub(weight, Ordering::Relaxed);
        meta::lost(self.signal, reason, 1);
    }

    fn wake(&self) {
        let waiting = self.items.max_capacity() - self.items.capacity();
        if waiting >= self.limits.batch && !self.state.told.swap(true, Ordering::Relaxed) {
            self.state.full.notify_one();
        }
    }
}

impl<T> fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("signal", &self.signal)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl<T> Receiver<T> {
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Up to `at_most` items, the oldest first.
    pub(super) fn take(&mut self, at_most: usize) -> Vec<T> {
        // From here on, one more item that completes a batch wakes the task.
        self.state.told.store(false, Ordering::Relaxed);
        let mut taken = Vec::with_capacity(at_most.min(self.len()));
        let mut weight = 0;
        while taken.len() < at_most
            && let Ok(next) = self.items.try_recv()
        {
            weight += next.weight;
            taken.push(next.item);
        }
        self.state.bytes.fetch_sub(weight, Ordering::Relaxed);
        taken
    }

    /// Takes no more; what is pushed from now on is lost.
    pub(super) fn close(&mut self) {
        self.items.close();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn limited(items: usize, bytes: usize) -> (Queue<String>, Receiver<String>) {
        let limits = Limits {
            items,
            bytes,
            batch: 2,
            every: Duration::from_secs(1),
        };
        queue(limits, String::len, SignalName::Logs)
    }

    fn push(queue: &Queue<String>, items: &[&str]) {
        for item in items {
            queue.push(String::from(*item));
        }
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let (queue, mut receiver) = limited(3, 100);
        push(&queue, &["a", "b", "c", "d"]);
        assert_eq!(receiver.take(2), ["a", "b"]);
        push(&queue, &["e", "f", "g"]);
        assert_eq!(receiver.take(10), ["c", "e", "f"]);
        assert!(receiver.take(10).is_empty());
    }

    #[test]
    fn bytes_are_bounded_and_come_back() {
        let (queue, mut receiver) = limited(100, 10);
        push(&queue, &["four", "more", "four", "xx"]);
        assert_eq!(receiver.take(1), ["four"]);
        push(&queue, &["much too long", "four"]);
        assert_eq!(receiver.take(10), ["more", "xx", "four"]);
        assert_eq!(receiver.state.bytes.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn after_the_end_nothing_is_taken() {
        let (queue, mut receiver) = limited(10, 100);
        push(&queue, &["a"]);
        receiver.close();
        push(&queue, &["b"]);
        assert_eq!(receiver.take(10), ["a"]);
        assert_eq!(receiver.state.bytes.load(Ordering::Relaxed), 0);
        drop(receiver);
        push(&queue, &["c"]);
    }

    #[tokio::test]
    async fn the_task_is_woken_by_a_batch_and_not_before() {
        let (queue, mut receiver) = limited(10, 100);
        let wakes = Duration::from_millis(20);
        push(&queue, &["a"]);
        let woken = tokio::time::timeout(wakes, receiver.state.full.notified()).await;
        assert!(woken.is_err());
        push(&queue, &["b", "c"]);
        let woken = tokio::time::timeout(wakes, receiver.state.full.notified()).await;
        assert!(woken.is_ok());
        // Once, until something is taken.
        let woken = tokio::time::timeout(wakes, receiver.state.full.notified()).await;
        assert!(woken.is_err());
        assert_eq!(receiver.take(2).len(), 2);
        push(&queue, &["d"]);
        let woken = tokio::time::timeout(wakes, receiver.state.full.notified()).await;
        assert!(woken.is_ok());
    }
}
