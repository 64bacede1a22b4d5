//! Many closed labels.

use caxton_instrument::prelude::*;
use caxton_instrument::query::{hours, minutes};
use caxton_instrument::{Alert, alert};

#[derive(LabelValue, Clone, Copy)]
#[allow(dead_code, reason = "they are only asked about")]
enum Size {
    Small,
    Medium,
    Large,
    ExtraLarge,
}

#[derive(LabelValue, Clone, Copy)]
#[label(rename_all = "kebab-case")]
#[allow(dead_code, reason = "they are only asked about")]
enum Topping {
    BlackOlives,
    GoatCheese,
    Tuna,
    None,
}

#[derive(LabelValue, Clone, Copy)]
#[allow(dead_code, reason = "they are only asked about")]
enum Fate {
    #[label(rename = "eaten")]
    Served,
    Burnt,
    #[label(rename = "sent back")]
    Refused,
}

#[derive(LabelSet)]
struct PizzaLabels {
    /// How large it is.
    size: Size,
    /// What is on it.
    topping: Topping,
    /// What became of it.
    fate: Fate,
    /// Whether it was eaten elsewhere.
    takeaway: bool,
}

#[derive(LabelSet)]
struct OvenLabels {
    /// What it was made for.
    size: Size,
    /// Whether it burns wood.
    wood: bool,
}

/// A pizzeria.
#[derive(MetricSet)]
#[metric_set(namespace = "pizzeria", subsystem = "kitchen")]
#[allow(dead_code, reason = "they are only asked about")]
struct Kitchen {
    /// Pizzas that left the oven.
    pizzas: Counter<PizzaLabels>,
    /// How warm the oven is.
    #[metric(unit = celsius)]
    oven_temperature: Gauge<OvenLabels>,
    /// Time in the oven.
    #[metric(unit = seconds, buckets = exponential(15.0, 2.0, 6))]
    baking_duration: Histogram<OvenLabels>,
}

/// {size}: {value} of the pizzas is burnt or comes back.
///
/// Look at the oven's temperature, then at the cook.
#[alert(
    severity = critical,
    owner = "cooks",
    hold = minutes(15),
    keep_firing = minutes(15),
    runbook = "https://example.org/runbooks/burnt?from=alert#top"
)]
static PIZZAS_GO_WRONG: Alert = Kitchen::PIZZAS
    .share(
        PizzaLabels::FATE.one_of(&[Fate::Burnt, Fate::Refused]),
        minutes(30),
    )
    .by(PizzaLabels::SIZE)
    .above(0.1);

/// Nothing with tuna is taken away: {value}.
#[alert(severity = info, owner = "cooks")]
static NO_TUNA: Alert = Kitchen::PIZZAS
    .matching(PizzaLabels::TOPPING.eq(Topping::Tuna))
    .matching(PizzaLabels::TAKEAWAY.eq(true))
    .matching(PizzaLabels::FATE.none_of(&[Fate::Burnt, Fate::Refused]))
    .increase(hours(6))
    .below(1.0);

/// Oven for {size}, wood {wood}: {value}.
#[alert(severity = warning, owner = "waiters")]
static OVEN_COOLS_DOWN: Alert = Kitchen::OVEN_TEMPERATURE
    .matching(OvenLabels::WOOD.eq(false))
    .min_over(minutes(10))
    .by(OvenLabels::SIZE)
    .by(OvenLabels::WOOD)
    .below(250.0);

/// {value} of the pizzas is longer than two minutes in the oven.
#[alert(severity = warning, owner = "waiters")]
static BAKING_IS_SLOW: Alert = Kitchen::BAKING_DURATION
    .share_above(120.0, hours(1))
    .by(OvenLabels::SIZE)
    .above(0.25);
