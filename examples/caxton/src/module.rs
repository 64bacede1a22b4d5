//! Types of agents: modules in text or binary format, compiled and checked once.
//!
//! A module exports
//!
//! - `memory`;
//! - `alloc(len) -> at`: where the host may write a message of that length, or
//!   0 when there is no room;
//! - `handle(performative, at, len)`: called with each message;
//!
//! and may import from `caxton`
//!
//! - `send(to, to_len, performative, content, len)`: to an agent's id, or to
//!   the least busy agent of a type;
//! - `reply(performative, content, len)`: to whoever began the conversation.
//!
//! All parameters are `i32`; performatives are numbered as
//! [`Performative`](crate::Performative) lists them. What is sent is delivered
//! when `handle` has returned.

use std::fmt;

use thiserror::Error;
use wasmi::{CompilationMode, Config, Engine, Module};

use crate::instance::Instance;
use crate::limits::Limits;
use crate::metrics::{ORCHESTRATOR, READER};

/// The agents that come with the runtime.
const BUILT_IN: [(&str, &str); 4] = [
    ("splitter", include_str!("../modules/splitter.wat")),
    ("tokeniser", include_str!("../modules/tokeniser.wat")),
    ("indexer", include_str!("../modules/indexer.wat")),
    ("reporter", include_str!("../modules/reporter.wat")),
];

/// The type whose state is the index: two of them would be two indexes.
const INDEXER: &str = "indexer";

/// A type of agents.
pub struct AgentType {
    name: Box<str>,
    module: Module,
}

/// Why a module is no agent.
#[derive(Debug, Error)]
pub enum ModuleError {
    /// The type's name would not do as a label or in an address.
    #[error(
        "`{0}` cannot name an agent type: write at most 32 of a-z, 0-9 and _, a letter first, \
         and neither `{ORCHESTRATOR}` nor `{READER}`"
    )]
    Name(String),
    /// There are too many.
    #[error("there are more than {} agent types", Limits::TYPES)]
    TooMany,
    /// It does not parse or does not compile.
    #[error("the module of `{name}` does not compile: {reason}")]
    Compile {
        /// The type.
        name: String,
        /// Where and why.
        reason: String,
    },
    /// It compiles and cannot be started, or does not export what it has to.
    #[error(
        "the module of `{name}` cannot be an agent: {reason}; it exports `memory`, \
         `alloc(i32) -> i32` and `handle(i32, i32, i32)`, and has no start function"
    )]
    Start {
        /// The type.
        name: String,
        /// What is missing.
        reason: String,
    },
}

impl AgentType {
    /// The types that come with the runtime.
    ///
    /// # Errors
    ///
    /// None that a test would not have found.
    pub fn built_in(limits: &Limits) -> Result<Vec<Self>, ModuleError> {
        let engine = engine();
        let compile = |(name, text): (&str, &str)| Self::compile(&engine, name, text, limits);
        BUILT_IN.into_iter().map(compile).collect()
    }

    /// A type of one's own, from a module in text or binary format.
    ///
    /// # Errors
    ///
    /// A name that cannot be a type's, and a module that cannot be an agent.
    pub fn new(name: &str, module: impl AsRef<[u8]>, limits: &Limits) -> Result<Self, ModuleError> {
        Self::compile(&engine(), name, module, limits)
    }

    fn compile(
        engine: &Engine,
        name: &str,
        module: impl AsRef<[u8]>,
        limits: &Limits,
    ) -> Result<Self, ModuleError> {
        if !is_name(name) {
            return Err(ModuleError::Name(String::from(name)));
        }
        let failed = |error: &dyn fmt::Display| ModuleError::Compile {
            name: String::from(name),
            reason: error.to_string(),
        };
        let binary = wat::parse_bytes(module.as_ref()).map_err(|error| failed(&error))?;
        let module = Module::new(engine, binary).map_err(|error| failed(&error))?;
        let agent_type = Self {
            name: name.into(),
            module,
        };
        match Instance::new(&agent_type, limits) {
            Ok(_) => Ok(agent_type),
            Err(error) => Err(ModuleError::Start {
                name: String::from(name),
                reason: error.to_string(),
            }),
        }
    }

    /// Its name, the label `agent_type`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether there is to be one agent of it.
    pub(crate) fn is_single(&self) -> bool {
        &*self.name == INDEXER
    }

    pub(crate) const fn module(&self) -> &Module {
        &self.module
    }
}

impl fmt::Debug for AgentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AgentType").field(&self.name).finish()
    }
}

fn engine() -> Engine {
    let mut config = Config::default();
    config
        .consume_fuel(true)
        // It would run before anybody asked for anything.
        .allow_start_fn(false)
        .compilation_mode(CompilationMode::Eager);
    Engine::new(&config)
}

fn is_name(name: &str) -> bool {
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 32
        && name.chars().all(rest)
        && ![ORCHESTRATOR, READER].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, module: &str) -> String {
        AgentType::new(name, module, &Limits::default())
            .expect_err("it is refused")
            .to_string()
    }

    #[test]
    fn the_built_in_modules_are_agents() {
        let types = AgentType::built_in(&Limits::default()).expect("they compile");
        let names: Vec<_> = types.iter().map(AgentType::name).collect();
        assert_eq!(names, ["splitter", "tokeniser", "indexer", "reporter"]);
    }

    #[test]
    fn a_module_that_cannot_be_an_agent_says_why() {
        for name in ["", "Echo", "9", "reader", "orchestrator", "a\"b", "ü"] {
            let message = refused(name, "(module)");
            assert!(message.contains("cannot name an agent type"), "{message}");
        }
        let message = refused("echo", "(module");
        assert!(message.contains("does not compile"), "{message}");
        let message = refused("echo", "(module)");
        assert!(message.contains("`memory`"), "{message}");
        let message = refused("echo", "(module (memory (export \"memory\") 1))");
        assert!(message.contains("`alloc(i32) -> i32`"), "{message}");
        let start = "(module (memory (export \"memory\") 1)
            (func (export \"alloc\") (param i32) (result i32) (i32.const 8))
            (func (export \"handle\") (param i32 i32 i32))
            (func $start) (start $start))";
        let message = refused("echo", start);
        assert!(message.contains("start function"), "{message}");
        let huge = start
            .replace("(start $start)", "")
            .replace(") 1)", ") 60000)");
        let message = refused("echo", &huge);
        assert!(message.contains("cannot be an agent"), "{message}");
    }
}
