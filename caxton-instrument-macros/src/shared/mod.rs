//! What every macro here shares: reading options, collecting errors, words,
//! messages and the paths of an expansion.

pub(crate) mod allow;
pub(crate) mod attrs;
pub(crate) mod docs;
pub(crate) mod errors;
pub(crate) mod expansion;
pub(crate) mod idents;
pub(crate) mod location;
pub(crate) mod messages;
pub(crate) mod suggest;
pub(crate) mod words;
