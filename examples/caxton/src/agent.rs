//! An agent: takes one message after the other, has its module handle it, and
//! delivers what the module sends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use caxton_instrument::LabelValue as _;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tracing::{debug, info};

use crate::conversation::{Conversation, Message, Metadata};
use crate::directory::{Address, Directory};
use crate::instance::{ExecutionError, Instance, Outgoing};
use crate::limits::Limits;
use crate::mailbox::{Envelope, Received};
use crate::metrics::{
    AgentLabels, AgentMetrics, Cause, GaugeEntity, MessageErrorLabels, MessageLabels,
    MessageMetrics, MetricSet as _, Outcome, OwnedTracked, Since, TaskLabels, TaskMetrics,
    TypeLabels,
};
use crate::module::AgentType;
use crate::performative::Performative;
use crate::trace;

/// What an agent that ends says to whoever still waits for it.
const STOPPED: &str = "the agent was stopped";

/// How long it tries to say so.
const ANSWER: Duration = Duration::from_secs(1);

pub(crate) struct Agent {
    id: Arc<str>,
    kind: Arc<AgentType>,
    name: Arc<str>,
    /// `None` after an execution that stopped anywhere in its module.
    instance: Option<Instance>,
    directory: Arc<Directory>,
    limits: Limits,
    memory: GaugeEntity,
    _exists: OwnedTracked,
    /// Given back last: then the series have ended.
    _place: OwnedSemaphorePermit,
}

/// How a message was handled, and what is to be delivered.
struct Handled {
    outcome: Outcome,
    cause: Option<Cause>,
    outgoing: Vec<Outgoing>,
}

impl Agent {
    pub(crate) fn new(
        id: Arc<str>,
        agent_type: Arc<AgentType>,
        instance: Instance,
        directory: Arc<Directory>,
        limits: Limits,
        place: OwnedSemaphorePermit,
    ) -> Self {
        let metrics = AgentMetrics::global();
        let labels = AgentLabels::of(&id, agent_type.name());
        let memory = metrics.agent_memory.at(&labels).entity();
        memory.set(instance.memory());
        let labels = TypeLabels::of(agent_type.name());
        Self {
            name: Arc::from(agent_type.name()),
            _exists: metrics.agents.at(&labels).bind().track(1),
            id,
            kind: agent_type,
            instance: Some(instance),
            directory,
            limits,
            memory,
            _place: place,
        }
    }

    /// Works until it is stopped; what still waits then is refused.
    pub(crate) async fn run(
        mut self,
        mut inbox: mpsc::Receiver<Envelope>,
        mut stop: oneshot::Receiver<()>,
    ) {
        let stopped = || Handled::ended(Outcome::Cancelled, Cause::Stopped, STOPPED);
        info!(agent_id = &*self.id, "agent started");
        loop {
            let envelope = tokio::select! {
                biased;
                _ = &mut stop => break,
                envelope = inbox.recv() => envelope,
            };
            let Some(envelope) = envelope else { break };
            let received = envelope.open(&self.kind);
            let metadata = &received.message.metadata;
            let handled = tokio::select! {
                biased;
                _ = &mut stop => {
                    self.close(&received, stopped(), ANSWER).await;
                    break;
                }
                handled = trace::within(metadata, self.handle(&received)) => handled,
            };
            self.count(&received, &handled);
            tokio::select! {
                biased;
                _ = &mut stop => {
                    // The task is counted; what it did not send any more is lost.
                    self.error(Cause::Stopped);
                    self.answer(&received.conversation, stopped().outgoing, ANSWER).await;
                    break;
                }
                () = self.deliver(handled.outgoing, &received.conversation) => {}
            }
        }
        info!(agent_id = &*self.id, "agent stopped");
        inbox.close();
        let end = Instant::now() + ANSWER;
        while let Some(envelope) = inbox.recv().await {
            let received = envelope.open(&self.kind);
            let refused = Handled::ended(Outcome::Refused, Cause::Stopped, STOPPED);
            let left = end.saturating_duration_since(Instant::now());
            self.close(&received, refused, left).await;
        }
    }

    /// Counts a message that was not handled to its end, and says so.
    async fn close(&self, received: &Received, handled: Handled, within: Duration) {
        self.count(received, &handled);
        self.answer(&received.conversation, handled.outgoing, within)
            .await;
    }

    async fn handle(&mut self, received: &Received) -> Handled {
        if received.conversation.is_abandoned() {
            return Handled::abandoned();
        }
        let message = &received.message;
        let labels = MessageLabels::of(&self.name, message.performative);
        let metrics = MessageMetrics::global();
        let _timer = metrics
            .message_processing_duration
            .at(&labels)
            .start_timer();
        let mut instance = match self.instance.take() {
            Some(instance) => instance,
            None => match Instance::new(&self.kind, &self.limits) {
                Ok(instance) => instance,
                Err(error) => {
                    let text = format!("the module does not start again: {error}");
                    return Handled::ended(Outcome::Failure, Cause::Trapped, &text);
                }
            },
        };
        let handling = instance.handle(&self.kind, &self.id, &received.conversation, message);
        let ended = tokio::time::timeout(self.limits.timeout, handling).await;
        // Its memory is what the agent knows: it is kept wherever it is sound.
        if let Ok(Ok(_) | Err(ExecutionError::OutOfMemory(_))) = ended {
            self.memory.set(instance.memory());
            self.instance = Some(instance);
        } else {
            self.memory.set(0);
        }
        match ended {
            Ok(Ok(outgoing)) => Handled::of(outgoing),
            Ok(Err(error)) => Handled::ended(Outcome::Failure, error.cause(), &error.to_string()),
            Err(_) => {
                let text = format!("the module took longer than {:?}", self.limits.timeout);
                Handled::ended(Outcome::Cancelled, Cause::TimedOut, &text)
            }
        }
    }

    fn count(&self, received: &Received, handled: &Handled) {
        if let Some(cause) = handled.cause {
            self.error(cause);
        }
        let Message {
            performative,
            metadata,
            ..
        } = &received.message;
        if performative.is_task() {
            trace::in_scope(metadata, || {
                task_ended(&self.name, handled.outcome, received.sent);
                debug!(
                    agent_id = &*self.id,
                    performative = %performative,
                    outcome = handled.outcome.as_str(),
                    "task ended"
                );
            });
        }
    }

    fn error(&self, cause: Cause) {
        let labels = MessageErrorLabels::of(&self.name, cause);
        let metrics = MessageMetrics::global();
        metrics.message_errors.at(&labels).increment(1);
    }

    async fn deliver(&self, all: Vec<Outgoing>, conversation: &Conversation) {
        let patience = self.limits.patience;
        for mut outgoing in all {
            match outgoing.to.take() {
                None => self.answer(conversation, vec![outgoing], patience).await,
                Some(to) => {
                    let message = self.message(outgoing);
                    let to = Address::from(to);
                    self.directory
                        .send(&to, message, conversation, patience)
                        .await;
                }
            }
        }
    }

    async fn answer(&self, conversation: &Conversation, all: Vec<Outgoing>, within: Duration) {
        for outgoing in all {
            conversation.reply(self.message(outgoing), within).await;
        }
    }

    fn message(&self, outgoing: Outgoing) -> Message {
        Message {
            performative: outgoing.performative,
            from: Arc::clone(&self.name),
            content: outgoing.content,
            metadata: outgoing.metadata,
        }
    }
}

impl Handled {
    /// Nobody is left to be told.
    const fn abandoned() -> Self {
        Self {
            outcome: Outcome::Cancelled,
            cause: Some(Cause::Abandoned),
            outgoing: Vec::new(),
        }
    }

    /// The runtime ended it, and says so in the agent's name.
    fn ended(outcome: Outcome, cause: Cause, text: &str) -> Self {
        let performative = match outcome {
            Outcome::Cancelled => Performative::Cancel,
            Outcome::Refused => Performative::Refuse,
            Outcome::Ok | Outcome::Error | Outcome::Failure => Performative::Failure,
        };
        Self {
            outcome,
            cause: Some(cause),
            outgoing: vec![Outgoing {
                to: None,
                performative,
                content: text.as_bytes().to_vec(),
                metadata: Metadata::new(),
            }],
        }
    }

    /// What the module's own answers say.
    fn of(outgoing: Vec<Outgoing>) -> Self {
        let answers = |performative| {
            let mut to_initiator = outgoing.iter().filter(|one| one.to.is_none());
            to_initiator.any(|one| one.performative == performative)
        };
        let cause = if answers(Performative::NotUnderstood) {
            Some(Cause::NotUnderstood)
        } else if answers(Performative::Failure) {
            Some(Cause::Failed)
        } else {
            None
        };
        let outcome = match cause {
            Some(Cause::NotUnderstood) => Outcome::Error,
            Some(_) => Outcome::Failure,
            None => Outcome::Ok,
        };
        Self {
            outcome,
            cause,
            outgoing,
        }
    }
}

/// Counts a task of an agent of that type.
pub(crate) fn task_ended(agent_type: &str, outcome: Outcome, since: Since) {
    let metrics = TaskMetrics::global();
    let labels = TaskLabels::of(agent_type, outcome);
    metrics.tasks.at(&labels).increment(1);
    metrics.task_duration.at(&labels).record(since.elapsed());
}
