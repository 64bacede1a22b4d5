//! What slabs are made of, and how large they are. A model checker compiles
//! `slab` and `cells` with atomics and sizes of its own.

use std::ptr::null_mut;

pub(super) use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering,
};
pub(super) use std::sync::{Mutex, MutexGuard};
pub(super) use std::thread_local;

pub(super) use crate::cache::forget_cells;
pub(super) use crate::exemplar::forget as forget_exemplars;

/// Cells in one page.
pub(super) const PAGE: usize = 1024;

/// Pages of one slab: four million cells. The first one is never made.
pub(crate) const PAGES: usize = 4096;

/// Slabs of a process. Threads beyond that use shared cells.
pub(super) const SLABS: usize = 1024;

macro_rules! process_wide {
    ($($name:ident: $type:ty = $value:expr;)*) => {
        $(static $name: $type = $value;)*
    };
}
pub(super) use process_wide;

/// A function that makes atomics, for a static to call; those of a model
/// checker are not made at compile time.
macro_rules! constant {
    ($visible:vis fn $($rest:tt)*) => {
        $visible const fn $($rest)*
    };
}
pub(super) use constant;

pub(super) const fn nulls<T, const N: usize>() -> [AtomicPtr<T>; N] {
    [const { AtomicPtr::new(null_mut()) }; N]
}

/// What `value` would return, made where it stays: a page or a slab may not
/// fit on the stack of the thread that needs it, and memory that is zero from
/// the start is not touched before it is used.
///
/// # Safety
/// `value` returns what is all zero bytes.
#[expect(clippy::unnecessary_box_returns, reason = "it is leaked where it is")]
pub(super) unsafe fn zeroed<T>(_value: impl FnOnce() -> T) -> Box<T> {
    // SAFETY: the caller's promise.
    unsafe { Box::new_zeroed().assume_init() }
}
