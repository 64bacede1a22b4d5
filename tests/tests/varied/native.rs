//! Only native histograms.

use caxton_instrument::prelude::*;
use caxton_instrument::query::{days, minutes};
use caxton_instrument::{Alert, Slo, alert, slo};

#[derive(LabelValue, Clone, Copy)]
#[allow(dead_code, reason = "they are only asked about")]
enum Lane {
    Left,
    Right,
}

#[derive(LabelSet)]
struct LaneLabels {
    /// The lane.
    lane: Lane,
}

/// A toll bridge.
#[derive(MetricSet)]
#[metric_set(namespace = "bridge")]
#[allow(dead_code, reason = "they are only asked about")]
struct Bridge {
    /// Time until a car is across.
    #[metric(unit = seconds, native)]
    crossing_duration: Histogram<LaneLabels>,
    /// What a picture of a plate takes.
    #[metric(unit = bytes, native)]
    picture_size: Histogram,
    /// Axles of a car.
    #[metric(native)]
    car_axles: Histogram,
}

/// On the lane {lane} it takes {value} to cross.
#[alert(severity = warning, owner = "toll", hold = minutes(10))]
static CROSSING_IS_SLOW: Alert = Bridge::CROSSING_DURATION
    .quantile(0.9, minutes(10))
    .by(LaneLabels::LANE)
    .above(120.0);

/// Pictures have {value} on average.
#[alert(severity = info, owner = "toll")]
static PICTURES_ARE_LARGE: Alert = Bridge::PICTURE_SIZE.average(minutes(30)).above(1e6);

/// Nobody crosses the bridge: {value}.
#[alert(severity = critical, owner = "toll")]
static NOBODY_CROSSES: Alert = Bridge::CAR_AXLES.observations(minutes(30)).below(0.01);

/// Cars are across within a minute or so.
#[slo(objective = 99.0, window = days(14), owner = "toll")]
static CARS_CROSS_IN_TIME: Slo = Bridge::CROSSING_DURATION.at_most(64.0);
