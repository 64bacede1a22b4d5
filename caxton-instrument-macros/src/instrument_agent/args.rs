//! The options of the attribute.

use proc_macro2::{Ident, Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprLit, Lit, LitStr, Path, Result, Token, Type};

use super::fields::{self, Field};
use super::messages;
use crate::shared::attrs::{self, Options, Slot};
use crate::shared::errors::Errors;
use crate::shared::suggest::nearest;

const AGENT_ID: &str = "agent_id";
const AGENT_TYPE: &str = "agent_type";
const CRATE: &str = "crate";
const ERROR_IF: &str = "error_if";
const FIELDS: &str = "fields";
const LEVEL: &str = "level";
const METRICS: &str = "metrics";
const NAME: &str = "name";
const OK_IF: &str = "ok_if";
const OPERATION: &str = "operation";
const SKIP_SPAN: &str = "skip_span";

const OPTIONS: Options<'_> = Options {
    owner: "instrument_agent",
    hidden: 0,
    known: &[
        AGENT_TYPE, OPERATION, METRICS, AGENT_ID, NAME, LEVEL, FIELDS, SKIP_SPAN, OK_IF, ERROR_IF,
        CRATE,
    ],
};

/// Each level's word with the constant of `tracing::Level`.
const LEVELS: &[(&str, &str)] = &[
    ("error", "ERROR"),
    ("warn", "WARN"),
    ("info", "INFO"),
    ("debug", "DEBUG"),
    ("trace", "TRACE"),
];

/// The options as written.
#[derive(Default)]
pub(super) struct Args {
    pub(super) agent_type: Slot<AgentType>,
    pub(super) operation: Slot<LitStr>,
    pub(super) metrics: Slot<Metrics>,
    pub(super) agent_id: Slot<Expr>,
    pub(super) name: Slot<LitStr>,
    pub(super) level: Slot<&'static str>,
    pub(super) fields: Slot<Vec<Field>>,
    pub(super) skip_span: Slot<()>,
    pub(super) ok_if: Slot<Expr>,
    pub(super) error_if: Slot<Expr>,
    pub(super) facade: Slot<Path>,
    /// `agent_type` was written, rightly or not.
    saw_agent_type: bool,
}

/// The label `agent_type`.
pub(super) enum AgentType {
    Literal(LitStr),
    Open(Expr),
}

/// Where executions are recorded.
pub(super) enum Metrics {
    /// The global instance of a set.
    Set(Type),
    /// An instance of the crate's default set, or of the one named after `as`.
    Instance { expr: Expr, set: Option<Type> },
}

impl Args {
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let read = |input: ParseStream<'_>| {
            args.bare(input, errors);
            OPTIONS.read(input, errors, |key, input| args.option(key, input));
            Ok(())
        };
        // Options recover from their own mistakes, so nothing is left to fail.
        let _: Result<()> = read.parse2(tokens);
        args
    }

    /// Whether there is an agent type, or a mistake in it was reported.
    pub(super) fn has_agent_type(&self) -> bool {
        self.saw_agent_type
    }

    /// Reports an agent type without its name, as in `("planner")`.
    fn bare(&mut self, input: ParseStream<'_>, errors: &mut Errors) {
        let Ok(text) = input.parse::<LitStr>() else {
            return;
        };
        self.saw_agent_type = true;
        errors.at(text.span(), messages::bare_agent_type(&text.value()));
        let _: Result<Token![,]> = input.parse();
    }

    fn option(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        match key.to_string().as_str() {
            AGENT_TYPE => {
                self.saw_agent_type = true;
                let value = expression(key, input, "agent_type = \"planner\"")?;
                attrs::set_once(&mut self.agent_type, key, agent_type(value)?)
            }
            OPERATION => {
                let text = operation(key, input)?;
                attrs::set_once(&mut self.operation, key, text)
            }
            METRICS => {
                let value = expression(key, input, "metrics = self.metrics")?;
                attrs::set_once(&mut self.metrics, key, metrics(value))
            }
            AGENT_ID => {
                let value = expression(key, input, "agent_id = self.id")?;
                attrs::set_once(&mut self.agent_id, key, value)
            }
            NAME => {
                let name = attrs::string(key, input, "name = \"planner.plan\"")?;
                attrs::set_once(&mut self.name, key, name)
            }
            LEVEL => {
                let level = level(key, input)?;
                attrs::set_once(&mut self.level, key, level)
            }
            FIELDS => {
                let fields = fields::parse(key, input)?;
                attrs::set_once(&mut self.fields, key, fields)
            }
            SKIP_SPAN => {
                if !input.is_empty() && !input.peek(Token![,]) {
                    return Err(Error::new(key.span(), messages::NOT_A_FLAG));
                }
                attrs::set_once(&mut self.skip_span, key, ())
            }
            OK_IF => {
                let value = expression(key, input, "ok_if = Option::is_some")?;
                attrs::set_once(&mut self.ok_if, key, value)
            }
            ERROR_IF => {
                let value = expression(key, input, "error_if = Option::is_none")?;
                attrs::set_once(&mut self.error_if, key, value)
            }
            // `crate`: the list of known options holds nothing else.
            _ => {
                let path = attrs::path(key, input, "crate = path::to::caxton_instrument")?;
                attrs::set_once(&mut self.facade, key, path)
            }
        }
    }
}

fn expression(key: &Ident, input: ParseStream<'_>, example: &str) -> Result<Expr> {
    attrs::value(key, input, "a value", example)
}

fn agent_type(value: Expr) -> Result<AgentType> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => {
            if text.value().trim().is_empty() {
                return Err(Error::new(text.span(), messages::EMPTY_AGENT_TYPE));
            }
            Ok(AgentType::Literal(text))
        }
        Expr::Lit(literal) => Err(Error::new(literal.span(), messages::AGENT_TYPE_NO_TEXT)),
        // A literal that a `macro_rules` fragment carried here.
        Expr::Group(group) => agent_type(*group.expr),
        expr => Ok(AgentType::Open(expr)),
    }
}

fn operation(key: &Ident, input: ParseStream<'_>) -> Result<LitStr> {
    let value = expression(key, input, "operation = \"plan\"")?;
    literal(&value, messages::OPERATION_EXPRESSION).and_then(|text| {
        if text.value().trim().is_empty() {
            return Err(Error::new(text.span(), messages::OPERATION_EXPRESSION));
        }
        Ok(text)
    })
}

fn literal(value: &Expr, message: &str) -> Result<LitStr> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Ok(text.clone()),
        Expr::Group(group) => literal(&group.expr, message),
        other => Err(Error::new_spanned(other, message)),
    }
}

fn metrics(value: Expr) -> Metrics {
    match value {
        Expr::Group(group) => metrics(*group.expr),
        Expr::Path(path) if path.attrs.is_empty() && names_a_type(&path.path) => {
            Metrics::Set(Type::Path(syn::TypePath {
                attrs: Vec::new(),
                qself: path.qself,
                path: path.path,
            }))
        }
        Expr::Cast(cast) => Metrics::Instance {
            expr: *cast.expr,
            set: Some(*cast.ty),
        },
        expr => Metrics::Instance { expr, set: None },
    }
}

/// By the naming convention: `LightningAgents` is a type, `metrics` and
/// `METRICS` are values.
fn names_a_type(path: &Path) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    let name = last.ident.to_string();
    let first = name.chars().next().is_some_and(char::is_uppercase);
    let shouting = name.len() > 1 && !name.chars().any(char::is_lowercase);
    first && !shouting
}

fn level(key: &Ident, input: ParseStream<'_>) -> Result<&'static str> {
    let value = expression(key, input, "level = \"info\"")?;
    let (word, span) = level_word(&value).ok_or_else(|| {
        let written = quote::ToTokens::to_token_stream(&value).to_string();
        Error::new_spanned(&value, messages::unknown_level(&written, None))
    })?;
    let lower = word.to_ascii_lowercase();
    LEVELS
        .iter()
        .find(|(known, _)| *known == lower)
        .map(|&(_, constant)| constant)
        .ok_or_else(|| {
            let near = nearest(&lower, LEVELS.iter().map(|&(known, _)| known));
            Error::new(span, messages::unknown_level(&word, near))
        })
}

/// The word of `"info"` and of `tracing::Level::INFO`.
fn level_word(value: &Expr) -> Option<(String, Span)> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some((text.value(), text.span())),
        Expr::Path(path) => path
            .path
            .segments
            .last()
            .map(|last| (last.ident.to_string(), value.span())),
        Expr::Group(group) => level_word(&group.expr),
        _ => None,
    }
}
