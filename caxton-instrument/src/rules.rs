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

const TARGET_FACTS: &[&str] = &["environment", "version", "service", "host"];

const RESERVED_LABELS: &[&str] = &["le", "quantile", "job", "instance"];

/// Words that name a unit that is not a base unit, with the one to use.
pub const SCALED_UNITS: &[(&str, &str)] = &[
    ("milliseconds", "seconds"),
    ("millis", "seconds"),
    ("ms", "seconds"),
    ("microseconds", "seconds"),
    ("micros", "seconds"),
    ("us", "seconds"),
    ("nanoseconds", "seconds"),
    ("nanos", "seconds"),
    ("ns", "seconds"),
    ("minutes", "seconds"),
    ("hours", "seconds"),
    ("days", "seconds"),
    ("percent", "ratio"),
    ("percentage", "ratio"),
    ("pct", "ratio"),
    ("kilobytes", "bytes"),
    ("kibibytes", "bytes"),
    ("kb", "bytes"),
    ("kib", "bytes"),
    ("megabytes", "bytes"),
    ("mebibytes", "bytes"),
    ("mb", "bytes"),
    ("mib", "bytes"),
    ("gigabytes", "bytes"),
    ("gibibytes", "bytes"),
    ("gb", "bytes"),
    ("gib", "bytes"),
    ("terabytes", "bytes"),
    ("tb", "bytes"),
    ("bits", "bytes"),
    ("kilometers", "meters"),
    ("millimeters", "meters"),
    ("centimeters", "meters"),
    ("km", "meters"),
    ("mm", "meters"),
    ("kilojoules", "joules"),
    ("kilowatt_hours", "joules"),
    ("kwh", "joules"),
    ("kilograms", "grams"),
    ("milligrams", "grams"),
    ("kg", "grams"),
    ("fahrenheit", "celsius"),
    ("kelvin", "celsius"),
    ("millivolts", "volts"),
    ("kilovolts", "volts"),
    ("milliamperes", "amperes"),
    ("milliamps", "amperes"),
    ("amps", "amperes"),
    ("kilohertz", "hertz"),
    ("megahertz", "hertz"),
    ("gigahertz", "hertz"),
    ("khz", "hertz"),
    ("mhz", "hertz"),
    ("ghz", "hertz"),
];

/// All rules over a metric's name; several mistakes are several lines.
#[must_use]
pub const fn metric_name(metric: &MetricDescriptor) -> Message {
    let mut m = Message::new();
    if !metric.allows(Rule::Charset) {
        m = charset(m, metric);
    }
    if !metric.allows(Rule::Namespace) {
        m = namespace(m, metric);
    }
    if !metric.allows(Rule::TotalSuffix) {
        m = total_suffix(m, metric);
    }
    if !metric.allows(Rule::ReservedSuffix) {
        m = reserved_suffix(m, metric);
    }
    if !metric.allows(Rule::BaseUnit) {
        m = base_unit(m, metric);
    }
    if !metric.allows(Rule::UnitSuffix) {
        m = unit_suffix(m, metric);
    }
    if !metric.allows(Rule::TypeInName) {
        m = type_in_name(m, metric);
    }
    if !metric.allows(Rule::Precomputed) {
        m = precomputed(m, metric);
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
    if !matches!(metric.kind, MetricKind::Histogram) || metric.allows(Rule::Buckets) {
        return m;
    }
    let bounds = metric.buckets;
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
    if !allows(label.allowed, Rule::LabelIdentity) && contains(IDENTITIES, label.name) {
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

/// Opens a message that ends with the name to write: `.. : write `<prefix>..`.
const fn charset(m: Message, metric: &MetricDescriptor) -> Message {
    if text::is_snake(metric.name) {
        return m;
    }
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

const fn total_suffix(m: Message, metric: &MetricDescriptor) -> Message {
    let has = text::ends_with_word(metric.name, "total");
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

const fn reserved_suffix(m: Message, metric: &MetricDescriptor) -> Message {
    let reserved: &[&str] = &["bucket", "count", "sum", "created"];
    let mut i = 0;
    while i < reserved.len() {
        if text::ends_with_word(metric.name, reserved[i]) {
            return open(m, Rule::ReservedSuffix, metric)
                .push(" ends in `_")
                .push(reserved[i])
                .push("`, which the exposition formats reserve: write `")
                .push_without_end(metric.name, reserved[i].len() + 1)
                .push("`");
        }
        i += 1;
    }
    let info = text::ends_with_word(metric.name, "info");
    match (metric.kind, info) {
        (MetricKind::Info, false) => open(m, Rule::ReservedSuffix, metric)
            .push(" does not end in `_info`: write `")
            .push(metric.name)
            .push("_info`"),
        (MetricKind::Counter | MetricKind::Gauge | MetricKind::Histogram, true) => {
            open(m, Rule::ReservedSuffix, metric)
                .push(" ends in `_info`, which only info metrics do: write `")
                .push_without_end(metric.name, "_info".len())
                .push("`, or declare it `Info`")
        }
        _ => m,
    }
}

const fn base_unit(m: Message, metric: &MetricDescriptor) -> Message {
    let name = without_total(metric.name);
    let mut i = 0;
    while i < SCALED_UNITS.len() {
        let (scaled, base) = SCALED_UNITS[i];
        if ends_with_word_n(name, metric.name, scaled) {
            return open(m, Rule::BaseUnit, metric)
                .push(" is in `")
                .push(scaled)
                .push("`, which is no base unit: convert the value and write `")
                .push_without_end(metric.name, metric.name.len() - name + scaled.len())
                .push(base)
                .push(if name == metric.name.len() {
                    "`"
                } else {
                    "_total`"
                });
        }
        i += 1;
    }
    m
}

const fn unit_suffix(m: Message, metric: &MetricDescriptor) -> Message {
    let end = without_total(metric.name);
    let unit = metric.unit.suffix();
    if !unit.is_empty() {
        if ends_with_word_n(end, metric.name, unit) {
            return m;
        }
        return open(m, Rule::UnitSuffix, metric)
            .push(" is in ")
            .push(unit)
            .push(", which its name does not end in: write `")
            .push_without_end(metric.name, metric.name.len() - end)
            .push("_")
            .push(unit)
            .push(if matches!(metric.kind, MetricKind::Counter) {
                "_total`"
            } else {
                "`"
            });
    }
    let mut i = 0;
    while i < Unit::SUFFIXED.len() {
        let unit = Unit::SUFFIXED[i].suffix();
        if ends_with_word_n(end, metric.name, unit) {
            return open(m, Rule::UnitSuffix, metric)
                .push(" ends in a unit that it does not declare: write `#[metric(unit = ")
                .push(unit)
                .push(")]`");
        }
        i += 1;
    }
    m
}

const fn type_in_name(m: Message, metric: &MetricDescriptor) -> Message {
    let types: &[&str] = &["counter", "gauge", "histogram", "summary"];
    let mut i = 0;
    while i < types.len() {
        if text::has_word(metric.name, types[i]) {
            return open(m, Rule::TypeInName, metric)
                .push(" has its type in its name: write `")
                .push_without_word(metric.name, types[i])
                .push("`");
        }
        i += 1;
    }
    m
}

const fn precomputed(m: Message, metric: &MetricDescriptor) -> Message {
    let words: &[&str] = &["rate", "avg", "average", "mean", "median"];
    let name = metric.name;
    let mut i = 0;
    while i < words.len() {
        if text::ends_with_word(name, words[i]) {
            return open(m, Rule::Precomputed, metric)
                .push(" is a value that a query computes: count the events, `")
                .push_without_end(name, words[i].len() + 1)
                .push("_total` with a `status` label, or declare a histogram");
        }
        i += 1;
    }
    if text::ends_with_quantile(name) {
        return open(m, Rule::Precomputed, metric)
            .push(" is a quantile that a query computes: declare a histogram");
    }
    m
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
    if matches!(metric.kind, MetricKind::Info) || !contains(TARGET_FACTS, label) {
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

/// The length of `name` without a final `_total`.
const fn without_total(name: &str) -> usize {
    if text::ends_with_word(name, "total") {
        name.len() - "_total".len()
    } else {
        name.len()
    }
}

/// Whether the first `end` bytes of `name` end in the whole word `word`.
const fn ends_with_word_n(end: usize, name: &str, word: &str) -> bool {
    text::ends_with_word_at(name, end, word)
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
