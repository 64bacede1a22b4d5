//! What was to be reached, from `bars.json`, against the recorded results.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;

use crate::report::recorded;

/// One figure to reach.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bar {
    row: String,
    ours: Figure,
    /// The least that the machine allows, where that is measured.
    floor: Option<Figure>,
    reach: f64,
    moonshot: Option<f64>,
    #[serde(default)]
    unit: String,
    /// What the recorded numbers are multiplied by to be in that unit.
    #[serde(default = "one")]
    scale: f64,
    /// Shown where not everything holds; `{ROW}` is the instructions of that row.
    #[serde(default)]
    why: String,
}

fn one() -> f64 {
    1.0
}

/// `of - less`, as a ratio to `over`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Figure {
    of: Place,
    less: Option<Place>,
    over: Option<Place>,
}

/// A file of results, what its line is called, and a JSON pointer into the line.
type Place = Vec<String>;

/// What a unit took where the bars were set, in nanoseconds.
pub const UNIT_THERE: f64 = 5.9;

/// The table in Markdown; of updates also their time here and that of the reach
/// where it was set, `unit` being that of a unit here in nanoseconds.
pub fn table(unit: Option<f64>) -> String {
    let bars: Vec<Bar> = serde_json::from_str(include_str!("bars.json")).unwrap();
    let mut text = String::from(
        "| | here | the machine's floor | reach | moonshot | in time | |\n\
         |---|---:|---:|---:|---:|---:|---|\n",
    );
    for bar in &bars {
        let shown =
            |value: Option<f64>| value.map_or(String::new(), |value| number(value) + &bar.unit);
        let ours = figure(&bar.ours).map(|value| value * bar.scale);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            bar.row,
            shown(ours),
            shown(bar.floor.as_ref().and_then(figure)),
            shown(Some(bar.reach)),
            shown(bar.moonshot),
            in_time(bar, ours, unit).unwrap_or_default(),
            verdict(bar, ours),
        );
    }
    text
}

fn in_time(bar: &Bar, ours: Option<f64>, unit: Option<f64>) -> Option<String> {
    let is_update = bar.ours.over.is_none() && bar.ours.of.first()? == "hot_path";
    let (here, there) = (ours? * unit?, bar.reach * UNIT_THERE);
    is_update.then(|| format!("{} of {} ns", number(here), number(there)))
}

fn verdict(bar: &Bar, ours: Option<f64>) -> String {
    let Some(ours) = ours else {
        return "not measured".into();
    };
    // What is equal as shown is equal.
    let within = |most: f64| ours <= most || number(ours) == number(most);
    let (holds, all) = match (within(bar.reach), bar.moonshot.map(within)) {
        (true, None) => ("holds", true),
        (true, Some(true)) => ("both hold", true),
        (true, Some(false)) => ("the reach holds", false),
        (false, _) => ("does not hold", false),
    };
    if all || bar.why.is_empty() {
        holds.into()
    } else {
        format!("{holds}: {}", with_instructions(&bar.why))
    }
}

/// With what `scripts/callgrind.sh` counted.
fn with_instructions(why: &str) -> String {
    let counts: BTreeMap<String, f64> =
        serde_json::from_str(include_str!("callgrind.json")).unwrap();
    counts.iter().fold(why.into(), |why, (row, count)| {
        why.replace(&format!("{{{row}}}"), &format!("{count:.0}"))
    })
}

fn figure(figure: &Figure) -> Option<f64> {
    let value = place(&figure.of)?;
    let value = match &figure.less {
        Some(less) => value - place(less)?,
        None => value,
    };
    Some(match &figure.over {
        Some(over) => value / place(over)?,
        None => value,
    })
}

fn place(place: &Place) -> Option<f64> {
    let [file, names @ .., pointer] = place.as_slice() else {
        return None;
    };
    let lines: Vec<Value> = recorded(file);
    let is_named = |line: &&Value| {
        let fields = line.as_object();
        let has = |name: &String| fields.is_some_and(|fields| fields.values().any(|v| v == name));
        names.iter().all(has)
    };
    lines.iter().find(is_named)?.pointer(pointer)?.as_f64()
}

/// Three digits, or a whole number.
pub fn number(value: f64) -> String {
    if value.fract() == 0.0 {
        format!("{value:.0}")
    } else if value.abs() < 9.995 {
        format!("{value:.2}")
    } else if value.abs() < 99.95 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}
