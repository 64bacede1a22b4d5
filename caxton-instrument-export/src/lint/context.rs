//! What a check may know: the catalog, and everything that was read.

use caxton_instrument::Catalog;

use super::document::Document;
use super::documented::{self, Documented};
use super::kind::Kind;
use crate::generate::Deployment;

/// What a check may know beside its document.
#[derive(Debug)]
pub struct Context<'a> {
    /// What is declared.
    pub catalog: &'a Catalog,
    /// Where the program runs, if that is known.
    pub deployment: Option<&'a Deployment>,
    documents: &'a [Document],
    documented: Vec<Documented>,
}

impl<'a> Context<'a> {
    pub(super) fn of(
        catalog: &'a Catalog,
        deployment: Option<&'a Deployment>,
        documents: &'a [Document],
    ) -> Self {
        let documented = documents
            .iter()
            .flat_map(|it| documented::of(it, catalog))
            .collect();
        Self {
            catalog,
            deployment,
            documents,
            documented,
        }
    }

    /// Everything that was read.
    #[must_use]
    pub const fn documents(&self) -> &'a [Document] {
        self.documents
    }

    /// The documents that belong together with this one, itself among them.
    pub fn system(&self, document: &Document) -> impl Iterator<Item = &'a Document> {
        let system = document.system;
        self.documents.iter().filter(move |it| it.system == system)
    }

    /// Those of them of one kind.
    pub fn of_kind(&self, document: &Document, kind: Kind) -> impl Iterator<Item = &'a Document> {
        self.system(document).filter(move |it| it.kind == kind)
    }

    /// Metrics that pages and programs on them declare, in the system of a
    /// document.
    pub fn documented(&self, document: &Document) -> impl Iterator<Item = &Documented> {
        let system = document.system;
        self.documented.iter().filter(move |it| it.system == system)
    }
}
