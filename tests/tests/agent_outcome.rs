//! What counts as an error.

// A test fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod agent_parts;

use std::fmt::{self, Display};

use agent_parts::{Lab, block_on, wait};
use caxton_instrument::prelude::*;
use caxton_instrument::{AgentMetrics, Outcome};

type Fallible<T> = Result<T, Fault>;
type Deep = Fallible<Option<u32>>;

#[derive(Debug)]
struct Fault;

/// Neither displayed nor debugged.
struct Mute;

#[derive(Clone, Copy, PartialEq)]
enum Answer {
    Done,
    GaveUp,
}

impl Outcome for Answer {
    fn is_error(&self) -> bool {
        *self == Self::GaveUp
    }

    fn error(&self) -> Option<&dyn Display> {
        Some(&"gave up")
    }
}

macro_rules! returns {
    ($($name:ident, $later:ident: $ty:ty $(, $option:ident = $value:expr)?;)*) => {$(
        #[instrument_agent(agent_type = "tester", metrics = metrics $(, $option = $value)?)]
        fn $name(metrics: &AgentMetrics, value: $ty) -> $ty {
            let _ = metrics;
            value
        }

        #[instrument_agent(agent_type = "tester", metrics = metrics $(, $option = $value)?)]
        async fn $later(metrics: &AgentMetrics, value: $ty) -> $ty {
            let _ = metrics;
            wait(1).await;
            value
        }
    )*};
}

returns! {
    number, number_later: u32;
    text, text_later: &'static str;
    option, option_later: Option<u32>;
    result, result_later: Result<u32, String>;
    mute, mute_later: Result<u32, Mute>;
    alias, alias_later: Deep;
    inner, inner_later: Result<Result<u32, String>, String>;
    boxed_error, boxed_error_later: Result<u32, Box<dyn std::error::Error>>;
    answer, answer_later: Answer;
    found, found_later: Option<u32>, ok_if = Option::is_some;
    few, few_later: u32, ok_if = |n| *n < 10;
    many, many_later: u32, error_if = |&n| n >= 10;
    accepted, accepted_later: Result<u32, u32>, ok_if = |result| !matches!(result, Err(500..));
    suspect, suspect_later: Result<u32, Fault>, error_if = |result: &Result<u32, Fault>| matches!(result, Ok(0));
    overruled, overruled_later: Answer, ok_if = |_| true;
}

macro_rules! check {
    ($lab:ident, $name:ident, $later:ident, $value:expr, $ok:literal) => {{
        let lab = Lab::new();
        let _ = $name(&lab.metrics, $value);
        let _ = block_on($later(&lab.metrics, $value));
        let counts = if $ok { [1, 0, 0, 0] } else { [0, 1, 0, 0] };
        lab.assert(stringify!($name), counts);
        lab.assert(stringify!($later), counts);
    }};
}

#[test]
fn anything_but_a_result_is_ok() {
    check!(lab, number, number_later, 0, true);
    check!(lab, text, text_later, "", true);
    check!(lab, option, option_later, None, true);
}

#[test]
fn results_are_seen_through_aliases_but_not_into() {
    check!(lab, result, result_later, Ok(1), true);
    check!(lab, result, result_later, Err(String::new()), false);
    check!(lab, mute, mute_later, Ok(1), true);
    check!(lab, mute, mute_later, Err(Mute), false);
    check!(lab, alias, alias_later, Ok(None), true);
    check!(lab, alias, alias_later, Err(Fault), false);
    check!(lab, inner, inner_later, Ok(Err(String::new())), true);
    check!(lab, inner, inner_later, Err(String::new()), false);
    check!(
        lab,
        boxed_error,
        boxed_error_later,
        Err(fmt::Error.into()),
        false
    );
}

#[test]
fn a_type_may_tell_by_itself() {
    check!(lab, answer, answer_later, Answer::Done, true);
    check!(lab, answer, answer_later, Answer::GaveUp, false);
}

#[test]
fn a_function_may_tell_by_a_condition() {
    check!(lab, found, found_later, Some(1), true);
    check!(lab, found, found_later, None, false);
    check!(lab, few, few_later, 9, true);
    check!(lab, few, few_later, 10, false);
    check!(lab, many, many_later, 9, true);
    check!(lab, many, many_later, 10, false);
    check!(lab, accepted, accepted_later, Err(404), true);
    check!(lab, accepted, accepted_later, Err(500), false);
    check!(lab, suspect, suspect_later, Ok(1), true);
    check!(lab, suspect, suspect_later, Ok(0), false);
    check!(lab, suspect, suspect_later, Err(Fault), true);
    check!(lab, overruled, overruled_later, Answer::GaveUp, true);
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn told<T: Outcome>(metrics: &AgentMetrics, value: T) -> T {
    let _ = metrics;
    value
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn told_error<T, E: Display>(metrics: &AgentMetrics, value: Result<T, E>) -> Result<T, E> {
    let _ = metrics;
    value
}

#[test]
fn generic_outcomes() {
    let lab = Lab::new();
    let _ = told(&lab.metrics, Answer::GaveUp);
    let _ = told(&lab.metrics, Err::<(), _>(Mute));
    let _ = told(&lab.metrics, Ok::<_, Mute>(1));
    lab.assert("told", [1, 2, 0, 0]);
    let _ = block_on(told_error(&lab.metrics, Err::<(), _>("no")));
    lab.assert("told_error", [0, 1, 0, 0]);
}
