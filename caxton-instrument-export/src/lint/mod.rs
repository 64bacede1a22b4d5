//! What is wrong in files that others wrote by hand: rules, configuration,
//! dashboards and pages about them, judged by the catalog.
//!
//! ```text
//! class     the classes of faults
//! finding   one fault, where it stands, what to write
//! promql    what is wrong in an expression
//! template  what is wrong in an annotation, a notification, a legend
//! tree      a file as a tree whose every part knows its place
//! ```

pub mod class;
pub mod finding;
pub mod promql;
pub mod template;
pub mod tree;

pub use class::Class;
pub use finding::{Fault, Finding};
