//! What a check found, and where.

use std::fmt;

use crate::descriptor::Location;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// Installing a recorder is refused.
    Error,
    /// Only `catalog check` fails.
    Warning,
}

impl Level {
    /// The level's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Something that does not hold in a catalog.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// The check's id.
    pub class: &'static str,
    /// What is wrong, and what to do.
    pub message: String,
    /// Every place that takes part.
    pub places: Vec<Location>,
}

impl Finding {
    /// A finding without places, for checks outside of the catalog.
    #[must_use]
    pub const fn new(level: Level, class: &'static str, message: String) -> Self {
        Self {
            level,
            class,
            message,
            places: Vec::new(),
        }
    }
}

impl std::error::Error for Finding {}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}[{}]: {}",
            self.level.as_str(),
            self.class,
            self.message
        )?;
        for place in &self.places {
            write!(f, "\n  --> {place}")?;
        }
        Ok(())
    }
}
