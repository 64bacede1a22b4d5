//! Creates, lists and stops agents, and begins conversations with them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{Semaphore, oneshot};

use crate::agent::Agent;
use crate::conversation::{Conversation, Message, Replies};
use crate::directory::{Address, AgentInfo, Directory, Entry};
use crate::instance::Instance;
use crate::limits::Limits;
use crate::mailbox::{Mailbox, Room};
use crate::metrics::{AgentMetrics, MetricSet as _, ORCHESTRATOR, TypeLabels};
use crate::module::{AgentType, ModuleError};
use crate::performative::Performative;
use crate::trace;

/// A runtime of agents. Clones share it.
#[derive(Debug, Clone)]
pub struct Orchestrator(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    types: Vec<Arc<AgentType>>,
    directory: Arc<Directory>,
    limits: Limits,
    room: Room,
    /// The number of the next agent.
    next: AtomicU64,
    /// A place for each agent that exists, those being stopped among them.
    places: Arc<Semaphore>,
    /// Held while an agent is created, so that a single one stays single.
    creating: Mutex<()>,
}

/// Why an agent was not created.
#[derive(Debug, Error)]
pub enum CreateError {
    /// There is no such type.
    #[error("there is no agent type `{name}`; there are {known}")]
    UnknownType {
        /// What was asked for.
        name: String,
        /// The types, separated by commas.
        known: String,
    },
    /// There are as many agents as there may be.
    #[error(
        "there are {} agents, as many as there may be: stop one first",
        Limits::AGENTS
    )]
    TooMany,
    /// A second agent of a type that has one.
    #[error("there is one `{0}`, since its memory is the index: stop it first")]
    Single(String),
    /// The module does not start.
    #[error("the module does not start: {0}")]
    Start(String),
}

/// No agent has that id.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("there is no agent `{0}`")]
pub struct NoSuchAgent(pub String);

impl Orchestrator {
    /// A runtime without agents: the built-in types, and some of one's own,
    /// which replace built-in ones of the same name.
    ///
    /// # Errors
    ///
    /// More types than [`Limits::TYPES`].
    pub fn new(limits: Limits, own: Vec<AgentType>) -> Result<Self, ModuleError> {
        let mut types: Vec<Arc<AgentType>> = Vec::new();
        for agent_type in AgentType::built_in(&limits)?.into_iter().chain(own) {
            types.retain(|other| other.name() != agent_type.name());
            types.push(Arc::new(agent_type));
        }
        if types.len() > Limits::TYPES {
            return Err(ModuleError::TooMany);
        }
        Ok(Self(Arc::new(Inner {
            types,
            directory: Arc::default(),
            limits,
            room: Room::new(),
            next: AtomicU64::new(1),
            places: Arc::new(Semaphore::new(Limits::AGENTS)),
            creating: Mutex::default(),
        })))
    }

    /// The bounds.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The names of the types.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        self.0.types.iter().map(|agent_type| agent_type.name())
    }

    /// A type that no agent is of: what is sent to it comes to nothing.
    #[must_use]
    pub fn without_agent(&self) -> Option<&str> {
        let agents = self.list();
        let has_one = |name: &str| agents.iter().any(|agent| agent.agent_type == name);
        self.types().find(|name| !has_one(name))
    }

    /// Starts an agent. Runs on a Tokio runtime.
    ///
    /// # Errors
    ///
    /// An unknown type, a second indexer, more agents than
    /// [`Limits::AGENTS`], a module that does not start.
    pub fn create(&self, agent_type: &str) -> Result<AgentInfo, CreateError> {
        let inner = &*self.0;
        let found = inner.types.iter().find(|one| one.name() == agent_type);
        let agent_type = found.ok_or_else(|| CreateError::UnknownType {
            name: String::from(agent_type),
            known: self.types().collect::<Vec<_>>().join(", "),
        })?;
        let place = Arc::clone(&inner.places).try_acquire_owned();
        let place = place.map_err(|_| CreateError::TooMany)?;
        let name = agent_type.name();
        let _creating = inner
            .creating
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let exists = || self.list().iter().any(|agent| agent.agent_type == name);
        if agent_type.is_single() && exists() {
            return Err(CreateError::Single(String::from(name)));
        }
        let instance = Instance::new(agent_type, &inner.limits)
            .map_err(|error| CreateError::Start(error.to_string()))?;
        let number = inner.next.fetch_add(1, Ordering::Relaxed);
        let id: Arc<str> = Arc::from(format!("{name}-{number}"));
        let (mailbox, inbox) = Mailbox::new(agent_type, inner.limits.queue, &inner.room);
        let (stop, stopped) = oneshot::channel();
        let agent = Agent::new(
            Arc::clone(&id),
            Arc::clone(agent_type),
            instance,
            Arc::clone(&inner.directory),
            inner.limits,
            place,
        );
        let info = AgentInfo {
            id: Arc::clone(&id),
            agent_type: String::from(name),
            waiting: 0,
        };
        let active = &AgentMetrics::global().agents_active;
        inner.directory.insert(
            number,
            Entry {
                id,
                mailbox,
                stop,
                task: tokio::spawn(agent.run(inbox, stopped)),
                _active: active.at(&TypeLabels::of(name)).bind().track(1),
            },
        );
        Ok(info)
    }

    /// Every agent that takes messages, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<AgentInfo> {
        self.0.directory.list()
    }

    /// Stops an agent: what it is doing is cancelled, what waits is refused,
    /// and its series end before this returns.
    ///
    /// # Errors
    ///
    /// When there is no such agent.
    pub async fn stop(&self, id: &str) -> Result<(), NoSuchAgent> {
        let entry = self.0.directory.remove(id);
        let entry = entry.ok_or_else(|| NoSuchAgent(String::from(id)))?;
        let _ = entry.stop().await;
        Ok(())
    }

    /// Stops every agent.
    pub async fn stop_all(&self) {
        for id in self.0.directory.ids() {
            // Gone already is as good.
            let _ = self.stop(&id).await;
        }
    }

    /// Begins a conversation, as a part of the current trace: sends a message to an agent's id, or to the
    /// least busy agent of a type, and waits for room in its queue for as long
    /// as the patience lasts. What comes of it are replies.
    pub async fn ask(
        &self,
        to: &str,
        performative: Performative,
        content: Vec<u8>,
        patience: Duration,
    ) -> Replies {
        let (conversation, replies) = Conversation::begin();
        let message = Message {
            performative,
            from: Arc::from(ORCHESTRATOR),
            content,
            metadata: trace::current(),
        };
        let to = Address::from(to);
        self.0
            .directory
            .send(&to, message, &conversation, patience)
            .await;
        replies
    }
}
