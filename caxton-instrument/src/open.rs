//! Open labels: a bounded table from tuples of text to blocks of series.
//!
//! Each label is bounded by itself. Past its bound a label reads `_overflow`
//! while the others keep their values, so that sums over them stay right.

use std::fmt::Write as _;
use std::hash::BuildHasher;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use metrics::SharedString;

use crate::cache::{Key, TableNumber};
use crate::label::{MAX_VALUE_BYTES, OVERFLOW};
use crate::link::{CounterLink, Link};
use crate::recorder::slab::{Index, OwnCount};
use crate::series::Block;

/// The open values of one block, in declared order; `None` is overflow.
pub(crate) type OpenValues = Box<[Option<Arc<str>>]>;

pub(crate) struct OpenTable<H: Link> {
    number: TableNumber,
    /// Of every block: one for each combination of the closed labels.
    places: usize,
    hasher: RandomState,
    state: RwLock<State<H>>,
}

struct State<H: Link> {
    blocks: HashTable<Arc<Block<H>>>,
    labels: Box<[Values]>,
    /// The block to take everything else from: a metric's series share it.
    root: Arc<Block<H>>,
}

/// The values that one label has taken, and how many blocks use each.
struct Values {
    max: usize,
    taken: HashTable<(Arc<str>, usize)>,
}

impl OpenTable<CounterLink> {
    /// The thread's own cell of a series that it looked up lately, if its label is
    /// as long as most are, and the cell was kept.
    ///
    /// # Safety
    /// Every block has more places than `closed`.
    #[inline(always)]
    pub(crate) unsafe fn cell_at_once(&self, value: &str, closed: usize) -> Option<OwnCount> {
        let key = Key::usual(self.number, value)?;
        // SAFETY: the key is of this table, and the caller's promise.
        unsafe { CounterLink::caches().cell(key, closed) }
    }

    /// The same of any label that a key has whole.
    pub(crate) fn cell(&self, key: Key, closed: usize) -> Option<OwnCount> {
        if key.is_hashed() || closed >= self.places {
            return None;
        }
        // SAFETY: the key is of this table, and it was just compared.
        unsafe { CounterLink::caches().cell(key, closed) }
    }

    /// Keeps the thread's own cell of a series that it looked up lately, if its
    /// label is one.
    pub(crate) fn keep_cell(key: Key, closed: usize, index: Index) {
        if !key.is_hashed() {
            CounterLink::caches().keep(key, closed, index);
        }
    }
}

impl<H: Link> OpenTable<H> {
    pub(crate) fn new(bounds: &[u32], root: Arc<Block<H>>) -> Self {
        let hasher = RandomState::default();
        let mut blocks = HashTable::new();
        blocks.insert_unique(
            hash_values(&hasher, root.values().iter().map(Option::as_deref)),
            Arc::clone(&root),
            |_| 0,
        );
        let labels = bounds
            .iter()
            .map(|&max| Values {
                max: max as usize,
                taken: HashTable::new(),
            })
            .collect();
        Self {
            number: TableNumber::next(),
            places: root.places().len(),
            hasher,
            state: RwLock::new(State {
                blocks,
                labels,
                root,
            }),
        }
    }

    /// Where the cells of a series stand that this thread looked up lately, if its
    /// label is as long as most are.
    ///
    /// # Safety
    /// Every block has more places than `closed`.
    #[inline(always)]
    pub(crate) unsafe fn index_at_once(&self, value: &str, closed: usize) -> Index {
        let key = Key::usual(self.number, value);
        // SAFETY: the key is of this table, and the caller's promise.
        let index = key.and_then(|key| unsafe { H::caches().index(key, closed) });
        index.unwrap_or(Index::NONE)
    }

    /// The same of any labels.
    pub(crate) fn index(key: Key, open: &[&str], closed: usize) -> Index {
        let index = H::caches().read(key, |block| {
            is(key, block, open).then(|| block.index(closed))
        });
        index.flatten().unwrap_or(Index::NONE)
    }

    /// The block of one tuple of values, for this thread to remember. No lock
    /// is held by the time it is used: registering calls foreign code.
    #[inline(never)]
    pub(crate) fn block(&self, open: &[&str]) -> Arc<Block<H>> {
        let key = self.key(open);
        let cached = H::caches().read(key, |block| {
            let is_valid = is(key, block, open) && !block.has_ended();
            is_valid.then(|| Arc::clone(block))
        });
        if let Some(block) = cached.flatten() {
            return block;
        }
        let hash = self.hash(open);
        let found = self.read().find(hash, open).map(Arc::clone);
        match found {
            Some(block) => {
                H::caches().put(key, Arc::clone(&block));
                block
            }
            None => self.find_or_insert(hash, open),
        }
    }

    pub(crate) fn hold(&self, open: &[&str]) -> Arc<Block<H>> {
        loop {
            let block = self.block(open);
            // Under the lock no release can end the block in between.
            let state = self.read();
            let values = block.values();
            let hash = self.hash_tuple(values);
            if state
                .blocks
                .find(hash, |other| Arc::ptr_eq(other, &block))
                .is_some()
            {
                block.holders.fetch_add(1, Ordering::Relaxed);
                return block;
            }
        }
    }

    pub(crate) fn release(&self, block: &Arc<Block<H>>) {
        let mut state = self.write();
        let holders = block.holders.fetch_sub(1, Ordering::Relaxed) - 1;
        if holders > 0 || block.is_overflow() {
            return;
        }
        let hash = self.hash_tuple(block.values());
        let Ok(entry) = state
            .blocks
            .find_entry(hash, |other| Arc::ptr_eq(other, block))
        else {
            return;
        };
        entry.remove();
        for (label, value) in state.labels.iter_mut().zip(block.values()) {
            if let Some(value) = value {
                label.give_back(&self.hasher, value);
            }
        }
        // Still under the lock, and only handles that are registered: the next
        // entity of this name finds its series ended, and does not lose its
        // first value to a late zero.
        block.end();
    }

    #[cold]
    fn find_or_insert(&self, hash: u64, open: &[&str]) -> Arc<Block<H>> {
        if let Some(block) = self.find_overflowed(open) {
            block.shared().overflowed();
            return block;
        }
        let block = self.insert(hash, open);
        if block.is_overflow() {
            block.shared().overflowed();
        }
        block
    }

    /// The block of values of which one at least has no place any more.
    fn find_overflowed(&self, open: &[&str]) -> Option<Arc<Block<H>>> {
        let state = self.read();
        // Nothing is collected: past the bound this is the hot path.
        let placed = || {
            state
                .labels
                .iter()
                .zip(open)
                .map(|(label, value)| label.place(&self.hasher, value))
        };
        let mut overflows = false;
        for place in placed() {
            match place {
                Place::Free => return None,
                Place::Taken(_) => {}
                Place::None => overflows = true,
            }
        }
        if !overflows {
            return None;
        }
        let hash = hash_values(&self.hasher, placed().map(Place::value));
        state
            .blocks
            .find(hash, |block| {
                let values = block.values().iter().map(Option::as_deref);
                values
                    .zip(placed())
                    .all(|(value, place)| value == place.value())
            })
            .map(Arc::clone)
    }

    fn insert(&self, hash: u64, open: &[&str]) -> Arc<Block<H>> {
        let mut state = self.write();
        let State {
            blocks,
            labels,
            root,
        } = &mut *state;
        if let Some(block) = blocks.find(hash, |block| same(block, open)) {
            return Arc::clone(block);
        }
        let values: OpenValues = labels
            .iter_mut()
            .zip(open)
            .map(|(label, value)| label.take(&self.hasher, value))
            .collect();
        let hash = self.hash_tuple(&values);
        if let Some(block) = blocks.find(hash, |block| *block.values() == values) {
            let block = Arc::clone(block);
            // It holds these values already.
            for (label, value) in labels.iter_mut().zip(&values) {
                if let Some(value) = value {
                    label.give_back(&self.hasher, value);
                }
            }
            return block;
        }
        let block = Arc::new(Block::new(Arc::clone(root.shared()), values));
        blocks.insert_unique(hash, Arc::clone(&block), |block| {
            hash_values(&self.hasher, block.values().iter().map(Option::as_deref))
        });
        block
    }

    #[inline(always)]
    fn hash(&self, open: &[&str]) -> u64 {
        hash_values(&self.hasher, open.iter().map(|value| Some(*value)))
    }

    /// What this thread finds them by.
    #[inline]
    pub(crate) fn key(&self, open: &[&str]) -> Key {
        Key::of(self.number, open, || self.hash(open))
    }

    fn hash_tuple(&self, values: &OpenValues) -> u64 {
        hash_values(&self.hasher, values.iter().map(Option::as_deref))
    }

    // A panic while the lock was held cannot leave the table half changed in a
    // way that matters: the worst is a place that stays taken.
    fn read(&self) -> RwLockReadGuard<'_, State<H>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State<H>> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<H: Link> State<H> {
    #[inline]
    fn find(&self, hash: u64, open: &[&str]) -> Option<&Arc<Block<H>>> {
        self.blocks.find(hash, |block| same(block, open))
    }
}

/// Whether a value has a place among its label's values.
enum Place<'a> {
    Taken(&'a str),
    /// It can get one.
    Free,
    /// It can get none.
    None,
}

impl<'a> Place<'a> {
    fn value(self) -> Option<&'a str> {
        match self {
            Self::Taken(value) => Some(value),
            Self::Free | Self::None => None,
        }
    }
}

impl Values {
    fn place<'a>(&self, hasher: &RandomState, value: &'a str) -> Place<'a> {
        if value.len() > MAX_VALUE_BYTES {
            return Place::None;
        }
        let hash = hasher.hash_one(value);
        let taken = self.taken.find(hash, |(taken, _)| **taken == *value);
        if taken.is_some() {
            Place::Taken(value)
        } else if self.taken.len() < self.max {
            Place::Free
        } else {
            Place::None
        }
    }

    /// Counts one more use of `value`, if it has or gets a place.
    fn take(&mut self, hasher: &RandomState, value: &str) -> Option<Arc<str>> {
        if value.len() > MAX_VALUE_BYTES {
            return None;
        }
        let hash = hasher.hash_one(value);
        if let Some((taken, uses)) = self.taken.find_mut(hash, |(taken, _)| **taken == *value) {
            *uses += 1;
            return Some(Arc::clone(taken));
        }
        if self.taken.len() >= self.max {
            return None;
        }
        let value: Arc<str> = Arc::from(value);
        self.taken
            .insert_unique(hash, (Arc::clone(&value), 1), |(taken, _)| {
                hasher.hash_one(&**taken)
            });
        Some(value)
    }

    fn give_back(&mut self, hasher: &RandomState, value: &str) {
        let hash = hasher.hash_one(value);
        if let Ok(mut entry) = self.taken.find_entry(hash, |(taken, _)| **taken == *value) {
            entry.get_mut().1 -= 1;
            if entry.get().1 == 0 {
                entry.remove();
            }
        }
    }
}

/// Whether the block that a cache has under a key is the one of these values.
#[inline]
fn is<H: Link>(key: Key, block: &Block<H>, open: &[&str]) -> bool {
    !key.is_hashed() || same(block, open)
}

/// Whole keys are compared: two tuples whose values read alike when joined
/// stay two.
#[inline]
fn same<H: Link>(block: &Block<H>, open: &[&str]) -> bool {
    block.values().len() == open.len()
        && (block.values().iter().zip(open)).all(|(value, open)| value.as_deref() == Some(*open))
}

#[inline(always)]
fn hash_values<'a>(hasher: &RandomState, values: impl Iterator<Item = Option<&'a str>>) -> u64 {
    use std::hash::Hasher;
    let mut state = hasher.build_hasher();
    for value in values {
        match value {
            Some(value) => state.write(value.as_bytes()),
            None => state.write_u8(0),
        }
    }
    state.finish()
}

/// Comes before a picture that is no control character's, and before the two
/// hex digits of a control character that has no picture.
const ESCAPE: char = '\u{2426}';

/// A value as it is exposed: one that reads like overflow gets one more
/// underscore, and control characters become visible. No two values read
/// alike: they would be one series to the recorder.
pub(crate) fn render(value: &Arc<str>) -> SharedString {
    let marked = value.trim_start_matches('_') == &OVERFLOW[1..] && value.starts_with('_');
    if marked {
        return SharedString::from_owned(format!("_{value}"));
    }
    if value.contains(|c: char| (c.is_control() && c != '\n') || is_picture(c)) {
        return visible(value);
    }
    SharedString::from_shared(Arc::clone(value))
}

/// The text with control characters as their pictures (U+2400 and on), since
/// a NUL ends the input of some parsers. A newline stays: formats escape it.
pub(crate) fn visible(value: &str) -> SharedString {
    let mut text = String::with_capacity(value.len() + 1);
    for c in value.chars() {
        match c {
            '\n' => text.push(c),
            '\0'..='\x1f' => text.extend(char::from_u32(0x2400 + c as u32)),
            '\x7f' => text.push('\u{2421}'),
            c if c.is_control() => {
                text.push(ESCAPE);
                // Writing to a string cannot fail.
                let _ = write!(text, "{:02x}", c as u32);
            }
            c if is_picture(c) => text.extend([ESCAPE, c]),
            c => text.push(c),
        }
    }
    SharedString::from_owned(text)
}

/// Whether a value could take it for an escaped control character.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2400}'..='\u{241f}' | '\u{2421}' | ESCAPE)
}
