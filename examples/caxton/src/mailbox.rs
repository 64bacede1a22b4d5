//! Bounded queues: what finds no room is refused.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::conversation::{Conversation, Message};
use crate::limits::Limits;
use crate::metrics::{
    Cause, MessageLabels, MessageMetrics, MetricSet as _, OwnedTracked, Since, TypeLabels,
};
use crate::module::AgentType;

/// Room for the content of all waiting messages, in KiB.
#[derive(Debug, Clone)]
pub(crate) struct Room(Arc<Semaphore>);

impl Room {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(Limits::QUEUED >> 10)))
    }
}

/// Where messages for an agent go in.
#[derive(Debug, Clone)]
pub(crate) struct Mailbox {
    sender: mpsc::Sender<Envelope>,
    room: Room,
    agent_type: Arc<AgentType>,
}

/// A message that waits.
#[derive(Debug)]
pub(crate) struct Envelope {
    message: Message,
    conversation: Conversation,
    sent: Since,
    _waiting: OwnedTracked,
    _room: OwnedSemaphorePermit,
}

/// A message that its receiver has taken.
pub(crate) struct Received {
    pub(crate) message: Message,
    pub(crate) conversation: Conversation,
    /// When it was sent.
    pub(crate) sent: Since,
}

impl Mailbox {
    pub(crate) fn new(
        agent_type: &Arc<AgentType>,
        queue: usize,
        room: &Room,
    ) -> (Self, mpsc::Receiver<Envelope>) {
        let (sender, receiver) = mpsc::channel(queue.max(1));
        let mailbox = Self {
            sender,
            room: room.clone(),
            agent_type: Arc::clone(agent_type),
        };
        (mailbox, receiver)
    }

    pub(crate) fn agent_type(&self) -> &Arc<AgentType> {
        &self.agent_type
    }

    /// How many messages wait.
    pub(crate) fn waiting(&self) -> usize {
        self.sender.max_capacity() - self.sender.capacity()
    }

    /// Puts a message in, waiting for room as long as the patience lasts.
    pub(crate) async fn put(
        &self,
        message: Message,
        conversation: &Conversation,
        patience: Duration,
    ) -> Result<(), Cause> {
        let sent = Since::now();
        let space = u32::try_from(message.content.len() >> 10).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room.0);
        let places = async {
            let room = room.acquire_many_owned(space.saturating_add(1)).await;
            (room, self.sender.reserve().await)
        };
        // Polled once even without patience, so that free room is always found.
        match tokio::time::timeout(patience, places).await {
            Ok((Ok(room), Ok(place))) => {
                let labels = TypeLabels::of(self.agent_type.name());
                let size = &MessageMetrics::global().message_queue_size;
                place.send(Envelope {
                    message,
                    conversation: conversation.clone(),
                    sent,
                    _waiting: size.at(&labels).bind().track(1),
                    _room: room,
                });
                Ok(())
            }
            Ok(_) => Err(Cause::Stopped),
            Err(_) => Err(Cause::QueueFull),
        }
    }
}

impl Envelope {
    /// Takes the message out: it waits no longer.
    pub(crate) fn open(self, agent_type: &AgentType) -> Received {
        let labels = MessageLabels::of(agent_type.name(), self.message.performative);
        let metrics = MessageMetrics::global();
        metrics.messages_received.at(&labels).increment(1);
        Received {
            message: self.message,
            conversation: self.conversation,
            sent: self.sent,
        }
    }
}
