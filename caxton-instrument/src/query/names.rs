//! Sets of label names, as constants.

use crate::descriptor::LabelDescriptor;

/// More labels than a metric has.
const CAPACITY: usize = 12;

/// Label names, in the order they were added.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    names: [&'static str; CAPACITY],
    len: usize,
}

impl Names {
    pub(super) const NONE: Self = Self {
        names: [""; CAPACITY],
        len: 0,
    };

    pub(super) const fn of(labels: &[LabelDescriptor]) -> Self {
        let mut names = Self::NONE;
        let mut at = 0;
        while at < labels.len() {
            names = names.with(labels[at].name);
            at += 1;
        }
        names
    }

    pub(super) const fn with(mut self, name: &'static str) -> Self {
        if self.has(name) {
            return self;
        }
        assert!(self.len < CAPACITY, "a query knows at most 12 labels");
        self.names[self.len] = name;
        self.len += 1;
        self
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) const fn without(&self, name: &str) -> Self {
        let mut rest = Self::NONE;
        let mut at = 0;
        while at < self.len {
            if !is_same(self.names[at], name) {
                rest = rest.with(self.names[at]);
            }
            at += 1;
        }
        rest
    }

    pub(super) const fn has(&self, name: &str) -> bool {
        let mut at = 0;
        while at < self.len {
            if is_same(self.names[at], name) {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Whether a part of a text is one of the names.
    pub(crate) const fn has_bytes(&self, text: &[u8], start: usize, end: usize) -> bool {
        let mut at = 0;
        while at < self.len {
            if is_within(self.names[at].as_bytes(), text, start, end) {
                return true;
            }
            at += 1;
        }
        false
    }

    /// The same names, in whatever order.
    pub(super) const fn is_same(&self, other: &Self) -> bool {
        self.len == other.len && self.common(other).len == self.len
    }

    pub(super) const fn common(&self, other: &Self) -> Self {
        let mut common = Self::NONE;
        let mut at = 0;
        while at < self.len {
            if other.has(self.names[at]) {
                common = common.with(self.names[at]);
            }
            at += 1;
        }
        common
    }

    pub(super) fn as_slice(&self) -> &[&'static str] {
        &self.names[..self.len]
    }
}

const fn is_same(left: &str, right: &str) -> bool {
    is_within(left.as_bytes(), right.as_bytes(), 0, right.len())
}

/// Whether a name is what stands in a text between two places.
pub(crate) const fn is_within(name: &[u8], text: &[u8], start: usize, end: usize) -> bool {
    if name.len() != end - start {
        return false;
    }
    let mut at = 0;
    while at < name.len() {
        if name[at] != text[start + at] {
            return false;
        }
        at += 1;
    }
    true
}
