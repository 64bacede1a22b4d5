//! Every message of the derives: what is wrong, then what to write instead.
//!
//! The rules over names live in the facade (`caxton_instrument::rules`), which
//! words their messages itself; here is what only a macro can see.

use core::fmt::Display;

use super::suggest::nearest;
use super::words;

// Options.

pub(crate) const EXPECTED_COMMA: &str = "expected `,`: write one between two options";

pub(crate) fn colon(instead: &str) -> String {
    format!("an option takes no `:`: write `{instead}`")
}

pub(crate) fn given_twice(key: &impl Display) -> String {
    format!("option `{key}` is given twice: write it once")
}

pub(crate) fn attribute_without_list(owner: &str, known: &[&str]) -> String {
    format!("expected `#[{owner}(..)]` with any of {}", listed(known))
}

pub(crate) fn expected_option(owner: &str, known: &[&str]) -> String {
    format!("expected an option of {}: {}", shown(owner), listed(known))
}

pub(crate) fn unknown_option(owner: &str, key: &str, known: &[&str]) -> String {
    let owner = shown(owner);
    match nearest(key, known.iter().copied()) {
        Some(meant) => format!("{owner} has no option `{key}`: write `{meant}`"),
        None if known.len() == 1 => {
            format!(
                "{owner} has no option `{key}`: it has only {}",
                listed(known)
            )
        }
        None => format!(
            "{owner} has no option `{key}`: write any of {}",
            listed(known)
        ),
    }
}

/// As [`unknown_option`], for the words inside of an option.
pub(crate) fn unknown_word(owner: &str, key: &str, known: &[&str]) -> String {
    match nearest(key, known.iter().copied()) {
        Some(meant) => format!("`{owner}(..)` has no `{key}`: write `{meant}`"),
        None => format!("`{owner}(..)` has no `{key}`: write {}", listed(known)),
    }
}

pub(crate) fn wrong_value(key: &impl Display, kind: &str, example: &str) -> String {
    format!("option `{key}` takes {kind}: write `{example}`")
}

pub(crate) fn needs_list(key: &impl Display, example: &str) -> String {
    format!("option `{key}` takes a list in parentheses: write `{example}`")
}

pub(crate) fn empty(key: &impl Display, example: &str) -> String {
    format!("option `{key}` is empty: write `{example}`")
}

pub(crate) fn zero(key: &impl Display, example: &str) -> String {
    format!("option `{key}` has to be at least 1: write `{example}`")
}

pub(crate) fn too_large(key: &impl Display, example: &str) -> String {
    format!("option `{key}` is too large a number: write `{example}`")
}

// `allow`.

pub(crate) const EXPECTED_RULE: &str = "expected the id of a rule: write `allow(unit_suffix)`";

pub(crate) const ALLOWED_TWICE: &str = "this rule is allowed already: write it once";

pub(crate) const ALLOW_WITHOUT_REASON: &str =
    "`allow(..)` needs a reason, which the catalog prints: write `allow(..), reason = \"..\"`";

pub(crate) const REASON_WITHOUT_ALLOW: &str =
    "`reason` belongs to the rules that it allows: write `allow(unit_suffix), reason = \"..\"`";

pub(crate) fn unknown_rule(word: &str) -> String {
    let known = || words::RULES.iter().map(|&(id, _)| id);
    match nearest(word, known()) {
        Some(meant) => format!("there is no rule `{word}`: write `{meant}`"),
        None => format!(
            "there is no rule `{word}`: write any of {}",
            listed(&known().collect::<Vec<_>>())
        ),
    }
}

// Shapes.

pub(crate) const LABEL_VALUE_UNION: &str =
    "a union is no label value: derive `LabelValue` for an enum of unit variants";

pub(crate) const LABEL_VALUE_STRUCT: &str = "a struct is a label value only as a newtype of one: \
     write `struct Name(Inner);`, or an enum of unit variants";

pub(crate) const LABEL_VALUE_EMPTY: &str =
    "an enum without variants has no label value: write at least one variant";

pub(crate) const LABEL_VALUE_GENERIC: &str =
    "a label value takes no generics: its values have to be known here";

pub(crate) const LABEL_SET_SHAPE: &str = "a label set is a struct with named fields, one for each label: \
     write `struct Labels { status: Status }`";

pub(crate) const LABEL_SET_EMPTY: &str = "a label set without labels is `()`: write `Counter` or `Counter<()>` for a metric without labels";

pub(crate) const LABEL_SET_GENERIC: &str = "a label set takes no generics and no lifetimes: it is owned, the derive adds its borrowed twin";

pub(crate) const METRIC_SET_SHAPE: &str = "a metric set is a struct with named fields, one for each metric: \
     write `struct Metrics { requests: Counter }`";

pub(crate) const METRIC_SET_EMPTY: &str =
    "a metric set without metrics declares nothing: write at least one field";

pub(crate) const METRIC_SET_GENERIC: &str =
    "a metric set takes no generics: its metrics have to be known here";

/// `#[found]` where `#[wanted]` belongs.
pub(crate) fn misplaced(found: &str, wanted: &str, place: &str) -> String {
    format!("`#[{found}(..)]` has no meaning here: write `#[{wanted}(..)]` on {place}")
}

// Label values.

pub(crate) fn variant_with_fields(variant: &str) -> String {
    format!(
        "variant `{variant}` holds data, and a label has to know all its values: \
         write a unit variant, or `#[label(max_values = 100)]` with `Text` on the field of the label set"
    )
}

pub(crate) fn duplicate_value(value: &str) -> String {
    format!("two variants read `{value}`: write `#[label(rename = \"..\")]` on one of them")
}

pub(crate) fn reserved_value(value: &str) -> String {
    format!("the value `{value}` stands for labels past their bound: write another one")
}

pub(crate) fn unknown_case(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(meant) => format!("there is no case `{word}`: write `rename_all = \"{meant}\"`"),
        None => format!("there is no case `{word}`: write any of {}", listed(known)),
    }
}

// Label sets.

pub(crate) fn label_bound(label: &str, ty: &str) -> String {
    format!(
        "[label_bound] label `{label}` takes any `{ty}`, so it has to state its bound: \
         write `#[label(max_values = 100)]`"
    )
}

pub(crate) fn duplicate_label(name: &str) -> String {
    format!("two labels are named `{name}`: rename one of them")
}

// Metric sets.

pub(crate) fn namespace_missing(owner: &str) -> String {
    let option = "namespace = \"caxton\"";
    let example = if owner.ends_with('!') {
        option.to_owned()
    } else {
        format!("#[{owner}({option})]")
    };
    format!("a metric set states its namespace, the first word of every name: write `{example}`")
}

pub(crate) fn prefix_charset(option: &str, text: &str, meant: &str) -> String {
    format!(
        "[charset] {option} `{text}` is not `[a-z][a-z0-9_]*` without `__` or a trailing `_`: \
         write `{meant}`"
    )
}

pub(crate) fn not_a_metric(field: &str, ty: &str) -> String {
    format!(
        "field `{field}` is no metric: write `Counter`, `Gauge`, `Histogram` or `Info` instead of `{ty}`"
    )
}

pub(crate) fn duplicate_metric(name: &str, other: &str) -> String {
    format!("metric `{name}` is declared already, by field `{other}`: rename one of them")
}

pub(crate) fn duplicate_constant(constant: &str, other: &str) -> String {
    format!("field gives the constant `{constant}`, as field `{other}` does: rename one of them")
}

pub(crate) fn unknown_unit(kind: &str, metric: &str, word: &str, base: Option<&str>) -> String {
    match base {
        Some(base) => format!(
            "[base_unit] {kind} `{metric}` is in `{word}`, which is no base unit: \
             convert the value and write `unit = {base}`"
        ),
        None => {
            let known: Vec<_> = words::UNITS.iter().map(|&(word, _)| word).collect();
            match nearest(word, known.iter().copied()) {
                Some(meant) => {
                    format!("[base_unit] there is no unit `{word}`: write `unit = {meant}`")
                }
                None => format!(
                    "[base_unit] there is no unit `{word}`: leave it out for a count of things, \
                     or write any of {}",
                    listed(&known)
                ),
            }
        }
    }
}

pub(crate) fn unit_on_info(metric: &str) -> String {
    format!("info `{metric}` is always 1 and has no unit: leave it out")
}

pub(crate) fn buckets_missing(metric: &str) -> String {
    format!(
        "[buckets] histogram `{metric}` states no bucket bounds: \
         write `#[metric(buckets = [0.1, 1.0, 10.0])]`, `native` to choose none, \
         or `unit = seconds` for the default ones"
    )
}

pub(crate) fn native_on(kind: &str, metric: &str) -> String {
    format!(
        "[buckets] {kind} `{metric}` has no buckets: leave `native` out, or declare a `Histogram`"
    )
}

pub(crate) fn native_and_buckets(metric: &str) -> String {
    format!(
        "[buckets] histogram `{metric}` is native, and its unit fixes its buckets: \
         leave out `buckets`, or leave out `native`"
    )
}

pub(crate) const NATIVE_VALUE: &str = "`native` stands alone: write `native`, or leave it out";

pub(crate) fn buckets_on(kind: &str, metric: &str) -> String {
    format!("[buckets] {kind} `{metric}` has no buckets: leave them out, or declare a `Histogram`")
}

pub(crate) const BUCKETS_VALUE: &str = "option `buckets` takes bucket bounds: write `buckets = [0.1, 1.0, 10.0]`, \
     `linear(start, width, count)`, `exponential(start, factor, count)` or the path of a constant";

pub(crate) fn buckets_generator(word: &str) -> String {
    let meant = nearest(word, [words::LINEAR, words::EXPONENTIAL]).unwrap_or(words::LINEAR);
    let step = if meant == words::LINEAR {
        "width"
    } else {
        "factor"
    };
    format!("there are no `{word}` buckets: write `{meant}(start, {step}, count)`")
}

pub(crate) fn buckets_arguments(word: &str) -> String {
    let (step, example) = if word == words::LINEAR {
        ("width", "linear(0.1, 0.1, 10)")
    } else {
        ("factor", "exponential(0.001, 2.0, 12)")
    };
    format!(
        "`{word}` takes three numbers, start, {step} and count: write `{word}(start, {step}, count)`, as in `{example}`"
    )
}

pub(crate) fn buckets_count(count: usize, most: usize) -> String {
    format!("[buckets] {count} bucket bounds are asked for: write a count from 1 to {most}")
}

pub(crate) const BUCKETS_STEP_LINEAR: &str =
    "[buckets] these bucket bounds do not rise: write a width above 0";

pub(crate) const BUCKETS_STEP_EXPONENTIAL: &str =
    "[buckets] these bucket bounds do not rise: write a start above 0 and a factor above 1";

pub(crate) const BUCKETS_OVERFLOW: &str =
    "[buckets] these bucket bounds are not finite: write a smaller count or step";

pub(crate) fn unknown_stability(word: &str) -> String {
    let known = words::STABILITIES;
    match nearest(word, known.iter().copied()) {
        Some(meant) => format!("there is no stability `{word}`: write `stability = {meant}`"),
        None => format!(
            "there is no stability `{word}`: write any of {}",
            listed(known)
        ),
    }
}

pub(crate) const STABILITY_VALUE: &str = "option `stability` takes one of three words: write `stability = experimental`, `stable` or \
     `deprecated(since = \"..\", note = \"..\")`";

pub(crate) const DEPRECATED_PARTS: &str = "a deprecated metric says since when and what to use instead: \
     write `deprecated(since = \"1.2.0\", note = \"use `caxton_tasks_total`\")`";

pub(crate) const REPLACES_VALUE: &str = "option `replaces` takes older names: write `replaces = [\"old_name\"]` or \
     `replaces(\"old_name\", reason = \"..\")`";

pub(crate) fn replaces_itself(metric: &str) -> String {
    format!("metric `{metric}` replaces itself: write its older name")
}

pub(crate) fn replaced_twice(name: &str) -> String {
    format!("`{name}` is replaced already: write it once")
}

pub(crate) const CONSTANT_LABEL: &str =
    "expected a constant label: write `labels(component = \"api\")`";

pub(crate) fn constant_label_twice(name: &str) -> String {
    format!("constant label `{name}` is given twice: write it once")
}

pub(crate) const MAX_VALUES_LIST: &str =
    "expected an open label and its bound: write `max_values(agent_type = 100)`";

// Agent metrics.

pub(crate) const AGENT_METRICS_SHAPE: &str = "expected a struct of options: \
     write `pub struct Agents { namespace = \"lightning\" }`";

pub(crate) const AGENT_METRICS_ONE: &str =
    "`agent_metrics!` declares one set: write another `agent_metrics!` for the next";

pub(crate) const AGENT_ALERTS_SHAPE: &str = "expected the set of metrics whose agents are watched: \
     write `agent_alerts!(AgentMetrics)`, and options after it";

fn shown(owner: &str) -> String {
    if owner.ends_with('!') {
        format!("`{owner}`")
    } else {
        format!("`#[{owner}(..)]`")
    }
}

fn listed(known: &[&str]) -> String {
    known
        .iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

pub(crate) fn declares(attribute: &str, ty: &impl Display, other: &str) -> String {
    format!("`#[{attribute}]` does not declare a static of type `{ty}`: write `#[{other}]`")
}

// Alerts.

pub(crate) const SEVERITY_MISSING: &str = "an alert states how bad it is: write \
    `severity = critical` if somebody is to be woken up, else `warning` or `info`";

pub(crate) const RUNBOOK_URL: &str =
    "a runbook is a link, so that people can follow it: write `runbook = \"https://..\"`";

pub(crate) const ALERT_ON_A_STATIC: &str =
    "an alert is a static: write `static AGENTS_FAIL: Alert = ..` and its condition";

pub(crate) const ALERT_MUT: &str = "an alert does not change: remove `mut`";

pub(crate) const ALERT_SUMMARY: &str = "an alert tells people what happens: write a doc comment, \
    as `/// {agent_type}: {value} of the executions fail.`";

pub(crate) fn declared_name(name: &str) -> String {
    format!("`{name}` is no name: write letters and digits in camel case, as `AgentsFail`")
}

pub(crate) fn unknown_severity(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(meant) => format!("there is no severity `{word}`: write `{meant}`"),
        None => format!(
            "there is no severity `{word}`: write any of {}",
            listed(known)
        ),
    }
}

// Objectives.

pub(crate) const OBJECTIVE_MISSING: &str = "an objective states the share of events that is to be \
    good, in percent: write `objective = 99.0`";

pub(crate) fn objective_out_of_range(digits: &str) -> String {
    format!(
        "{digits} % is no objective: it is between 0 and 100, and leaves some events that may be \
         bad; write `objective = 99.9`"
    )
}

pub(crate) fn objective_as_a_share(digits: &str, percent: f64) -> String {
    if percent < 1.0 {
        let meant = (percent * 100.0 * 1e9).round() / 1e9;
        return format!(
            "{digits} is a share, and an objective is in percent: write `objective = {meant}`"
        );
    }
    format!("an objective is in percent, and {digits} % is nearly none: write `objective = 99.0`")
}

pub(crate) const SLO_ON_A_STATIC: &str = "an objective is a static: write \
    `static PLANS_ARE_FAST: Slo = ..` and what it is measured by";

pub(crate) const SLO_MUT: &str = "an objective does not change: remove `mut`";

pub(crate) const SLO_SUMMARY: &str = "an objective says what is promised: write a doc comment, as \
    `/// A plan is made within half a second.`";

// Recording rules.

pub(crate) const RECORD_NAME_MISSING: &str = "a recording rule states the name of its series, \
    `level:metric:operations`: write `name = \"caxton:task_failures:ratio5m\"`";

pub(crate) fn record_charset(name: &str) -> String {
    format!(
        "`{name}` names no series: write letters, digits and `_` between colons, as \
         `caxton:task_failures:ratio5m`"
    )
}

pub(crate) fn record_parts(name: &str) -> String {
    format!(
        "`{name}` does not tell a recorded series from a metric: write `level:metric:operations`, \
         as `caxton:task_failures:ratio5m`"
    )
}

pub(crate) const RECORD_ON_A_STATIC: &str =
    "a recording rule is a static: write `static TASK_FAILURES: Record = ..` and its query";

pub(crate) const RECORD_MUT: &str = "a recording rule does not change: remove `mut`";

pub(crate) const RECORD_SUMMARY: &str = "a recording rule says what it remembers: write a doc \
    comment, as `/// The share of tasks that fail.`";

// Panels.

pub(crate) const PANEL_ON_A_STATIC: &str =
    "a panel is a static: write `static TASKS: Panel = ..` and its query";

pub(crate) const PANEL_MUT: &str = "a panel does not change: remove `mut`";

pub(crate) const PANEL_TITLE: &str =
    "a panel has a title: write a doc comment, as `/// Tasks that end, by agent type.`";
