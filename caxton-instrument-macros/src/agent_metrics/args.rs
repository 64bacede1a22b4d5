//! `pub struct Agents { namespace = "lightning", max_agent_types = 50, .. }`.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Ident, Result, Token, Visibility, braced, token};

use crate::metric_set::SetArgs;
use crate::metric_set::buckets::Buckets;
use crate::shared::attrs::{self, Options, Slot, set_once};
use crate::shared::errors::Errors;
use crate::shared::{messages, words};

pub(super) struct Declaration {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) set: SetArgs,
    pub(super) max_agent_types: Slot<u32>,
    pub(super) max_operations: Slot<u32>,
    pub(super) max_series: Slot<u64>,
    pub(super) buckets: Slot<Buckets>,
    pub(super) native: Slot<()>,
    /// Where `default` stands.
    pub(super) default: Option<Span>,
}

const KNOWN: &[&str] = &[
    words::NAMESPACE,
    words::SUBSYSTEM,
    words::LABELS,
    words::CRATE,
    words::MAX_AGENT_TYPES,
    words::MAX_OPERATIONS,
    words::MAX_SERIES,
    words::BUCKETS,
    words::NATIVE,
    words::DEFAULT,
    words::UNLISTED,
];

impl Declaration {
    pub(super) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let start = input.span();
        let shape = |_| Error::new(start, messages::AGENT_METRICS_SHAPE);
        input.parse::<Token![struct]>().map_err(shape)?;
        let ident = input.parse()?;
        if !input.peek(token::Brace) {
            return Err(Error::new(start, messages::AGENT_METRICS_SHAPE));
        }
        let content;
        braced!(content in input);
        if !input.is_empty() {
            return Err(Error::new(input.span(), messages::AGENT_METRICS_ONE));
        }
        let mut this = Self {
            attrs,
            vis,
            ident,
            set: SetArgs::default(),
            max_agent_types: None,
            max_operations: None,
            max_series: None,
            buckets: None,
            native: None,
            default: None,
        };
        let options = Options {
            owner: words::AGENT_METRICS,
            known: KNOWN,
            hidden: 1,
        };
        options.read(&content, errors, |key, input| this.set(key, input));
        Ok(this)
    }

    fn set(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        if key == words::MAX_AGENT_TYPES {
            let bound = attrs::number(key, input, "max_agent_types = 50")?;
            set_once(&mut self.max_agent_types, key, bound)
        } else if key == words::MAX_OPERATIONS {
            let bound = attrs::number(key, input, "max_operations = 200")?;
            set_once(&mut self.max_operations, key, bound)
        } else if key == words::MAX_SERIES {
            let bound = attrs::number(key, input, "max_series = 10_000")?;
            set_once(&mut self.max_series, key, bound)
        } else if key == words::BUCKETS {
            let buckets = Buckets::read(key, input)?;
            set_once(&mut self.buckets, key, buckets)
        } else if key == words::NATIVE {
            attrs::flag(input, messages::NATIVE_VALUE)?;
            set_once(&mut self.native, key, ())
        } else if key == words::DEFAULT {
            if self.default.replace(key.span()).is_some() {
                return Err(Error::new(key.span(), messages::given_twice(key)));
            }
            Ok(())
        } else {
            self.set.set(key, input)
        }
    }
}
