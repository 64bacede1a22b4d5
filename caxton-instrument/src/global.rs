//! The program's instance of a set, made when it is first asked for.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::Once;

use crate::metric::MetricSet;
use crate::scope::Scope;

/// A place for the program's instance of `S`, in a `static` of its expansion.
///
/// What a `OnceLock` is, of which each set would have a dozen functions, and
/// code to drop what is never dropped: all but the making of the set is
/// compiled once here.
pub struct Global<S> {
    made: Once,
    set: UnsafeCell<MaybeUninit<S>>,
}

// SAFETY: it is written once, by whichever thread comes first (so `Send`), and
// only read afterwards, by all of them (so `Sync`): every set is both.
unsafe impl<S: MetricSet> Sync for Global<S> {}

impl<S> Global<S> {
    /// Nothing yet.
    #[must_use]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self {
            made: Once::new(),
            set: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }
}

impl<S: MetricSet> Global<S> {
    /// The set, in the program's recorder.
    #[inline]
    pub fn get(&'static self) -> &'static S {
        if !self.made.is_completed() {
            // SAFETY: of `S`, as `write` is.
            unsafe { make(&self.made, self.set.get().cast(), write::<S>) };
        }
        // SAFETY: written before it was completed, and never again.
        unsafe { &*self.set.get().cast() }
    }
}

/// Writes to where a set belongs.
type Write = unsafe fn(*mut (), &Scope);

/// # Safety
///
/// `place` is valid for writes of the set that `write` makes, and nothing else
/// uses it before `made` is completed.
#[cold]
#[inline(never)]
unsafe fn make(made: &Once, place: *mut (), write: Write) {
    // The next one tries again where making the set panicked.
    made.call_once_force(|_| {
        // SAFETY: as above; the `Once` lets one in at a time, and only one
        // succeed.
        unsafe { write(place, &Scope::global()) };
    });
}

/// # Safety
///
/// `place` is valid for writes of `S`.
unsafe fn write<S: MetricSet>(place: *mut (), scope: &Scope) {
    // SAFETY: as above.
    unsafe { place.cast::<S>().write(S::build(scope)) };
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::Global;
    use crate::descriptor::{Location, SetDescriptor};
    use crate::metric::MetricSet;
    use crate::scope::Scope;

    static BUILT: AtomicUsize = AtomicUsize::new(0);
    static FAILURES: AtomicUsize = AtomicUsize::new(0);

    /// Fails as often as `FAILURES` says; knows which attempt it is of.
    struct Set(usize);

    impl MetricSet for Set {
        const SET: &'static SetDescriptor =
            &SetDescriptor::new("Set", Location::new("", 1, 1, "", "", ""));

        fn global() -> &'static Self {
            static SET: Global<Set> = Global::new();
            SET.get()
        }

        fn build(_: &Scope) -> Self {
            let attempt = BUILT.fetch_add(1, Ordering::Relaxed) + 1;
            thread::yield_now();
            assert!(attempt > FAILURES.load(Ordering::Relaxed), "not yet");
            Self(attempt)
        }
    }

    #[test]
    fn it_is_made_once_and_again_after_a_panic() {
        FAILURES.store(2, Ordering::Relaxed);
        for _ in 0..2 {
            assert!(catch_unwind(Set::global).is_err());
        }
        let barrier = Barrier::new(8);
        let sets = thread::scope(|scope| {
            let ask = || {
                barrier.wait();
                Set::global()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            threads
                .into_iter()
                .map(|thread| {
                    thread
                        .join()
                        .map_or(0, |set| std::ptr::from_ref(set).addr())
                })
                .collect::<Vec<_>>()
        });
        assert_eq!(sets, [std::ptr::from_ref(Set::global()).addr(); 8]);
        assert_eq!(Set::global().0, 3, "two that failed, and one");
        assert_eq!(BUILT.load(Ordering::Relaxed), 3);
    }
}
