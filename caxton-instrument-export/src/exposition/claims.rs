//! No name is written by two families: readers drop one of the two, or the
//! whole scrape. Names that differ may be written alike for one reader and not
//! for another, so each escaping has its own decisions.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use caxton_instrument::recorder::Family;
use caxton_instrument::{Catalog, MetricKind};

use super::escaping::{Escaping, is_plain_metric};
use super::filter::Filter;
use super::label_names::{Alike, LabelNames};
use super::names::Names;
use super::spelling::{Families, Spelling};

/// Decisions that are kept. A registry has fewer families of other crates at a
/// time; where idle ones are evicted, their names come and go.
const MAX_DECIDED: usize = 25_000;

/// Which names are taken, and which families may be written. What was decided
/// once stays, so that a series does not vanish because another one came.
#[derive(Debug)]
pub(super) struct Claims {
    /// Every declared metric, which has its names whether it was updated or not.
    declared: BTreeMap<&'static str, MetricKind>,
    /// Of the escapings that readers asked for.
    decisions: BTreeMap<Escaping, Decisions>,
}

/// What was decided for one escaping.
#[derive(Debug, Default)]
struct Decisions {
    /// Each name that is written, and the family that has it.
    taken: HashMap<String, Arc<str>>,
    /// By the name of the family.
    families: HashMap<String, Decision>,
    /// Of families whose labels may be written alike.
    labels: HashMap<String, Arc<LabelNames>>,
}

#[derive(Debug)]
enum Decision {
    /// Written as it is called.
    AsItIs,
    /// Under another name.
    Escaped(Arc<str>),
    LeftOut,
}

/// Why a family, or series of it, are left out.
pub(super) struct Conflict {
    pub(super) name: String,
    /// The label of the series.
    pub(super) label: Option<String>,
    /// The name that would be written.
    pub(super) taken: String,
    /// The family that writes it, or the label.
    pub(super) owner: String,
    /// What makes the two alike, unless they are.
    pub(super) escaping: Option<Escaping>,
}

impl Claims {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let metrics = catalog.metrics().iter();
        Self {
            declared: metrics.map(|metric| (metric.name, metric.kind)).collect(),
            decisions: BTreeMap::new(),
        }
    }

    /// The escapings that were asked for, and the one of readers that do not
    /// say.
    pub(super) fn escapings(&self) -> Vec<Escaping> {
        let asked = self.decisions.keys().copied();
        let other = asked.filter(|escaping| *escaping != Escaping::default());
        std::iter::once(Escaping::default()).chain(other).collect()
    }

    /// Those of the families that write no name of another one and that a
    /// filter admits. What was decided now is added to the conflicts.
    pub(super) fn admit(
        &mut self,
        escaping: Escaping,
        mut families: Vec<Family>,
        filter: &Filter,
        conflicts: &mut Vec<Conflict>,
    ) -> Families {
        let decisions = self.decisions.entry(escaping).or_insert_with(|| {
            let declared = self.declared.iter().map(|(name, kind)| (*name, *kind));
            let mut decisions = Decisions::default();
            decisions.decide(escaping, declared, conflicts);
            decisions
        });
        decisions.forget_all_but(&families, &self.declared);
        let families_now = families.iter().map(|family| (family.name(), family.kind()));
        decisions.decide(escaping, families_now, conflicts);
        let mut spellings = Vec::new();
        let mut at = 0;
        families.retain(|family| {
            let written = match decisions.families.get(family.name()) {
                Some(Decision::AsItIs) => None,
                Some(Decision::Escaped(written)) => Some(written),
                Some(Decision::LeftOut) | None => return false,
            };
            let admits = filter.admits(
                family.name(),
                written.map(|written| &**written),
                family.kind(),
            );
            if !admits {
                return false;
            }
            let written = written.map(Arc::clone);
            if let Some(spelling) = decisions.spell(escaping, family, written, conflicts) {
                if !spelling.shows_any(family) {
                    return false;
                }
                spellings.push((at, spelling));
            }
            at += 1;
            true
        });
        Families {
            all: families,
            spellings,
        }
    }
}

impl Decisions {
    /// Forgets what was decided about families that are gone, once that is much.
    fn forget_all_but(
        &mut self,
        families: &[Family],
        declared: &BTreeMap<&'static str, MetricKind>,
    ) {
        if self.families.len() <= declared.len() + MAX_DECIDED {
            return;
        }
        let live: HashSet<&str> = families.iter().map(Family::name).collect();
        let stays = |name: &str| declared.contains_key(name) || live.contains(name);
        self.families.retain(|name, _| stays(name));
        self.labels.retain(|name, _| stays(name));
        self.taken.retain(|_, owner| stays(owner));
    }

    /// Decides about families that were not met yet: first about those that are
    /// written as they are called, then in order.
    fn decide<'a>(
        &mut self,
        escaping: Escaping,
        families: impl Iterator<Item = (&'a str, MetricKind)>,
        conflicts: &mut Vec<Conflict>,
    ) {
        let is_new = |(name, _): &(&str, _)| !self.families.contains_key(*name);
        let mut new: Vec<_> = families.filter(is_new).collect();
        new.sort_by_key(|(name, _)| escaping.metric_name(name) != *name);
        for (name, kind) in new {
            conflicts.extend(self.claim(escaping, name, kind));
        }
    }

    fn claim(&mut self, escaping: Escaping, name: &str, kind: MetricKind) -> Option<Conflict> {
        let written = escaping.metric_name(name);
        let conflict = Names::of(&written, kind)
            .all()
            .find_map(|(family, suffix)| {
                let (taken, owner) = self.taken.get_key_value(&format!("{family}{suffix}"))?;
                let is_escaped = written != name || escaping.metric_name(owner) != **owner;
                Some(Conflict {
                    name: String::from(name),
                    label: None,
                    taken: taken.clone(),
                    owner: owner.to_string(),
                    escaping: is_escaped.then_some(escaping),
                })
            });
        if conflict.is_some() {
            let name = String::from(name);
            self.families.insert(name, Decision::LeftOut);
        } else {
            self.take(escaping, name, kind);
        }
        conflict
    }

    fn take(&mut self, escaping: Escaping, name: &str, kind: MetricKind) {
        let owner: Arc<str> = Arc::from(name);
        let written = escaping.metric_name(name);
        for (family, suffix) in Names::of(&written, kind).all() {
            self.taken
                .insert(format!("{family}{suffix}"), Arc::clone(&owner));
        }
        let decision = if written == name {
            Decision::AsItIs
        } else {
            Decision::Escaped(Arc::from(written))
        };
        self.families.insert(String::from(name), decision);
    }

    /// How a family is spelled, unless it is written as it is kept.
    fn spell(
        &mut self,
        escaping: Escaping,
        family: &Family,
        name: Option<Arc<str>>,
        conflicts: &mut Vec<Conflict>,
    ) -> Option<Spelling> {
        let keeps_names = escaping == Escaping::AllowUtf8;
        let is_quoted = keeps_names && !is_plain_metric(family.name());
        let has_utf8_labels = family.has_utf8_labels();
        if name.is_none() && !is_quoted && !has_utf8_labels {
            return None;
        }
        let changes_labels = has_utf8_labels && !keeps_names;
        Some(Spelling {
            name,
            is_quoted,
            labels: changes_labels.then(|| self.label_names(escaping, family, conflicts)),
        })
    }

    fn label_names(
        &mut self,
        escaping: Escaping,
        family: &Family,
        conflicts: &mut Vec<Conflict>,
    ) -> Arc<LabelNames> {
        if !self.labels.contains_key(family.name()) {
            let name = String::from(family.name());
            self.labels.insert(name, Arc::default());
        }
        let Some(names) = self.labels.get_mut(family.name()) else {
            return Arc::default();
        };
        if names.is_full() {
            *names = Arc::default();
        }
        let unknown = names.unknown(family);
        if !unknown.is_empty() {
            // A copy, where another reader still has it.
            let alike = Arc::make_mut(names).learn(unknown, escaping);
            let conflict = |alike: Alike| Conflict {
                name: String::from(family.name()),
                label: Some(alike.label),
                taken: alike.taken,
                owner: alike.owner,
                escaping: Some(escaping),
            };
            conflicts.extend(alike.into_iter().map(conflict));
        }
        Arc::clone(names)
    }
}
