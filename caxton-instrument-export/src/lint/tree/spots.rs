//! Where the letters of a value's text stand in the file: quotes, escapes,
//! indentation and folded lines lie between.

use std::str::Chars;

use super::Place;

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    /// From its first line on, after `|` or `>`.
    Block,
}

/// Places of a text's letters: each entry holds from its byte on, along the
/// line, until the next one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spots(Vec<(usize, Place)>);

impl Spots {
    /// A text that stands in the file as it is, in one line.
    pub(super) fn straight(place: Place) -> Self {
        Self(vec![(0, place)])
    }

    /// The places of `text`, which is written as `raw` from `start` on.
    pub(super) fn of(text: &str, raw: &str, start: Place, style: Style) -> Self {
        let quoted = matches!(style, Style::Single | Style::Double);
        let inner = raw.get(usize::from(quoted)..).unwrap_or_default();
        if style != Style::Block && !text.contains('\n') && inner.starts_with(text) {
            return Self::straight(start.right(u32::from(quoted)));
        }
        let mut cursor = Cursor {
            rest: raw.chars(),
            place: start,
        };
        if quoted {
            cursor.next();
        }
        let mut spots = Vec::new();
        let mut expected = None;
        for (offset, letter) in text.char_indices() {
            // Blanks may be written in many ways, and nothing is ever wrong in
            // them: the letters between them are looked for.
            if is_blank(letter) {
                expected = expected.map(|place: Place| place.right(1));
                continue;
            }
            let Some(place) = cursor.find(letter, style) else {
                break;
            };
            if expected != Some(place) {
                spots.push((offset, place));
            }
            expected = Some(place.right(1));
        }
        Self(spots)
    }

    /// The place of the byte `offset` of `text`.
    pub(super) fn place(&self, text: &str, offset: usize) -> Option<Place> {
        let offset = text.floor_char_boundary(offset);
        let index = self.0.partition_point(|(start, _)| *start <= offset);
        let (start, place) = self.0.get(index.saturating_sub(1))?;
        let between = text.get(*start..offset).unwrap_or_default();
        Some(place.right(u32::try_from(between.chars().count()).unwrap_or(0)))
    }

    pub(super) fn relocate(&mut self, to: &dyn Fn(Place) -> Place) {
        for (_, place) in &mut self.0 {
            *place = to(*place);
        }
    }
}

const fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r')
}

struct Cursor<'a> {
    rest: Chars<'a>,
    place: Place,
}

impl Cursor<'_> {
    fn next(&mut self) -> Option<char> {
        let letter = self.rest.next()?;
        let ends = letter == '\n' || (letter == '\r' && !self.rest.as_str().starts_with('\n'));
        self.place = if ends {
            Place {
                line: self.place.line.saturating_add(1),
                column: 1,
            }
        } else {
            self.place.right(1)
        };
        Some(letter)
    }

    /// The place of the next letter, which has to be this one.
    fn find(&mut self, letter: char, style: Style) -> Option<Place> {
        loop {
            let place = self.place;
            let next = self.next()?;
            let next = match (next, style) {
                ('\\', Style::Double) => self.escaped()?,
                ('\'', Style::Single) => {
                    self.next()?;
                    next
                }
                _ => next,
            };
            if next == letter {
                return Some(place);
            }
            if !is_blank(next) {
                return None;
            }
        }
    }

    /// What an escape stands for, after its backslash. The end of a line stands
    /// for nothing, which is a blank here.
    fn escaped(&mut self) -> Option<char> {
        Some(match self.next()? {
            'n' => '\n',
            't' | '\t' => '\t',
            'r' => '\r',
            'x' => char::from_u32(self.hex(2)?)?,
            'U' => char::from_u32(self.hex(8)?)?,
            'u' => match self.hex(4)? {
                high @ 0xd800..0xdc00 => {
                    let low = (self.next()? == '\\' && self.next()? == 'u')
                        .then(|| self.hex(4))
                        .flatten()?;
                    char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + low.checked_sub(0xdc00)?)?
                }
                code => char::from_u32(code)?,
            },
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'e' => '\u{1b}',
            'N' => '\u{85}',
            '_' => '\u{a0}',
            'L' => '\u{2028}',
            'P' => '\u{2029}',
            other => other,
        })
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        (0..digits).try_fold(0u32, |code, _| {
            Some((code << 4) | self.next()?.to_digit(16)?)
        })
    }
}
