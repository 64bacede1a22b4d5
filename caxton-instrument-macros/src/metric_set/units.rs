//! `unit = word`.

use crate::shared::words::UNITS;

/// The base unit that a word for a scaled unit or an abbreviation means.
pub(super) fn base(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    let unit = match word.as_str() {
        "s" | "sec" | "secs" | "second" | "ms" | "msec" | "msecs" | "millis" | "us" | "micros"
        | "ns" | "nanos" | "minute" | "minutes" | "min" | "mins" | "hour" | "hours" | "day"
        | "days" | "duration" | "time" => "seconds",
        "byte" | "bit" | "bits" | "b" | "kb" | "kib" | "mb" | "mib" | "gb" | "gib" | "tb"
        | "tib" => "bytes",
        "percent" | "percents" | "percentage" | "pct" | "fraction" | "share" | "ratios" => "ratio",
        "m" | "km" | "cm" | "mm" | "metre" | "metres" | "meter" | "kilometres" | "millimetres"
        | "feet" | "miles" => "meters",
        "j" | "joule" | "kwh" | "wh" | "kilowatt_hours" | "watt_hours" | "calories" => "joules",
        "g" | "gram" | "kg" | "mg" | "tons" | "pounds" => "grams",
        "c" | "degrees" | "kelvin" | "fahrenheit" => "celsius",
        "v" | "volt" | "mv" => "volts",
        "a" | "amp" | "amps" | "ampere" | "ma" => "amperes",
        "hz" | "khz" | "mhz" | "ghz" | "rpm" => "hertz",
        scaled => return scaled_unit(scaled),
    };
    Some(unit)
}

/// `milliseconds`, `kibibytes`, ..: a prefix before a base unit.
fn scaled_unit(word: &str) -> Option<&'static str> {
    const PREFIXES: &[&str] = &[
        "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "mega", "giga", "tera",
        "peta", "kibi", "mebi", "gibi", "tebi", "pebi",
    ];
    let unit = PREFIXES
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix))?;
    UNITS
        .iter()
        .map(|&(base, _)| base)
        .find(|base| *base == unit || base.strip_suffix('s') == Some(unit))
}

#[cfg(test)]
mod tests {
    use super::base;

    #[test]
    fn scaled_units_lead_to_base_units() {
        assert_eq!(base("milliseconds"), Some("seconds"));
        assert_eq!(base("millisecond"), Some("seconds"));
        assert_eq!(base("percent"), Some("ratio"));
        assert_eq!(base("MB"), Some("bytes"));
        assert_eq!(base("megabytes"), Some("bytes"));
        assert_eq!(base("kilograms"), Some("grams"));
        assert_eq!(base("requests"), None);
    }
}
