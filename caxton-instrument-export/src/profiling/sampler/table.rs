//! Stacks and how often each was seen. A signal handler writes: no lock, no
//! memory that is not there yet, a bounded number of steps.

use std::sync::atomic::{AtomicU64, Ordering};

/// Addresses of a stack that are kept, the innermost ones.
pub(super) const DEPTH: usize = 128;

/// Different stacks that are kept.
const STACKS: usize = 16_384;

/// Places that a stack is looked for in.
const PROBES: usize = 64;

/// A thread's name, as the kernel keeps it: 16 bytes.
pub(super) const NAME: usize = 2;

/// What tells stacks apart: the name, then the addresses.
const KEY: usize = NAME + DEPTH;

// The words of an entry. One that is free is all zero.
const HASH: usize = 0;
/// Of the key; written when the key is complete.
const LENGTH: usize = 1;
const COUNT: usize = 2;
const HEAD: usize = 3;
const ENTRY: usize = HEAD + KEY;

/// A table of 17 MiB, of which the system gives pages as they are written: a
/// kibibyte for each stack.
pub(super) struct Table {
    words: Box<[AtomicU64]>,
    lost: AtomicU64,
}

/// A stack, and how often it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Stack {
    pub(in super::super) count: u64,
    /// The name of the thread.
    pub(in super::super) thread: String,
    /// The first is where the thread was, the others are where calls return to.
    pub(in super::super) addresses: Vec<u64>,
}

impl Table {
    pub(super) fn new() -> Self {
        let words = Box::<[AtomicU64]>::new_zeroed_slice(STACKS * ENTRY);
        Self {
            // SAFETY: an atomic integer of zero bytes is a zero.
            words: unsafe { words.assume_init() },
            lost: AtomicU64::new(0),
        }
    }

    /// Counts a stack once more. Safe in a signal handler, from any number of
    /// threads.
    pub(super) fn count(&self, key: &[u64]) {
        let hash = hash(key);
        for probe in 0..PROBES {
            let Some(entry) = self.entry(hash, probe) else {
                break;
            };
            let free = entry[HASH].compare_exchange(0, hash, Ordering::Relaxed, Ordering::Relaxed);
            match free {
                Ok(_) => {
                    for (word, part) in entry[HEAD..].iter().zip(key) {
                        word.store(*part, Ordering::Relaxed);
                    }
                    entry[COUNT].fetch_add(1, Ordering::Relaxed);
                    entry[LENGTH].store(key.len() as u64, Ordering::Release);
                    return;
                }
                // One that is being written is no match: the stack then has two
                // entries.
                Err(found) if found == hash && is_key(entry, key) => {
                    entry[COUNT].fetch_add(1, Ordering::Relaxed);
                    return;
                }
                Err(_) => {}
            }
        }
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    fn entry(&self, hash: u64, probe: usize) -> Option<&[AtomicU64]> {
        let at = ((hash >> 32) as usize + probe) % STACKS;
        self.words.get(at * ENTRY..(at + 1) * ENTRY)
    }

    /// Samples that found no place.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    pub(super) fn stacks(&self) -> Vec<Stack> {
        self.words.chunks_exact(ENTRY).filter_map(stack).collect()
    }
}

fn is_key(entry: &[AtomicU64], key: &[u64]) -> bool {
    entry[LENGTH].load(Ordering::Acquire) == key.len() as u64
        && entry[HEAD..]
            .iter()
            .zip(key)
            .all(|(word, part)| word.load(Ordering::Relaxed) == *part)
}

fn stack(entry: &[AtomicU64]) -> Option<Stack> {
    let length = usize::try_from(entry[LENGTH].load(Ordering::Acquire)).ok()?;
    if length < NAME {
        return None;
    }
    let mut key = entry[HEAD..]
        .iter()
        .take(length)
        .map(|word| word.load(Ordering::Relaxed));
    let name: Vec<u8> = key
        .by_ref()
        .take(NAME)
        .flat_map(u64::to_ne_bytes)
        .take_while(|byte| *byte != 0)
        .collect();
    Some(Stack {
        count: entry[COUNT].load(Ordering::Relaxed),
        thread: String::from_utf8_lossy(&name).into_owned(),
        addresses: key.collect(),
    })
}

/// Never 0, which is a free entry.
fn hash(key: &[u64]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = key.iter().fold(ODD, |hash, part| {
        (hash.rotate_left(23) ^ part).wrapping_mul(ODD)
    });
    mixed | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: [u8; 16], addresses: &[u64]) -> Vec<u64> {
        let (a, b) = name.split_at(8);
        let word = |half: &[u8]| {
            half.iter()
                .rev()
                .fold(0, |word, byte| word << 8 | u64::from(*byte))
        };
        let mut key = vec![word(a).to_le(), word(b).to_le()];
        key.extend(addresses);
        key
    }

    #[test]
    fn stacks_are_counted_apart() {
        let table = Table::new();
        let worker = key(*b"worker-1\0\0\0\0\0\0\0\0", &[10, 20, 30]);
        let other = key(*b"a-name-of-16-byt", &[10, 20, 30]);
        for _ in 0..3 {
            table.count(&worker);
        }
        table.count(&other);
        table.count(&worker[..4]);
        let mut stacks = table.stacks();
        stacks.sort_by_key(|stack| std::cmp::Reverse((stack.count, stack.addresses.len())));
        assert_eq!(stacks.len(), 3);
        assert_eq!(stacks[0].count, 3);
        assert_eq!(stacks[0].thread, "worker-1");
        assert_eq!(stacks[0].addresses, [10, 20, 30]);
        assert_eq!(stacks[1].thread, "a-name-of-16-byt");
        assert_eq!(stacks[2].addresses, [10, 20]);
        assert_eq!(table.lost(), 0);
    }

    #[test]
    fn threads_count_at_once_and_nothing_is_lost() {
        let table = Table::new();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 0..20_000_u64 {
                        table.count(&[0, 0, round % 500, round % 7]);
                    }
                });
            }
        });
        let stacks = table.stacks();
        assert_eq!(stacks.iter().map(|stack| stack.count).sum::<u64>(), 80_000);
        assert_eq!(table.lost(), 0);
        // Every entry of a stack that several threads began at once counts.
        assert!(
            (3_500..=4 * 3_500).contains(&stacks.len()),
            "{}",
            stacks.len()
        );
    }

    #[test]
    fn a_full_table_counts_what_it_does_not_keep() {
        let table = Table::new();
        let total = STACKS as u64 * 2;
        for at in 0..total {
            table.count(&[0, 0, at]);
        }
        let kept: u64 = table.stacks().iter().map(|stack| stack.count).sum();
        assert!(kept <= STACKS as u64 && kept > STACKS as u64 / 2, "{kept}");
        assert_eq!(kept + table.lost(), total);
    }
}
