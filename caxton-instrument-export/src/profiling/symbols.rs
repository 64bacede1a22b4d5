//! Addresses to functions, with the debug information of the executable.

use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A function at an address; of one that was inlined, where it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FunctionAt {
    pub(super) function: String,
    pub(super) symbol: String,
    pub(super) file: String,
    pub(super) line: i64,
}

/// The functions at an address, the innermost first.
pub(super) fn resolve(address: u64) -> Vec<FunctionAt> {
    let mut lines = Vec::new();
    let Ok(address) = usize::try_from(address) else {
        return lines;
    };
    // It takes addresses for those of what calls return to, one too far.
    let address = std::ptr::without_provenance_mut::<c_void>(address.wrapping_add(1));
    backtrace::resolve(address, |symbol| {
        let name = symbol.name();
        lines.push(FunctionAt {
            // Without the hash of the compiler.
            function: name
                .as_ref()
                .map_or_else(unknown, |name| format!("{name:#}")),
            symbol: name
                .and_then(|name| name.as_str().map(String::from))
                .unwrap_or_default(),
            file: symbol
                .filename()
                .map(|file| file.to_string_lossy().into_owned())
                .unwrap_or_default(),
            line: symbol.lineno().map(i64::from).unwrap_or_default(),
        });
    });
    if lines.is_empty() {
        lines.push(FunctionAt {
            function: unknown(),
            symbol: String::new(),
            file: String::new(),
            line: 0,
        });
    }
    lines
}

fn unknown() -> String {
    String::from("[unknown]")
}

/// Who keeps what was read of the debug information.
static KEPT: AtomicUsize = AtomicUsize::new(0);

/// Keeps it: to read it again takes longer than to find a name, and what pushes
/// one profile after another needs it soon.
#[derive(Debug)]
pub(super) struct Keep(());

impl Keep {
    pub(super) fn new() -> Self {
        KEPT.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for Keep {
    fn drop(&mut self) {
        KEPT.fetch_sub(1, Ordering::Relaxed);
        forget();
    }
}

/// Gives back what was read of the debug information, unless somebody keeps it.
pub(super) fn forget() {
    if KEPT.load(Ordering::Relaxed) == 0 {
        backtrace::clear_symbol_cache();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(never)]
    fn somewhere() -> u32 {
        std::hint::black_box(7)
    }

    #[test]
    fn a_function_has_its_name() {
        let address = (somewhere as fn() -> u32) as usize as u64;
        let lines = resolve(address);
        let names: Vec<_> = lines.iter().map(|line| &*line.function).collect();
        let wanted = "caxton_instrument_export::profiling::symbols::tests::somewhere";
        assert!(names.contains(&wanted), "{names:?}");
        assert_eq!(resolve(16)[0].function, "[unknown]");
        forget();
    }
}
