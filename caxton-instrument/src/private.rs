//! What expansions name; no part of the public interface.

pub use inventory;
pub use std;
pub use tracing;

pub use crate::__submit as submit;
pub use crate::agent::expansion as agent;
pub use crate::alert::says;
pub use crate::expansion::{
    bounded, constant_label, constant_labels, crate_root, enforce, enforced, location, metric,
    open_label, position,
};
pub use crate::expected::{asks, holds, lasts, measures};
pub use crate::global::Global;
pub use crate::label::{Closed, fmt_labels};
pub use crate::query::share;
pub use crate::registry::Registration;
pub use crate::scope::Scope;
pub use crate::slo::{at_least_a_day, promises};
