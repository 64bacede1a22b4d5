//! What a message is for.

use std::fmt;
use std::str::FromStr;

use caxton_instrument::LabelValue;
use thiserror::Error;

/// A communicative act of FIPA
/// ([SC00037J](http://www.fipa.org/specs/fipa00037/SC00037J.html)), of those
/// that agents here use. Its number, which modules pass, is its position.
#[derive(LabelValue, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Performative {
    /// Asks for an action.
    Request,
    /// Asks for an object, as in "the ten most frequent terms".
    QueryRef,
    /// Undertakes what was requested.
    Agree,
    /// States a result.
    Inform,
    /// Declines what was requested.
    Refuse,
    /// Tried what was requested, and could not.
    Failure,
    /// Takes a request back.
    Cancel,
    /// Does not know what to do with a message.
    NotUnderstood,
    /// Calls for proposals.
    Cfp,
    /// Proposes.
    Propose,
    /// Accepts a proposal.
    AcceptProposal,
    /// Rejects a proposal.
    RejectProposal,
}

impl Performative {
    /// Every performative, by number.
    pub const ALL: [Self; 12] = [
        Self::Request,
        Self::QueryRef,
        Self::Agree,
        Self::Inform,
        Self::Refuse,
        Self::Failure,
        Self::Cancel,
        Self::NotUnderstood,
        Self::Cfp,
        Self::Propose,
        Self::AcceptProposal,
        Self::RejectProposal,
    ];

    /// The performative of a module's number.
    #[must_use]
    pub fn from_code(code: i32) -> Option<Self> {
        Self::ALL.get(usize::try_from(code).ok()?).copied()
    }

    /// The number that modules pass.
    #[must_use]
    pub fn code(self) -> i32 {
        i32::try_from(self.index()).unwrap_or_default()
    }

    /// Whether its receiver has something to do: then it is a task.
    #[must_use]
    pub const fn is_task(self) -> bool {
        matches!(self, Self::Request | Self::QueryRef)
    }
}

impl fmt::Display for Performative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no performative.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no performative here; there are {all}", all = Performative::VALUES.join(", "))]
pub struct UnknownPerformative(String);

/// As the label has it, or as FIPA writes it: `not_understood`,
/// `not-understood`.
impl FromStr for Performative {
    type Err = UnknownPerformative;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let label = text.replace('-', "_");
        Self::ALL
            .into_iter()
            .find(|performative| performative.as_str() == label)
            .ok_or_else(|| UnknownPerformative(String::from(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_position() {
        for (code, performative) in Performative::ALL.into_iter().enumerate() {
            assert_eq!(performative.index(), code);
            let code = i32::try_from(code).expect("small");
            assert_eq!(performative.code(), code);
            assert_eq!(Performative::from_code(code), Some(performative));
        }
        assert_eq!(Performative::from_code(12), None);
        assert_eq!(Performative::from_code(-1), None);
    }

    #[test]
    fn both_spellings_are_read() {
        assert_eq!(
            "not-understood".parse(),
            "not_understood".parse::<Performative>()
        );
        let unknown = "shout".parse::<Performative>().expect_err("no such word");
        assert!(
            unknown.to_string().contains("request, query_ref"),
            "{unknown}"
        );
    }
}
