//! The template that a request matched: what its series are named after, since
//! anybody can make up a path.

use std::sync::Arc;

use axum::extract::MatchedPath;
use http::Extensions;

/// What a request reads that matched no template.
pub(super) const UNMATCHED: &str = "unmatched";

/// The template of a request, for a router that is not axum's: put it among the
/// request's extensions before the layer sees it.
///
/// ```
/// use caxton_instrument_export::http::Route;
///
/// let mut request = http::Request::new(());
/// request.extensions_mut().insert(Route::from("/orders/{id}"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route(pub(super) Name);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    Static(&'static str),
    Shared(Arc<str>),
}

impl From<&'static str> for Route {
    fn from(template: &'static str) -> Self {
        Self(Name::Static(template))
    }
}

impl From<Arc<str>> for Route {
    fn from(template: Arc<str>) -> Self {
        Self(Name::Shared(template))
    }
}

impl From<String> for Route {
    fn from(template: String) -> Self {
        Self(Name::Shared(template.into()))
    }
}

/// The template of one request, kept to its end without a copy.
#[derive(Debug, Clone)]
pub(super) enum Template {
    Given(Route),
    Matched(MatchedPath),
    Unmatched,
}

impl Template {
    pub(super) fn of(fixed: Option<&Route>, extensions: &Extensions) -> Self {
        if let Some(route) = fixed.or_else(|| extensions.get()) {
            Self::Given(route.clone())
        } else if let Some(matched) = extensions.get::<MatchedPath>() {
            Self::Matched(matched.clone())
        } else {
            Self::Unmatched
        }
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Given(Route(Name::Static(template))) => template,
            Self::Given(Route(Name::Shared(template))) => template,
            Self::Matched(matched) => matched.as_str(),
            Self::Unmatched => UNMATCHED,
        }
    }
}
