//! The classes of faults.

use std::fmt;

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Class {
    /// A metric that is declared nowhere.
    Cat,
    /// A label that the metric has not, or that an aggregation dropped.
    Lbl,
    /// A name against the rules for names.
    Nam,
    /// A function that does not fit the type.
    Typ,
    /// Label algebra: sides that do not match, a missing aggregation.
    Vec,
    /// A quantile without its buckets, a threshold that is no bound.
    Hist,
    /// Units that do not go together.
    Dim,
    /// A template that does not work, or shows a bare number.
    Tpl,
    /// Text that does not parse.
    Syn,
    /// A field or component that the target version has not.
    Sch,
    /// Two files that disagree, or a way that ends nowhere.
    Wire,
    /// An identity as a label, or a label without a bound.
    Card,
    /// A panel that its Grafana does not draw well.
    Dash,
    /// An alert that never fires, always fires, or is silent when series are absent.
    Live,
    /// A route that alerts never reach.
    Route,
    /// Two statements of one figure that disagree.
    Drift,
    /// A secret in a file, a default password.
    Sec,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 17] = [
        Self::Cat,
        Self::Lbl,
        Self::Nam,
        Self::Typ,
        Self::Vec,
        Self::Hist,
        Self::Dim,
        Self::Tpl,
        Self::Syn,
        Self::Sch,
        Self::Wire,
        Self::Card,
        Self::Dash,
        Self::Live,
        Self::Route,
        Self::Drift,
        Self::Sec,
    ];

    /// Its name in reports and in `allow` comments.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Cat => "CAT",
            Self::Lbl => "LBL",
            Self::Nam => "NAM",
            Self::Typ => "TYP",
            Self::Vec => "VEC",
            Self::Hist => "HIST",
            Self::Dim => "DIM",
            Self::Tpl => "TPL",
            Self::Syn => "SYN",
            Self::Sch => "SCH",
            Self::Wire => "WIRE",
            Self::Card => "CARD",
            Self::Dash => "DASH",
            Self::Live => "LIVE",
            Self::Route => "ROUTE",
            Self::Drift => "DRIFT",
            Self::Sec => "SEC",
        }
    }

    /// What it means, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Cat => "A metric that is declared nowhere.",
            Self::Lbl => "A label that the metric has not, or that an aggregation dropped.",
            Self::Nam => "A name against the rules for names.",
            Self::Typ => "A function that does not fit the type.",
            Self::Vec => "Label algebra: sides that do not match, a missing aggregation.",
            Self::Hist => "A quantile without its buckets, a threshold that is no bound.",
            Self::Dim => "Units that do not go together.",
            Self::Tpl => "A template that does not work, or shows a bare number.",
            Self::Syn => "Text that does not parse.",
            Self::Sch => "A field or component that the target version has not.",
            Self::Wire => "Two files that disagree, or a way that ends nowhere.",
            Self::Card => "An identity as a label, or a label without a bound.",
            Self::Dash => "A panel that its Grafana does not draw well.",
            Self::Live => {
                "An alert that never fires, always fires, or is silent when series are absent."
            }
            Self::Route => "A route that alerts never reach.",
            Self::Drift => "Two statements of one figure that disagree.",
            Self::Sec => "A secret in a file, a default password.",
        }
    }

    /// How much it matters: an `error` makes a query, a file or an alert wrong, a
    /// `warning` makes it worse than it could be.
    #[must_use]
    pub const fn level(self) -> &'static str {
        match self {
            Self::Nam | Self::Card | Self::Dash | Self::Drift | Self::Dim | Self::Tpl => "warning",
            _ => "error",
        }
    }

    /// The class of that name, in whatever case.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|it| it.id().eq_ignore_ascii_case(id))
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
