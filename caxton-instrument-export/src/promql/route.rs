//! How metrics get from a program to Prometheus, and what they and their labels
//! are called there.

use std::borrow::Cow;

use caxton_instrument::{MetricDescriptor, MetricKind, Unit};

/// How metrics get to where queries are asked, which decides what a metric is
/// called there.
///
/// ```
/// use caxton_instrument_export::promql::{Exporter, Route, Translation};
///
/// let scraped = Route::default();
/// assert_eq!(scraped, Route::Scrape);
/// let pushed = Route::Otlp(Translation::UnderscoreEscapingWithSuffixes);
/// let collected = Route::Collector(Exporter::default().namespace("shop"));
/// # let _ = (pushed, collected);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Route {
    /// Prometheus scrapes the program.
    #[default]
    Scrape,
    /// Over OTLP to a collector, whose
    /// [Prometheus exporter](https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/exporter/prometheusexporter/README.md)
    /// is scraped.
    Collector(Exporter),
    /// Over OTLP to the receiver of
    /// [Prometheus](https://prometheus.io/docs/guides/opentelemetry/) or
    /// VictoriaMetrics.
    Otlp(Translation),
}

/// The options of a collector's Prometheus exporter that decide over names, and
/// whether the job that scrapes it keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exporter {
    namespace: String,
    suffixes: bool,
    honor_labels: bool,
}

impl Default for Exporter {
    /// As the exporter is without options, scraped with `honor_labels: true`.
    fn default() -> Self {
        Self {
            namespace: String::new(),
            suffixes: true,
            honor_labels: true,
        }
    }
}

impl Exporter {
    /// Its `namespace`, which begins every name.
    #[must_use]
    pub fn namespace(mut self, namespace: &str) -> Self {
        self.namespace = namespace
            .chars()
            .map(|it| if is_legal(it) { it } else { '_' })
            .collect();
        self
    }

    /// Its `add_metric_suffixes`, which it has by default.
    #[must_use]
    pub const fn suffixes(mut self, suffixes: bool) -> Self {
        self.suffixes = suffixes;
        self
    }

    /// The `honor_labels` of the job that scrapes it: without it, `job` and
    /// `instance` are the collector's, and the program's are `exported_job` and
    /// `exported_instance`.
    #[must_use]
    pub const fn honor_labels(mut self, honor: bool) -> Self {
        self.honor_labels = honor;
        self
    }
}

/// The `translation_strategy` of an
/// [OTLP receiver](https://prometheus.io/docs/prometheus/3.5/configuration/configuration/#configuration-file).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Translation {
    /// Prometheus's default; VictoriaMetrics's with
    /// `-opentelemetry.usePrometheusNaming`.
    #[default]
    UnderscoreEscapingWithSuffixes,
    /// Names keep every character.
    NoUtf8EscapingWithSuffixes,
    /// Names stay as they are sent; VictoriaMetrics's default.
    NoTranslation,
}

impl Route {
    /// The name of a metric; of a histogram, what `_bucket` is appended to.
    ///
    /// Metrics are sent under the names that they are scraped by, with `_total`
    /// and the unit, and what appends those
    /// [appends only what is missing](https://github.com/prometheus/otlptranslator/blob/main/metric_namer.go),
    /// so that names stay but for the namespace and for words out of their place.
    #[must_use]
    pub fn metric(&self, metric: &MetricDescriptor) -> Cow<'static, str> {
        match self {
            Self::Scrape | Self::Otlp(Translation::NoTranslation) => Cow::Borrowed(metric.name),
            Self::Collector(exporter) => {
                let name = if exporter.suffixes {
                    in_tokens(metric)
                } else {
                    String::from(metric.name)
                };
                if exporter.namespace.is_empty() {
                    return Cow::Owned(name);
                }
                Cow::Owned(format!("{}_{name}", exporter.namespace))
            }
            Self::Otlp(Translation::UnderscoreEscapingWithSuffixes) => {
                Cow::Owned(in_tokens(metric))
            }
            Self::Otlp(Translation::NoUtf8EscapingWithSuffixes) => Cow::Owned(at_the_end(metric)),
        }
    }

    /// The name of a label.
    #[must_use]
    pub fn label<'a>(&self, label: &'a str) -> &'a str {
        match (self, label) {
            (Self::Collector(exporter), "job") if !exporter.honor_labels => "exported_job",
            (Self::Collector(exporter), "instance") if !exporter.honor_labels => {
                "exported_instance"
            }
            _ => label,
        }
    }

    /// Whether bucket bounds may be written without an exponent.
    pub(super) const fn is_pushed(&self) -> bool {
        matches!(self, Self::Otlp(_))
    }
}

const fn is_legal(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':')
}

/// The word of the unit, if the name says it: of others no unit is sent.
fn stated(metric: &MetricDescriptor) -> Option<&'static str> {
    let word = metric.unit.suffix();
    let is_said = !word.is_empty() && metric.name.split('_').any(|part| part == word);
    is_said.then_some(word)
}

/// The words of the name, with what the type calls for as the last of them.
fn in_tokens(metric: &MetricDescriptor) -> String {
    let last = match metric.kind {
        MetricKind::Counter => "total",
        MetricKind::Gauge if is_ratio(metric) => "ratio",
        _ => return String::from(metric.name),
    };
    let words = metric
        .name
        .split('_')
        .filter(|word| *word != last && !word.is_empty());
    words.chain([last]).collect::<Vec<_>>().join("_")
}

/// The name with what it does not end in.
fn at_the_end(metric: &MetricDescriptor) -> String {
    let last = match metric.kind {
        MetricKind::Counter => "_total",
        MetricKind::Gauge if is_ratio(metric) => "_ratio",
        _ => "",
    };
    let name = metric.name;
    let mut out = String::from(name.strip_suffix(last).unwrap_or(name));
    if let Some(word) = stated(metric)
        && !matches!(metric.unit, Unit::Ratio)
        && !out.ends_with(word)
    {
        out.push('_');
        out.push_str(word);
    }
    out.push_str(last);
    out
}

fn is_ratio(metric: &MetricDescriptor) -> bool {
    matches!(metric.unit, Unit::Ratio) && stated(metric).is_some()
}

#[cfg(test)]
mod tests {
    use caxton_instrument::prelude::*;
    use caxton_instrument::{MetricDescriptor, MetricRef};

    use super::{Exporter, Route, Translation};

    /// The shop.
    #[derive(MetricSet)]
    #[metric_set(namespace = "shop")]
    #[allow(dead_code)] // they are only named
    struct Shop {
        /// Orders taken.
        orders: Counter,
        /// Orders in total.
        total_orders: Counter,
        /// Time that customers waited.
        #[metric(
            unit = seconds,
            name = "shop_seconds_waited_total",
            allow(unit_suffix),
        reason = "a name from before"
        )]
        waited: FloatCounter,
        /// How full carts are.
        #[metric(unit = ratio)]
        cart_full: Gauge,
        /// Time to take an order.
        #[metric(unit = seconds)]
        order_duration: Histogram,
    }

    const fn of<M>(metric: MetricRef<M>) -> &'static MetricDescriptor {
        metric.descriptor()
    }

    fn names(route: &Route) -> Vec<String> {
        let all = [
            of(Shop::ORDERS),
            of(Shop::TOTAL_ORDERS),
            of(Shop::WAITED),
            of(Shop::CART_FULL),
            of(Shop::ORDER_DURATION),
        ];
        all.map(|metric| route.metric(metric).into_owned()).into()
    }

    /// As the
    /// [translation](https://github.com/prometheus/otlptranslator/blob/main/metric_namer.go)
    /// has it, of which Prometheus and the collector's exporter make use.
    #[test]
    fn names_are_those_of_the_translation() {
        let declared = [
            "shop_orders_total",
            "shop_total_orders_total",
            "shop_seconds_waited_total",
            "shop_cart_full_ratio",
            "shop_order_duration_seconds",
        ];
        assert_eq!(names(&Route::Scrape), declared);
        assert_eq!(names(&Route::Otlp(Translation::NoTranslation)), declared);
        let mut in_tokens = declared;
        in_tokens[1] = "shop_orders_total";
        let translation = Translation::UnderscoreEscapingWithSuffixes;
        assert_eq!(names(&Route::Otlp(translation)), in_tokens);
        let mut at_the_end = declared;
        at_the_end[2] = "shop_seconds_waited_seconds_total";
        let translation = Translation::NoUtf8EscapingWithSuffixes;
        assert_eq!(names(&Route::Otlp(translation)), at_the_end);

        let exporter = Exporter::default();
        assert_eq!(names(&Route::Collector(exporter.clone())), in_tokens);
        let prefixed = Route::Collector(exporter.clone().namespace("a-b"));
        let expected = in_tokens.map(|name| format!("a_b_{name}"));
        assert_eq!(names(&prefixed), expected);
        let plain = Route::Collector(exporter.suffixes(false));
        assert_eq!(names(&plain), declared);
    }

    #[test]
    fn the_job_may_be_the_collectors() {
        let route = Route::Collector(Exporter::default());
        assert_eq!(route.label("job"), "job");
        let route = Route::Collector(Exporter::default().honor_labels(false));
        assert_eq!(route.label("job"), "exported_job");
        assert_eq!(route.label("instance"), "exported_instance");
        assert_eq!(route.label("queue"), "queue");
    }
}
