//! Messages that belong together, and where their answers go.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::metrics::{
    Cause, MessageErrorLabels, MessageLabels, MessageMetrics, MetricSet as _, ORCHESTRATOR,
};
use crate::performative::Performative;

/// Answers that may wait for whoever began the conversation; it does nothing
/// but take them.
const REPLIES: usize = 64;

/// User-defined parameters of a message, such as `traceparent`.
pub type Metadata = BTreeMap<String, String>;

/// A FIPA message, without its receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is for.
    pub performative: Performative,
    /// The agent type of the sender.
    pub from: Arc<str>,
    /// What it says.
    pub content: Vec<u8>,
    /// The trace that it is a part of.
    pub metadata: Metadata,
}

/// What messages of one conversation share. Every message that waits or is
/// being handled holds one, so that the conversation ends when none is left.
#[derive(Debug, Clone)]
pub struct Conversation {
    id: u64,
    replies: mpsc::Sender<Message>,
}

/// The answers of a conversation, for whoever began it. Dropping it abandons
/// the conversation: messages that wait are discarded when their turn comes.
#[derive(Debug)]
pub struct Replies {
    id: u64,
    receiver: mpsc::Receiver<Message>,
}

impl Conversation {
    /// A new conversation.
    #[must_use]
    pub fn begin() -> (Self, Replies) {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = mpsc::channel(REPLIES);
        let conversation = Self {
            id,
            replies: sender,
        };
        (conversation, Replies { id, receiver })
    }

    /// Whether nobody waits for its results any more.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.replies.is_closed()
    }

    /// Answers whoever began the conversation, who has so long to take it.
    pub(crate) async fn reply(&self, reply: Message, within: Duration) {
        let metrics = MessageMetrics::global();
        let sent = MessageLabels::of(&reply.from, reply.performative);
        metrics.messages_sent.at(&sent).increment(1);
        if self.replies.send_timeout(reply, within).await.is_err() {
            let labels = MessageErrorLabels::of(ORCHESTRATOR, Cause::Abandoned);
            metrics.message_errors.at(&labels).increment(1);
        }
    }
}

/// As in `c-17`.
impl fmt::Display for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c-{}", self.id)
    }
}

impl Replies {
    /// The conversation's id, as in `c-17`.
    pub fn conversation(&self) -> String {
        format!("c-{}", self.id)
    }

    /// The next answer; `None` once no message of the conversation is left.
    pub async fn next(&mut self) -> Option<Message> {
        let reply = self.receiver.recv().await?;
        received(reply.performative);
        Some(reply)
    }
}

/// Answers that came too late to be taken are no messages lost without trace.
impl Drop for Replies {
    fn drop(&mut self) {
        self.receiver.close();
        while self.receiver.try_recv().is_ok() {
            let labels = MessageErrorLabels::of(ORCHESTRATOR, Cause::Abandoned);
            let metrics = MessageMetrics::global();
            metrics.message_errors.at(&labels).increment(1);
        }
    }
}

fn received(performative: Performative) {
    let labels = MessageLabels::of(ORCHESTRATOR, performative);
    let metrics = MessageMetrics::global();
    metrics.messages_received.at(&labels).increment(1);
}
