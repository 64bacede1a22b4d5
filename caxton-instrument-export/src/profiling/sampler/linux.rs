//! `SIGPROF`, which the kernel sends after each interval of processor time that
//! the process used, to the thread that used it
//! ([setitimer(2)](https://man7.org/linux/man-pages/man2/setitimer.2.html)).
//!
//! Everything that [`on_signal`] calls is safe in a signal handler
//! ([signal-safety(7)](https://man7.org/linux/man-pages/man7/signal-safety.7.html)):
//! loads and stores of atomics, and two system calls that take no lock.

use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{io, thread};

use libc::{c_int, c_void, siginfo_t, ucontext_t};

use super::SampleError;
use super::table::{DEPTH, NAME, Table};

/// What the handler counts in; null while no profile is taken.
static ACTIVE: AtomicPtr<Table> = AtomicPtr::new(null_mut());

/// Handlers that run.
static INSIDE: AtomicUsize = AtomicUsize::new(0);

/// How far a stack is followed. Longer than any thread's, so that a register
/// that holds something else leads out of it soon.
const MAX_STACK: usize = 1 << 26;

/// The smallest page, and no return address.
const PAGE: usize = 4_096;

/// How long the last handlers are waited for, which take microseconds.
const HANDLERS_END: Duration = Duration::from_millis(100);

/// Samples until it is dropped.
#[derive(Debug)]
pub(super) struct Timer(*mut Table);

// SAFETY: the table is shared by reference, and is made of atomics.
unsafe impl Send for Timer {}
// SAFETY: as above.
unsafe impl Sync for Timer {}

impl Timer {
    /// Begins. One at a time: the caller sees to it.
    pub(super) fn start(rate: u32) -> Result<Self, SampleError> {
        install()?;
        if is_timer_set()? {
            return Err(SampleError::InUse);
        }
        let table = Box::into_raw(Box::new(Table::new()));
        ACTIVE.store(table, Ordering::SeqCst);
        let started = Self(table);
        set_timer(libc::timeval {
            tv_sec: 0,
            tv_usec: 1_000_000 / i64::from(rate.clamp(2, 1_000)),
        })?;
        Ok(started)
    }

    pub(super) fn table(&self) -> &Table {
        // SAFETY: it is freed when this is dropped.
        unsafe { &*self.0 }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // It was set, and nothing else can be wrong with it.
        let _ = set_timer(ZERO);
        ACTIVE.store(null_mut(), Ordering::SeqCst);
        let until = Instant::now() + HANDLERS_END;
        // A handler that begins from here on finds no table.
        while INSIDE.load(Ordering::SeqCst) != 0 {
            if Instant::now() > until {
                // Rather leaked than written to.
                return;
            }
            thread::yield_now();
        }
        // SAFETY: it came from a box, and no handler has it.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

const ZERO: libc::timeval = libc::timeval {
    tv_sec: 0,
    tv_usec: 0,
};

/// Installs the handler, which stays: a signal may still be on its way when a
/// profile ends, and would end the program without one.
fn install() -> Result<(), SampleError> {
    let ours = on_signal as extern "C" fn(c_int, *mut siginfo_t, *mut c_void);
    let ours = ours as *const () as libc::sighandler_t;
    let mut before = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: it only asks, and writes to memory of the right size.
    check(unsafe { libc::sigaction(libc::SIGPROF, null(), before.as_mut_ptr()) })?;
    // SAFETY: the call above wrote it.
    let before = unsafe { before.assume_init() };
    if before.sa_sigaction == ours {
        return Ok(());
    }
    if before.sa_sigaction != libc::SIG_DFL && before.sa_sigaction != libc::SIG_IGN {
        return Err(SampleError::InUse);
    }
    // SAFETY: zeroes are an empty mask and no flags.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = ours;
    // On the thread's other stack where it has one: its own may be small.
    action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
    // SAFETY: the handler is safe in a signal, see above.
    check(unsafe { libc::sigaction(libc::SIGPROF, &raw const action, null_mut()) })
}

fn is_timer_set() -> Result<bool, SampleError> {
    let mut now = libc::itimerval {
        it_interval: ZERO,
        it_value: ZERO,
    };
    // SAFETY: it writes to memory of the right size.
    check(unsafe { libc::getitimer(libc::ITIMER_PROF, &raw mut now) })?;
    Ok(now.it_value.tv_sec != 0 || now.it_value.tv_usec != 0)
}

fn set_timer(interval: libc::timeval) -> Result<(), SampleError> {
    let timer = libc::itimerval {
        it_interval: interval,
        it_value: interval,
    };
    // SAFETY: it reads memory of the right size.
    check(unsafe { libc::setitimer(libc::ITIMER_PROF, &raw const timer, null_mut()) })
}

fn check(result: c_int) -> Result<(), SampleError> {
    if result == 0 {
        Ok(())
    } else {
        Err(SampleError::System(io::Error::last_os_error()))
    }
}

extern "C" fn on_signal(_: c_int, _: *mut siginfo_t, context: *mut c_void) {
    INSIDE.fetch_add(1, Ordering::SeqCst);
    // SAFETY: `Drop` frees it after it saw no handler inside, and those that
    // come later find null.
    let table = unsafe { ACTIVE.load(Ordering::SeqCst).as_ref() };
    // SAFETY: the kernel gives the context of what was interrupted.
    let context = unsafe { context.cast::<ucontext_t>().as_ref() };
    if let (Some(table), Some(context)) = (table, context) {
        // SAFETY: it is the current thread's.
        let errno = unsafe { libc::__errno_location() };
        // SAFETY: as above. What was interrupted may be about to read it.
        let before = unsafe { *errno };
        sample(table, context);
        // SAFETY: as above.
        unsafe { *errno = before };
    }
    INSIDE.fetch_sub(1, Ordering::SeqCst);
}

fn sample(table: &Table, context: &ucontext_t) {
    let mut key = [0; NAME + DEPTH];
    // SAFETY: it writes 16 bytes at most.
    unsafe { libc::prctl(libc::PR_GET_NAME, key.as_mut_ptr()) };
    let depth = walk(&Registers::of(context), &mut key[NAME..]);
    table.count(&key[..NAME + depth]);
}

/// Where a thread was.
struct Registers {
    instruction: usize,
    frame: usize,
    stack: usize,
}

impl Registers {
    #[cfg(target_arch = "x86_64")]
    fn of(context: &ucontext_t) -> Self {
        let register = |which: c_int| {
            let registers = &context.uc_mcontext.gregs;
            let found = usize::try_from(which).ok().and_then(|at| registers.get(at));
            word(found.copied().unwrap_or_default().cast_unsigned())
        };
        Self {
            instruction: register(libc::REG_RIP),
            frame: register(libc::REG_RBP),
            stack: register(libc::REG_RSP),
        }
    }

    #[cfg(target_arch = "aarch64")]
    fn of(context: &ucontext_t) -> Self {
        let registers = &context.uc_mcontext;
        Self {
            instruction: word(registers.pc),
            frame: word(registers.regs[29]),
            stack: word(registers.sp),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "words have 64 bits here")]
const fn word(register: u64) -> usize {
    register as usize
}

/// Follows frame pointers: each frame begins with the address of the next one
/// and that of the instruction it returns to, on both architectures. Where a
/// function uses the register for something else, the way ends.
fn walk(registers: &Registers, addresses: &mut [u64]) -> usize {
    let mut at = 0;
    let mut readable = Readable::default();
    let mut frame = registers.frame;
    let mut last = registers.stack;
    let mut address = registers.instruction;
    while let Some(place) = addresses.get_mut(at) {
        *place = address as u64;
        at += 1;
        // Frames of callers are above: the stack grows down.
        let in_stack = frame.is_multiple_of(size_of::<usize>())
            && frame >= last
            && frame - registers.stack < MAX_STACK;
        if !in_stack {
            break;
        }
        let (Some(next), Some(returns_to)) = (
            readable.word(frame),
            readable.word(frame + size_of::<usize>()),
        ) else {
            break;
        };
        if returns_to < PAGE {
            break;
        }
        address = returns_to;
        last = frame + 1;
        frame = next;
    }
    at
}

/// Reads words of which nothing is known. Keeps the page that could be read
/// last.
#[derive(Default)]
struct Readable(Option<usize>);

impl Readable {
    fn word(&mut self, address: usize) -> Option<usize> {
        let page = address & !(PAGE - 1);
        if self.0 != Some(page) {
            if !is_readable(page) {
                return None;
            }
            self.0 = Some(page);
        }
        let word = std::ptr::with_exposed_provenance::<usize>(address);
        // SAFETY: it is aligned, and on a page that can be read. It is the
        // stack of the current thread, or was mapped a moment ago.
        Some(unsafe { word.read_volatile() })
    }
}

/// The kernel reads a signal mask from there before it finds that there is
/// nothing to do with it.
fn is_readable(address: usize) -> bool {
    const NOTHING: c_int = -1;
    let mask = std::ptr::with_exposed_provenance::<c_void>(address);
    // SAFETY: the kernel checks the address, and does not change the mask for
    // a wish that does not exist.
    let result = unsafe {
        libc::syscall(
            libc::SYS_rt_sigprocmask,
            NOTHING,
            mask,
            null_mut::<c_void>(),
            size_of::<u64>(),
        )
    };
    // SAFETY: it is the current thread's.
    result == -1 && unsafe { *libc::__errno_location() } == libc::EINVAL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_mapped_is_read() {
        let here = [7_usize; 2];
        let mut readable = Readable::default();
        let address = here.as_ptr().expose_provenance();
        assert_eq!(readable.word(address), Some(7));
        assert_eq!(Readable::default().word(0), None);
        assert_eq!(Readable::default().word(0x10), None);
        assert_eq!(Readable::default().word(usize::MAX & !7), None);
    }

    /// Frames as a program with frame pointers has them.
    #[test]
    fn frames_are_followed_until_they_lead_nowhere() {
        let mut stack = [0_usize; 16];
        let base = stack.as_ptr().expose_provenance();
        let place = |at: usize| base + at * size_of::<usize>();
        (stack[2], stack[3]) = (place(6), 0x50_0000);
        (stack[6], stack[7]) = (place(10), 0x60_0000);
        // The base of a thread's stack.
        (stack[10], stack[11]) = (0, 0);
        let stack = std::hint::black_box(stack);
        // The array may have moved.
        let moved = stack.as_ptr().expose_provenance();
        let registers = |frame: usize| Registers {
            instruction: 0x40_0000,
            frame,
            stack: moved,
        };
        if moved == base {
            let mut addresses = [0; 8];
            let depth = walk(&registers(place(2)), &mut addresses);
            assert_eq!(addresses[..depth], [0x40_0000, 0x50_0000, 0x60_0000]);
            let mut short = [0; 2];
            assert_eq!(walk(&registers(place(2)), &mut short), 2);
        }
        let mut addresses = [0; 8];
        for nowhere in [0, 1, moved + 1, moved.wrapping_sub(64), moved + MAX_STACK] {
            assert_eq!(walk(&registers(nowhere), &mut addresses), 1, "{nowhere:x}");
        }
    }
}
