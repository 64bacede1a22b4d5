//! The options of `#[metric(..)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Error, Ident, LitInt, LitStr, Result, Token, bracketed, parenthesized, token,
};

use super::buckets::Buckets;
use crate::shared::allow::{AllowArgs, Allowance};
use crate::shared::attrs::{self, Options, Slot, set_once};
use crate::shared::errors::Errors;
use crate::shared::{idents, messages, words};

/// The options of a metric.
#[derive(Default)]
pub(super) struct FieldArgs {
    pub(super) name: Slot<LitStr>,
    pub(super) unit: Slot<Ident>,
    pub(super) buckets: Slot<Buckets>,
    pub(super) native: Slot<()>,
    pub(super) max_series: Slot<u64>,
    pub(super) stability: Slot<Stability>,
    pub(super) replaces: Vec<Replaced>,
    replaces_list: Slot<()>,
    pub(super) max_values: Slot<Vec<(Ident, u32)>>,
    pub(super) allowed: Vec<Allowance>,
}

pub(super) enum Stability {
    Experimental,
    Stable,
    Deprecated { since: String, note: String },
}

/// An older name.
pub(super) struct Replaced {
    pub(super) name: LitStr,
    pub(super) reason: String,
}

const KNOWN: &[&str] = &[
    words::NAME,
    words::UNIT,
    words::BUCKETS,
    words::NATIVE,
    words::MAX_SERIES,
    words::MAX_VALUES,
    words::STABILITY,
    words::REPLACES,
    words::ALLOW,
    words::REASON,
];

impl FieldArgs {
    pub(super) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let options = Options {
            owner: words::METRIC,
            known: KNOWN,
            hidden: 0,
        };
        for attr in attrs {
            if attr.path().is_ident(words::METRIC_SET) {
                let message = messages::misplaced(words::METRIC_SET, words::METRIC, "a field");
                errors.over(&attr.meta, message);
            }
            if !attr.path().is_ident(words::METRIC) {
                continue;
            }
            let mut allow = AllowArgs::default();
            options.read_attr(attr, errors, |key, input| {
                if key == words::ALLOW {
                    allow.read_rules(key, input)
                } else if key == words::REASON {
                    allow.read_reason(key, input)
                } else {
                    args.set(key, input)
                }
            });
            allow.finish(&mut args.allowed, errors);
        }
        args
    }

    fn set(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        if key == words::NAME {
            let name = attrs::string(key, input, "name = \"caxton_messages_sent_total\"")?;
            set_once(&mut self.name, key, name)
        } else if key == words::UNIT {
            let unit =
                attrs::value::<AnyIdent>(key, input, "a unit without quotes", "unit = seconds")?;
            set_once(&mut self.unit, key, unit.0)
        } else if key == words::BUCKETS {
            let buckets = Buckets::read(key, input)?;
            set_once(&mut self.buckets, key, buckets)
        } else if key == words::NATIVE {
            attrs::flag(input, messages::NATIVE_VALUE)?;
            set_once(&mut self.native, key, ())
        } else if key == words::MAX_SERIES {
            let bound = attrs::number(key, input, "max_series = 10_000")?;
            set_once(&mut self.max_series, key, bound)
        } else if key == words::MAX_VALUES {
            let bounds = attrs::list(key, input, "max_values(agent_type = 100)", label_bound)?;
            set_once(&mut self.max_values, key, bounds)
        } else if key == words::STABILITY {
            let stability = Stability::read(key, input)?;
            set_once(&mut self.stability, key, stability)
        } else {
            self.set_replaces(key, input)
        }
    }

    /// `replaces = ["a", "b"]` once, `replaces("a", reason = "..")` as often as needed.
    fn set_replaces(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            let older = Replaced::read(&content)?;
            return self.add_replaced(older);
        }
        let wrong = || Error::new(key.span(), messages::REPLACES_VALUE);
        if input.parse::<Token![=]>().is_err() || !input.peek(token::Bracket) {
            return Err(wrong());
        }
        let content;
        bracketed!(content in input);
        let names =
            Punctuated::<LitStr, Token![,]>::parse_terminated(&content).map_err(|_| wrong())?;
        if names.is_empty() {
            return Err(wrong());
        }
        set_once(&mut self.replaces_list, key, ())?;
        for name in names {
            self.add_replaced(Replaced {
                name,
                reason: String::new(),
            })?;
        }
        Ok(())
    }

    fn add_replaced(&mut self, older: Replaced) -> Result<()> {
        let name = older.name.value();
        if self.replaces.iter().any(|other| other.name.value() == name) {
            return Err(Error::new(
                older.name.span(),
                messages::replaced_twice(&name),
            ));
        }
        self.replaces.push(older);
        Ok(())
    }
}

/// An identifier, keywords too, so that what is wrong with it is said here.
struct AnyIdent(Ident);

impl syn::parse::Parse for AnyIdent {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        input.call(Ident::parse_any).map(Self)
    }
}

fn label_bound(input: ParseStream<'_>) -> Result<(Ident, u32)> {
    let span = input.span();
    let wrong = |_| Error::new(span, messages::MAX_VALUES_LIST);
    let label = input.call(Ident::parse_any).map_err(wrong)?;
    input.parse::<Token![=]>().map_err(wrong)?;
    let bound: LitInt = input.parse().map_err(wrong)?;
    let parsed = bound.base10_parse().map_err(wrong)?;
    if parsed == 0 {
        let name = idents::text(&label);
        return Err(Error::new(
            bound.span(),
            messages::zero(&name, &format!("{name} = 100")),
        ));
    }
    Ok((label, parsed))
}

impl Stability {
    fn read(key: &Ident, input: ParseStream<'_>) -> Result<Self> {
        if input.parse::<Token![=]>().is_err() || input.is_empty() {
            return Err(Error::new(key.span(), messages::STABILITY_VALUE));
        }
        let span = input.span();
        let word = input
            .call(Ident::parse_any)
            .map_err(|_| Error::new(span, messages::STABILITY_VALUE))?;
        match word.to_string().as_str() {
            words::EXPERIMENTAL => Ok(Self::Experimental),
            words::STABLE => Ok(Self::Stable),
            words::DEPRECATED => Self::deprecated(&word, input),
            other => Err(Error::new(span, messages::unknown_stability(other))),
        }
    }

    fn deprecated(word: &Ident, input: ParseStream<'_>) -> Result<Self> {
        let wrong = || Error::new(word.span(), messages::DEPRECATED_PARTS);
        if !input.peek(token::Paren) {
            return Err(wrong());
        }
        let content;
        parenthesized!(content in input);
        let (mut since, mut note): (Slot<LitStr>, Slot<LitStr>) = (None, None);
        while !content.is_empty() {
            let key = content.call(Ident::parse_any).map_err(|_| wrong())?;
            if key == words::SINCE {
                let text = attrs::string(&key, &content, "since = \"1.2.0\"")?;
                set_once(&mut since, &key, text)?;
            } else if key == words::NOTE {
                let text = attrs::string(&key, &content, "note = \"use `caxton_tasks_total`\"")?;
                set_once(&mut note, &key, text)?;
            } else {
                let known = [words::SINCE, words::NOTE];
                let message = messages::unknown_word(words::DEPRECATED, &key.to_string(), &known);
                return Err(Error::new(key.span(), message));
            }
            if !content.is_empty() {
                content.parse::<Token![,]>().map_err(|_| wrong())?;
            }
        }
        let (Some(since), Some(note)) = (since, note) else {
            return Err(wrong());
        };
        Ok(Self::Deprecated {
            since: since.value.value(),
            note: note.value.value(),
        })
    }

    /// Nothing for the default.
    pub(super) fn tokens(&self) -> Option<TokenStream> {
        match self {
            Self::Stable => None,
            Self::Experimental => Some(quote!(__caxton::Stability::Experimental)),
            Self::Deprecated { since, note } => {
                Some(quote!(__caxton::Stability::Deprecated { since: #since, note: #note }))
            }
        }
    }
}

impl Replaced {
    fn read(input: ParseStream<'_>) -> Result<Self> {
        let wrong = |span| Error::new(span, messages::REPLACES_VALUE);
        let span = input.span();
        let name: LitStr = input.parse().map_err(|_| wrong(span))?;
        let mut reason = String::new();
        if !input.is_empty() {
            input
                .parse::<Token![,]>()
                .map_err(|_| wrong(input.span()))?;
        }
        if !input.is_empty() {
            let key = input
                .call(Ident::parse_any)
                .map_err(|_| wrong(input.span()))?;
            if key != words::REASON {
                return Err(wrong(key.span()));
            }
            reason = attrs::string(&key, input, "reason = \"counts retries too\"")?.value();
        }
        if !input.is_empty() {
            input
                .parse::<Token![,]>()
                .map_err(|_| wrong(input.span()))?;
        }
        if !input.is_empty() {
            return Err(wrong(input.span()));
        }
        Ok(Self { name, reason })
    }
}
