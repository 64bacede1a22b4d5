//! Panels of dashboards next to the code that they show.

use crate::descriptor::Location;
use crate::query::AnyQuery;

/// A panel: a query, drawn in its unit; declared by
/// [`#[panel]`](macro@crate::panel).
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::query::minutes;
/// use caxton_instrument::{Panel, panel};
///
/// /// The mailer.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Messages that were sent.
///     messages_sent: Counter,
/// }
///
/// /// Mail that is sent.
/// #[panel]
/// static MAIL_SENT: Panel = Mail::MESSAGES_SENT.rate(minutes(5));
///
/// assert_eq!(MAIL_SENT.name, "MailSent");
/// assert_eq!(MAIL_SENT.title, "Mail that is sent");
/// assert!(MAIL_SENT.query.dimension().is_per_second());
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Panel {
    /// Its name, in camel case.
    pub name: &'static str,
    /// What is drawn.
    pub query: &'static dyn AnyQuery,
    /// The first paragraph of its doc comment, without its full stop.
    pub title: &'static str,
    /// The further paragraphs, an empty line between them.
    pub description: &'static str,
    /// Where it is declared.
    pub location: Location,
}

impl Panel {
    /// A panel; the attribute makes it.
    #[must_use]
    pub const fn new(
        name: &'static str,
        query: &'static dyn AnyQuery,
        title: &'static str,
        location: Location,
    ) -> Self {
        Self {
            name,
            query,
            title,
            description: "",
            location,
        }
    }

    /// States what there is to know of it.
    #[must_use]
    pub const fn with_description(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }
}
