use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;

pub(super) fn check(_document: &Document, _context: &Context<'_>, _out: &mut Findings) {}
