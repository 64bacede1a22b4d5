//! Who there is, and who a message is for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::agent::task_ended;
use crate::conversation::{Conversation, Message};
use crate::mailbox::Mailbox;
use crate::metrics::{
    Cause, MessageErrorLabels, MessageLabels, MessageMetrics, MetricSet as _, ORCHESTRATOR,
    Outcome, OwnedTracked, Since,
};
use crate::performative::Performative;
use crate::trace;

/// Agents that take messages.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    agents: Mutex<BTreeMap<u64, Entry>>,
}

/// An agent as the directory knows it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: Arc<str>,
    pub(crate) mailbox: Mailbox,
    /// Ends the agent's task when it is sent or dropped.
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) task: JoinHandle<()>,
    pub(crate) _active: OwnedTracked,
}

/// What is told of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentInfo {
    /// Its id, the label `agent_id`.
    pub id: Arc<str>,
    /// The name of its type.
    pub agent_type: String,
    /// Messages that wait for it.
    pub waiting: usize,
}

/// An agent's id, or the name of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address(String);

impl<T: Into<String>> From<T> for Address {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl Directory {
    pub(crate) fn insert(&self, number: u64, entry: Entry) {
        self.lock().insert(number, entry);
    }

    pub(crate) fn remove(&self, id: &str) -> Option<Entry> {
        let mut agents = self.lock();
        let number = agents
            .iter()
            .find_map(|(number, entry)| (*entry.id == *id).then_some(*number))?;
        agents.remove(&number)
    }

    pub(crate) fn ids(&self) -> Vec<Arc<str>> {
        let agents = self.lock();
        agents.values().map(|entry| Arc::clone(&entry.id)).collect()
    }

    /// Every agent, oldest first.
    pub(crate) fn list(&self) -> Vec<AgentInfo> {
        self.lock().values().map(Entry::info).collect()
    }

    /// Sends a message, waiting for room in the receiver's queue for so long.
    /// What cannot be delivered is answered in the conversation.
    pub(crate) async fn send(
        &self,
        to: &Address,
        message: Message,
        conversation: &Conversation,
        patience: Duration,
    ) {
        let since = Since::now();
        let performative = message.performative;
        let metrics = MessageMetrics::global();
        let labels = MessageLabels::of(&message.from, performative);
        metrics.messages_sent.at(&labels).increment(1);

        let Some(mailbox) = self.find(to) else {
            let labels = MessageErrorLabels::of(&message.from, Cause::NoReceiver);
            metrics.message_errors.at(&labels).increment(1);
            let text = format!("there is no agent and no agent type `{}`", to.0);
            let failure = answer(Performative::Failure, ORCHESTRATOR, &text);
            return conversation.reply(failure, patience).await;
        };
        let Err(cause) = mailbox.put(message, conversation, patience).await else {
            return;
        };
        let agent_type = mailbox.agent_type().name();
        let labels = MessageErrorLabels::of(agent_type, cause);
        metrics.message_errors.at(&labels).increment(1);
        if performative.is_task() {
            task_ended(agent_type, Outcome::Refused, since);
        }
        let text = match cause {
            Cause::QueueFull => "the queue is full",
            _ => "the agent was stopped",
        };
        let refusal = answer(Performative::Refuse, agent_type, text);
        conversation.reply(refusal, patience).await;
    }

    /// The agent of that id, or the least busy one of that type.
    fn find(&self, to: &Address) -> Option<Mailbox> {
        let agents = self.lock();
        let by_id = agents.values().find(|entry| *entry.id == *to.0);
        let of_type = || {
            agents
                .values()
                .filter(|entry| entry.mailbox.agent_type().name() == to.0)
                .min_by_key(|entry| entry.mailbox.waiting())
        };
        by_id.or_else(of_type).map(|entry| entry.mailbox.clone())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Entry>> {
        self.agents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// Stops the agent; what is returned ends when the agent is gone.
    pub(crate) fn stop(self) -> JoinHandle<()> {
        let _ = self.stop.send(());
        self.task
    }

    fn info(&self) -> AgentInfo {
        AgentInfo {
            id: Arc::clone(&self.id),
            agent_type: String::from(self.mailbox.agent_type().name()),
            waiting: self.mailbox.waiting(),
        }
    }
}

fn answer(performative: Performative, from: &str, text: &str) -> Message {
    Message {
        performative,
        from: Arc::from(from),
        content: text.as_bytes().to_vec(),
        metadata: trace::current(),
    }
}
