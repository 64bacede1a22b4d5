//! No name is written by two families: readers drop one of the two, or the
//! whole scrape.

use std::collections::{HashMap, HashSet};

use caxton_instrument::{Catalog, MetricKind};

use super::names::Names;

/// Which names are taken, and which families may be written. What was decided
/// once stays, so that a series does not vanish because another one came.
#[derive(Debug)]
pub(super) struct Claims {
    taken: HashSet<String>,
    decided: HashMap<String, bool>,
}

impl Claims {
    /// Every declared metric has its names, whether it was updated or not.
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut claims = Self {
            taken: HashSet::new(),
            decided: HashMap::new(),
        };
        for metric in catalog.metrics() {
            claims.take(metric.name, metric.kind);
            claims.decided.insert(String::from(metric.name), true);
        }
        claims
    }

    pub(super) fn admits(&mut self, name: &str, kind: MetricKind) -> bool {
        if let Some(admitted) = self.decided.get(name) {
            return *admitted;
        }
        let free = Names::of(name, kind)
            .all()
            .all(|(family, suffix)| !self.taken.contains(&format!("{family}{suffix}")));
        if free {
            self.take(name, kind);
        }
        self.decided.insert(String::from(name), free);
        free
    }

    fn take(&mut self, name: &str, kind: MetricKind) {
        let names = Names::of(name, kind);
        self.taken.extend(
            names
                .all()
                .map(|(family, suffix)| format!("{family}{suffix}")),
        );
    }
}
