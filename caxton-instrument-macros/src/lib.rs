//! Derives and attributes of `caxton-instrument`.
//!
//! Depend on `caxton-instrument`, which re-exports them; this crate knows it
//! only as a path. Each entry point here documents its options, what it
//! generates and what it refuses.
//!
//! Each macro is a folder whose files are its stages: the options (`args`),
//! what was declared (`model`), what has to hold over all of it (`check`), and
//! the expansion (`expand`), which cannot fail. All mistakes of a declaration
//! show in one compilation, each at the token that makes it.

// A `match` shows the two ways in which a declaration can be read side by side.
#![allow(clippy::single_match_else)]

mod agent_alerts;
mod agent_metrics;
mod declared;
mod instrument_agent;
mod label_set;
mod label_value;
mod metric_set;
mod shared;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes the variants of an enum the values of a label.
///
/// ```
/// # use caxton_instrument::prelude::*;
/// #[derive(LabelValue, Clone, Copy)]
/// pub enum Performative {
///     Request,                        // "request"
///     NotUnderstood,                  // "not_understood"
///     #[label(rename = "cfp")]
///     CallForProposals,               // "cfp"
/// }
///
/// assert_eq!(Performative::CallForProposals.as_str(), "cfp");
/// ```
///
/// The type has to be `Copy`. A newtype of a label value is one, too:
/// `struct Reply(Performative);` has the values of `Performative`.
///
/// # Options
///
/// | on | option | meaning |
/// |---|---|---|
/// | the enum | `rename_all = "kebab-case"` | how names become values: `snake_case` (the default), `kebab-case`, `SCREAMING_SNAKE_CASE`, `SCREAMING-KEBAB-CASE`, `lowercase`, `UPPERCASE`, `camelCase`, `PascalCase` |
/// | the enum, the newtype | `crate = path` | the path of the facade, where it is not `::caxton_instrument` |
/// | a variant | `rename = "value"` | its value, as it stands |
///
/// # What is generated
///
/// `impl LabelValue`: the values, and the position of each variant among them.
///
/// # What is refused
///
/// Variants with fields, two variants with one value, the value `_overflow`
/// (it stands for labels past their bound), an enum without variants,
/// generics, other structs, unions.
#[proc_macro_derive(LabelValue, attributes(label))]
pub fn derive_label_value(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    label_value::derive(&input).into()
}

/// Makes the fields of a struct the labels of a metric.
///
/// ```
/// # use caxton_instrument::prelude::*;
/// # #[derive(LabelValue, Clone, Copy)]
/// # pub enum Performative { Request }
/// #[derive(LabelSet)]
/// pub struct MessageLabels {
///     /// What the message is for.
///     performative: Performative,     // closed: a type that is a `LabelValue`
///     #[label(max_values = 50)]
///     agent_type: Text,               // open: any text, up to 50 values
/// }
///
/// let labels = MessageLabels::of(Performative::Request, "planner");
/// ```
///
/// A label is closed, its values known from its type, or open: then it holds
/// text (`Text`, `String`, `&'static str`, `Cow<'static, str>`, `Arc<str>`,
/// `Box<str>`) and states how many values it may take. Past that bound it reads
/// `_overflow`. A field's doc comment is the label's help; of a long one, the
/// first paragraph.
///
/// # Options
///
/// | on | option | meaning |
/// |---|---|---|
/// | a field | `#[label(max_values = 50)]` | makes it open, with that bound |
/// | a field | `#[label(rename = "name")]` | the label's name, where it is not the field's |
/// | a field | `#[label(allow(rule, ..), reason = "..")]` | rules it may break; the catalog prints the reason |
/// | the struct | `#[label_set(crate = path)]` | the path of the facade, where it is not `::caxton_instrument` |
///
/// # What is generated
///
/// For `MessageLabels`, with the visibility of the struct:
///
/// - `MessageLabelsRef<'a>`, its borrowed twin: `Copy`, open labels as `&'a str`;
/// - `MessageLabels::of(performative, agent_type)`, which makes one;
/// - `MessageLabels::PERFORMATIVE` and `AGENT_TYPE`, typed references for queries;
/// - `impl LabelSet for MessageLabels`, and `AsLabels` for the twin;
/// - a check of each label against the naming rules, at compile time.
///
/// # What is refused
///
/// Text without a bound (`label_bound`), names that break `label_charset`,
/// `label_reserved` or `label_identity`, two labels with one name, no labels at
/// all (that is `()`), tuple structs, enums, generics and lifetimes.
#[proc_macro_derive(LabelSet, attributes(label, label_set))]
pub fn derive_label_set(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    label_set::derive(&input).into()
}

/// Makes the fields of a struct metrics.
///
/// ```
/// # use caxton_instrument::prelude::*;
/// # #[derive(LabelSet)]
/// # pub struct MessageLabels { urgent: bool }
/// /// FIPA messaging between agents.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "caxton")]
/// pub struct MessageMetrics {
///     /// FIPA messages sent.
///     pub messages_sent: Counter<MessageLabels>,      // caxton_messages_sent_total
///     /// Time to process one message.
///     #[metric(unit = seconds, buckets = [0.001, 0.01, 0.1, 1.0])]
///     pub processing_duration: Histogram,             // caxton_processing_duration_seconds
///     /// Messages waiting in queues.
///     pub message_queue_size: Gauge,                  // caxton_message_queue_size
/// }
///
/// MessageMetrics::global().message_queue_size.set(3);
/// ```
///
/// A field's type is `Counter` (`FloatCounter` of fractions), `Gauge`, `Histogram`
/// or `Info`, with its label set where it has labels. Its doc comment is the help
/// text; of a long one, the first paragraph.
///
/// The name is `namespace[_subsystem]_field[_unit]`, with `_total` for a
/// counter and `_info` for an info metric. What the field's name ends in
/// already is not doubled.
///
/// # Options of the set
///
/// `#[metric_set(..)]`:
///
/// | option | meaning |
/// |---|---|
/// | `namespace = "caxton"` | the first word of every name; required |
/// | `subsystem = "wasm"` | the words after it |
/// | `labels(component = "api", ..)` | labels with one value, on every series |
/// | `crate = path` | the path of the facade, where it is not `::caxton_instrument` |
///
/// # Options of a metric
///
/// `#[metric(..)]`, once or several times:
///
/// | option | meaning |
/// |---|---|
/// | `name = "caxton_tasks_total"` | the whole name, as it stands |
/// | `unit = seconds` | `seconds`, `bytes`, `ratio`, `meters`, `joules`, `grams`, `celsius`, `volts`, `amperes`, `hertz`; without it, a count of things |
/// | `buckets = [0.1, 1.0]` | a histogram's bounds, rising, without `+Inf`; required unless the unit is seconds, which has the default 5 ms to 10 s |
/// | `buckets = linear(start, width, count)` | bounds at equal distances |
/// | `buckets = exponential(start, factor, count)` | bounds at equal ratios |
/// | `buckets = path` | bounds of a constant of type `&'static [f64]` |
/// | `native` | a native histogram: exponential buckets that the unit fixes, no bounds to choose |
/// | `max_series = 10_000` | the bound on the product of its labels' bounds; 1,000 if not stated |
/// | `max_values(agent_type = 10)` | the bound of an open label, for this metric alone |
/// | `stability = experimental` | or `stable` (the default), or `deprecated(since = "1.2.0", note = "..")` |
/// | `replaces = ["old_name"]` | older names that it takes the place of |
/// | `replaces("old_name", reason = "..")` | one, with the reason; as often as needed |
/// | `allow(rule, ..), reason = ".."` | naming rules it may break; the catalog prints the reason |
///
/// # What is generated
///
/// - a descriptor for each metric and for the set, as constant data;
/// - `MessageMetrics::MESSAGES_SENT` and the like: typed references for queries,
///   usable in constants, with the visibility of the struct;
/// - `impl MetricSet`: the global instance, and instances in a recorder of one's own;
/// - the registration that makes the set part of the catalog;
/// - a check of each metric against the naming rules, at compile time. A
///   message starts with the rule's id, as in `[total_suffix]`.
///
/// # What is refused
///
/// Names that break a rule, a metric without help, units that are no base units,
/// a histogram without bounds, bounds or `native` elsewhere, both at once, two metrics with one name,
/// fields that are no metrics, generics, tuple structs, enums.
#[proc_macro_derive(MetricSet, attributes(metric, metric_set))]
pub fn derive_metric_set(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    metric_set::derive(&input).into()
}

/// Declares the metrics of annotated agents in a namespace of one's own.
///
/// ```standalone_crate
/// use caxton_instrument::agent_metrics;
///
/// agent_metrics! {
///     /// The agents of Agent Lightning.
///     pub struct LightningAgents {
///         namespace = "lightning",
///         max_agent_types = 50,
///         max_operations = 200,
///         buckets = [0.1, 1.0, 10.0, 60.0],
///         default,
///     }
/// }
///
/// fn main() {
///     assert_eq!(LightningAgents::EXECUTIONS.name(), "lightning_agent_executions_total");
/// }
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `namespace = "lightning"` | the first word of every name; required |
/// | `subsystem`, `labels(..)`, `crate = path` | as for `#[metric_set(..)]` |
/// | `max_agent_types = 50` | the bound of the label `agent_type`; 50 if not stated |
/// | `max_operations = 200` | the bound of the label `operation`; 200 if not stated |
/// | `max_series = 10_000` | a bound on the product of all; without it, what the two allow |
/// | `buckets = ..` | bounds of the duration in seconds, as for `#[metric(..)]`; 5 ms to 10 s if not stated |
/// | `native` | makes the duration a native histogram, as for `#[metric(..)]` |
/// | `default` | makes it the set of every `#[instrument_agent]` of this crate that names none; stands in the crate root |
///
/// # What is generated
///
/// A struct with the metrics `<namespace>_agent_executions_total`,
/// `<namespace>_agent_execution_duration_seconds` and
/// `<namespace>_agent_executions_active`, `Debug`, typed references `EXECUTIONS`,
/// `EXECUTION_DURATION` and `EXECUTIONS_ACTIVE`, what `#[derive(MetricSet)]`
/// generates, and `impl AgentMetricSet`, so that `metrics = ..` of
/// `#[instrument_agent]` takes it.
#[proc_macro]
pub fn agent_metrics(input: TokenStream) -> TokenStream {
    agent_metrics::declare(input.into()).into()
}

/// Declares what is worth an alert of any annotated agents.
///
/// ```
/// use caxton_instrument::agent_alerts;
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::query::minutes;
///
/// # #[instrument_agent(agent_type = "planner")]
/// # fn plan() {}
/// agent_alerts!(AgentMetrics, owner = "agents", hang_after = minutes(30));
/// ```
///
/// The set is the built-in [`AgentMetrics`](../caxton_instrument/struct.AgentMetrics.html)
/// or one of [`agent_metrics!`]. The alerts are, of the set `AgentMetrics`:
///
/// | alert | fires | severity |
/// |---|---|---|
/// | `AgentExecutionsFail` | when over 5 % of the executions of an agent type end with an error, for ten minutes | warning |
/// | `AgentExecutionsPanic` | when an operation panicked within a quarter of an hour | critical |
/// | `AgentExecutionsAreCancelled` | when over 20 % of the executions of an agent type are cancelled, for twenty minutes | warning |
/// | `AgentExecutionsHang` | when executions of an operation have been under way in a process for a quarter of an hour, and none ended | critical |
///
/// A share that fires for longer than its window looks back is none of a single
/// execution. Prometheus sees the first panic of an operation, which begins a
/// series, if it
/// [reads when series were created](https://prometheus.io/docs/prometheus/3.5/feature_flags/#created-timestamps-zero-injection),
/// else the second. Write an `#[alert]` in place of one that does not fit.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `error_share = 0.05` | the share of executions above which errors are told |
/// | `cancelled_share = 0.2` | the share above which cancelled ones are |
/// | `hang_after = minutes(15)` | longer than the longest execution takes |
/// | `name = "Lightning"` | what the alerts' names begin with; the set's name, without `Metrics`, if not stated |
/// | `owner = "agents"` | who looks after them: the label `team` |
/// | `runbook = "https://.."` | where it says what to do |
/// | `crate = path` | the path of the facade, where it is not `::caxton_instrument` |
#[proc_macro]
pub fn agent_alerts(input: TokenStream) -> TokenStream {
    agent_alerts::declare(input.into()).into()
}

/// Counts, times and traces the executions of an agent's function.
///
/// ```
/// # use caxton_instrument::prelude::*;
/// # struct Task { size: u32 }
/// # struct Plan;
/// # struct TooLarge;
/// #[instrument_agent(agent_type = "planner", fields(task.size = task.size))]
/// async fn plan(task: Task) -> Result<Plan, TooLarge> {
///     if task.size > 9 { Err(TooLarge) } else { Ok(Plan) }
/// }
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `agent_type = "planner"` | the label `agent_type`: a literal, or an expression of type `&str` |
/// | `operation = "plan"` | the label `operation`; the function's name if not stated |
/// | `metrics = path or expression` | the set to record in: a type (its global instance), or an instance as in `self.metrics`, of the crate's default set unless `self.metrics as MyAgents` names another |
/// | `ok_if = ..`, `error_if = ..` | a function of the returned value that tells its status |
/// | `agent_id = value` | the agent's identity, for the span only |
/// | `name = ".."`, `level = ..`, `fields(..)` | of the span |
/// | `skip_span` | opens no span |
/// | `crate = path` | the path of the facade, where it is not `::caxton_instrument` |
///
/// # What is generated
///
/// The function as written, inside a guard that counts it as active, takes its
/// time, and records how it ended: `ok`, `error`, `cancelled` (its future was
/// dropped) or `panicked`. A future that is never polled counts nothing.
///
/// # What is refused
///
/// `const fn`, methods without a body, and what the guard cannot see: a function
/// that returns a stream, whose work comes after the call, and one with
/// `#[track_caller]`, whose caller the guard would hide.
#[proc_macro_attribute]
pub fn instrument_agent(args: TokenStream, item: TokenStream) -> TokenStream {
    instrument_agent::expand(args.into(), item.into()).into()
}

/// Declares an alert next to the code that it watches.
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::query::minutes;
/// use caxton_instrument::{Alert, alert};
///
/// # #[instrument_agent(agent_type = "planner")]
/// # fn plan() {}
/// /// {agent_type}: {value} of the executions fail.
/// ///
/// /// Read what the runbook says about the last release first.
/// #[alert(severity = warning, hold = minutes(5), runbook = "https://example.org/agents-fail")]
/// pub static AGENTS_FAIL: Alert = AgentMetrics::EXECUTIONS
///     .share(AgentLabels::STATUS.eq(Status::Error), minutes(5))
///     .by(AgentLabels::AGENT_TYPE)
///     .above(0.05);
/// ```
///
/// The doc comment is what people are told: its first paragraph is the summary,
/// the others are the description. `{label}` stands for a label that the
/// condition is grouped by, `{value}` for its value in its unit; what it does
/// not tell does not compile.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `severity = warning` | `critical` wakes somebody, `warning` is for working hours, `info` is only shown |
/// | `hold = minutes(5)` | for how long the condition holds before it fires; at once if not stated |
/// | `keep_firing = minutes(10)` | for how long it fires on when the condition holds no more |
/// | `name = "AgentsFail"` | its name; the static's in camel case if not stated |
/// | `owner = "agents"` | who looks after it: the label `team` |
/// | `runbook = "https://.."` | where it says what to do |
/// | `crate = path` | the path of the facade, where it is not `::caxton_instrument` |
#[proc_macro_attribute]
pub fn alert(args: TokenStream, item: TokenStream) -> TokenStream {
    declared::expand::<declared::Alert>(args.into(), item.into()).into()
}

/// Declares an objective next to the code that it is promised for.
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::query::days;
/// use caxton_instrument::{Slo, slo};
///
/// # #[instrument_agent(agent_type = "planner")]
/// # fn plan() {}
/// /// Agents of type {agent_type} answer within half a second.
/// #[slo(objective = 99.0, window = days(30), owner = "agents")]
/// pub static AGENTS_ARE_FAST: Slo = AgentMetrics::EXECUTION_DURATION
///     .at_most(0.5)
///     .by(AgentLabels::AGENT_TYPE);
///
/// /// Executions end well.
/// #[slo(objective = 99.9, min_events = 100)]
/// pub static AGENTS_SUCCEED: Slo = AgentMetrics::EXECUTIONS
///     .good(AgentLabels::STATUS.one_of(&[Status::Ok, Status::Cancelled]));
/// ```
///
/// A latency is `at_most` one of the histogram's bucket bounds; an availability
/// is what of a counter is `good`, or what is `bad`. Grouped `.by(..)` labels,
/// there is a budget for each of their values.
///
/// The doc comment is what people are told when the budget burns: its first
/// paragraph is the summary, the others are the description. `{label}` stands
/// for a label that it is grouped by, `{value}` for the share of events that were
/// bad; what is not told does not compile.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `objective = 99.0` | the share of events that is to be good, in percent; required |
/// | `window = days(30)` | the time that it is promised for, a day at least; 30 days if not stated |
/// | `min_events = 10` | its alerts are silent while a window has fewer events; 10 if not stated |
/// | `name = "AgentsAreFast"` | its name; the static's in camel case if not stated |
/// | `owner = "agents"` | who looks after it: the label `team` |
/// | `runbook = "https://.."` | where it says what to do |
/// | `crate = path` | the path of the facade, where it is not `::caxton_instrument` |
///
/// # What is refused
///
/// A bound that no bucket has, an objective that is no percentage between 0 and
/// 100 or that is written as a share, and the label that tells good from bad in
/// `.by(..)`.
#[proc_macro_attribute]
pub fn slo(args: TokenStream, item: TokenStream) -> TokenStream {
    declared::expand::<declared::Slo>(args.into(), item.into()).into()
}

/// Declares a recording rule: a query whose answers Prometheus keeps as series
/// of their own.
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::query::minutes;
/// use caxton_instrument::{Record, recording_rule};
///
/// # #[instrument_agent(agent_type = "planner")]
/// # fn plan() {}
/// /// The share of executions that fail, by agent type.
/// #[recording_rule(name = "agent_type:agent_failures:ratio5m")]
/// pub static FAILURES: Record = AgentMetrics::EXECUTIONS
///     .share(AgentLabels::STATUS.eq(Status::Error), minutes(5))
///     .by(AgentLabels::AGENT_TYPE);
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `name = "level:metric:operations"` | the name of its series, with [one colon at least](https://prometheus.io/docs/practices/rules/#naming); required |
/// | `crate = path` | the path of the facade, where it is not `::caxton_instrument` |
///
/// # What is refused
///
/// A name without colons, since a series that is recorded is to be told from a
/// metric, and a condition: that is an alert.
#[proc_macro_attribute]
pub fn recording_rule(args: TokenStream, item: TokenStream) -> TokenStream {
    declared::expand::<declared::RecordingRule>(args.into(), item.into()).into()
}

/// Declares a panel of a dashboard: a query that is drawn in its unit.
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::query::minutes;
/// use caxton_instrument::{Panel, panel};
///
/// # #[instrument_agent(agent_type = "planner")]
/// # fn plan() {}
/// /// Executions under way, by agent type.
/// ///
/// /// More than there are processors wait for one another.
/// #[panel]
/// pub static UNDER_WAY: Panel = AgentMetrics::EXECUTIONS_ACTIVE
///     .sum()
///     .by(caxton_instrument::ActiveLabels::AGENT_TYPE);
/// ```
///
/// The first paragraph of the doc comment is the title, the others are the
/// description. Each metric set has panels of its own already; declare those that
/// say more than one metric does.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `name = "UnderWay"` | its name; the static's in camel case if not stated |
/// | `crate = path` | the path of the facade, where it is not `::caxton_instrument` |
///
/// # What is refused
///
/// A condition: it answers at times only, and would be drawn with holes.
#[proc_macro_attribute]
pub fn panel(args: TokenStream, item: TokenStream) -> TokenStream {
    declared::expand::<declared::Panel>(args.into(), item.into()).into()
}

/// Hands the words that a rule over names is about to a macro: the facade has the
/// rules, and this crate leaves out what asks them where no such word stands.
#[doc(hidden)]
#[proc_macro]
pub fn __words_of_rules(to: TokenStream) -> TokenStream {
    let (to, words) = (
        proc_macro2::TokenStream::from(to),
        shared::words::of_rules(),
    );
    quote::quote!(#to! { #words }).into()
}
