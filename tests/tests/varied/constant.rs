//! Constant labels, and units that are seldom seen.

use caxton_instrument::prelude::*;
use caxton_instrument::query::{days, hours, minutes};
use caxton_instrument::{Alert, Panel, Record, Slo, alert, panel, recording_rule, slo};

#[derive(LabelValue, Clone, Copy)]
#[allow(dead_code, reason = "they are only asked about")]
enum Phase {
    L1,
    L2,
    L3,
}

#[derive(LabelSet)]
struct PhaseLabels {
    /// The phase.
    phase: Phase,
}

/// A power station.
#[derive(MetricSet)]
#[metric_set(namespace = "plant", labels(block = "north-2", fuel = "wood chips"))]
#[allow(dead_code, reason = "they are only asked about")]
struct Plant {
    /// Energy that was given away.
    #[metric(unit = joules)]
    energy: FloatCounter<PhaseLabels>,
    /// How much it pushes.
    #[metric(unit = volts)]
    voltage: Gauge<PhaseLabels>,
    /// How much flows.
    #[metric(unit = amperes)]
    current: Gauge<PhaseLabels>,
    /// How often it turns.
    #[metric(unit = hertz)]
    frequency: Gauge,
    /// How warm the steam is.
    #[metric(unit = celsius, buckets = linear(100.0, 50.0, 8))]
    steam: Histogram,
    /// How full the store is.
    #[metric(unit = ratio)]
    store_fill: Gauge,
    /// Fuel that was burnt.
    #[metric(unit = grams)]
    fuel: Counter,
    /// How high the chimney is.
    #[metric(unit = meters)]
    chimney_height: Gauge,
}

/// {phase} has {value}.
#[alert(severity = critical, hold = minutes(1))]
static VOLTAGE_FALLS: Alert = Plant::VOLTAGE.min().by(PhaseLabels::PHASE).below(207.0);

/// The grid is at {value}.
#[alert(severity = critical)]
static FREQUENCY_FALLS: Alert = Plant::FREQUENCY.min_over(minutes(5)).below(49.8);

/// {phase}: {value} are given away.
#[alert(severity = warning)]
static POWER_IS_LOW: Alert = Plant::ENERGY
    .rate(minutes(15))
    .by(PhaseLabels::PHASE)
    .below(1e6);

/// The store is nearly empty, or nobody says how full it is.
#[alert(severity = warning)]
static STORE_IS_EMPTY: Alert = Plant::STORE_FILL
    .average_over(hours(1))
    .below(0.1)
    .or_absent();

/// {value} of the steam is too warm.
#[alert(severity = info)]
static STEAM_IS_HOT: Alert = Plant::STEAM.share_above(400.0, hours(1)).at_least(0.01);

/// Steam is not too warm.
#[slo(objective = 99.5, window = days(60))]
static STEAM_IS_RIGHT: Slo = Plant::STEAM.at_most(350.0);

/// Fuel that is burnt in a second.
#[recording_rule(name = "plant:fuel_grams:rate1h")]
static FUEL_BURNT: Record = Plant::FUEL.rate(hours(1));

/// Current, by phase
#[panel]
static CURRENT: Panel = Plant::CURRENT.average().by(PhaseLabels::PHASE);
