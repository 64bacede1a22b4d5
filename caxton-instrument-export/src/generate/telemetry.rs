//! Alerts on what telemetry says of itself: what was not recorded, and what did
//! not leave the process.

use caxton_instrument::query::minutes;
use caxton_instrument::{
    AboutMetric, Alert, Catalog, DroppedSample, Location, MetaMetrics, RefusedRegistration,
    Severity,
};

#[cfg(feature = "otlp")]
use crate::otlp::{ExportMetrics, LostItems};

const HERE: Location = Location::new(
    file!(),
    line!(),
    column!(),
    module_path!(),
    env!("CARGO_PKG_NAME"),
    env!("CARGO_PKG_VERSION"),
);

static SERIES_OVERFLOW: Alert = Alert::new(
    "SeriesOverflow",
    &MetaMetrics::SERIES_OVERFLOWED
        .increase(minutes(15))
        .by(AboutMetric::METRIC)
        .above(0.0),
    HERE,
)
.with_severity(Severity::Warning)
.with_text(
    "{metric} has more label values than it declares.",
    "Further ones are counted together, as `_overflow`. Raise `max_values` of the label, or find \
     what makes so many values.",
);

static SAMPLES_DROPPED: Alert = Alert::new(
    "SamplesDropped",
    &MetaMetrics::SAMPLES_DROPPED
        .increase(minutes(15))
        .by(DroppedSample::METRIC)
        .by(DroppedSample::REASON)
        .above(0.0),
    HERE,
)
.with_severity(Severity::Warning)
.with_text(
    "Samples of {metric} are not recorded: {reason}.",
    "The code that records them computes what is no finite number, would lower a counter, or \
     names no value of the label.",
);

static METRICS_REFUSED: Alert = Alert::new(
    "MetricsRefused",
    &MetaMetrics::REGISTRATIONS_REFUSED
        .increase(minutes(15))
        .by(RefusedRegistration::REASON)
        .above(0.0),
    HERE,
)
.with_severity(Severity::Warning)
.with_text(
    "What another crate emits is refused: {reason}.",
    "It contradicts a declaration or a bound; the program's log names it.",
);

#[cfg(feature = "otlp")]
static TELEMETRY_LOST: Alert = Alert::new(
    "TelemetryLost",
    &ExportMetrics::LOST_ITEMS
        .increase(minutes(15))
        .by(LostItems::SIGNAL)
        .by(LostItems::REASON)
        .above(0.0),
    HERE,
)
.with_severity(Severity::Warning)
.with_hold(minutes(5))
.with_text(
    "{signal} do not arrive at the collector: {reason}.",
    "Look at the collector and at the way to it. What was lost is not sent again.",
);

/// Those whose metrics are in the catalog.
pub(super) fn alerts(catalog: &Catalog) -> Vec<&'static Alert> {
    let all: [&'static Alert; 3] = [&METRICS_REFUSED, &SAMPLES_DROPPED, &SERIES_OVERFLOW];
    let mut all = all.to_vec();
    #[cfg(feature = "otlp")]
    all.push(&TELEMETRY_LOST);
    let is_declared = |alert: &&Alert| {
        let mut declared = true;
        let mut look = |metric: &'static caxton_instrument::MetricDescriptor| {
            declared &= catalog.metric(metric.name).is_some();
        };
        alert.condition.expr().each_metric(&mut look);
        // The code's own alert of that name is the one that counts.
        declared && !catalog.alerts().iter().any(|it| it.name == alert.name)
    };
    all.retain(is_declared);
    all
}
