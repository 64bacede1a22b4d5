//! The naming and cardinality rules, once.
//!
//! Every rule is a `const fn` over descriptors that writes its own message:
//! the derives call it in a constant at the user's token, the catalog calls it
//! again over everything that was linked. A message starts with the rule's id
//! in brackets and says what to write instead. Sources: the Prometheus
//! [naming](https://prometheus.io/docs/practices/naming/) and
//! [instrumentation](https://prometheus.io/docs/practices/instrumentation/)
//! practices and the
//! [OpenMetrics reserved suffixes](https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#suffixes).

use self::shape::{Shape, base_unit_of, is_quantile, unit_of, word};
use crate::descriptor::{LabelDescriptor, LabelValues, MetricDescriptor, MetricKind, allows};
use crate::text;
pub use crate::text::Message;
use crate::unit::Unit;

mod shape;

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $id:literal,)*) => {
        /// A rule that a declaration has to keep, or be allowed to break with
        /// a reason.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[$doc])* $variant,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The rule's id, as written in `allow(..)` and printed in messages.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            /// The rule of that id.
            #[must_use]
            pub const fn from_id(id: &str) -> Option<Self> {
                $(if text::equal(id, $id) {
                    return Some(Self::$variant);
                })*
                None
            }
        }
    };
}

rules! {
    /// `[a-z][a-z0-9_]*`, no `__`, no trailing `_`.
    Charset = "charset",
    /// The name starts with the set's namespace.
    Namespace = "namespace",
    /// `_total` on counters and on nothing else.
    TotalSuffix = "total_suffix",
    /// No suffix that an exposition format gives a meaning.
    ReservedSuffix = "reserved_suffix",
    /// Base units only.
    BaseUnit = "base_unit",
    /// The unit ends the name.
    UnitSuffix = "unit_suffix",
    /// The type is no part of the name.
    TypeInName = "type_in_name",
    /// Rates, averages and quantiles are computed by queries.
    Precomputed = "precomputed",
    /// `[a-z][a-z0-9_]*`, no leading `__`.
    LabelCharset = "label_charset",
    /// Not a name that the exposition or the scrape gives a meaning.
    LabelReserved = "label_reserved",
    /// The metric's name does not repeat its label.
    LabelInName = "label_in_name",
    /// Facts about the target belong on the resource or an info metric.
    LabelTarget = "label_target",
    /// Identities are no labels.
    LabelIdentity = "label_identity",
    /// An open label states its bound.
    LabelBound = "label_bound",
    /// The product of the labels' bounds stays within `max_series`.
    SeriesBound = "series_bound",
    /// A doc comment that says more than the name.
    Help = "help",
    /// Bucket bounds that are finite, strictly rising and not too many.
    Buckets = "buckets",
}

/// The most bucket bounds a histogram may have.
pub const MAX_BUCKETS: usize = 50;

/// Whether a label's name means one person, request or thing, so that a series
/// for each would never end.
///
/// ```
/// use caxton_instrument::rules::is_identity;
///
/// assert!(is_identity("request_id"));
/// assert!(!is_identity("agent_type"));
/// ```
#[must_use]
pub const fn is_identity(label: &str) -> bool {
    matches!(
        label.as_bytes(),
        b"user_id"
            | b"request_id"
            | b"trace_id"
            | b"span_id"
            | b"session_id"
            | b"conversation_id"
            | b"message_id"
            | b"email"
            | b"ip"
            | b"url"
            | b"path"
            | b"uuid"
    )
}

/// Whether a label's name means a fact about a whole target, which belongs on
/// the resource or on an info metric.
///
/// ```
/// use caxton_instrument::rules::is_target_fact;
///
/// assert!(is_target_fact("version"));
/// assert!(!is_target_fact("agent_type"));
/// ```
#[must_use]
pub const fn is_target_fact(label: &str) -> bool {
    matches!(
        label.as_bytes(),
        b"environment" | b"version" | b"service" | b"host"
    )
}

/// All rules over a metric's name; several mistakes are several lines.
#[must_use]
pub const fn metric_name(metric: &MetricDescriptor) -> Message {
    let shape = Shape::of(metric.name);
    let mut m = Message::new();
    // Asked here: with nothing allowed, a call less for each rule.
    let all = matches!(metric.allowed, []);
    if !shape.is_snake && (all || !metric.allows(Rule::Charset)) {
        charset(&mut m, metric);
    }
    if all || !metric.allows(Rule::Namespace) {
        namespace(&mut m, metric);
    }
    if all || !metric.allows(Rule::TotalSuffix) {
        total_suffix(&mut m, metric, &shape);
    }
    if all || !metric.allows(Rule::ReservedSuffix) {
        reserved_suffix(&mut m, metric, &shape);
    }
    if all || !metric.allows(Rule::BaseUnit) {
        base_unit(&mut m, metric, &shape);
    }
    if all || !metric.allows(Rule::UnitSuffix) {
        unit_suffix(&mut m, metric, &shape);
    }
    if let Some(kind) = shape.kind
        && (all || !metric.allows(Rule::TypeInName))
    {
        type_in_name(&mut m, metric, kind);
    }
    if all || !metric.allows(Rule::Precomputed) {
        precomputed(&mut m, metric, &shape);
    }
    m
}

/// The rule over a metric's help text.
#[must_use]
pub const fn metric_help(metric: &MetricDescriptor) -> Message {
    let m = Message::new();
    if metric.allows(Rule::Help) {
        return m;
    }
    if text::is_blank(metric.help) {
        return open(m, Rule::Help, metric)
            .push(" has no help text: write a doc comment that says what it measures");
    }
    if text::equal_words(metric.help, metric.name) || text::equal_words(metric.help, metric.field) {
        return open(m, Rule::Help, metric).push(
            " has a help text that only repeats its name: say what it measures, in a sentence",
        );
    }
    m
}

/// The rule over a histogram's bucket bounds.
#[must_use]
pub const fn metric_buckets(metric: &MetricDescriptor) -> Message {
    let m = Message::new();
    if metric.allows(Rule::Buckets) {
        return m;
    }
    if !matches!(metric.kind, MetricKind::Histogram) {
        if metric.native.is_some() {
            return open(m, Rule::Buckets, metric)
                .push(" is native, which only histograms are: leave out `native`");
        }
        return m;
    }
    let bounds = metric.buckets;
    if let Some(native) = metric.native
        && !same(bounds, native.classic_bounds())
    {
        return open(m, Rule::Buckets, metric).push(
            " is native and has other bucket bounds: leave out `buckets`, its unit fixes them",
        );
    }
    if bounds.is_empty() {
        return open(m, Rule::Buckets, metric)
            .push(" has no bucket bounds: write `buckets = [0.1, 1.0, 10.0]`");
    }
    if bounds.len() > MAX_BUCKETS {
        return open(m, Rule::Buckets, metric)
            .push(" has ")
            .push_number(bounds.len() as u64)
            .push(" bucket bounds: write at most ")
            .push_number(MAX_BUCKETS as u64);
    }
    let mut i = 0;
    while i < bounds.len() {
        if !bounds[i].is_finite() {
            return open(m, Rule::Buckets, metric).push(
                " has a bucket bound that is not finite: leave it out, `+Inf` is always there",
            );
        }
        if i > 0 && bounds[i] <= bounds[i - 1] {
            return open(m, Rule::Buckets, metric)
                .push(" has bucket bounds that do not rise (bound ")
                .push_number(i as u64 + 1)
                .push(" is not above bound ")
                .push_number(i as u64)
                .push("): write each bound once, in rising order");
        }
        i += 1;
    }
    m
}

const fn same(a: &[f64], b: &[f64]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i].to_bits() == b[i].to_bits() {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// The rules over a metric and its labels together.
#[must_use]
pub const fn metric_labels(metric: &MetricDescriptor) -> Message {
    let mut m = Message::new();
    let all = matches!(metric.allowed, []);
    let asks_name =
        text::has_preposition(metric.name) && (all || !metric.allows(Rule::LabelInName));
    let asks_target = all || !metric.allows(Rule::LabelTarget);
    let mut labels = metric.labels;
    while let [label, rest @ ..] = labels {
        labels = rest;
        if asks_name {
            label_in_name(&mut m, metric, label.name);
        }
        if asks_target && is_target_fact(label.name) && !allows(label.allowed, Rule::LabelTarget) {
            label_target(&mut m, metric, label.name);
        }
        let mut constants = metric.constant_labels;
        while let [(name, _), rest @ ..] = constants {
            constants = rest;
            if text::equal(name, label.name) {
                m = open(m, Rule::LabelReserved, metric)
                    .push(" has the label `")
                    .push(name)
                    .push("` twice, once as a constant label of its set: rename one");
            }
        }
    }
    let mut constants = metric.constant_labels;
    while let [(name, _), rest @ ..] = constants {
        constants = rest;
        if !metric.allows(Rule::LabelCharset) {
            m = label_charset(m, name);
        }
        if !metric.allows(Rule::LabelReserved) {
            m = label_reserved(m, name);
        }
        if asks_target && is_target_fact(name) {
            label_target(&mut m, metric, name);
        }
        if asks_name {
            label_in_name(&mut m, metric, name);
        }
    }
    if all || !metric.allows(Rule::SeriesBound) {
        series_bound(&mut m, metric);
    }
    m
}

/// The rules over one label.
#[must_use]
pub const fn label(label: &LabelDescriptor) -> Message {
    let mut m = Message::new();
    if !allows(label.allowed, Rule::LabelCharset) {
        m = label_charset(m, label.name);
    }
    if !allows(label.allowed, Rule::LabelReserved) {
        m = label_reserved(m, label.name);
    }
    if !allows(label.allowed, Rule::LabelIdentity) && is_identity(label.name) {
        m = m
            .line(Rule::LabelIdentity.id())
            .push(" label `")
            .push(label.name)
            .push("` is an identity, a series for each would never end: put it on the span or an exemplar");
    }
    if !allows(label.allowed, Rule::LabelBound)
        && matches!(label.values, LabelValues::Open { max_values: 0 })
    {
        m = m
            .line(Rule::LabelBound.id())
            .push(" open label `")
            .push(label.name)
            .push("` has no bound: write `#[label(max_values = 100)]`");
    }
    m
}

const fn open(m: Message, rule: Rule, metric: &MetricDescriptor) -> Message {
    m.line(rule.id())
        .push(" ")
        .push(metric.kind.as_str())
        .push(" `")
        .push(metric.name)
        .push("`")
}

const fn charset(m: &mut Message, metric: &MetricDescriptor) {
    *m = open(*m, Rule::Charset, metric)
        .push(" is not `[a-z][a-z0-9_]*` without `__` or a trailing `_`: write `")
        .push_snake(metric.name)
        .push("`");
}

const fn namespace(m: &mut Message, metric: &MetricDescriptor) {
    let mut namespace = metric.namespace.as_bytes();
    let mut name = metric.name.as_bytes();
    if matches!(namespace, []) {
        return;
    }
    while let ([a, more @ ..], [b, rest @ ..]) = (namespace, name)
        && *a == *b
    {
        namespace = more;
        name = rest;
    }
    if matches!((namespace, name), ([], [b'_', ..])) {
        return;
    }
    *m = open(*m, Rule::Namespace, metric)
        .push(" does not start with its set's namespace: write `")
        .push(metric.namespace)
        .push("_")
        .push(metric.name)
        .push("`");
}

const fn total_suffix(m: &mut Message, metric: &MetricDescriptor, shape: &Shape) {
    let has = shape.end < metric.name.len();
    if matches!(metric.kind, MetricKind::Counter) == has {
        return;
    }
    *m = if has {
        open(*m, Rule::TotalSuffix, metric)
            .push(" ends in `_total`, which only counters do: write `")
            .push_without_end(metric.name, "_total".len())
            .push("`")
    } else {
        open(*m, Rule::TotalSuffix, metric)
            .push(" does not end in `_total`: write `")
            .push(metric.name)
            .push("_total`")
    };
}

const fn reserved_suffix(m: &mut Message, metric: &MetricDescriptor, shape: &Shape) {
    let is_info = matches!(metric.kind, MetricKind::Info);
    let is_total = shape.end < metric.name.len();
    match shape.word {
        word::created if is_total => return,
        word::bucket | word::count | word::sum | word::created => {
            let start = shape.start.saturating_sub(1);
            *m = open(*m, Rule::ReservedSuffix, metric)
                .push(" ends in `")
                .push_range(metric.name, start, metric.name.len())
                .push("`, which the exposition formats reserve: write `")
                .push_range(metric.name, 0, start)
                .push_range(metric.name, shape.end, metric.name.len())
                .push("`");
            return;
        }
        _ => {}
    }
    match (shape.last, is_info) {
        (word::info, false) => {
            *m = open(*m, Rule::ReservedSuffix, metric)
                .push(" ends in `_info`, which only info metrics do: write `")
                .push_without_end(metric.name, "_info".len())
                .push("`, or declare it `Info`");
        }
        (word::info, true) | (_, false) => {}
        (_, true) => {
            *m = open(*m, Rule::ReservedSuffix, metric)
                .push(" does not end in `_info`: write `")
                .push(metric.name)
                .push("_info`");
        }
    }
}

const fn base_unit(m: &mut Message, metric: &MetricDescriptor, shape: &Shape) {
    let Some(base) = base_unit_of(shape.word) else {
        return;
    };
    *m = open(*m, Rule::BaseUnit, metric)
        .push(" is in `")
        .push_range(metric.name, shape.start, shape.end)
        .push("`, which is no base unit: convert the value and write `")
        .push_range(metric.name, 0, shape.start)
        .push(base.suffix())
        .push_range(metric.name, shape.end, metric.name.len())
        .push("`");
}

const fn unit_suffix(m: &mut Message, metric: &MetricDescriptor, shape: &Shape) {
    let written = unit_of(shape.word);
    if written as u8 == metric.unit as u8 {
        return;
    }
    if matches!(metric.unit, Unit::None) {
        *m = open(*m, Rule::UnitSuffix, metric)
            .push(" ends in a unit that it does not declare: write `#[metric(unit = ")
            .push(written.suffix())
            .push(")]`");
        return;
    }
    *m = open(*m, Rule::UnitSuffix, metric)
        .push(" is in ")
        .push(metric.unit.suffix())
        .push(", which its name does not end in: write `")
        .push_range(metric.name, 0, shape.end)
        .push("_")
        .push(metric.unit.suffix())
        .push_range(metric.name, shape.end, metric.name.len())
        .push("`");
}

const fn type_in_name(m: &mut Message, metric: &MetricDescriptor, (start, end): (usize, usize)) {
    *m = open(*m, Rule::TypeInName, metric)
        .push(" has its type in its name: write `")
        .push_without_word(metric.name, start, end)
        .push("`");
}

const fn precomputed(m: &mut Message, metric: &MetricDescriptor, shape: &Shape) {
    let unit = unit_of(shape.word);
    // The unit stands behind: `wait_p99_seconds`.
    let (word, start) = match unit {
        Unit::None => (shape.word, shape.start),
        _ => (shape.before, shape.start_before),
    };
    match word {
        // A frequency is measured: `sample_rate_hertz`.
        word::rate if matches!(unit, Unit::Hertz) => {}
        word::rate | word::avg | word::average | word::mean | word::median => {
            *m = open(*m, Rule::Precomputed, metric)
                .push(" is a value that a query computes: count the events, `")
                .push_range(metric.name, 0, start.saturating_sub(1))
                .push("_total` with a `status` label, or declare a histogram");
        }
        _ if is_quantile(word) => {
            *m = open(*m, Rule::Precomputed, metric)
                .push(" is a quantile that a query computes: declare a histogram");
        }
        _ => {}
    }
}

const fn label_charset(m: Message, name: &str) -> Message {
    if text::is_label(name) {
        return m;
    }
    m.line(Rule::LabelCharset.id())
        .push(" label `")
        .push(name)
        .push("` is not `[a-z][a-z0-9_]*` without leading `__`: write `")
        .push_snake(name)
        .push("`")
}

const fn label_reserved(m: Message, name: &str) -> Message {
    if !matches!(name.as_bytes(), b"le" | b"quantile" | b"job" | b"instance") {
        return m;
    }
    m.line(Rule::LabelReserved.id())
        .push(" label `")
        .push(name)
        .push("` is set by Prometheus itself: give it another name")
}

const fn label_in_name(m: &mut Message, metric: &MetricDescriptor, label: &str) {
    let mut words: &[&str] = &["by", "per"];
    while let [word, rest @ ..] = words {
        words = rest;
        if let Some((at, len)) = text::find_phrase(metric.name, word, label) {
            *m = open(*m, Rule::LabelInName, metric)
                .push(" repeats its label `")
                .push(label)
                .push("` in its name: write `")
                .push_range(metric.name, 0, at)
                .push_range(metric.name, at + len, metric.name.len())
                .push("`");
            return;
        }
    }
}

const fn label_target(m: &mut Message, metric: &MetricDescriptor, label: &str) {
    if matches!(metric.kind, MetricKind::Info) {
        return;
    }
    *m = open(*m, Rule::LabelTarget, metric)
        .push(" has the label `")
        .push(label)
        .push("`, a fact about the whole target: put it on the resource or on an `Info` metric");
}

const fn series_bound(m: &mut Message, metric: &MetricDescriptor) {
    let bound = metric.series_bound();
    if bound <= metric.max_series {
        return;
    }
    *m = open(*m, Rule::SeriesBound, metric).push(" allows ");
    let mut i = 0;
    while i < metric.labels.len() {
        if i > 0 {
            *m = m.push(" x ");
        }
        *m = m
            .push_number(metric.labels[i].values.bound())
            .push(" (")
            .push(metric.labels[i].name)
            .push(")");
        i += 1;
    }
    *m = m
        .push(" = ")
        .push_number(bound)
        .push(" series, over its bound of ")
        .push_number(metric.max_series)
        .push(": lower a `max_values`, drop a label, or write `#[metric(max_series = ")
        .push_number(bound)
        .push(")]`");
}
