//! A text that stands within a file: an example on a page, a file within a
//! Kubernetes object.

use super::tree::{Kind, Lines, Node, Place};

/// A text, and where its lines begin in the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Text {
    /// The text.
    pub text: String,
    starts: Vec<Place>,
}

impl Text {
    /// A whole file.
    #[must_use]
    pub fn whole(text: String) -> Self {
        let starts = (1..).map(|line| Place { line, column: 1 });
        let starts = starts.take(text.split('\n').count()).collect();
        Self { text, starts }
    }

    /// Lines that begin at these places.
    #[must_use]
    pub(super) const fn of_lines(text: String, starts: Vec<Place>) -> Self {
        Self { text, starts }
    }

    /// The text of a value, if it is one.
    #[must_use]
    pub fn of_node(node: &Node) -> Option<Self> {
        let Kind::Text(text, _) = &node.kind else {
            return None;
        };
        let mut starts = Vec::new();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            // Indentation may belong to the text or to the file: the first
            // letter tells.
            let blanks = line.len() - line.trim_start().len();
            let indent = if blanks < line.len() { blanks } else { 0 };
            let first = node.place_of(offset + indent);
            let width = u32::try_from(line[..indent].chars().count()).unwrap_or(0);
            starts.push(Place {
                line: first.line,
                column: first.column.saturating_sub(width).max(1),
            });
            offset += line.len();
        }
        Some(Self {
            text: text.clone(),
            starts,
        })
    }

    /// Where a place of the text is in the file.
    #[must_use]
    pub fn outer(&self, inner: Place) -> Place {
        let index = usize::try_from(inner.line).unwrap_or(usize::MAX);
        match self.starts.get(index.saturating_sub(1)) {
            Some(start) => start.right(inner.column.saturating_sub(1)),
            None => match self.starts.last() {
                Some(last) => last.right(inner.column.saturating_sub(1)),
                None => inner,
            },
        }
    }

    /// Where a byte of the text is in the file. For several, [`Self::places`].
    #[must_use]
    pub fn place_of(&self, offset: usize) -> Place {
        self.outer(Lines::of(&self.text).place(offset))
    }

    /// Where bytes of the text are in the file.
    pub fn places(&self) -> impl Fn(usize) -> Place {
        let lines = Lines::of(&self.text);
        move |offset| self.outer(lines.place(offset))
    }

    /// Where it begins.
    #[must_use]
    pub fn start(&self) -> Place {
        self.starts.first().copied().unwrap_or(Place::START)
    }
}
