//! TPL, DIM: how the value is shown.
//!
//! Why: who is woken reads `0.9473684210526315` or `1.073741824e+09` first.

use std::ops::Range;

use caxton_instrument::Unit;

use super::action::{Action, Kind};
use super::{Field, Look, tpl};
use crate::lint::promql::Quantity;
use crate::lint::{Class, Fault};

pub(super) fn check(look: &Look<'_>, faults: &mut Vec<Fault>) {
    for (at, action) in look.actions.iter().enumerate() {
        let Some(shown) = Shown::of(action) else {
            continue;
        };
        if look.field == Field::Label {
            faults.push(Fault {
                class: Class::Live,
                ..tpl(
                    action.at.clone(),
                    String::from(
                        "a label with the value changes at each evaluation: every one is another \
                         alert, and its `for` begins again",
                    ),
                    "show the value in an annotation",
                )
            });
            continue;
        }
        let end = look
            .actions
            .get(at + 1)
            .map_or(look.text.len(), |it| it.at.start);
        let after = look.text.get(action.at.end..end).unwrap_or_default();
        judge(look, action, &shown, after, faults);
    }
}

/// A value that is printed.
struct Shown<'a> {
    /// The function that makes the text.
    format: &'a str,
    format_at: Range<usize>,
    /// The pattern of `printf`.
    pattern: Option<&'a str>,
    value_at: Range<usize>,
}

impl<'a> Shown<'a> {
    fn of(action: &Action<'a>) -> Option<Self> {
        let is_value = |text: &str| {
            text == "$value" || text == "$.Value" || (text == ".Value" && !action.is_inside)
        };
        if !action.keyword().is_empty() || action.words.iter().any(|it| it.is(":=")) {
            return None;
        }
        let value = action.words.iter().find(|it| is_value(it.text))?;
        // What is compared, or asked with, is not shown.
        let mut functions = action.words.iter().filter(|it| it.kind == Kind::Word);
        let format = functions.next_back();
        let pattern = action.words.iter().find(|it| it.kind == Kind::Text);
        Some(Self {
            format: format.map_or("", |it| it.text),
            format_at: format.map_or(value.at(), super::action::Word::at),
            pattern: pattern.map(|it| it.text),
            value_at: value.at(),
        })
    }
}

fn judge(
    look: &Look<'_>,
    action: &Action<'_>,
    shown: &Shown<'_>,
    after: &str,
    faults: &mut Vec<Fault>,
) {
    let quantity = look.answer.quantity;
    let dim = |at: Range<usize>, message: String, remedy: String| Fault {
        class: Class::Dim,
        declared: look.answer.declared,
        ..tpl(at, message, remedy)
    };
    if let Some((at, message, remedy)) = verb(shown) {
        faults.push(tpl(at, message, remedy));
        return;
    }
    if let Some(quantity) = quantity
        && let Some((message, remedy)) = misformatted(look, shown.format, quantity)
    {
        faults.push(dim(shown.format_at.clone(), message, remedy));
        return;
    }
    if let Some((len, message, remedy)) = followed(shown, quantity, after) {
        let start = action.at.end + (after.len() - after.trim_start().len());
        faults.push(dim(start..start + len, message, remedy));
        return;
    }
    let is_bare = shown.format.is_empty() || shown.pattern.is_some_and(|it| it.contains("%v"));
    if is_bare && look.answer.is_calculated {
        faults.push(tpl(
            shown.value_at.clone(),
            String::from("the value is printed with all its digits"),
            format!("write {}", formatted(quantity)),
        ));
    }
}

/// `printf "%d" $value`: the value is a float.
fn verb(shown: &Shown<'_>) -> Option<(Range<usize>, String, String)> {
    if shown.format != "printf" {
        return None;
    }
    let pattern = shown.pattern?;
    let verb = ["%d", "%s", "%q", "%t", "%c"]
        .into_iter()
        .find(|it| pattern.contains(it))?;
    Some((
        shown.format_at.clone(),
        format!(
            "`{verb}` does not print a float: the text reads `%!{}(float64=...)`",
            &verb[1..]
        ),
        String::from("write `%.0f`, or `%.2f`"),
    ))
}

/// How to show a value of that unit.
fn formatted(quantity: Option<Quantity>) -> String {
    let Some(quantity) = quantity else {
        return String::from("`$value | humanize`");
    };
    let this = quantity.settled();
    let text = match this.unit {
        Unit::Ratio if this.is_plain() => "`$value | humanizePercentage`",
        Unit::Ratio => "`printf \"%.2f\" $value`, with `%` after it",
        Unit::Seconds if this.is_plain() => "`$value | humanizeDuration`",
        Unit::Bytes if this.is_plain() && this.per_second => {
            "`$value | humanize1024`, with `B/s` after it"
        }
        Unit::Bytes if this.is_plain() => "`$value | humanize1024`, with `B` after it",
        _ if this.is_plain() => "`$value | humanize`",
        _ => "`printf \"%.2f\" $value`",
    };
    text.into()
}

/// A function that shows another unit.
fn misformatted(look: &Look<'_>, format: &str, quantity: Quantity) -> Option<(String, String)> {
    let this = quantity.settled();
    let said = quantity.said();
    let fits = match format {
        "humanizePercentage" => this.is_ratio() && this.is_plain(),
        "humanizeDuration" | "humanizeTimestamp" => this.unit == Unit::Seconds && this.is_plain(),
        // A count has no unit of its own.
        "humanize1024" => {
            (this.unit == Unit::Bytes && this.is_plain()) || (this.is_count() && !this.per_second)
        }
        // No such function; it was meant to write bytes.
        it if it.to_ascii_lowercase().contains("bytes") && this.unit == Unit::Bytes => {
            this.is_plain()
        }
        "humanize" if this.unit == Unit::Bytes => this.is_plain() || this.scale < 1.0,
        _ => true,
    };
    if fits {
        return None;
    }
    let remedy = if format == "humanizePercentage" && this.is_ratio() {
        String::from("do not multiply by 100 in the expression: `humanizePercentage` does")
    } else if format != "humanize" && this.unit == Unit::Bytes && !this.is_plain() {
        String::from("do not divide in the expression: `humanize1024` of bytes does")
    } else if look.answer.is_rate_of_events && format == "humanizePercentage" {
        String::from(
            "divide by the rate of all events to get a share, or write `$value | humanize` with \
             `/s` after it",
        )
    } else {
        format!("write {}", formatted(Some(quantity)))
    };
    Some((format!("`{format}` of a value in {said}"), remedy))
}

/// A unit that is written after the value.
fn followed(
    shown: &Shown<'_>,
    quantity: Option<Quantity>,
    after: &str,
) -> Option<(usize, String, String)> {
    let text = after.trim_start();
    let word = text
        .split(|it: char| it.is_whitespace() || ",;.()".contains(it))
        .next()
        .unwrap_or_default();
    let len = word.len();
    let of = Quantity::of;
    let (meant, unit) = match word {
        "%" | "percent" => (Quantity::RATIO.times(100.0), word),
        "s" | "sec" | "secs" | "seconds" => (of(Unit::Seconds), word),
        "ms" | "milliseconds" => (of(Unit::Seconds).times(1e3), word),
        "B" | "bytes" => (of(Unit::Bytes), word),
        "KB" | "kB" | "KiB" => (of(Unit::Bytes).times(1.0 / 1024.0), word),
        "MB" | "MiB" => (of(Unit::Bytes).times(1.0 / 1_048_576.0), word),
        "GB" | "GiB" => (of(Unit::Bytes).times(1.0 / 1_073_741_824.0), word),
        _ => return per_second(quantity, text, word),
    };
    let twice = match shown.format {
        "humanizePercentage" => meant.is_ratio(),
        "humanizeDuration" => meant.unit == Unit::Seconds,
        "humanize1024" => meant.unit == Unit::Bytes && !meant.is_plain(),
        _ => false,
    };
    if twice {
        return Some((
            len,
            format!("`{}` writes the unit already", shown.format),
            if shown.format == "humanize1024" {
                String::from("write `B` after it")
            } else {
                format!("remove `{unit}`")
            },
        ));
    }
    if matches!(shown.format, "humanizePercentage" | "humanizeDuration") {
        return None;
    }
    let quantity = quantity?;
    let is_scale_alike = |a: f64, b: f64| (a / b).ln().abs() < 0.1;
    let is_right = quantity.is_alike(meant)
        && (is_scale_alike(quantity.scale, meant.scale)
            || (shown.format == "humanize1024" && meant.is_plain())
            || (shown.format == "humanize" && quantity.is_plain() && meant.is_plain()));
    if is_right {
        return None;
    }
    Some((
        len,
        format!(
            "the value is {}, and `{unit}` stands after it",
            quantity.said()
        ),
        format!("write {}", formatted(Some(quantity))),
    ))
}

/// `/s` after what is no rate.
fn per_second(
    quantity: Option<Quantity>,
    text: &str,
    word: &str,
) -> Option<(usize, String, String)> {
    let quantity = quantity?;
    let ends = ["/s", "/sec", "/second", "/secs"];
    let says = ends.iter().any(|it| word.ends_with(it))
        || (text.starts_with("per second") || text.starts_with("a second"));
    if !says || quantity.per_second {
        return None;
    }
    let len = if word.contains('/') {
        word.len()
    } else {
        text.find("second").map_or(word.len(), |it| it + 6)
    };
    Some((
        len,
        format!("the value is {}, and no rate", quantity.said()),
        String::from("take `rate(...)` in the expression, or write the time that it is of"),
    ))
}
