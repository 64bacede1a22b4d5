//! A metric set as declared, with the names derived.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Fields, LitStr, PathArguments, Type, Visibility};

use super::args::{ConstantLabel, SetArgs};
use super::buckets::Buckets;
use super::field_args::FieldArgs;
use super::naming::{self, Prefix};
use super::units;
use crate::shared::allow::Allowance;
use crate::shared::attrs::Keyed;
use crate::shared::errors::Errors;
use crate::shared::expansion::Range;
use crate::shared::location::Place;
use crate::shared::{docs, expansion, idents, messages, words};

pub(crate) struct MetricSet {
    pub(crate) facade: TokenStream,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) help: TokenStream,
    pub(crate) namespace: String,
    pub(crate) subsystem: Option<String>,
    pub(crate) constant_labels: Vec<ConstantLabel>,
    pub(crate) listed: bool,
    pub(crate) place: Place,
    pub(crate) metrics: Vec<Metric>,
    /// Whether every field is a metric, so that the set can be built.
    pub(crate) complete: bool,
    /// Whether the names can be judged: the set's part of them is right.
    pub(crate) named: bool,
}

pub(crate) struct Metric {
    pub(crate) field: Ident,
    pub(crate) constant: Ident,
    pub(crate) ty: Type,
    pub(crate) kind: Kind,
    /// Whether a counter counts fractions.
    pub(crate) fractional: bool,
    pub(crate) name: String,
    /// Where the name is written: `name = ".."`, or the field.
    pub(crate) name_span: Span,
    /// The variant of `Unit`.
    pub(crate) unit: Option<&'static str>,
    pub(crate) buckets: Option<Buckets>,
    /// Whether it is a native histogram, whose unit fixes its buckets.
    pub(crate) native: bool,
    pub(crate) max_series: Option<u64>,
    pub(crate) stability: Option<TokenStream>,
    pub(crate) replaces: Vec<(String, String)>,
    /// Bounds of open labels for this metric alone.
    pub(crate) max_values: Vec<(Ident, u32)>,
    pub(crate) allowed: Vec<Allowance>,
    pub(crate) help: TokenStream,
    pub(crate) place: Place,
    /// Where a mistake in its labels shows; nowhere when they are known good.
    pub(crate) labels_place: Option<Range>,
    /// Whether a mistake was found in it already; then no rule is asked.
    pub(crate) broken: bool,
}

/// The type of a metric, from the last word of its Rust type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
    Info,
}

impl Kind {
    fn of(ty: &Type) -> Option<Self> {
        match last_word(ty)?.as_str() {
            "Counter" | FLOAT_COUNTER => Some(Self::Counter),
            "Gauge" => Some(Self::Gauge),
            "Histogram" => Some(Self::Histogram),
            "Info" => Some(Self::Info),
            _ => None,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Info => "info",
        }
    }

    /// The variant of `MetricKind`.
    pub(crate) const fn variant(self) -> &'static str {
        match self {
            Self::Counter => "Counter",
            Self::Gauge => "Gauge",
            Self::Histogram => "Histogram",
            Self::Info => "Info",
        }
    }
}

/// A counter whose amounts are no whole numbers.
const FLOAT_COUNTER: &str = "FloatCounter";

fn last_word(ty: &Type) -> Option<String> {
    match ty {
        Type::Group(group) => last_word(&group.elem),
        Type::Paren(paren) => last_word(&paren.elem),
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

impl MetricSet {
    pub(super) fn new(input: &DeriveInput, errors: &mut Errors) -> Option<Self> {
        let args = SetArgs::read(&input.attrs, errors);
        if !input.generics.params.is_empty() {
            errors.over(&input.generics, messages::METRIC_SET_GENERIC);
            return None;
        }
        let shape = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) if fields.named.is_empty() => Err(messages::METRIC_SET_EMPTY),
                Fields::Named(fields) => Ok(&fields.named),
                Fields::Unnamed(_) => Err(messages::METRIC_SET_SHAPE),
                Fields::Unit => Err(messages::METRIC_SET_EMPTY),
            },
            _ => Err(messages::METRIC_SET_SHAPE),
        };
        let fields = match shape {
            Ok(fields) => fields,
            Err(message) => {
                errors.at(input.ident.span(), message);
                return None;
            }
        };
        let mut set = Self::empty(
            words::METRIC_SET,
            args,
            input.vis.clone(),
            input.ident.clone(),
            errors,
        );
        set.help = docs::help(&input.attrs);
        set.metrics = fields
            .iter()
            .filter_map(|field| Metric::new(field, &set.prefix(), errors))
            .collect();
        set.complete = set.metrics.len() == fields.len();
        Some(set)
    }

    /// A set without metrics.
    pub(crate) fn empty(
        owner: &str,
        args: SetArgs,
        vis: Visibility,
        ident: Ident,
        errors: &mut Errors,
    ) -> Self {
        let before = errors.len();
        prefix_charset(words::SUBSYSTEM, args.subsystem.as_ref(), errors);
        prefix_charset(words::NAMESPACE, args.namespace.as_ref(), errors);
        let mut named = errors.len() == before;
        if args.namespace.is_none() {
            // A namespace that did not parse was reported where it stands.
            named = false;
            if errors.len() == 0 {
                errors.at(ident.span(), messages::namespace_missing(owner));
            }
        }
        Self {
            facade: expansion::facade(args.facade.as_ref().map(|path| &path.value)),
            vis,
            help: quote!(""),
            namespace: args
                .namespace
                .map(|text| text.value.value())
                .unwrap_or_default(),
            subsystem: args.subsystem.map(|text| text.value.value()),
            constant_labels: args.labels.map(|labels| labels.value).unwrap_or_default(),
            listed: args.unlisted.is_none(),
            place: Place::of(ident.span()),
            ident,
            metrics: Vec::new(),
            complete: true,
            named,
        }
    }

    pub(crate) fn prefix(&self) -> Prefix<'_> {
        Prefix {
            namespace: &self.namespace,
            subsystem: self.subsystem.as_deref(),
        }
    }
}

impl Metric {
    /// A metric without options.
    pub(crate) fn plain(
        field: Ident,
        ty: Type,
        kind: Kind,
        unit: Option<&'static str>,
        prefix: &Prefix<'_>,
    ) -> Self {
        Self {
            constant: idents::constant(&field),
            name: naming::name(prefix, &idents::text(&field), unit, kind),
            name_span: field.span(),
            place: Place::of(field.span()),
            fractional: last_word(&ty).is_some_and(|word| word == FLOAT_COUNTER),
            ty,
            kind,
            unit: unit.and_then(variant),
            buckets: None,
            native: false,
            max_series: None,
            stability: None,
            replaces: Vec::new(),
            max_values: Vec::new(),
            allowed: Vec::new(),
            help: quote!(""),
            labels_place: None,
            broken: false,
            field,
        }
    }

    fn new(field: &syn::Field, prefix: &Prefix<'_>, errors: &mut Errors) -> Option<Self> {
        let before = errors.len();
        let args = FieldArgs::read(&field.attrs, errors);
        let ident = field.ident.clone()?;
        let Some(kind) = Kind::of(&field.ty) else {
            let ty = field.ty.to_token_stream().to_string().replace(' ', "");
            errors.over(
                &field.ty,
                messages::not_a_metric(&idents::text(&ident), &ty),
            );
            return None;
        };
        let word = args.unit.as_ref().map(|unit| unit.value.to_string());
        let unit = word.as_deref().and_then(|word| {
            words::UNITS
                .iter()
                .map(|&(known, _)| known)
                .find(|known| *known == word)
        });
        let unit = unit.filter(|_| kind != Kind::Info);
        let mut metric = Self::plain(ident, field.ty.clone(), kind, unit, prefix);
        if let Some(name) = args.name {
            metric.name = name.value.value();
            metric.name_span = name.value.span();
        }
        if let (Some(given), Kind::Info) = (&args.unit, kind) {
            errors.at(given.key, messages::unit_on_info(&metric.name));
        } else if let (Some(given), None, Some(word)) = (&args.unit, unit, word) {
            let message =
                messages::unknown_unit(kind.as_str(), &metric.name, &word, units::base(&word));
            errors.at(given.value.span(), message);
        }
        if let Some(native) = &args.native {
            if kind != Kind::Histogram {
                errors.at(native.key, messages::native_on(kind.as_str(), &metric.name));
            } else if args.buckets.is_some() {
                errors.at(native.key, messages::native_and_buckets(&metric.name));
            }
            metric.native = true;
        }
        metric.buckets = match (kind, args.buckets) {
            (Kind::Histogram, Some(buckets)) => Some(buckets.value),
            (Kind::Histogram, None) if metric.native => None,
            (Kind::Histogram, None) if unit == Some("seconds") => {
                Some(Buckets::default_seconds(metric.field.span()))
            }
            (Kind::Histogram, None) => {
                // Buckets that did not parse were reported where they stand.
                if errors.len() == before {
                    errors.at(metric.field.span(), messages::buckets_missing(&metric.name));
                }
                None
            }
            (_, Some(buckets)) => {
                errors.at(
                    buckets.key,
                    messages::buckets_on(kind.as_str(), &metric.name),
                );
                None
            }
            (_, None) => None,
        };
        metric.max_series = args.max_series.map(|bound| bound.value);
        metric.stability = args
            .stability
            .and_then(|stability| stability.value.tokens());
        metric.max_values = args
            .max_values
            .map(|bounds| bounds.value)
            .unwrap_or_default();
        metric.allowed = args.allowed;
        for older in args.replaces {
            let name = older.name.value();
            if name == metric.name {
                errors.at(older.name.span(), messages::replaces_itself(&name));
            }
            metric.replaces.push((name, older.reason));
        }
        metric.help = docs::help(&field.attrs);
        metric.labels_place = Some(Range::of(&metric.ty));
        metric.broken = errors.len() > before;
        Some(metric)
    }

    /// Whether the type states labels; without them there is nothing to check.
    pub(crate) fn is_labelled(&self) -> bool {
        fn arguments(ty: &Type) -> bool {
            match ty {
                Type::Group(group) => arguments(&group.elem),
                Type::Paren(paren) => arguments(&paren.elem),
                Type::Path(path) => path
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| !matches!(last.arguments, PathArguments::None)),
                _ => true,
            }
        }
        arguments(&self.ty)
    }
}

fn variant(unit: &str) -> Option<&'static str> {
    words::UNITS
        .iter()
        .find(|(word, _)| *word == unit)
        .map(|&(_, variant)| variant)
}

fn prefix_charset(option: &str, text: Option<&Keyed<LitStr>>, errors: &mut Errors) {
    let Some(text) = text else { return };
    let value = text.value.value();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let good = value.starts_with(|c: char| c.is_ascii_lowercase())
        && value.chars().all(allowed)
        && !value.contains("__")
        && !value.ends_with('_');
    if !good {
        let plain: String = value
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        let meant = idents::snake(plain.trim_start_matches(|c: char| !c.is_ascii_alphabetic()));
        let meant = if meant.is_empty() {
            "caxton".to_owned()
        } else {
            meant
        };
        errors.at(
            text.value.span(),
            messages::prefix_charset(option, &value, &meant),
        );
    }
}
