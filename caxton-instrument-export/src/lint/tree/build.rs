//! A tree from the events of a parser, within bounds.

use std::collections::{HashMap, HashSet};

use super::spots::Spots;
use super::{Key, Kind, MAX_DEPTH, MAX_NODES, Node, Place, Problem};

/// The most text that aliases may repeat.
const MAX_REPEATED: usize = 8 << 20;

/// The number that a parser gives an anchor; 0 is none.
pub(super) type Anchor = usize;

/// Why no more of a file is read.
pub(super) struct Refused;

/// A list or a map whose end has not come.
struct Open {
    node: Node,
    anchor: Anchor,
    /// The key that waits for its value.
    key: Option<Key>,
    /// Whether that key is `<<`, without quotes.
    is_merge: bool,
    /// The keys so far.
    keys: HashSet<String>,
    /// Values of `<<`.
    merged: Vec<Node>,
}

#[derive(Default)]
pub(super) struct Builder {
    pub(super) documents: Vec<Node>,
    pub(super) problems: Vec<Problem>,
    open: Vec<Open>,
    anchors: HashMap<Anchor, Node>,
    /// Whether the key `<<` means another map's entries.
    merges: bool,
    nodes: usize,
    repeated: usize,
}

impl Builder {
    /// Of YAML, whose maps may take in others.
    pub(super) fn merging() -> Self {
        Self {
            merges: true,
            ..Self::default()
        }
    }

    pub(super) fn start_document(&mut self) {
        self.anchors.clear();
    }

    pub(super) fn problem(&mut self, place: Place, message: String, remedy: &str) {
        self.problems.push(Problem {
            place,
            message,
            remedy: remedy.into(),
        });
    }

    /// There are more lists and maps within each other than are read.
    pub(super) fn too_deep(&mut self, place: Place) {
        self.problem(
            place,
            format!("more than {MAX_DEPTH} lists and maps are nested; the rest is not read"),
            "write it flatter",
        );
    }

    /// A list or a map begins.
    pub(super) fn start(
        &mut self,
        place: Place,
        kind: Kind,
        anchor: Anchor,
    ) -> Result<(), Refused> {
        if self.open.len() >= MAX_DEPTH {
            self.too_deep(place);
            return Err(Refused);
        }
        self.spend(place, 1)?;
        self.open.push(Open {
            node: Node { place, kind },
            anchor,
            key: None,
            is_merge: false,
            keys: HashSet::new(),
            merged: Vec::new(),
        });
        Ok(())
    }

    /// The last list or map that began ends.
    pub(super) fn end(&mut self) -> Result<(), Refused> {
        let Some(mut open) = self.open.pop() else {
            return Ok(());
        };
        self.merge(&mut open)?;
        self.keep(open.anchor, &open.node)?;
        self.add(open.node);
        Ok(())
    }

    pub(super) fn scalar(
        &mut self,
        place: Place,
        kind: Kind,
        anchor: Anchor,
    ) -> Result<(), Refused> {
        self.spend(place, 1)?;
        let node = Node { place, kind };
        self.keep(anchor, &node)?;
        self.add(node);
        Ok(())
    }

    pub(super) fn alias(&mut self, place: Place, anchor: Anchor) -> Result<(), Refused> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            self.problem(
                place,
                String::from("the alias stands for a value that is not complete here, or of another document"),
                "write the value out",
            );
            return self.scalar(place, Kind::Null, 0);
        };
        self.repeat(place, &node)?;
        // Faults are told where the value is written.
        self.add(node);
        Ok(())
    }

    /// The key of the next value; for parsers that tell it apart.
    pub(super) fn key(&mut self, key: Key) {
        if let Some(open) = self.open.last_mut() {
            open.key = Some(key);
        }
    }

    fn keep(&mut self, anchor: Anchor, node: &Node) -> Result<(), Refused> {
        if anchor > 0 {
            self.repeat(node.place, node)?;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(())
    }

    /// Pays for one more copy of a value.
    fn repeat(&mut self, place: Place, node: &Node) -> Result<(), Refused> {
        let (nodes, bytes) = node.size();
        self.repeated += bytes;
        if self.repeated > MAX_REPEATED {
            self.problem(
                place,
                format!("aliases repeat more than {MAX_REPEATED} bytes; the rest is not read"),
                "repeat less",
            );
            return Err(Refused);
        }
        self.spend(place, nodes)
    }

    fn spend(&mut self, place: Place, nodes: usize) -> Result<(), Refused> {
        self.nodes += nodes;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        self.problem(
            place,
            format!("more than {MAX_NODES} values, aliases written out; the rest is not read"),
            "split the file, and repeat less by aliases",
        );
        Err(Refused)
    }

    fn add(&mut self, node: Node) {
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return;
        };
        match &mut open.node.kind {
            Kind::List(items) => items.push(node),
            Kind::Map(entries) => {
                let Some(key) = open.key.take() else {
                    let is_plain = node.place_of(0) == node.place;
                    open.is_merge = self.merges && is_plain && node.text() == Some("<<");
                    let key = self.key_of(node);
                    self.key(key);
                    return;
                };
                if std::mem::take(&mut open.is_merge) {
                    open.merged.push(node);
                } else if open.keys.insert(key.text.clone()) {
                    entries.push((key, node));
                } else {
                    let message = format!("the key `{}` stands twice in one map", shown(&key.text));
                    self.problem(key.place, message, "leave one of them");
                }
            }
            _ => {}
        }
    }

    fn key_of(&mut self, node: Node) -> Key {
        let place = node.place;
        let text = match node.kind {
            Kind::Text(text, _) | Kind::Number(text) => text,
            Kind::Bool(value) => value.to_string(),
            Kind::Null => String::new(),
            Kind::List(_) | Kind::Map(_) => {
                self.problem(
                    place,
                    String::from("a list or a map is the key of a map, which no such file has"),
                    "put braces and brackets of a template in quotes",
                );
                String::new()
            }
        };
        Key { text, place }
    }

    /// Adds what `<<` names, as far as the map does not say it itself.
    fn merge(&mut self, open: &mut Open) -> Result<(), Refused> {
        for merged in std::mem::take(&mut open.merged) {
            let sources = match merged.kind {
                Kind::List(items) => items,
                _ => vec![merged],
            };
            for source in sources {
                let Kind::Map(theirs) = source.kind else {
                    self.problem(
                        source.place,
                        String::from("`<<` merges maps, and this is none"),
                        "name a map, or a list of maps",
                    );
                    continue;
                };
                self.spend(source.place, theirs.len())?;
                if let Kind::Map(entries) = &mut open.node.kind {
                    for (key, value) in theirs {
                        if open.keys.insert(key.text.clone()) {
                            entries.push((key, value));
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// A text of a file in a message, which is one short line.
fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text
        .chars()
        .take(MOST)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(MOST).is_some() {
        shown.push_str("..");
    }
    shown
}

/// A text in one line of the file.
pub(super) fn straight(text: String, place: Place) -> Kind {
    Kind::Text(text, Spots::straight(place))
}
