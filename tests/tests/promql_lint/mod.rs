//! Expressions to judge.

pub(crate) mod catalog;
pub(crate) mod faulty;
pub(crate) mod syntax;
pub(crate) mod templates;
pub(crate) mod valid;
