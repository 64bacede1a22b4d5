//! DIM: units that do not go together, and thresholds in another unit than the
//! value.
//!
//! Why: PromQL knows no units. 0.05 against a percentage fires always, 5
//! against a share never; both look right.

use caxton_instrument::Unit;

use super::judged::{Facts, Judged, Value};
use super::metric::Series;
use super::place::UseKind;
use super::quantity::Quantity;
use super::tree::{Binary, Kind};
use super::{Look, fault};
use crate::lint::{Class, Fault};

/// No memory or disk is as small, in bytes.
const SMALL: f64 = 65_536.0;
/// A time stamp before that is none: the year 2001.
const EARLY: f64 = 1e9;

pub(super) fn check(look: &Look<'_>, faults: &mut Vec<Fault>) {
    look.root.each(&mut |part| {
        let (Kind::Binary(binary), [left, right]) = (&part.node.kind, &part.parts[..]) else {
            return;
        };
        let is_sum = matches!(binary.operator.text.as_str(), "+" | "-");
        if is_sum || binary.is_comparison() {
            unlike(binary, left, right, faults);
        }
        if binary.is_comparison() {
            for (side, other) in [(left, right), (right, left)] {
                if let Some(threshold) = other.node.number()
                    && let Some((message, remedy)) = beyond(&side.facts, threshold)
                {
                    let declared = side
                        .facts
                        .metric
                        .as_ref()
                        .and_then(super::metric::Metric::declared);
                    faults.push(
                        fault(Class::Dim, other.node.at.clone(), message, remedy)
                            .declared(declared),
                    );
                }
            }
        }
    });
    drawn(look, faults);
    noted(look, faults);
}

/// Two sides in different units.
fn unlike(binary: &Binary, left: &Judged<'_>, right: &Judged<'_>, faults: &mut Vec<Fault>) {
    let is_number = |side: &Judged<'_>| side.node.number().is_some();
    let (Some(a), Some(b)) = (left.facts.quantity, right.facts.quantity) else {
        return;
    };
    if is_number(left) || is_number(right) || (a.is_alike(b) && a.has_scale_of(b)) {
        return;
    }
    let verb = if binary.is_comparison() {
        "compares"
    } else {
        "joins"
    };
    let (said_a, said_b) = (a.said(), b.said());
    faults.push(fault(
        Class::Dim,
        binary.operator.at.clone(),
        format!("`{}` {verb} {said_a} with {said_b}", binary.operator.text),
        if a.is_alike(b) {
            format!("scale both sides alike: in {}", base(a))
        } else {
            String::from("ask for the same unit on both sides, or divide one by the other")
        },
    ));
}

fn base(quantity: Quantity) -> String {
    Quantity {
        scale: 1.0,
        ..quantity
    }
    .said()
}

/// A threshold that is in another unit.
fn beyond(facts: &Facts<'_>, threshold: f64) -> Option<(String, String)> {
    let quantity = facts.quantity?;
    let size = threshold.abs();
    if size == 0.0 || !size.is_finite() {
        return None;
    }
    if quantity.is_ratio() {
        return of_ratio(facts, quantity, threshold);
    }
    match quantity.unit {
        Unit::Bytes if quantity.scale < 1e-2 && size >= 1e6 => Some((
            format!(
                "the value is in {}, and {threshold} looks like bytes",
                quantity.said()
            ),
            format!("write `{}`, or do not divide", threshold * quantity.scale),
        )),
        Unit::Bytes if is_memory(facts) && quantity.is_plain() && size > 1.0 && size < SMALL => {
            Some((
                format!("the value is in bytes, and {threshold} of them are nearly none"),
                format!("write `{threshold} * 1024 * 1024` for MiB, or `* 1024 ^ 3` for GiB"),
            ))
        }
        Unit::Seconds if !quantity.per_second && quantity.is_plain() => {
            of_seconds(facts, threshold)
        }
        Unit::Seconds if quantity.scale <= 1.0 / 3600.0 && threshold >= 86_400.0 => Some((
            format!(
                "the value is in {}, and {threshold} looks like seconds",
                quantity.said()
            ),
            format!("write `{}`, or do not divide", threshold * quantity.scale),
        )),
        Unit::Seconds if quantity.is_scaled(1e3) => of_milliseconds(facts, threshold),
        _ => None,
    }
}

fn of_ratio(facts: &Facts<'_>, quantity: Quantity, threshold: f64) -> Option<(String, String)> {
    // Busy seconds in a second are as many as there are processors, and a
    // quotient of two things may be anything.
    let is_share =
        facts.high <= quantity.scale * (1.0 + 1e-9) && facts.low >= 0.0 || is_named_ratio(facts);
    if quantity.is_plain() && threshold > 1.0 && is_share {
        return Some((
            format!("the value is a share from 0 to 1: {threshold} is never reached"),
            format!(
                "write `{}`, or multiply the value by 100",
                threshold / 100.0
            ),
        ));
    }
    if quantity.is_scaled(100.0) && threshold > 0.0 && threshold < 1.0 {
        return Some((
            format!("the value is a percentage from 0 to 100: {threshold} is nearly nothing"),
            format!("write `{}`, or do not multiply by 100", threshold * 100.0),
        ));
    }
    None
}

fn is_named_ratio(facts: &Facts<'_>) -> bool {
    let metric = facts.metric.as_ref();
    metric.is_some_and(|it| {
        let is_recorded = it.name.contains(':') && it.name.contains("ratio");
        it.unit == Some(Unit::Ratio) && (it.descriptor.is_some() || is_recorded)
    })
}

/// Whether it is a size that something has, and no size of single messages.
fn is_memory(facts: &Facts<'_>) -> bool {
    !facts.is_rate
        && !facts.is_quantile
        && facts.series.is_gauge()
        && facts.metric.as_ref().is_some_and(|it| {
            let words = ["memory", "heap", "rss", "disk", "storage", "filesystem"];
            it.name.split('_').any(|word| words.contains(&word))
        })
}

fn of_seconds(facts: &Facts<'_>, threshold: f64) -> Option<(String, String)> {
    let metric = facts.metric.as_ref();
    let is_stamp = metric.is_some_and(|it| it.name.contains("timestamp"))
        && facts.series.is_gauge()
        && !facts.is_rate;
    if is_stamp && threshold > 0.0 && threshold < EARLY {
        return Some((
            format!("the value is a time stamp, seconds since 1970, and {threshold} is an age"),
            String::from("compare `time() - ...` with it"),
        ));
    }
    // The average of a histogram lies within its bounds.
    let highest = facts.bounds().last().copied();
    if let Some(highest) = highest.filter(|_| !facts.is_quantile)
        && threshold > 10.0 * highest
    {
        return Some((
            format!("the value is in seconds, and {threshold} looks like milliseconds"),
            format!("write `{}`", threshold / 1000.0),
        ));
    }
    // An age of years, in milliseconds some hours.
    let is_age = facts.value == Value::Vector && facts.is_age();
    (is_age && (1e7..EARLY).contains(&threshold)).then(|| {
        (
            format!("the value is in seconds, and {threshold} looks like milliseconds"),
            format!("write `{}`", threshold / 1000.0),
        )
    })
}

/// Milliseconds that are compared with less than any sample has.
fn of_milliseconds(facts: &Facts<'_>, threshold: f64) -> Option<(String, String)> {
    let first = facts.bounds().first().map(|it| it * 1e3)?;
    (threshold > 0.0 && threshold < first / 50.0).then(|| {
        (
            format!("the value is in milliseconds, and {threshold} looks like seconds"),
            format!("write `{}`, or do not multiply by 1000", threshold * 1e3),
        )
    })
}

impl Facts<'_> {
    /// Whether it is a difference of times.
    fn is_age(&self) -> bool {
        !self.is_rate && !self.is_quantile && self.series == Series::Unknown
    }
}

/// A panel's unit.
fn drawn(look: &Look<'_>, faults: &mut Vec<Fault>) {
    let UseKind::Panel {
        unit: Some(unit), ..
    } = look.place.kind
    else {
        return;
    };
    let (Some(quantity), Some(drawn)) = (look.root.facts.quantity, of_grafana(unit)) else {
        return;
    };
    if !look.root.facts.is_vector() {
        return;
    }
    let is_alike = quantity.is_alike(drawn);
    if is_alike && quantity.has_scale_of(drawn) {
        return;
    }
    // `short` and counts say nothing of what is counted.
    if drawn.is_count() && !drawn.per_second {
        return;
    }
    let said = quantity.said();
    let fits = grafana_of(quantity);
    let message = if is_alike {
        format!(
            "the value is {said}, drawn as {}: it is off by a factor",
            drawn.said()
        )
    } else {
        format!("the value is {said}, drawn as {}", drawn.said())
    };
    let remedy = match fits {
        Some(unit) => format!("set the panel's unit to `{unit}`"),
        None => format!("ask for {}", drawn.said()),
    };
    faults.push(fault(
        Class::Dim,
        look.root.node.at.clone(),
        message,
        remedy,
    ));
}

/// What Grafana's [units](https://github.com/grafana/grafana/blob/v12.0.0/packages/grafana-data/src/valueFormats/categories.ts)
/// take the value for.
fn of_grafana(unit: &str) -> Option<Quantity> {
    let of = Quantity::of;
    Some(match unit {
        "percentunit" => Quantity::RATIO,
        "percent" => Quantity::RATIO.times(100.0),
        "s" | "dtdurations" | "dthms" => of(Unit::Seconds),
        "ms" | "dtdurationms" | "clockms" => of(Unit::Seconds).times(1e3),
        "µs" => of(Unit::Seconds).times(1e6),
        "ns" => of(Unit::Seconds).times(1e9),
        "m" => of(Unit::Seconds).times(1.0 / 60.0),
        "h" => of(Unit::Seconds).times(1.0 / 3600.0),
        "bytes" | "decbytes" => of(Unit::Bytes),
        "bits" | "decbits" => of(Unit::Bytes).times(8.0),
        "kbytes" => of(Unit::Bytes).times(1.0 / 1024.0),
        "mbytes" => of(Unit::Bytes).times(1.0 / 1_048_576.0),
        "gbytes" => of(Unit::Bytes).times(1.0 / 1_073_741_824.0),
        "Bps" | "binBps" => of(Unit::Bytes).per_second(),
        "bps" | "binbps" => of(Unit::Bytes).per_second().times(8.0),
        "reqps" | "ops" | "cps" | "rps" | "wps" | "iops" | "mps" | "eps" | "recps" | "rowsps" => {
            Quantity::COUNT.per_second()
        }
        "reqpm" | "opm" | "cpm" | "rpm" | "wpm" | "epm" => Quantity::COUNT.per_second().times(60.0),
        "celsius" => of(Unit::Celsius),
        "short" | "none" | "locale" => Quantity::COUNT,
        _ => return None,
    })
}

fn grafana_of(quantity: Quantity) -> Option<&'static str> {
    const UNITS: [&str; 16] = [
        "percentunit",
        "percent",
        "s",
        "ms",
        "m",
        "h",
        "bytes",
        "kbytes",
        "mbytes",
        "gbytes",
        "Bps",
        "ops",
        "opm",
        "celsius",
        "short",
        "bits",
    ];
    let this = quantity.settled();
    UNITS.into_iter().find(|it| {
        of_grafana(it).is_some_and(|unit| unit.is_alike(this) && unit.is_scaled(this.scale))
    })
}

/// A comment beside a threshold that says another size: `# 1GB`.
fn noted(look: &Look<'_>, faults: &mut Vec<Fault>) {
    let Some((said, unit)) = size_of(look.place.note) else {
        return;
    };
    let mut numbers = Vec::new();
    look.root.each(&mut |part| {
        if let (Kind::Binary(binary), [left, right]) = (&part.node.kind, &part.parts[..])
            && binary.is_comparison()
        {
            for (side, other) in [(left, right), (right, left)] {
                let is_bytes = side
                    .facts
                    .quantity
                    .is_none_or(|it| it.unit == Unit::Bytes && it.is_plain());
                if let Some(value) = other.node.number().filter(|_| is_bytes) {
                    numbers.push((value, other.node.at.clone()));
                }
            }
        }
    });
    let [(value, at)] = &numbers[..] else {
        return;
    };
    // 1 GB is both 10⁹ and, as many write it, 2³⁰.
    if said.iter().any(|it| (value / it - 1.0).abs() < 0.01) {
        let (exact, named) = (said[0], unit);
        if (value / exact - 1.0).abs() < 1e-9 {
            return;
        }
        faults.push(fault(
            Class::Dim,
            at.clone(),
            format!(
                "the comment says {named}, and {value} is {}",
                binary_name(&named)
            ),
            format!(
                "write `{exact}`, or `{}` in the comment",
                binary_name(&named)
            ),
        ));
        return;
    }
    faults.push(fault(
        Class::Dim,
        at.clone(),
        format!("the comment says {unit}, and the threshold is {value}"),
        format!("write `{}`, or correct the comment", said[0]),
    ));
}

fn binary_name(named: &str) -> String {
    let (number, unit) = named.split_once(' ').unwrap_or(("", named));
    let letter = unit.chars().next().unwrap_or('B');
    format!("{number} {}iB", letter.to_ascii_uppercase())
}

/// The sizes that a comment can mean, the exact one first.
fn size_of(note: &str) -> Option<(Vec<f64>, String)> {
    const UNITS: [(&str, f64, f64); 8] = [
        ("kib", 1024.0, 1024.0),
        ("mib", 1_048_576.0, 1_048_576.0),
        ("gib", 1_073_741_824.0, 1_073_741_824.0),
        ("tib", 1_099_511_627_776.0, 1_099_511_627_776.0),
        ("kb", 1e3, 1024.0),
        ("mb", 1e6, 1_048_576.0),
        ("gb", 1e9, 1_073_741_824.0),
        ("tb", 1e12, 1_099_511_627_776.0),
    ];
    let note = note.trim_start_matches(['#', ' ']);
    let digits = note
        .bytes()
        .take_while(|it| it.is_ascii_digit() || *it == b'.')
        .count();
    let value: f64 = note.get(..digits)?.parse().ok()?;
    let rest = note[digits..].trim_start();
    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    let (_, exact, other) = UNITS
        .iter()
        .find(|(name, ..)| word.eq_ignore_ascii_case(name))?;
    Some((
        vec![value * exact, value * other],
        format!("{} {word}", &note[..digits]),
    ))
}
