//! Every attribute word, in one place.

/// `#[label(..)]`, on a label enum, its variants and the fields of a label set.
pub(crate) const LABEL: &str = "label";
/// `#[label_set(..)]`, on a label set.
pub(crate) const LABEL_SET: &str = "label_set";
/// `#[metric(..)]`, on the fields of a metric set.
pub(crate) const METRIC: &str = "metric";
/// `#[metric_set(..)]`, on a metric set.
pub(crate) const METRIC_SET: &str = "metric_set";
/// `agent_alerts!`.
pub(crate) const AGENT_ALERTS: &str = "agent_alerts!";
/// `agent_metrics!`.
pub(crate) const AGENT_METRICS: &str = "agent_metrics!";

/// `#[alert(..)]`, on a static.
pub(crate) const ALERT: &str = "alert";
/// `#[slo(..)]`, on a static.
pub(crate) const SLO: &str = "slo";
/// `#[recording_rule(..)]`, on a static.
pub(crate) const RECORDING_RULE: &str = "recording_rule";
/// `#[panel]`, on a static.
pub(crate) const PANEL: &str = "panel";

/// The types of statics, and the attributes that declare them.
pub(crate) const DECLARED: [(&str, &str); 4] = [
    ("Alert", ALERT),
    ("Slo", SLO),
    ("Record", RECORDING_RULE),
    ("Panel", PANEL),
];

pub(crate) const ALLOW: &str = "allow";
pub(crate) const BUCKETS: &str = "buckets";
pub(crate) const CANCELLED_SHARE: &str = "cancelled_share";
pub(crate) const CRATE: &str = "crate";
pub(crate) const DEFAULT: &str = "default";
pub(crate) const DEPRECATED: &str = "deprecated";
pub(crate) const ERROR_SHARE: &str = "error_share";
pub(crate) const EXPERIMENTAL: &str = "experimental";
pub(crate) const EXPONENTIAL: &str = "exponential";
pub(crate) const HANG_AFTER: &str = "hang_after";
pub(crate) const HOLD: &str = "hold";
pub(crate) const KEEP_FIRING: &str = "keep_firing";
pub(crate) const LABELS: &str = "labels";
pub(crate) const LINEAR: &str = "linear";
pub(crate) const MAX_AGENT_TYPES: &str = "max_agent_types";
pub(crate) const MAX_OPERATIONS: &str = "max_operations";
pub(crate) const MAX_SERIES: &str = "max_series";
pub(crate) const MAX_VALUES: &str = "max_values";
pub(crate) const MIN_EVENTS: &str = "min_events";
pub(crate) const NAME: &str = "name";
pub(crate) const NAMESPACE: &str = "namespace";
pub(crate) const NATIVE: &str = "native";
pub(crate) const NOTE: &str = "note";
pub(crate) const OBJECTIVE: &str = "objective";
pub(crate) const OWNER: &str = "owner";
pub(crate) const REASON: &str = "reason";
pub(crate) const RENAME: &str = "rename";
pub(crate) const RENAME_ALL: &str = "rename_all";
pub(crate) const REPLACES: &str = "replaces";
pub(crate) const RUNBOOK: &str = "runbook";
pub(crate) const SEVERITY: &str = "severity";
pub(crate) const SINCE: &str = "since";
pub(crate) const STABILITY: &str = "stability";
pub(crate) const STABLE: &str = "stable";
pub(crate) const SUBSYSTEM: &str = "subsystem";
pub(crate) const UNIT: &str = "unit";
pub(crate) const WINDOW: &str = "window";
/// Keeps a set out of the registry; for the facade's own sets only.
pub(crate) const UNLISTED: &str = "unlisted";

/// The values of `stability`.
pub(crate) const STABILITIES: &[&str] = &[EXPERIMENTAL, STABLE, DEPRECATED];

/// The values of `unit` with the variant of `Unit`.
pub(crate) const UNITS: &[(&str, &str)] = &[
    ("seconds", "Seconds"),
    ("bytes", "Bytes"),
    ("ratio", "Ratio"),
    ("meters", "Meters"),
    ("joules", "Joules"),
    ("grams", "Grams"),
    ("celsius", "Celsius"),
    ("volts", "Volts"),
    ("amperes", "Amperes"),
    ("hertz", "Hertz"),
];

/// The word for a variant of `Unit`.
pub(crate) fn unit(variant: &str) -> Option<&'static str> {
    UNITS
        .iter()
        .find(|(_, of)| *of == variant)
        .map(|&(word, _)| word)
}

macro_rules! of_rules {
    ($($word:ident)*) => {
        /// The words of a metric's name that a rule is about.
        pub(crate) const OF_RULES: &[&str] = &[$(stringify!($word)),*];
        /// The same for the rules themselves.
        pub(crate) fn of_rules() -> proc_macro2::TokenStream {
            quote::quote!($($word)*)
        }
    };
}

of_rules! {
    total bucket count sum created info
    counter gauge histogram summary
    rate avg average mean median
    seconds bytes ratio meters joules grams celsius volts amperes hertz
    milliseconds millisecond millis msec msecs ms microseconds microsecond micros usec us
    nanoseconds nanosecond nanos nsec ns secs sec minutes mins hours days
    percent percents percentage pct
    kilobytes kibibytes kb kib megabytes mebibytes mb mib gigabytes gibibytes gb gib
    terabytes tebibytes tb tib petabytes pebibytes bits
    metres kilometers kilometres millimeters millimetres centimeters centimetres km mm cm
    kilojoules kwh kilograms milligrams kg mg fahrenheit kelvin millivolts kilovolts
    milliamperes milliamps amps kilohertz megahertz gigahertz hz khz mhz ghz
}

/// The values of `allow` with the variant of `Rule`.
pub(crate) const RULES: &[(&str, &str)] = &[
    ("charset", "Charset"),
    ("namespace", "Namespace"),
    ("total_suffix", "TotalSuffix"),
    ("reserved_suffix", "ReservedSuffix"),
    ("base_unit", "BaseUnit"),
    ("unit_suffix", "UnitSuffix"),
    ("type_in_name", "TypeInName"),
    ("precomputed", "Precomputed"),
    ("label_charset", "LabelCharset"),
    ("label_reserved", "LabelReserved"),
    ("label_in_name", "LabelInName"),
    ("label_target", "LabelTarget"),
    ("label_identity", "LabelIdentity"),
    ("label_bound", "LabelBound"),
    ("series_bound", "SeriesBound"),
    ("help", "Help"),
    ("buckets", "Buckets"),
];
