//! What a file holds, each part by itself: a rule file, a dashboard, an example
//! on a page.

use super::kind::Kind;
use super::page::Page;
use super::text::Text;
use super::tree::{Node, Place};

/// A file, or a part of one that a program would read as a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The file in which it stands, as it was given.
    pub file: String,
    /// Which system it belongs to: what is linted by one argument, or one page,
    /// fits together.
    pub system: usize,
    /// The name that it goes by, as far as that is known: the file's, the key
    /// in a `ConfigMap`, the one that an example's first comment gives.
    pub name: String,
    /// The heading above it, on a page.
    pub section: String,
    /// Whether it is an example on a page, so that parts may be left out.
    pub is_example: bool,
    /// What it is.
    pub kind: Kind,
    /// What it says.
    pub body: Body,
}

/// What a document says.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// YAML or JSON.
    Tree(Node),
    /// A text: an expression, a program, another format.
    Text(Text),
    /// A page; its examples are documents too.
    Page(Page),
}

impl Document {
    /// Its YAML or JSON, if it is that.
    #[must_use]
    pub const fn tree(&self) -> Option<&Node> {
        match &self.body {
            Body::Tree(node) => Some(node),
            _ => None,
        }
    }

    /// Its text, if it is no tree and no page.
    #[must_use]
    pub const fn text(&self) -> Option<&Text> {
        match &self.body {
            Body::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Its page, if it is one.
    #[must_use]
    pub const fn page(&self) -> Option<&Page> {
        match &self.body {
            Body::Page(page) => Some(page),
            _ => None,
        }
    }

    /// Where it begins.
    #[must_use]
    pub fn place(&self) -> Place {
        match &self.body {
            Body::Tree(node) => node.place,
            Body::Text(text) => text.start(),
            Body::Page(_) => Place::START,
        }
    }

    /// The last part of the name that it goes by.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }
}
