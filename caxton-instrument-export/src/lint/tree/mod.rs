//! A file as a tree whose every part knows its place: YAML and JSON alike.
//!
//! ```text
//! yaml    events of a YAML parser
//! json    values of a JSON parser
//! build   the tree, within bounds: depth, values, what aliases repeat
//! spots   where the letters of a text stand in the file
//! lines   from bytes to lines and columns
//! ```

mod build;
mod json;
mod lines;
mod spots;
#[cfg(test)]
mod tests;
mod yaml;

pub use json::json;
pub(crate) use lines::Lines;
pub use spots::Spots;
pub use yaml::yaml;

/// The largest file that is read.
pub const MAX_BYTES: usize = 8 << 20;

/// The most lists and maps within each other.
pub const MAX_DEPTH: usize = 64;

/// The most values of one file, aliases written out.
pub const MAX_NODES: usize = 400_000;

/// What a text says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// Its documents; one of JSON.
    pub documents: Vec<Node>,
    /// What is wrong in it as YAML or JSON.
    pub problems: Vec<Problem>,
}

/// Text that is no YAML or JSON, or more of it than is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// The beginning of a file.
    pub const START: Self = Self { line: 1, column: 1 };

    /// So many characters further in its line.
    #[must_use]
    pub(crate) const fn right(self, characters: u32) -> Self {
        Self {
            line: self.line,
            column: self.column.saturating_add(characters),
        }
    }
}

/// A value and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Nothing.
    Null,
    /// A truth.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A text, and where its letters stand in the file, so that an offset in it
    /// can be told as a place.
    Text(String, Spots),
    /// A list.
    List(Vec<Node>),
    /// Keys with their values, in the order of the file.
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its text.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

impl Node {
    /// The value of a key, if it is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .find(|(it, _)| it.text == key)
            .map(|(_, value)| value)
    }

    /// The value below several keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Its keys and values; none if it is no map.
    #[must_use]
    pub fn entries(&self) -> &[(Key, Self)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Its items; none if it is no list.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// Its text: a text's own, a number's and a truth's as they are written.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text, _) | Kind::Number(text) => Some(text),
            Kind::Bool(true) => Some("true"),
            Kind::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// Where the byte `offset` of its text stands in the file: in its line, and
    /// past folded lines and escapes.
    ///
    /// ```
    /// use caxton_instrument_export::lint::tree;
    ///
    /// let parsed = tree::yaml("expr: >\n  sum(\n  orders)\n");
    /// let expr = parsed.documents[0].get("expr").expect("written above");
    /// assert_eq!(expr.text(), Some("sum( orders)\n"));
    /// let orders = expr.place_of("sum( ".len());
    /// assert_eq!((orders.line, orders.column), (3, 3));
    /// ```
    #[must_use]
    pub fn place_of(&self, offset: usize) -> Place {
        match &self.kind {
            Kind::Text(text, spots) => spots.place(text, offset).unwrap_or(self.place),
            _ => self.place,
        }
    }

    /// The same with other places: those of the file in which the text stands
    /// that it was read from.
    #[must_use]
    pub(crate) fn relocated(mut self, to: &dyn Fn(Place) -> Place) -> Self {
        self.place = to(self.place);
        match &mut self.kind {
            Kind::Text(_, spots) => spots.relocate(to),
            Kind::List(items) => {
                for item in items {
                    *item = std::mem::replace(item, Self::NULL).relocated(to);
                }
            }
            Kind::Map(entries) => {
                for (key, value) in entries {
                    key.place = to(key.place);
                    *value = std::mem::replace(value, Self::NULL).relocated(to);
                }
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => {}
        }
        self
    }

    const NULL: Self = Self {
        place: Place::START,
        kind: Kind::Null,
    };

    /// How many values it has, and how many bytes of text.
    fn size(&self) -> (usize, usize) {
        let (mut nodes, mut bytes) = (1, 0);
        match &self.kind {
            Kind::Text(text, _) | Kind::Number(text) => bytes += text.len(),
            Kind::List(items) => {
                for item in items {
                    let (n, b) = item.size();
                    (nodes, bytes) = (nodes + n, bytes + b);
                }
            }
            Kind::Map(entries) => {
                for (key, value) in entries {
                    let (n, b) = value.size();
                    (nodes, bytes) = (nodes + n, bytes + b + key.text.len());
                }
            }
            Kind::Null | Kind::Bool(_) => {}
        }
        (nodes, bytes)
    }
}
