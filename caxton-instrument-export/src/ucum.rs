//! Units as OTLP has them, in
//! [UCUM](https://opentelemetry.io/docs/specs/semconv/general/metrics/#instrument-units),
//! so that a translation back into Prometheus gives the name that is scraped.

use std::borrow::Cow;

use caxton_instrument::Unit;

/// The unit of a metric.
///
/// A translator appends the word of a unit to the name where it is not there:
/// only what the name says is stated as a unit. In braces are annotations, which
/// translators leave out of names.
pub(crate) fn ucum(unit: Unit, name: &str, is_declared: bool) -> Cow<'static, str> {
    let word = unit.suffix();
    if word.is_empty() {
        // Of another crate nobody knows what it counts.
        return Cow::Borrowed(if is_declared { "{count}" } else { "" });
    }
    if !name.split('_').any(|part| part == word) {
        return Cow::Owned(format!("{{{word}}}"));
    }
    match unit {
        Unit::Seconds => "s",
        Unit::Bytes => "By",
        Unit::Ratio => "1",
        Unit::Meters => "m",
        Unit::Joules => "J",
        Unit::Grams => "g",
        Unit::Celsius => "Cel",
        Unit::Volts => "V",
        Unit::Amperes => "A",
        Unit::Hertz => "Hz",
        // None of those above: as a word it is right in a name.
        _ => word,
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_has_a_code() {
        for unit in Unit::SUFFIXED {
            let name = format!("shop_things_{}", unit.suffix());
            let code = ucum(unit, &name, true);
            assert!(code.len() <= 3, "{unit:?} is {code}");
        }
        assert_eq!(ucum(Unit::Seconds, "shop_wait_seconds_total", true), "s");
        assert_eq!(ucum(Unit::Ratio, "shop_full_ratio", true), "1");
    }

    #[test]
    fn a_unit_that_the_name_does_not_say_is_an_annotation() {
        assert_eq!(ucum(Unit::Seconds, "shop_wait", true), "{seconds}");
        assert_eq!(ucum(Unit::Seconds, "shop_milliseconds", true), "{seconds}");
    }

    #[test]
    fn counts_are_annotated_and_what_is_not_known_is_left_out() {
        assert_eq!(ucum(Unit::None, "shop_orders_total", true), "{count}");
        assert_eq!(ucum(Unit::None, "shop_orders_total", false), "");
    }
}
