//! Open labels.

use caxton_instrument::prelude::*;
use caxton_instrument::query::{hours, minutes};
use caxton_instrument::{Alert, alert};

#[derive(LabelSet)]
struct ParcelLabels {
    /// The depot that it is in.
    #[label(max_values = 12)]
    depot: Text,
    /// The carrier, as it calls itself.
    #[label(max_values = 30)]
    carrier: Text,
}

#[derive(LabelSet)]
struct DepotLabels {
    /// The depot.
    #[label(max_values = 12)]
    depot: Text,
}

/// Parcels on their way.
#[derive(MetricSet)]
#[metric_set(namespace = "parcels")]
#[allow(dead_code, reason = "they are only asked about")]
struct Parcels {
    /// Parcels that came to a depot.
    #[metric(max_series = 400)]
    arrived: Counter<ParcelLabels>,
    /// Parcels that left it.
    #[metric(max_values(carrier = 10))]
    departed: Counter<ParcelLabels>,
    /// How full a depot is.
    #[metric(unit = ratio)]
    depot_fill: Gauge<DepotLabels>,
    /// What a parcel weighs.
    #[metric(unit = grams, buckets = linear(500.0, 500.0, 8))]
    parcel_weight: Histogram<DepotLabels>,
}

/// {depot}: {value} more parcels come than go, in a second.
#[alert(severity = warning, hold = hours(1))]
static DEPOT_FILLS_UP: Alert = Parcels::ARRIVED
    .rate(minutes(30))
    .by(ParcelLabels::DEPOT)
    .minus(Parcels::DEPARTED.rate(minutes(30)).by(ParcelLabels::DEPOT))
    .above(0.5);

/// {carrier} brings nothing to the north or the south: {value}.
#[alert(severity = critical)]
static CARRIER_IS_AWAY: Alert = Parcels::ARRIVED
    .matching(ParcelLabels::DEPOT.one_of(&["north.1", "south (old)"]))
    .matching(ParcelLabels::CARRIER.ne("bicycle"))
    .rate(hours(2))
    .by(ParcelLabels::CARRIER)
    .at_most(0.001);

/// {depot} will be full within a day: {value}.
#[alert(severity = warning)]
static DEPOT_WILL_BE_FULL: Alert = Parcels::DEPOT_FILL
    .predicted(hours(24), hours(3))
    .by(DepotLabels::DEPOT)
    .above(1.0);

/// {depot}: the median parcel has {value}.
#[alert(severity = info)]
static PARCELS_ARE_HEAVY: Alert = Parcels::PARCEL_WEIGHT
    .quantile(0.5, hours(1))
    .by(DepotLabels::DEPOT)
    .above(3500.0);
