//! `agent_alerts!(AgentMetrics, owner = "agents", ..)`.

use syn::parse::ParseStream;
use syn::{Error, Expr, Ident, Path, Result, Token};

use crate::declared::Common;
use crate::shared::attrs::{self, Options, Slot, set_once};
use crate::shared::errors::Errors;
use crate::shared::{messages, words};

pub(super) struct Args {
    /// The set whose agents are watched.
    pub(super) set: Path,
    pub(super) common: Common,
    pub(super) error_share: Slot<Expr>,
    pub(super) cancelled_share: Slot<Expr>,
    pub(super) hang_after: Slot<Expr>,
}

const KNOWN: &[&str] = &[
    words::ERROR_SHARE,
    words::CANCELLED_SHARE,
    words::HANG_AFTER,
    words::NAME,
    words::OWNER,
    words::RUNBOOK,
    words::CRATE,
];

impl Args {
    pub(super) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> Result<Self> {
        let span = input.span();
        let shape = |_| Error::new(span, messages::AGENT_ALERTS_SHAPE);
        let set = input.call(Path::parse_mod_style).map_err(shape)?;
        if input.peek(Token![=]) {
            return Err(Error::new(span, messages::AGENT_ALERTS_SHAPE));
        }
        let mut this = Self {
            set,
            common: Common::default(),
            error_share: None,
            cancelled_share: None,
            hang_after: None,
        };
        if !input.is_empty() && input.parse::<Token![,]>().is_err() {
            return Err(Error::new(input.span(), messages::EXPECTED_COMMA));
        }
        let options = Options {
            owner: words::AGENT_ALERTS,
            known: KNOWN,
            hidden: 1,
        };
        options.read(input, errors, |key, input| this.set(key, input));
        Ok(this)
    }

    fn set(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        if key == words::ERROR_SHARE {
            let share = attrs::value(key, input, "a share", "error_share = 0.05")?;
            set_once(&mut self.error_share, key, share)
        } else if key == words::CANCELLED_SHARE {
            let share = attrs::value(key, input, "a share", "cancelled_share = 0.2")?;
            set_once(&mut self.cancelled_share, key, share)
        } else if key == words::HANG_AFTER {
            let after = attrs::value(key, input, "a time", "hang_after = minutes(15)")?;
            set_once(&mut self.hang_after, key, after)
        } else {
            self.common.set(key, input)
        }
    }
}
