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

use crate::descriptor::{LabelDescriptor, LabelValues, MetricDescriptor, MetricKind, allows};
use crate::text;
pub use crate::text::Message;
use crate::unit::Unit;

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

const IDENTITIES: &[&str] = &[
    "user_id",
    "request_id",
    "trace_id",
    "span_id",
    "session_id",
    "conversation_id",
    "message_id",
    "email",
    "ip",
    "url",
    "path",
    "uuid",
];

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
    contains(IDENTITIES, label)
}

const TARGET_FACTS: &[&str] = &["environment", "version", "service", "host"];

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
    contains(TARGET_FACTS, label)
}

const RESERVED_LABELS: &[&str] = &["le", "quantile", "job", "instance"];

/// The base unit to use instead of a scaled one. A match and no table: it runs
/// for each metric of a program while that compiles.
const fn base_unit_of(word: &[u8]) -> Option<Unit> {
    Some(match word {
        b"milliseconds" | b"millisecond" | b"millis" | b"msec" | b"msecs" | b"ms"
        | b"microseconds" | b"microsecond" | b"micros" | b"usec" | b"us" | b"nanoseconds"
        | b"nanosecond" | b"nanos" | b"nsec" | b"ns" | b"secs" | b"sec" | b"minutes" | b"mins"
        | b"hours" | b"days" => Unit::Seconds,
        b"percent" | b"percents" | b"percentage" | b"pct" => Unit::Ratio,
        b"kilobytes" | b"kibibytes" | b"kb" | b"kib" | b"megabytes" | b"mebibytes" | b"mb"
        | b"mib" | b"gigabytes" | b"gibibytes" | b"gb" | b"gib" | b"terabytes" | b"tebibytes"
        | b"tb" | b"tib" | b"petabytes" | b"pebibytes" | b"bits" => Unit::Bytes,
        b"metres" | b"kilometers" | b"kilometres" | b"millimeters" | b"millimetres"
        | b"centimeters" | b"centimetres" | b"km" | b"mm" | b"cm" => Unit::Meters,
        b"kilojoules" | b"kwh" => Unit::Joules,
        b"kilograms" | b"milligrams" | b"kg" | b"mg" => Unit::Grams,
        b"fahrenheit" | b"kelvin" => Unit::Celsius,
        b"millivolts" | b"kilovolts" => Unit::Volts,
        b"milliamperes" | b"milliamps" | b"amps" => Unit::Amperes,
        b"kilohertz" | b"megahertz" | b"gigahertz" | b"hz" | b"khz" | b"mhz" | b"ghz" => {
            Unit::Hertz
        }
        _ => return None,
    })
}

/// The unit that a word names.
const fn unit_of(word: &[u8]) -> Unit {
    match word {
        b"seconds" => Unit::Seconds,
        b"bytes" => Unit::Bytes,
        b"ratio" => Unit::Ratio,
        b"meters" => Unit::Meters,
        b"joules" => Unit::Joules,
        b"grams" => Unit::Grams,
        b"celsius" => Unit::Celsius,
        b"volts" => Unit::Volts,
        b"amperes" => Unit::Amperes,
        b"hertz" => Unit::Hertz,
        _ => Unit::None,
    }
}

/// All rules over a metric's name; several mistakes are several lines.
#[must_use]
pub const fn metric_name(metric: &MetricDescriptor) -> Message {
    let shape = Shape::of(metric.name);
    let mut m = Message::new();
    if !shape.is_snake && !metric.allows(Rule::Charset) {
        m = charset(m, metric);
    }
    if !metric.allows(Rule::Namespace) {
        m = namespace(m, metric);
    }
    if !metric.allows(Rule::TotalSuffix) {
        m = total_suffix(m, metric, &shape);
    }
    if !metric.allows(Rule::ReservedSuffix) {
        m = reserved_suffix(m, metric, &shape);
    }
    if !metric.allows(Rule::BaseUnit) {
        m = base_unit(m, metric, &shape);
    }
    if !metric.allows(Rule::UnitSuffix) {
        m = unit_suffix(m, metric, &shape);
    }
    if !metric.allows(Rule::TypeInName) {
        m = type_in_name(m, metric, &shape);
    }
    if !metric.allows(Rule::Precomputed) {
        m = precomputed(m, metric, &shape);
    }
    m
}

/// A name read once, since the compiler interprets this for each metric of a
/// program.
struct Shape<'a> {
    /// `[a-z][a-z0-9_]*`, no `__`, no trailing `_`.
    is_snake: bool,
    /// The word that ends the name.
    last: &'a [u8],
    /// The name's length without a final `_total`.
    end: usize,
    /// The word that ends the name without a final `_total`.
    word: &'a [u8],
    /// Where a word stands that is a metric's type.
    kind: Option<(usize, usize)>,
}

impl<'a> Shape<'a> {
    const fn of(name: &'a str) -> Self {
        let bytes = name.as_bytes();
        let len = bytes.len();
        let mut is_snake = len > 0 && bytes[0].is_ascii_lowercase();
        let mut kind = None;
        let (mut start, mut before) = (0, 0);
        let mut i = 0;
        while i <= len {
            if i == len || bytes[i] == b'_' {
                is_snake &= i > start;
                // No type is shorter or longer.
                if i - start >= 5 && i - start <= 9 && is_kind(text::part(bytes, start, i)) {
                    kind = Some((start, i));
                }
                if i < len {
                    before = start;
                    start = i + 1;
                }
            } else if !matches!(bytes[i], b'a'..=b'z' | b'0'..=b'9') {
                is_snake = false;
            }
            i += 1;
        }
        let last = text::part(bytes, start, len);
        let (word, end) = match last {
            b"total" if start > 0 => (text::part(bytes, before, start - 1), start - 1),
            _ => (last, len),
        };
        Self {
            is_snake,
            last,
            end,
            word,
            kind,
        }
    }
}

const fn is_kind(word: &[u8]) -> bool {
    matches!(word, b"counter" | b"gauge" | b"histogram" | b"summary")
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
    let mut i = 0;
    while i < metric.labels.len() {
        let name = metric.labels[i].name;
        if !metric.allows(Rule::LabelInName) {
            m = label_in_name(m, metric, name);
        }
        if !metric.allows(Rule::LabelTarget) && !allows(metric.labels[i].allowed, Rule::LabelTarget)
        {
            m = label_target(m, metric, name);
        }
        let mut k = 0;
        while k < metric.constant_labels.len() {
            if text::equal(metric.constant_labels[k].0, name) {
                m = open(m, Rule::LabelReserved, metric)
                    .push(" has the label `")
                    .push(name)
                    .push("` twice, once as a constant label of its set: rename one");
            }
            k += 1;
        }
        i += 1;
    }
    let mut k = 0;
    while k < metric.constant_labels.len() {
        let name = metric.constant_labels[k].0;
        if !metric.allows(Rule::LabelCharset) {
            m = label_charset(m, name);
        }
        if !metric.allows(Rule::LabelReserved) {
            m = label_reserved(m, name);
        }
        if !metric.allows(Rule::LabelTarget) {
            m = label_target(m, metric, name);
        }
        if !metric.allows(Rule::LabelInName) {
            m = label_in_name(m, metric, name);
        }
        k += 1;
    }
    if !metric.allows(Rule::SeriesBound) {
        m = series_bound(m, metric);
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

const fn charset(m: Message, metric: &MetricDescriptor) -> Message {
    open(m, Rule::Charset, metric)
        .push(" is not `[a-z][a-z0-9_]*` without `__` or a trailing `_`: write `")
        .push_snake(metric.name)
        .push("`")
}

const fn namespace(m: Message, metric: &MetricDescriptor) -> Message {
    if metric.namespace.is_empty()
        || (text::starts_with(metric.name, metric.namespace)
            && metric.name.len() > metric.namespace.len()
            && metric.name.as_bytes()[metric.namespace.len()] == b'_')
    {
        return m;
    }
    open(m, Rule::Namespace, metric)
        .push(" does not start with its set's namespace: write `")
        .push(metric.namespace)
        .push("_")
        .push(metric.name)
        .push("`")
}

const fn total_suffix(m: Message, metric: &MetricDescriptor, shape: &Shape<'_>) -> Message {
    let has = shape.end < metric.name.len();
    if matches!(metric.kind, MetricKind::Counter) {
        if has {
            return m;
        }
        return open(m, Rule::TotalSuffix, metric)
            .push(" does not end in `_total`: write `")
            .push(metric.name)
            .push("_total`");
    }
    if !has {
        return m;
    }
    open(m, Rule::TotalSuffix, metric)
        .push(" ends in `_total`, which only counters do: write `")
        .push_without_end(metric.name, "_total".len())
        .push("`")
}

const fn reserved_suffix(m: Message, metric: &MetricDescriptor, shape: &Shape<'_>) -> Message {
    let is_info = matches!(metric.kind, MetricKind::Info);
    let is_total = shape.end < metric.name.len();
    match shape.word {
        b"created" if is_total => return m,
        b"bucket" | b"count" | b"sum" | b"created" => {
            let start = shape.end.saturating_sub(shape.word.len() + 1);
            return open(m, Rule::ReservedSuffix, metric)
                .push(" ends in `")
                .push_range(metric.name, start, metric.name.len())
                .push("`, which the exposition formats reserve: write `")
                .push_range(metric.name, 0, start)
                .push_range(metric.name, shape.end, metric.name.len())
                .push("`");
        }
        _ => {}
    }
    match shape.last {
        b"info" if !is_info => open(m, Rule::ReservedSuffix, metric)
            .push(" ends in `_info`, which only info metrics do: write `")
            .push_without_end(metric.name, "_info".len())
            .push("`, or declare it `Info`"),
        b"info" => m,
        _ if is_info => open(m, Rule::ReservedSuffix, metric)
            .push(" does not end in `_info`: write `")
            .push(metric.name)
            .push("_info`"),
        _ => m,
    }
}

const fn base_unit(m: Message, metric: &MetricDescriptor, shape: &Shape<'_>) -> Message {
    let Some(base) = base_unit_of(shape.word) else {
        return m;
    };
    let end = shape.end;
    let start = end - shape.word.len();
    open(m, Rule::BaseUnit, metric)
        .push(" is in `")
        .push_range(metric.name, start, end)
        .push("`, which is no base unit: convert the value and write `")
        .push_range(metric.name, 0, start)
        .push(base.suffix())
        .push_range(metric.name, end, metric.name.len())
        .push("`")
}

const fn unit_suffix(m: Message, metric: &MetricDescriptor, shape: &Shape<'_>) -> Message {
    let end = shape.end;
    let written = unit_of(shape.word);
    if written as u8 == metric.unit as u8 {
        return m;
    }
    if matches!(metric.unit, Unit::None) {
        return open(m, Rule::UnitSuffix, metric)
            .push(" ends in a unit that it does not declare: write `#[metric(unit = ")
            .push(written.suffix())
            .push(")]`");
    }
    open(m, Rule::UnitSuffix, metric)
        .push(" is in ")
        .push(metric.unit.suffix())
        .push(", which its name does not end in: write `")
        .push_range(metric.name, 0, end)
        .push("_")
        .push(metric.unit.suffix())
        .push_range(metric.name, end, metric.name.len())
        .push("`")
}

const fn type_in_name(m: Message, metric: &MetricDescriptor, shape: &Shape<'_>) -> Message {
    let Some((start, end)) = shape.kind else {
        return m;
    };
    open(m, Rule::TypeInName, metric)
        .push(" has its type in its name: write `")
        .push_without_word(metric.name, start, end)
        .push("`")
}

const fn precomputed(m: Message, metric: &MetricDescriptor, shape: &Shape<'_>) -> Message {
    let bytes = metric.name.as_bytes();
    // The unit stands behind: `wait_p99_seconds`.
    let unit = unit_of(shape.word);
    let end = match unit {
        Unit::None => shape.end,
        _ => shape.end.saturating_sub(shape.word.len() + 1),
    };
    let mut start = end;
    while start > 0 && bytes[start - 1] != b'_' {
        start -= 1;
    }
    match text::part(bytes, start, end) {
        // A frequency is measured: `sample_rate_hertz`.
        b"rate" if matches!(unit, Unit::Hertz) => m,
        b"rate" | b"avg" | b"average" | b"mean" | b"median" => open(m, Rule::Precomputed, metric)
            .push(" is a value that a query computes: count the events, `")
            .push_range(metric.name, 0, start.saturating_sub(1))
            .push("_total` with a `status` label, or declare a histogram"),
        // With one digit it is a priority.
        [b'p', digits @ ..] if digits.len() > 1 && text::all_digits(digits) => {
            open(m, Rule::Precomputed, metric)
                .push(" is a quantile that a query computes: declare a histogram")
        }
        _ => m,
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
    if !contains(RESERVED_LABELS, name) {
        return m;
    }
    m.line(Rule::LabelReserved.id())
        .push(" label `")
        .push(name)
        .push("` is set by Prometheus itself: give it another name")
}

const fn label_in_name(m: Message, metric: &MetricDescriptor, label: &str) -> Message {
    let words: &[&str] = &["by", "per"];
    let mut i = 0;
    while i < words.len() {
        if let Some((at, len)) = text::find_phrase(metric.name, words[i], label) {
            return open(m, Rule::LabelInName, metric)
                .push(" repeats its label `")
                .push(label)
                .push("` in its name: write `")
                .push_range(metric.name, 0, at)
                .push_range(metric.name, at + len, metric.name.len())
                .push("`");
        }
        i += 1;
    }
    m
}

const fn label_target(m: Message, metric: &MetricDescriptor, label: &str) -> Message {
    if matches!(metric.kind, MetricKind::Info) || !is_target_fact(label) {
        return m;
    }
    open(m, Rule::LabelTarget, metric)
        .push(" has the label `")
        .push(label)
        .push("`, a fact about the whole target: put it on the resource or on an `Info` metric")
}

const fn series_bound(m: Message, metric: &MetricDescriptor) -> Message {
    let bound = metric.series_bound();
    if bound <= metric.max_series {
        return m;
    }
    let mut m = open(m, Rule::SeriesBound, metric).push(" allows ");
    let mut i = 0;
    while i < metric.labels.len() {
        if i > 0 {
            m = m.push(" x ");
        }
        m = m
            .push_number(metric.labels[i].values.bound())
            .push(" (")
            .push(metric.labels[i].name)
            .push(")");
        i += 1;
    }
    m.push(" = ")
        .push_number(bound)
        .push(" series, over its bound of ")
        .push_number(metric.max_series)
        .push(": lower a `max_values`, drop a label, or write `#[metric(max_series = ")
        .push_number(bound)
        .push(")]`")
}

const fn contains(list: &[&str], name: &str) -> bool {
    let mut i = 0;
    while i < list.len() {
        if text::equal(list[i], name) {
            return true;
        }
        i += 1;
    }
    false
}
