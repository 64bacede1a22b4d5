//! Texts that try to be something else.
#![allow(clippy::doc_markdown, reason = "some of the texts are to be hostile")]

use caxton_instrument::prelude::*;
use caxton_instrument::query::{days, minutes};
use caxton_instrument::{Alert, Panel, Record, Slo, alert, panel, recording_rule, slo};

pub(crate) const OWNER: &str = "{{ $labels.job }}: \"o\" 'p' \\ # x $HOME </script>";

#[derive(LabelValue, Clone, Copy)]
#[allow(dead_code, reason = "they are only asked about")]
enum Ending {
    Ok,
    #[label(rename = "a \"b\": {c} ${env:HOME} {{ d }} # 'e' \\ </script>")]
    Strange,
    #[label(rename = "- .*|f")]
    Pattern,
}

#[derive(LabelSet)]
struct ThingLabels {
    /// How it: "ended" # not a comment, {{ $value }} or ${HOME} | a table
    ending: Ending,
    /// The queue's name: `a` <b> *c* [d](javascript:alert(1))
    #[label(max_values = 3)]
    queue: Text,
}

/// "</script><script>alert('$job ${instance} [[job]] {{ query "up" }}')</script> `${job}` # a: b
#[derive(MetricSet)]
#[metric_set(
    namespace = "mischief",
    labels(component = "a \"b\": # $c {{ d }} </script>")
)]
#[allow(dead_code, reason = "they are only asked about")]
struct Mischief {
    /// - Things: "done" # {{ end }} $__rate_interval </textarea>"]} %s 'x' \ `y` | z
    ///
    /// ---
    /// rules: [a, {b: c}]
    /// ```yaml
    /// groups: 3
    /// ```
    things: Counter<ThingLabels>,
    /// *Time*: it # took & <img src=x onerror=alert(1)> ! ${datasource}
    #[metric(unit = seconds, buckets = [0.5, 1.0])]
    thing_duration: Histogram<ThingLabels>,
}

/// {queue}: {value} # of "things" are 'strange' \ $HOME }} query "up" </script>
///
/// - a: b
/// # c
/// }}} `d` ---
#[alert(
    severity = critical,
    owner = "{{ $labels.job }}: \"o\" 'p' \\ # x $HOME </script>",
    runbook = "https://example.org/?a={{ b }}#\"c\"$d"
)]
static THINGS_ARE_STRANGE: Alert = Mischief::THINGS
    .share(
        ThingLabels::ENDING.one_of(&[Ending::Strange, Ending::Pattern]),
        minutes(5),
    )
    .by(ThingLabels::QUEUE)
    .above(0.25);

/// Nothing of "a\"}) or vector(1) #" is done: {value}
#[alert(severity = warning)]
static NOTHING_STRANGE: Alert = Mischief::THINGS
    .matching(ThingLabels::QUEUE.one_of(&["a\"}) or vector(1) #", "b\n{{ $x }}", "${c}\\"]))
    .rate(minutes(5))
    .below(0.1);

/// Things: "are" # }} fast %s $job </script>
///
/// | a | b |
#[slo(objective = 99.0, window = days(7), owner = "{{ $labels.job }}: \"o\" 'p' \\ # x $HOME </script>")]
static THINGS_ARE_FAST: Slo = Mischief::THING_DURATION.at_most(1.0);

/// Things: # "recorded" {{ $x }} </script>
#[recording_rule(name = "mischief:things:rate5m")]
static THINGS: Record = Mischief::THINGS
    .matching(ThingLabels::ENDING.ne(Ending::Strange))
    .rate(minutes(5));

/// </script> $job [[job]] {{ job }}: # "a" 'b' \
///
/// ${instance} <b>
#[panel]
static THINGS_SEEN: Panel = Mischief::THINGS
    .matching(ThingLabels::QUEUE.ne("$instance ${job} [[job]]"))
    .rate(minutes(5));
