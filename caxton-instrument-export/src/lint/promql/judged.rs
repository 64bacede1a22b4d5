//! What is known of every part of an expression.

use super::calls;
use super::known::Known;
use super::labels::Labels;
use super::metric::{Metric, Series};
use super::operators;
use super::quantity::Quantity;
use super::tree::{Kind, Node, Selector, Test};

/// What a part gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Scalar,
    Text,
    Vector,
    Range,
}

/// What is known of a part.
#[derive(Debug, Clone)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "facts that are independent of each other"
)]
pub(super) struct Facts<'a> {
    pub(super) value: Value,
    /// The metric whose samples these are, also after a rate or an aggregation.
    pub(super) metric: Option<Metric<'a>>,
    pub(super) series: Series,
    /// Whether a rate or an increase was taken.
    pub(super) is_rate: bool,
    pub(super) is_quantile: bool,
    pub(super) is_aggregated: bool,
    pub(super) quantity: Option<Quantity>,
    pub(super) labels: Labels,
    /// The smallest value that it can have.
    pub(super) low: f64,
    /// The largest.
    pub(super) high: f64,
    /// Whether series fall out by a condition.
    pub(super) is_condition: bool,
}

impl Facts<'_> {
    pub(super) fn unknown(value: Value) -> Self {
        Self {
            value,
            metric: None,
            series: Series::Unknown,
            is_rate: false,
            is_quantile: false,
            is_aggregated: false,
            quantity: None,
            labels: Labels::unknown(),
            low: f64::NEG_INFINITY,
            high: f64::INFINITY,
            is_condition: false,
        }
    }

    /// A number that is written.
    pub(super) fn number(value: f64) -> Self {
        Self {
            low: value,
            high: value,
            labels: Labels::exactly([]),
            ..Self::unknown(Value::Scalar)
        }
    }

    pub(super) fn is_vector(&self) -> bool {
        self.value == Value::Vector
    }

    /// Bucket bounds of the histogram that it comes from.
    pub(super) fn bounds(&self) -> &[f64] {
        self.metric.as_ref().map_or(&[], |it| &it.bounds)
    }

    /// Whether these are plain samples of something that only rises.
    pub(super) fn is_raw_counter(&self) -> bool {
        self.series.is_counted() && self.series != Series::Native && !self.is_rate
    }
}

/// A part with what is known of it and of the parts below.
pub(super) struct Judged<'a> {
    pub(super) node: &'a Node,
    pub(super) facts: Facts<'a>,
    pub(super) parts: Vec<Judged<'a>>,
}

impl<'a> Judged<'a> {
    pub(super) fn of(known: &'a Known<'_>, node: &'a Node) -> Self {
        let parts: Vec<_> = node
            .parts()
            .into_iter()
            .map(|it| Self::of(known, it))
            .collect();
        let facts = facts(known, node, &parts);
        Self { node, facts, parts }
    }

    /// Without the parentheses around it.
    pub(super) fn inner(&self) -> &Self {
        let mut this = self;
        while let (Kind::Group(_), Some(of)) = (&this.node.kind, this.parts.first()) {
            this = of;
        }
        this
    }

    /// Every part, itself first.
    pub(super) fn each<'b>(&'b self, see: &mut dyn FnMut(&'b Self)) {
        see(self);
        for part in &self.parts {
            part.each(see);
        }
    }
}

fn facts<'a>(known: &'a Known<'_>, node: &'a Node, parts: &[Judged<'a>]) -> Facts<'a> {
    let first = || parts.first().map(|it| it.facts.clone());
    match &node.kind {
        Kind::Number(value) => Facts::number(*value),
        Kind::Text(_) => Facts::unknown(Value::Text),
        Kind::Variable => Facts::unknown(Value::Scalar),
        Kind::Selector(selector) => of_selector(known, selector),
        Kind::Range { .. } => Facts {
            value: Value::Range,
            ..first().unwrap_or_else(|| Facts::unknown(Value::Range))
        },
        Kind::Group(_) => first().unwrap_or_else(|| Facts::unknown(Value::Vector)),
        Kind::Minus(_) => {
            let of = first().unwrap_or_else(|| Facts::unknown(Value::Vector));
            Facts {
                low: -of.high,
                high: -of.low,
                ..of
            }
        }
        Kind::Call { name, arguments } => calls::call(&name.text, arguments, parts),
        Kind::Aggregate(aggregate) => calls::aggregate(aggregate, parts),
        Kind::Binary(binary) => operators::binary(binary, parts),
    }
}

fn of_selector<'a>(known: &'a Known<'_>, selector: &'a Selector) -> Facts<'a> {
    let mut facts = Facts::unknown(Value::Vector);
    let name = selector.name.as_ref().filter(|it| !it.is_variable);
    if let Some(name) = name {
        let declared = known.metric(&name.text);
        let metric = declared.unwrap_or_else(|| known.assumed(&name.text));
        facts.labels = metric.labels.clone();
        facts.series = metric.series;
        facts.quantity = metric.unit.map(Quantity::of);
        (facts.low, facts.high) = span(&metric);
        facts.metric = Some(metric);
    }
    if facts.series == Series::Buckets {
        facts.labels = facts.labels.with("le");
    }
    let has_variable = selector.matchers.iter().any(|it| it.label.is_variable);
    for matcher in &selector.matchers {
        // `le=~"1(\\.0)?"` is one bucket in two spellings.
        let is_bucket = matcher.label.text == "le" && matcher.test == Test::Matches;
        let is_one =
            (matcher.test == Test::Is && matcher.value.as_deref() != Some("")) || is_bucket;
        if is_one
            && !matcher.label.is_variable
            && facts.labels.has(&matcher.label.text) != Some(false)
        {
            facts.labels.names.insert(matcher.label.text.clone());
            facts.labels.fixed.insert(matcher.label.text.clone());
        }
    }
    if has_variable && !facts.labels.is_known() {
        facts.labels = Labels::unknown();
    }
    facts
}

/// The smallest and the largest sample.
fn span(metric: &Metric<'_>) -> (f64, f64) {
    use caxton_instrument::Unit;
    match metric.series {
        Series::Info => (1.0, 1.0),
        series if series.is_counted() => (0.0, f64::INFINITY),
        Series::Gauge if metric.name == "up" || metric.name == "probe_success" => (0.0, 1.0),
        Series::Gauge if metric.unit == Some(Unit::Ratio) && metric.descriptor.is_some() => {
            (0.0, 1.0)
        }
        Series::Gauge if metric.unit == Some(Unit::Bytes) => (0.0, f64::INFINITY),
        _ => (f64::NEG_INFINITY, f64::INFINITY),
    }
}
