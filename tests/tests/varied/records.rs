//! Recording rules and panels.

use caxton_instrument::prelude::*;
use caxton_instrument::query::{days, hours, minutes};
use caxton_instrument::{Panel, Record, panel, recording_rule};

#[derive(LabelSet)]
struct TrackLabels {
    /// The track.
    #[label(max_values = 9)]
    track: Text,
    /// Whether it was on time.
    punctual: bool,
}

/// A railway station.
#[derive(MetricSet)]
#[metric_set(namespace = "station")]
#[allow(dead_code, reason = "they are only asked about")]
struct Station {
    /// Trains that left.
    trains: Counter<TrackLabels>,
    /// People on the platforms.
    people: Gauge,
    /// Luggage that was carried.
    #[metric(unit = grams)]
    luggage: Counter,
    /// How late a train is.
    #[metric(unit = seconds, buckets = [60.0, 300.0, 900.0])]
    delay: Histogram<TrackLabels>,
}

/// Trains of a track.
#[recording_rule(name = "track:station_trains:rate15m")]
static TRAINS: Record = Station::TRAINS.rate(minutes(15)).by(TrackLabels::TRACK);

/// The share of trains that are late.
#[recording_rule(name = "station:trains_late:ratio_rate1d")]
static LATE: Record = Station::TRAINS.share(TrackLabels::PUNCTUAL.eq(false), days(1));

/// How late nine of ten trains are at most.
#[recording_rule(name = "track:station_delay_seconds:p90_1h")]
static DELAY: Record = Station::DELAY
    .quantile(0.9, hours(1))
    .by(TrackLabels::TRACK);

/// The most people of a day.
#[recording_rule(name = "station:people:max_over_time1d")]
static CROWD: Record = Station::PEOPLE.max_over(days(1));

/// Luggage of one train.
///
/// Half of it is bicycles.
#[panel]
static LUGGAGE_OF_A_TRAIN: Panel = Station::LUGGAGE
    .rate(minutes(5))
    .divided_by(Station::TRAINS.rate(minutes(5)));

/// People on the platforms
#[panel]
static PEOPLE_ON_PLATFORMS: Panel = Station::PEOPLE.max().by_instance();

/// Late trains, by track
#[panel]
static LATE_TRAINS: Panel = Station::TRAINS
    .matching(TrackLabels::PUNCTUAL.eq(false))
    .increase(hours(1))
    .by(TrackLabels::TRACK)
    .times(2.0);
