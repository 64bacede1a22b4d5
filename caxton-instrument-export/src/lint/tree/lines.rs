//! From bytes of a text to lines and columns.

use super::Place;

/// Where lines begin, and every so often a letter within a long one: minified
/// dashboards are one line.
pub(crate) struct Lines<'a> {
    text: &'a str,
    marks: Vec<(usize, Place)>,
}

impl<'a> Lines<'a> {
    const STRIDE: u32 = 256;

    pub(crate) fn of(text: &'a str) -> Self {
        let mut place = Place::START;
        let mut marks = Vec::new();
        for (byte, letter) in text.char_indices() {
            if place.column % Self::STRIDE == 1 {
                marks.push((byte, place));
            }
            place = match letter {
                '\n' => Place {
                    line: place.line.saturating_add(1),
                    column: 1,
                },
                _ => place.right(1),
            };
        }
        Self { text, marks }
    }

    /// Where a byte stands.
    pub(crate) fn place(&self, byte: usize) -> Place {
        let index = self.marks.partition_point(|(start, _)| *start <= byte);
        let Some((start, place)) = self.marks.get(index.saturating_sub(1)) else {
            return Place::START;
        };
        let between = self.text.get(*start..byte).unwrap_or_default();
        place.right(u32::try_from(between.chars().count()).unwrap_or(0))
    }
}
