//! What the attribute says about a mistake: what is wrong, then what to write.

pub(super) const NO_AGENT_TYPE: &str =
    "`agent_type` is missing: write `#[instrument_agent(agent_type = \"planner\")]`";
pub(super) const EMPTY_AGENT_TYPE: &str =
    "`agent_type` is empty: name the kind of agent, as in `agent_type = \"planner\"`";
pub(super) const AGENT_TYPE_NO_TEXT: &str =
    "`agent_type` is text: write `agent_type = \"planner\"`, or an expression of type `&str`";
pub(super) const OPERATION_EXPRESSION: &str = "`operation` is known at compile time: write `operation = \"plan\"`, and put what varies on the span with `fields(..)`";
pub(super) const OK_AND_ERROR: &str =
    "`ok_if` and `error_if` answer the same question: keep one of them";
pub(super) const CONST_FN: &str = "a `const fn` cannot be timed, as it may run at compile time: remove `const`, or annotate the function that calls it";
pub(super) const NO_BODY: &str = "there is no body to time: annotate the method in each `impl`, or give the trait's method a default body";
pub(super) const VARIADIC: &str =
    "a function with `...` arguments cannot be timed: annotate the function that it calls";
pub(super) const TRACK_CALLER: &str = "the body moves into a closure, which would hide the caller: remove `#[track_caller]`, or annotate a function that calls this one";
pub(super) const STREAM: &str = "this call only makes the stream, and its time would be all that is measured: annotate the function that consumes it";
pub(super) const NOT_A_FLAG: &str = "`skip_span` stands alone: write `skip_span`, or leave it out";
pub(super) const SELF_SET: &str = "`metrics` has to name one set, which the catalog lists the function under: write its type, not `Self` or a type parameter";
pub(super) const FIELDS_LIST: &str = "`fields` needs a list: write `fields(task = %task.id)`";
pub(super) const FIELD_NAME: &str = "expected a field: write `name = value`, `name = %value` to display it, or `name = ?value` to debug it";
pub(super) const FIELD_VALUE: &str = "the field has no value: write `name = value`";

pub(super) fn bare_agent_type(text: &str) -> String {
    format!("the agent type needs its name: write `agent_type = {text:?}`")
}

pub(super) fn not_a_function(kind: &str, instead: &str) -> String {
    format!("`#[instrument_agent]` stands on a function, not on {kind}: {instead}")
}

pub(super) fn needs_span(option: &str) -> String {
    format!("`{option}` belongs to the span that `skip_span` removes: keep one of them")
}

pub(super) fn taken_field(name: &str) -> String {
    format!("the span has a field `{name}` already: choose another name")
}

pub(super) fn field_twice(name: &str) -> String {
    format!("the field `{name}` is given twice: remove one")
}

pub(super) fn agent_id_field() -> String {
    "the span's field `agent.id` has an option of its own: write `agent_id = value`".to_owned()
}

pub(super) fn unknown_level(word: &str, near: Option<&str>) -> String {
    let near = near.unwrap_or("info");
    format!(
        "unknown level `{word}`: write `level = \"{near}\"`; levels are error, warn, info, debug and trace"
    )
}
