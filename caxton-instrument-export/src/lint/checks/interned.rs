//! Names of files as the rules take them, which judge constants.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

/// The most names that are kept for the rest of the program, and the longest.
const MAX_NAMES: usize = 10_000;
const MAX_BYTES: usize = 200;

/// The name as a constant; `None` once there are too many, or if it is too
/// long to be one.
pub(super) fn interned(name: &str) -> Option<&'static str> {
    static NAMES: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);

    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = names.get(name) {
        return Some(name);
    }
    if names.len() >= MAX_NAMES || name.len() > MAX_BYTES {
        return None;
    }
    let name: &'static str = String::from(name).leak();
    names.insert(name);
    Some(name)
}
