//! Units as Grafana
//! [names them](https://github.com/grafana/grafana/blob/v12.0.0/packages/grafana-data/src/valueFormats/categories.ts).

use caxton_instrument::Unit;
use caxton_instrument::query::Dimension;

/// A multiple, as of the rate at which a budget is used up.
pub(super) const TIMES: &str = "suffix: ×";

/// A plain number.
pub(super) const NUMBER: &str = "short";

/// So many in a second.
pub(super) const RATE: &str = "ops";

/// Milliseconds since 1970, as a date.
pub(super) const MOMENT: &str = "dateTimeAsIso";

/// A share between 0 and 1.
pub(super) const SHARE: &str = "percentunit";

/// The unit of a query's answer.
pub(super) const fn of(dimension: Dimension) -> &'static str {
    match (dimension.unit(), dimension.is_per_second()) {
        (Unit::None, true) => RATE,
        (Unit::Seconds, false) => "s",
        (Unit::Bytes, false) => "bytes",
        (Unit::Bytes, true) => "binBps",
        // Seconds in a second are one, too.
        (Unit::Ratio, _) | (Unit::Seconds, true) => SHARE,
        (Unit::Meters, false) => "lengthm",
        (Unit::Meters, true) => "velocityms",
        (Unit::Joules, false) => "joule",
        (Unit::Joules, true) => "watt",
        (Unit::Grams, false) => "massg",
        (Unit::Grams, true) => "suffix: g/s",
        (Unit::Celsius, false) => "celsius",
        (Unit::Celsius, true) => "suffix: °C/s",
        (Unit::Volts, false) => "volt",
        (Unit::Volts, true) => "suffix: V/s",
        (Unit::Amperes, false) => "amp",
        (Unit::Amperes, true) => "suffix: A/s",
        (Unit::Hertz, false) => "hertz",
        (Unit::Hertz, true) => "suffix: Hz/s",
        _ => NUMBER,
    }
}

#[cfg(test)]
mod tests {
    use caxton_instrument::Unit;
    use caxton_instrument::query::Dimension;

    #[test]
    fn every_unit_has_a_name() {
        for unit in Unit::SUFFIXED {
            let (now, rate) = (Dimension::of(unit), Dimension::of(unit).per_second());
            assert_ne!(super::of(now), super::NUMBER, "{unit}");
            assert_ne!(super::of(rate), super::NUMBER, "{unit}");
            assert!(
                unit == Unit::Ratio || super::of(now) != super::of(rate),
                "{unit}"
            );
        }
        let busy = Dimension::of(Unit::Seconds).per_second();
        assert_eq!(super::of(busy), "percentunit");
    }
}
