//! Metrics that were called otherwise, and some that are to go.

use caxton_instrument::prelude::*;
use caxton_instrument::query::{days, minutes};
use caxton_instrument::{Alert, Slo, alert, slo};

#[derive(LabelSet)]
struct RoomLabels {
    /// Whether it has a view.
    view: bool,
}

/// A hotel.
#[derive(MetricSet)]
#[metric_set(namespace = "hotel")]
#[allow(dead_code, reason = "they are only asked about")]
struct Hotel {
    /// Guests that came.
    #[metric(replaces = ["hotel_arrivals_total", "guests"])]
    guests: Counter<RoomLabels>,
    /// Time that a guest waits at the desk.
    #[metric(
        unit = seconds,
        buckets = [60.0, 120.0, 600.0],
        replaces("hotel_wait_milliseconds", reason = "it had no base unit")
    )]
    desk_wait: Histogram,
    /// Rooms that are free.
    #[metric(stability = deprecated(since = "0.4.0", note = "use `hotel_rooms`"))]
    free_rooms: Gauge,
    /// Rooms that are clean.
    #[metric(stability = experimental)]
    rooms: Gauge<RoomLabels>,
    /// Keys that were lost.
    #[metric(
        name = "lost_keys",
        allow(namespace, total_suffix),
        reason = "a name from before"
    )]
    keys: Counter,
    /// Keys that were found.
    #[metric(stability = deprecated(since = "0.5.0", note = "nobody reads it"))]
    keys_found: Counter,
}

/// {value} keys were lost.
#[alert(severity = warning)]
static KEYS_ARE_LOST: Alert = Hotel::KEYS.increase(minutes(60)).above(3.0);

/// Only {value} rooms are left.
#[alert(severity = critical)]
static NO_ROOMS: Alert = Hotel::ROOMS.sum().by(RoomLabels::VIEW).below(2.0);

/// Guests have a key within two minutes.
#[slo(objective = 97.5, window = days(30))]
static GUESTS_HAVE_KEYS: Slo = Hotel::DESK_WAIT.at_most(120.0);
