//! The twin of the recorder's `sync`, over `loom`, with few and small slabs;
//! and threads whose locals end when a test says so, since `loom` takes all
//! locals of a thread away at once, those without destructors too.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::mem::{ManuallyDrop, needs_drop};
use std::ptr::{from_ref, null_mut};
use std::rc::Rc;

use loom::thread::{JoinHandle, ThreadId};

pub(crate) use loom::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering,
};
pub(crate) use loom::sync::{Mutex, MutexGuard};

pub(crate) const PAGE: usize = 4;
pub(crate) const PAGES: usize = 3;
pub(crate) const SLABS: usize = 2;

macro_rules! process_wide {
    ($($name:ident: $type:ty = $value:expr;)*) => {
        loom::lazy_static! { $(static ref $name: $type = $value;)* }
    };
}
pub(crate) use process_wide;

macro_rules! constant {
    ($visible:vis fn $($rest:tt)*) => {
        #[allow(dead_code)]
        $visible fn $($rest)*
    };
}
pub(crate) use constant;

pub(crate) fn nulls<T, const N: usize>() -> [AtomicPtr<T>; N] {
    std::array::from_fn(|_| AtomicPtr::new(null_mut()))
}

/// No exemplars here.
pub(crate) fn forget_cells() {}

pub(crate) fn forget_exemplars(_: crate::slab::Index) {}

/// # Safety
/// None is needed here: atomics of a checker are not all zeroes.
#[expect(clippy::unnecessary_box_returns, reason = "it is leaked where it is")]
pub(crate) unsafe fn zeroed<T>(value: impl FnOnce() -> T) -> Box<T> {
    Box::new(value())
}

macro_rules! locals {
    ($($(#[$attribute:meta])* static $name:ident: $type:ty = const $value:block;)*) => {
        $($(#[$attribute])* static $name: $crate::sync::Local<$type> =
            $crate::sync::Local(|| $value);)*
    };
}
pub(crate) use locals as thread_local;

pub(crate) struct Local<T>(pub(crate) fn() -> T);

/// A local after its destructor.
#[derive(Debug)]
pub(crate) struct Gone;

/// The locals of all threads of one execution, by the address of their static.
/// `loom` runs its threads on one.
type Locals = HashMap<(ThreadId, usize), LocalValue>;

struct LocalValue {
    value: Option<Rc<dyn Any>>,
    has_destructor: bool,
}

std::thread_local! {
    // What an execution leaves points into it: never dropped.
    static LOCALS: RefCell<ManuallyDrop<Locals>> = RefCell::default();
}

impl<T: 'static> Local<T> {
    pub(crate) fn try_with<R>(&'static self, f: impl FnOnce(&T) -> R) -> Result<R, Gone> {
        let id = (loom::thread::current().id(), from_ref(self).addr());
        let value = LOCALS.with_borrow_mut(|locals| {
            locals
                .entry(id)
                .or_insert_with(|| LocalValue {
                    value: Some(Rc::new((self.0)())),
                    has_destructor: needs_drop::<T>(),
                })
                .value
                .clone()
        });
        let value = value.and_then(|value| value.downcast().ok()).ok_or(Gone)?;
        Ok(f(&value))
    }
}

impl<T: 'static> Local<Cell<T>> {
    pub(crate) fn set(&'static self, value: T) {
        self.replace(value);
    }

    pub(crate) fn replace(&'static self, value: T) -> T {
        self.try_with(|cell| cell.replace(value))
            .expect("it has no destructor")
    }
}

/// Runs the destructors of the current thread's locals.
pub(crate) fn end_locals() {
    let id = loom::thread::current().id();
    let ended: Vec<_> = LOCALS.with_borrow_mut(|locals| {
        locals
            .iter_mut()
            .filter(|((thread, _), local)| *thread == id && local.has_destructor)
            .filter_map(|(_, local)| local.value.take())
            .collect()
    });
    drop(ended);
}

/// A thread that ends its locals, then runs `late`, as the destructor of a
/// local that was there first would.
pub(crate) fn thread_then<T: 'static>(
    main: impl FnOnce() -> T + 'static,
    late: impl FnOnce() + 'static,
) -> JoinHandle<T> {
    loom::thread::spawn(move || {
        let value = main();
        end_locals();
        late();
        value
    })
}

pub(crate) fn thread<T: 'static>(main: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
    thread_then(main, || ())
}

/// Checks `test` in every order of events with so many preemptions.
pub(crate) fn check(preemptions: usize, test: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(move || {
        LOCALS.set(ManuallyDrop::default());
        test();
    });
}
