//! The rules of a rule file.

use super::tree::Node;

/// A rule, and the group in which it stands.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'a> {
    /// Its group, unless it stands alone.
    pub group: Option<&'a Node>,
    /// The rule.
    pub node: &'a Node,
}

impl<'a> Rule<'a> {
    /// The rules of a document: of its groups, of a list of rules, or the one
    /// that it is.
    #[must_use]
    pub fn all(tree: &'a Node) -> Vec<Self> {
        let groups = tree.get("groups").map_or(&[][..], Node::items);
        let in_group = |group: &'a Node| {
            let rules = group.get("rules").map_or(&[][..], Node::items);
            rules.iter().map(move |node| Self {
                group: Some(group),
                node,
            })
        };
        let alone = |node| Self { group: None, node };
        let mut rules: Vec<_> = groups.iter().flat_map(in_group).collect();
        rules.extend(tree.items().iter().map(alone));
        if tree.get("expr").is_some() {
            rules.push(alone(tree));
        }
        rules
    }

    /// The alert's name, if it is one.
    #[must_use]
    pub fn alert(&self) -> Option<&'a Node> {
        self.node.get("alert")
    }

    /// The name that it records, if it does.
    #[must_use]
    pub fn record(&self) -> Option<&'a Node> {
        self.node.get("record")
    }

    /// Its expression.
    #[must_use]
    pub fn expr(&self) -> Option<&'a Node> {
        self.node.get("expr")
    }
}
