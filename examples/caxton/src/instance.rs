//! One agent's module, alive: it runs in slices of fuel, so that a module that
//! loops holds no thread, and what it sends is kept until it returns.

use std::time::Duration;

use thiserror::Error;
use wasmi::errors::HostError;
use wasmi::{
    Caller, Error, Extern, Linker, Memory, Store, StoreLimits, StoreLimitsBuilder, TrapCode,
    TypedFunc, TypedResumableCall,
};

use crate::conversation::{Conversation, Message, Metadata};
use crate::cpu;
use crate::limits::Limits;
use crate::metrics::{AgentMetrics, Cause, MetricSet as _, TypeLabels};
use crate::module::AgentType;
use crate::performative::Performative;
use crate::trace;

/// Fuel until other tasks get a turn: a few milliseconds.
const SLICE: u64 = 500_000;

/// A module with its memory.
pub(crate) struct Instance {
    store: Store<Host>,
    memory: Memory,
    alloc: TypedFunc<i32, i32>,
    handle: TypedFunc<(i32, i32, i32), ()>,
    fuel: u64,
}

/// What a module sends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outgoing {
    /// An agent or a type; `None` for whoever began the conversation.
    pub(crate) to: Option<String>,
    pub(crate) performative: Performative,
    pub(crate) content: Vec<u8>,
    pub(crate) metadata: Metadata,
}

/// Why an execution came to nothing.
#[derive(Debug, Error)]
pub(crate) enum ExecutionError {
    #[error("the module trapped: {0}")]
    Trapped(String),
    #[error("the module used up its fuel of {0}")]
    OutOfFuel(u64),
    #[error("the module has no room for a message of {0} bytes")]
    OutOfMemory(usize),
}

impl ExecutionError {
    pub(crate) const fn cause(&self) -> Cause {
        match self {
            Self::Trapped(_) => Cause::Trapped,
            Self::OutOfFuel(_) => Cause::OutOfFuel,
            Self::OutOfMemory(_) => Cause::OutOfMemory,
        }
    }
}

/// What the host functions see.
struct Host {
    limits: StoreLimits,
    outgoing: Vec<Outgoing>,
    /// Bytes in `outgoing`.
    size: usize,
}

impl Instance {
    pub(crate) fn new(agent_type: &AgentType, limits: &Limits) -> Result<Self, Error> {
        let module = agent_type.module();
        let host = Host {
            limits: StoreLimitsBuilder::new()
                .memory_size(limits.memory)
                .table_elements(1 << 16)
                .memories(1)
                .tables(1)
                .instances(1)
                .build(),
            outgoing: Vec::new(),
            size: 0,
        };
        let mut store = Store::new(module.engine(), host);
        store.limiter(|host| &mut host.limits);
        store.set_fuel(SLICE)?;
        let linker = host_functions(module.engine())?;
        let instance = linker.instantiate_and_start(&mut store, module)?;
        let memory = instance
            .get_memory(&store, "memory")
            .ok_or_else(|| Error::new("it exports no `memory`"))?;
        Ok(Self {
            alloc: instance.get_typed_func(&store, "alloc")?,
            handle: instance.get_typed_func(&store, "handle")?,
            memory,
            store,
            fuel: limits.fuel,
        })
    }

    /// Bytes of linear memory.
    pub(crate) fn memory(&self) -> usize {
        self.memory.data_size(&self.store)
    }

    /// Has the module handle a message. When this is dropped or fails, the
    /// module stopped anywhere: make a new instance.
    #[cfg_attr(
        feature = "instrumented",
        caxton_instrument::instrument_agent(
            agent_type = agent_type.name(),
            agent_id = agent_id,
            fields(conversation.id = %conversation, message.performative = %message.performative),
        )
    )]
    #[cfg_attr(
        not(feature = "instrumented"),
        allow(unused_variables, reason = "the span names them")
    )]
    pub(crate) async fn handle(
        &mut self,
        agent_type: &AgentType,
        agent_id: &str,
        conversation: &Conversation,
        message: &Message,
    ) -> Result<Vec<Outgoing>, ExecutionError> {
        let mut spent = Spent::new(agent_type);
        let mut fuel = self.fuel;
        let mut slice = self.refuel(&mut fuel, 0)?;
        let mut call = spent.during(|| self.start(message))?;
        loop {
            let refill = match call {
                TypedResumableCall::Finished(()) => {
                    let host = self.store.data_mut();
                    host.size = 0;
                    let mut outgoing = std::mem::take(&mut host.outgoing);
                    // Here the current span is that of this execution.
                    let metadata = trace::current();
                    for one in &mut outgoing {
                        one.metadata.clone_from(&metadata);
                    }
                    return Ok(outgoing);
                }
                TypedResumableCall::HostTrap(trap) => {
                    return Err(ExecutionError::Trapped(trap.host_error().to_string()));
                }
                TypedResumableCall::OutOfFuel(paused) => paused,
            };
            // Others' turn, and where a timeout or a stop ends this.
            tokio::task::yield_now().await;
            slice = self.refuel(&mut fuel, slice.max(refill.required_fuel()))?;
            call = spent
                .during(|| refill.resume(&mut self.store))
                .map_err(|error| self.failed(&error))?;
        }
    }

    /// Writes the message into the module's memory and calls it.
    fn start(&mut self, message: &Message) -> Result<TypedResumableCall<()>, ExecutionError> {
        let content = &message.content;
        let no_room = || ExecutionError::OutOfMemory(content.len());
        let len = i32::try_from(content.len()).map_err(|_| no_room())?;
        let at = self.alloc.call(&mut self.store, len);
        let at = at.map_err(|error| self.failed(&error))?;
        if at == 0 {
            return Err(no_room());
        }
        // Addresses are unsigned; what is out of bounds traps like the module's own.
        self.memory
            .write(&mut self.store, at.cast_unsigned() as usize, content)
            .map_err(|error| ExecutionError::Trapped(error.to_string()))?;
        self.handle
            .call_resumable(&mut self.store, (message.performative.code(), at, len))
            .map_err(|error| self.failed(&error))
    }

    /// Takes a slice out of the fuel that is left.
    fn refuel(&mut self, fuel: &mut u64, required: u64) -> Result<u64, ExecutionError> {
        let slice = SLICE.max(required).min(*fuel);
        if slice == 0 || slice < required.min(SLICE) {
            return Err(ExecutionError::OutOfFuel(self.fuel));
        }
        *fuel -= slice;
        let set = self.store.set_fuel(slice);
        set.map_err(|error| self.failed(&error))?;
        Ok(slice)
    }

    fn failed(&self, error: &Error) -> ExecutionError {
        match error.as_trap_code() {
            Some(TrapCode::OutOfFuel) => ExecutionError::OutOfFuel(self.fuel),
            _ => ExecutionError::Trapped(error.to_string()),
        }
    }
}

/// Processor time of an execution, recorded however it ends.
struct Spent<'a> {
    agent_type: &'a AgentType,
    time: Option<Duration>,
}

impl<'a> Spent<'a> {
    const fn new(agent_type: &'a AgentType) -> Self {
        Self {
            agent_type,
            time: None,
        }
    }

    /// Runs code that does not change threads.
    fn during<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let before = cpu::of_thread();
        let done = work();
        if let (Some(before), Some(after)) = (before, cpu::of_thread()) {
            let spent = after.saturating_sub(before);
            self.time = Some(self.time.unwrap_or_default() + spent);
        }
        done
    }
}

impl Drop for Spent<'_> {
    fn drop(&mut self) {
        if let Some(time) = self.time {
            let labels = TypeLabels::of(self.agent_type.name());
            let metrics = AgentMetrics::global();
            metrics.agent_execution_cpu.at(&labels).record(time);
        }
    }
}

/// What a module did that the interface does not allow.
#[derive(Debug, Error)]
enum Misuse {
    #[error("there is no performative {0}")]
    Performative(i32),
    #[error("a receiver that is no text")]
    Receiver,
    #[error("a message outside of its memory")]
    OutOfBounds,
    #[error(
        "more than {} messages, or {} bytes, at once",
        Limits::SENT_AT_ONCE,
        Limits::MESSAGE
    )]
    TooMuch,
}

impl HostError for Misuse {}

impl From<Misuse> for Error {
    fn from(misuse: Misuse) -> Self {
        Self::host(misuse)
    }
}

fn host_functions(engine: &wasmi::Engine) -> Result<Linker<Host>, Error> {
    let mut linker = Linker::new(engine);
    linker.func_wrap(
        "caxton",
        "send",
        |mut caller: Caller<'_, Host>, to, to_len, performative, content, len| {
            let to =
                String::from_utf8(bytes(&caller, to, to_len)?).map_err(|_| Misuse::Receiver)?;
            push(&mut caller, Some(to), performative, content, len)
        },
    )?;
    linker.func_wrap(
        "caxton",
        "reply",
        |mut caller: Caller<'_, Host>, performative, content, len| {
            push(&mut caller, None, performative, content, len)
        },
    )?;
    Ok(linker)
}

fn push(
    caller: &mut Caller<'_, Host>,
    to: Option<String>,
    performative: i32,
    content: u32,
    len: u32,
) -> Result<(), Error> {
    let performative =
        Performative::from_code(performative).ok_or(Misuse::Performative(performative))?;
    let size = caller.data().size + len as usize;
    if size > Limits::MESSAGE || caller.data().outgoing.len() >= Limits::SENT_AT_ONCE {
        return Err(Misuse::TooMuch.into());
    }
    let content = bytes(caller, content, len)?;
    let host = caller.data_mut();
    host.size = size;
    host.outgoing.push(Outgoing {
        to,
        performative,
        content,
        metadata: Metadata::new(),
    });
    Ok(())
}

/// A copy of a part of the module's memory.
fn bytes(caller: &Caller<'_, Host>, at: u32, len: u32) -> Result<Vec<u8>, Misuse> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory);
    let memory = memory.ok_or(Misuse::OutOfBounds)?;
    let start = at as usize;
    let end = start + len as usize;
    let part = memory.data(caller).get(start..end);
    part.map(<[u8]>::to_vec).ok_or(Misuse::OutOfBounds)
}
