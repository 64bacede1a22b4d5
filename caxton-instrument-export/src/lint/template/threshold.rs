//! DRIFT: a text that says another threshold than the expression.
//!
//! Why: who changes the one forgets the other, and who is woken believes the
//! text.

use std::sync::LazyLock;

use caxton_instrument::Unit;
use regex::Regex;

use super::{Look, tpl};
use crate::lint::promql::Quantity;
use crate::lint::{Class, Fault};

/// `above 5 %`, `more than 1000 messages`, `below 500ms`.
static PHRASE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = "above|over|exceed(?:s|ed|ing)?|more than|greater than|higher than|at least\
                 |below|under|less than|fewer than|lower than";
    Regex::new(&format!(
        r"(?i)\b({words})\s+([0-9]+(?:\.[0-9]+)?)\s*(%|[a-z]+)?"
    ))
    .ok()
});

pub(super) fn check(look: &Look<'_>, faults: &mut Vec<Fault>) {
    let (Some(threshold), Some(phrase)) = (look.answer.threshold, PHRASE.as_ref()) else {
        return;
    };
    let mut phrases = phrase.captures_iter(look.text);
    // Of several, it is not known which is meant.
    let (Some(found), None) = (phrases.next(), phrases.next()) else {
        return;
    };
    let (Some(whole), Some(word), Some(number)) = (found.get(0), found.get(1), found.get(2)) else {
        return;
    };
    let Ok(value) = number.as_str().parse::<f64>() else {
        return;
    };
    let unit = found.get(3).map_or("", |it| it.as_str());
    let Some(said) = said(value, unit, word.as_str(), look.answer.quantity) else {
        return;
    };
    let is_alike =
        |it: &f64| (it / threshold - 1.0).abs() < 0.05 || it.to_bits() == threshold.to_bits();
    if said.iter().any(is_alike) {
        return;
    }
    let is_unit = unit == "%" || !of_unit(unit).is_empty();
    let end = found
        .get(3)
        .filter(|_| is_unit)
        .map_or(number.end(), |it| it.end());
    faults.push(Fault {
        class: Class::Drift,
        ..tpl(
            number.start()..end,
            format!(
                "the text says `{}`, and the expression compares with {threshold}",
                look.text[whole.start()..end].trim()
            ),
            "say the threshold of the expression, or leave it out of the text",
        )
    });
}

/// What a text means in the unit of the value; `None` where it speaks of
/// something else.
fn said(value: f64, unit: &str, word: &str, quantity: Option<Quantity>) -> Option<Vec<f64>> {
    let quantity = quantity?;
    let this = quantity.settled();
    let factors = of_unit(unit);
    match this.unit {
        Unit::Ratio if unit == "%" || unit == "percent" => Some(vec![value / 100.0 * this.scale]),
        Unit::Ratio if factors.is_empty() && value <= 1.0 => Some(vec![value * this.scale]),
        // `over 5 minutes` says how long.
        Unit::Seconds if !factors.is_empty() && !word.eq_ignore_ascii_case("over") => {
            let seconds = factors.iter().filter(|(of, _)| *of == Unit::Seconds);
            let values: Vec<_> = seconds.map(|(_, it)| value * it * this.scale).collect();
            (!values.is_empty()).then_some(values)
        }
        Unit::Bytes if !this.per_second => {
            let bytes = factors.iter().filter(|(of, _)| *of == Unit::Bytes);
            let values: Vec<_> = bytes.map(|(_, it)| value * it * this.scale).collect();
            (!values.is_empty()).then_some(values)
        }
        Unit::None if unit != "%" && factors.is_empty() && !this.per_second => Some(vec![value]),
        _ => None,
    }
}

/// What a unit can mean, in base units.
fn of_unit(unit: &str) -> Vec<(Unit, f64)> {
    const SECONDS: [(&[&str], f64); 4] = [
        (&["ms", "millisecond", "milliseconds"], 0.001),
        (&["s", "sec", "secs", "second", "seconds"], 1.0),
        (&["m", "min", "mins", "minute", "minutes"], 60.0),
        (&["h", "hour", "hours"], 3600.0),
    ];
    const BYTES: [(&str, f64, f64); 4] = [
        ("k", 1e3, 1024.0),
        ("m", 1e6, 1_048_576.0),
        ("g", 1e9, 1_073_741_824.0),
        ("t", 1e12, 1_099_511_627_776.0),
    ];
    let small = unit.to_ascii_lowercase();
    if let Some((_, seconds)) = SECONDS
        .iter()
        .find(|(names, _)| names.contains(&small.as_str()))
    {
        return vec![(Unit::Seconds, *seconds)];
    }
    if ["b", "byte", "bytes"].contains(&small.as_str()) {
        return vec![(Unit::Bytes, 1.0)];
    }
    for (letter, decimal, binary) in BYTES {
        // A GB is written for both.
        if small == format!("{letter}b") {
            return vec![(Unit::Bytes, decimal), (Unit::Bytes, binary)];
        }
        if small == format!("{letter}ib") {
            return vec![(Unit::Bytes, binary)];
        }
    }
    Vec::new()
}
