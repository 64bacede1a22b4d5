//! Caxton, small: agents run as WebAssembly modules and exchange FIPA messages
//! over bounded queues, and everything they do is measured by
//! `caxton-instrument`.
//!
//! ```text
//! input          paths to documents, one at a time
//! corpus         a document to a conversation, its replies to an outcome
//! orchestrator   creates, lists and stops agents
//! directory      finds who a message is for
//! mailbox        bounded queues, refusals
//! agent          takes a message, has its module handle it, delivers answers
//! instance       runs a module in slices of fuel, within limits
//! module         text format to checked modules
//! api, server    the same over HTTP
//! report         what happened, in the numbers of the exposition
//! trace          one trace across requests and messages
//! ```
//!
//! What is counted stands in `metrics`, and nowhere else; what is read out of it
//! in `alerts`, `objectives` and `panels`.

mod agent;
#[cfg(feature = "instrumented")]
pub mod alerts;
pub mod api;
mod conversation;
mod corpus;
mod cpu;
mod directory;
mod input;
mod instance;
mod limits;
mod load;
mod mailbox;
pub mod metrics;
mod module;
#[cfg(feature = "instrumented")]
pub mod objectives;
mod orchestrator;
#[cfg(feature = "instrumented")]
pub mod panels;
mod performative;
#[cfg(feature = "instrumented")]
mod report;
mod server;
mod trace;

pub use api::router;
pub use conversation::{Conversation, Message, Metadata, Replies};
pub use corpus::{Corpus, Finished, Problem, TopTerms};
pub use directory::AgentInfo;
pub use input::{Document, InputError, documents, read};
pub use limits::Limits;
pub use load::generated;
pub use module::{AgentType, ModuleError};
pub use orchestrator::{CreateError, NoSuchAgent, Orchestrator};
pub use performative::{Performative, UnknownPerformative};
#[cfg(feature = "instrumented")]
pub use report::Report;
pub use server::{Address, ServeError, Server};
