//! The labels of one family as one kind of reader takes them: no two names are
//! written alike, or two series would be one.

use std::collections::{HashMap, HashSet};

use caxton_instrument::recorder::Family;

use super::escaping::Escaping;

/// Names that are kept. A family of another crate has fewer at a time; where
/// idle series are evicted, they come and go.
const MAX_NAMES: usize = 25_000;

/// What was decided once stays, so that a series does not vanish because
/// another one came.
#[derive(Debug, Clone, Default)]
pub(super) struct LabelNames {
    /// Each name, and how it is written; `None` for one that would be written
    /// as another is.
    written: HashMap<String, Option<String>>,
    /// What is written, and for which name.
    owners: HashMap<String, String>,
}

/// Why series with a label are left out.
pub(super) struct Alike {
    pub(super) label: String,
    /// How it would be written.
    pub(super) taken: String,
    /// The label that is written so.
    pub(super) owner: String,
}

impl LabelNames {
    /// How a name is written; `None` if series with it are left out.
    pub(super) fn written(&self, name: &str) -> Option<&str> {
        self.written.get(name)?.as_deref()
    }

    /// Whether it may have names of many series that are gone.
    pub(super) fn is_full(&self) -> bool {
        self.written.len() > MAX_NAMES
    }

    /// The names of a family that were not met yet.
    pub(super) fn unknown<'a>(&self, family: &'a Family) -> HashSet<&'a str> {
        let mut unknown = HashSet::new();
        for series in family.series() {
            for (name, _) in series.labels() {
                if !self.written.contains_key(name) {
                    unknown.insert(name);
                }
            }
        }
        unknown
    }

    /// Decides how names are written: first those that stay as they are, since
    /// that is what they are called, then in order.
    pub(super) fn learn(&mut self, names: HashSet<&str>, escaping: Escaping) -> Vec<Alike> {
        let mut names: Vec<_> = names
            .into_iter()
            .map(|name| (escaping.label_name(name), name))
            .collect();
        names.sort_unstable_by_key(|(written, name)| (written != name, *name));
        let mut alike = Vec::new();
        for (written, name) in names {
            let label = String::from(name);
            if let Some(owner) = self.owners.get(&*written) {
                self.written.insert(label.clone(), None);
                alike.push(Alike {
                    label,
                    owner: owner.clone(),
                    taken: written.into_owned(),
                });
            } else {
                self.owners
                    .insert(String::from(written.as_ref()), label.clone());
                self.written.insert(label, Some(written.into_owned()));
            }
        }
        alike
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_decided_stays() {
        let mut names = LabelNames::default();
        let mut learn = |labels: &[&str]| {
            names
                .learn(labels.iter().copied().collect(), Escaping::Underscores)
                .into_iter()
                .map(|alike| (alike.label, alike.taken, alike.owner))
                .collect::<Vec<_>>()
        };
        let own = |names: [&str; 3]| names.map(String::from).into();
        assert_eq!(
            learn(&["a.b", "c-d", "c.d", "e"]),
            [own(["c.d", "c_d", "c-d"])]
        );
        // Too late: its name is another label's by now.
        assert_eq!(learn(&["a_b", "f"]), [own(["a_b", "a_b", "a.b"])]);
        // Both new: the one that is called so has it.
        assert_eq!(learn(&["g.h", "g_h"]), [own(["g.h", "g_h", "g_h"])]);
        for (name, written) in [
            ("a.b", Some("a_b")),
            ("a_b", None),
            ("c-d", Some("c_d")),
            ("c.d", None),
            ("f", Some("f")),
            ("g_h", Some("g_h")),
            ("never met", None),
        ] {
            assert_eq!(names.written(name), written, "{name}");
        }
    }
}
