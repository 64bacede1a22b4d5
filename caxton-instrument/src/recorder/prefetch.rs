//! Memory that a reader will need soon. Series lie where they were registered,
//! and are read in the order of their labels: without it nearly half of a
//! scrape of 100,000 series is waiting for memory.

/// Asks for what a value occupies, without waiting for it.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn prefetch<T: ?Sized>(value: &T) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

    let first = std::ptr::from_ref(value).cast::<i8>();
    let last = first.wrapping_add(size_of_val(value).saturating_sub(1));
    // SAFETY: it reads nothing and cannot fault, whatever the address.
    unsafe {
        _mm_prefetch::<_MM_HINT_T0>(first);
        _mm_prefetch::<_MM_HINT_T0>(last);
    }
}

/// Nothing, where the language has no stable way to ask.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
pub(super) fn prefetch<T: ?Sized>(_: &T) {}
