//! No name is written by two families: readers drop one of the two, or the
//! whole scrape.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use caxton_instrument::recorder::Family;
use caxton_instrument::{Catalog, MetricKind};

use super::names::Names;

/// Decisions that are kept. A registry has fewer families of other crates at a
/// time; where idle ones are evicted, their names come and go.
const MAX_DECIDED: usize = 25_000;

/// Which names are taken, and which families may be written. What was decided
/// once stays, so that a series does not vanish because another one came.
#[derive(Debug)]
pub(super) struct Claims {
    /// Each name, and the family that has it.
    taken: HashMap<String, Arc<str>>,
    decided: HashMap<String, bool>,
    declared: HashSet<&'static str>,
}

/// What became of a family.
pub(super) enum Claim {
    Admitted,
    LeftOut,
    /// The same, decided now.
    Refused(Conflict),
}

/// Why a family is left out.
pub(super) struct Conflict {
    pub(super) name: String,
    /// The name that it would write.
    pub(super) taken: String,
    /// The family that writes it.
    pub(super) owner: Arc<str>,
}

impl Claims {
    /// Every declared metric has its names, whether it was updated or not.
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut claims = Self {
            taken: HashMap::new(),
            decided: HashMap::new(),
            declared: catalog.metrics().iter().map(|metric| metric.name).collect(),
        };
        for metric in catalog.metrics() {
            claims.take(metric.name, metric.kind);
            claims.decided.insert(String::from(metric.name), true);
        }
        claims
    }

    /// Forgets what was decided about families that are gone, once that is much.
    pub(super) fn forget_all_but(&mut self, families: &[Family]) {
        if self.decided.len() <= self.declared.len() + MAX_DECIDED {
            return;
        }
        let live: HashSet<&str> = families.iter().map(Family::name).collect();
        let stays = |name: &str| self.declared.contains(name) || live.contains(name);
        self.decided.retain(|name, _| stays(name));
        self.taken.retain(|_, owner| stays(owner));
    }

    pub(super) fn claim(&mut self, name: &str, kind: MetricKind) -> Claim {
        match self.decided.get(name) {
            Some(true) => return Claim::Admitted,
            Some(false) => return Claim::LeftOut,
            None => {}
        }
        let conflict = Names::of(name, kind).all().find_map(|(family, suffix)| {
            let (taken, owner) = self.taken.get_key_value(&format!("{family}{suffix}"))?;
            Some(Conflict {
                name: String::from(name),
                taken: taken.clone(),
                owner: Arc::clone(owner),
            })
        });
        self.decided.insert(String::from(name), conflict.is_none());
        let Some(conflict) = conflict else {
            self.take(name, kind);
            return Claim::Admitted;
        };
        Claim::Refused(conflict)
    }

    fn take(&mut self, name: &str, kind: MetricKind) {
        let owner: Arc<str> = Arc::from(name);
        for (family, suffix) in Names::of(name, kind).all() {
            self.taken
                .insert(format!("{family}{suffix}"), Arc::clone(&owner));
        }
    }
}
