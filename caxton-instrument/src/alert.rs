//! Alerts next to the code that they watch.

use crate::descriptor::Location;
use crate::query::{AnyQuery, Condition, Names, Window, is_within};

/// How bad it is, and with that who is told and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// Worth a look on a dashboard; nobody is told.
    Info,
    /// To be looked at in working hours.
    Warning,
    /// Somebody is woken up.
    Critical,
}

impl Severity {
    /// The value of the label `severity`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// An alert: a condition, and what people are told when it holds; declared by
/// [`#[alert]`](macro@crate::alert).
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::query::minutes;
/// use caxton_instrument::{Alert, Severity, alert};
///
/// /// The mailer.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Messages that wait to be sent.
///     messages_waiting: Gauge,
/// }
///
/// /// {value} messages wait.
/// ///
/// /// The provider is slow, or does not answer.
/// #[alert(severity = warning, hold = minutes(5))]
/// static MAIL_WAITS: Alert = Mail::MESSAGES_WAITING.sum().above(1_000.0);
///
/// assert_eq!(MAIL_WAITS.name, "MailWaits");
/// assert_eq!(MAIL_WAITS.severity, Severity::Warning);
/// assert_eq!(MAIL_WAITS.description, "The provider is slow, or does not answer.");
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Alert {
    /// Its name, in camel case.
    pub name: &'static str,
    /// Where it fires.
    pub condition: &'static dyn AnyQuery,
    /// How bad it is.
    pub severity: Severity,
    /// For how long the condition holds before it fires; `None`: at once.
    pub hold: Option<Window>,
    /// For how long it goes on firing when the condition holds no more.
    pub keep: Option<Window>,
    /// The first paragraph of its doc comment. `{label}` stands for a label of
    /// the condition, `{value}` for its value in its unit.
    pub summary: &'static str,
    /// The further paragraphs, an empty line between them.
    pub description: &'static str,
    /// Who looks after what it watches; may be empty.
    pub owner: &'static str,
    /// Where it says what to do; may be empty.
    pub runbook: &'static str,
    /// Where it is declared.
    pub location: Location,
}

impl Alert {
    /// An alert that fires at once, as a warning; the attribute makes it.
    #[must_use]
    pub const fn new(
        name: &'static str,
        condition: &'static dyn AnyQuery,
        location: Location,
    ) -> Self {
        Self {
            name,
            condition,
            severity: Severity::Warning,
            hold: None,
            keep: None,
            summary: "",
            description: "",
            owner: "",
            runbook: "",
            location,
        }
    }

    /// States how bad it is.
    #[must_use]
    pub const fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// States for how long the condition holds before it fires.
    #[must_use]
    pub const fn with_hold(mut self, hold: Window) -> Self {
        self.hold = Some(hold);
        self
    }

    /// States for how long it goes on firing.
    #[must_use]
    pub const fn with_keep(mut self, keep: Window) -> Self {
        self.keep = Some(keep);
        self
    }

    /// States what people are told.
    #[must_use]
    pub const fn with_text(mut self, summary: &'static str, description: &'static str) -> Self {
        self.summary = summary;
        self.description = description;
        self
    }

    /// States who looks after what it watches.
    #[must_use]
    pub const fn with_owner(mut self, owner: &'static str) -> Self {
        self.owner = owner;
        self
    }

    /// States where it says what to do.
    #[must_use]
    pub const fn with_runbook(mut self, runbook: &'static str) -> Self {
        self.runbook = runbook;
        self
    }
}

/// The condition, if a text names no label that it has not.
///
/// # Panics
///
/// Else, which in a constant does not compile.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn says<N: Copy, L>(condition: Condition<N, L>, text: &str) -> Condition<N, L> {
    refuse_untold(text, condition.names(), condition.has_value());
    condition
}

const UNENDED: &str = "a `{` in this text starts a label or `{value}`: end it with `}`";

const UNTOLD: &str = "the text names in `{..}` what is not told: there is `{value}`, and there are \
    the labels that it is grouped by, `.by(..)`";

const WITHOUT_VALUE: &str = "the text names `{value}`, and there is none where the series are \
    absent: say it without";

/// Refuses a text that names a label that is not told, or a value that there may
/// not be.
#[track_caller]
pub(crate) const fn refuse_untold(text: &str, told: &Names, has_value: bool) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'{' {
            let start = at + 1;
            let mut end = start;
            while end < bytes.len() && bytes[end] != b'}' && bytes[end] != b'{' {
                end += 1;
            }
            assert!(end < bytes.len() && bytes[end] == b'}', "{}", UNENDED);
            let is_value = is_within(b"value", bytes, start, end);
            assert!(has_value || !is_value, "{}", WITHOUT_VALUE);
            let is_told = is_value || told.has_bytes(bytes, start, end);
            assert!(is_told, "{}", UNTOLD);
            at = end;
        }
        at += 1;
    }
}

/// A text with the parts that stand for labels and the value.
///
/// ```
/// use caxton_instrument::alert::{Piece, pieces};
///
/// let pieces: Vec<Piece<'_>> = pieces("{queue} waits").collect();
/// assert_eq!(pieces, [Piece::Label("queue"), Piece::Text(" waits")]);
/// ```
pub fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = rest.strip_prefix('{').and_then(|it| it.split_once('}')) {
            rest = after;
            return Some(if name == "value" {
                Piece::Value
            } else {
                Piece::Label(name)
            });
        }
        let end = rest[1..].find('{').map_or(rest.len(), |at| at + 1);
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Text(text))
    })
}

/// A part of a text that people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Piece<'a> {
    /// As it stands.
    Text(&'a str),
    /// The value of a label.
    Label(&'a str),
    /// The value of the condition.
    Value,
}
