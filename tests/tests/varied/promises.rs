//! Objectives of several heights and windows.

use caxton_instrument::prelude::*;
use caxton_instrument::query::days;
use caxton_instrument::{Slo, slo};

#[derive(LabelValue, Clone, Copy)]
#[allow(dead_code, reason = "they are only asked about")]
enum Answer {
    Given,
    Refused,
    Late,
}

#[derive(LabelSet)]
struct AnswerLabels {
    /// What became of it.
    answer: Answer,
    /// Who asked.
    #[label(max_values = 8)]
    tenant: Text,
}

#[derive(LabelSet)]
struct TenantLabels {
    /// Who asked.
    #[label(max_values = 8)]
    tenant: Text,
}

/// An oracle.
#[derive(MetricSet)]
#[metric_set(namespace = "oracle")]
#[allow(dead_code, reason = "they are only asked about")]
struct Oracle {
    /// Questions, by what became of them.
    questions: Counter<AnswerLabels>,
    /// Time to an answer.
    #[metric(unit = seconds, buckets = [0.25, 0.5, 1.0, 2.5])]
    answer_duration: Histogram<TenantLabels>,
}

/// Almost every question is answered.
#[slo(objective = 99.99, window = days(7), owner = "priests", min_events = 1000)]
static QUESTIONS_ARE_ANSWERED: Slo =
    Oracle::QUESTIONS.bad(AnswerLabels::ANSWER.eq(Answer::Refused));

/// {tenant} gets answers in time.
#[slo(objective = 90.0, window = days(90), owner = "priests")]
static ANSWERS_ARE_IN_TIME: Slo = Oracle::QUESTIONS
    .good(AnswerLabels::ANSWER.eq(Answer::Given))
    .by(AnswerLabels::TENANT);

/// {tenant} waits less than half a second.
#[slo(objective = 99.9, window = days(30), owner = "priests", min_events = 50)]
static ANSWERS_ARE_FAST: Slo = Oracle::ANSWER_DURATION
    .at_most(0.5)
    .by(TenantLabels::TENANT);

/// No oracle is slow.
#[slo(
    objective = 95.0,
    window = days(28),
    owner = "priests",
    runbook = "https://example.org/oracle"
)]
static NO_ORACLE_IS_SLOW: Slo = Oracle::ANSWER_DURATION.at_most(2.5).by_instance();
