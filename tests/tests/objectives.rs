//! Recording rules and objectives, judged by promtool.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it expects"
)]

mod http;
mod prometheus;
mod promtool;

use caxton_instrument::prelude::*;
use caxton_instrument::query::{days, hours, minutes};
use caxton_instrument::{Catalog, Record, Slo, recording_rule, slo};
use caxton_instrument_export::generate::{Deployment, Service};
use promtool::Judged;

#[derive(LabelValue, Clone, Copy)]
enum Ending {
    Ok,
    Failed,
}

#[derive(LabelSet)]
struct MailLabels {
    /// How it ended.
    ending: Ending,
    /// The mailbox's provider.
    #[label(max_values = 20)]
    provider: Text,
}

/// What the mailer does.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
#[allow(dead_code, reason = "they are only asked about")]
struct Mail {
    /// Messages that a provider took or bounced.
    messages_sent: Counter<MailLabels>,
    /// Messages that wait.
    messages_waiting: Gauge,
    /// What a message takes.
    #[metric(unit = bytes, native)]
    message_size: Histogram,
    /// Time to send one message.
    #[metric(unit = seconds, buckets = [0.1, 0.5, 1.0])]
    send_duration: Histogram<MailLabels>,
}

/// Mail is delivered.
///
/// The provider may refuse it.
#[slo(
    objective = 99.9,
    window = days(30),
    min_events = 100,
    owner = "mail",
    runbook = "https://example.org/mail?a=b#c"
)]
static MAIL_IS_DELIVERED: Slo = Mail::MESSAGES_SENT
    .bad(MailLabels::ENDING.eq(Ending::Failed))
    .by(MailLabels::PROVIDER);

/// Mail is sent within half a second: not so {value}.
#[slo(objective = 99.0, window = days(7))]
static MAIL_IS_FAST: Slo = Mail::SEND_DURATION.at_most(0.5);

/// Mail of {provider} is sent.
///
/// Little is promised, and that for long.
#[slo(objective = 90.0, window = days(90), min_events = 1)]
static MAIL_IS_SENT: Slo = Mail::MESSAGES_SENT
    .good(MailLabels::ENDING.eq(Ending::Ok))
    .by(MailLabels::PROVIDER);

/// Mail is small.
#[slo(objective = 99.5, window = days(28))]
static MAIL_IS_SMALL: Slo = Mail::MESSAGE_SIZE.at_most(4096.0).by_instance();

/// Messages sent.
#[recording_rule(name = "provider:mailer_messages_sent:rate5m")]
static SENT: Record = Mail::MESSAGES_SENT
    .rate(minutes(5))
    .by(MailLabels::PROVIDER);

/// The share of messages that fail.
#[recording_rule(name = "mailer:messages_failed:ratio_rate1h")]
static FAILED: Record = Mail::MESSAGES_SENT.share(MailLabels::ENDING.ne(Ending::Ok), hours(1));

/// The slowest message of a hundred.
#[recording_rule(name = "mailer:send_duration_seconds:p99_5m")]
static SLOWEST: Record = Mail::SEND_DURATION.quantile(0.99, minutes(5));

/// Messages that wait, over a day.
#[recording_rule(name = "mailer:messages_waiting:avg_over_time1d")]
static WAITING: Record = Mail::MESSAGES_WAITING.average_over(days(1));

/// The size of messages.
#[recording_rule(name = "instance:message_size_bytes:avg5m")]
static SIZE: Record = Mail::MESSAGE_SIZE.average(minutes(5)).by_instance();

fn catalog() -> Catalog {
    Catalog::collect().expect("sound declarations")
}

fn deployment() -> Deployment {
    Deployment::new("mailer").service(Service::new("mailer", "localhost", 9464))
}

#[test]
fn objectives_are_as_they_were_read() {
    let rules = promtool::file(&catalog(), &deployment(), "prometheus/slo_rules.yml");
    promtool::expected("slo_rules.yml", &rules);
}

#[test]
fn promtool_takes_objectives_and_their_tests_hold() {
    promtool::hold(&catalog(), &deployment());
}

#[test]
fn what_never_or_always_fires_is_found_out() {
    promtool::tell_never_from_always(&catalog(), &deployment());
}

/// Each rule, broken in one way, fails its tests.
#[test]
fn a_broken_objective_fails_its_tests() {
    let Some(judged) = Judged::new(&catalog(), &deployment()) else {
        return;
    };
    let delivered = "alert: MailIsDeliveredBudgetBurns";
    let rule = |window: &str| format!("{delivered}\nlong_window: {window}");
    let run = |window: &str| format!("^MailIsDeliveredBudgetBurns of {window} ");
    let mutations = [
        ("1h", "14.4 *", "20 *"),
        ("1h", "14.4 *", "11 *"),
        ("1h", "rate5m", "rate1h"),
        ("1h", "ratio_rate1h", "ratio_rate5m"),
        ("1h", ">= 100", ">= 1"),
        ("1h", ">= 100", ">= 1000"),
        ("1h", "severity: critical", "severity: warning"),
        ("6h", "rate30m", "rate6h"),
        ("6h", "0.001", "0.01"),
        ("1d", "increase1d", "increase1h"),
        ("1d", "3 *", "4 *"),
        ("3d", "rate6h", "rate3d"),
        ("3d", "1 *", "0.7 *"),
        ("3d", "slo=\"MailIsDelivered\"", "slo=\"MailIsFast\""),
    ];
    for (window, from, to) in mutations {
        judged.fails("slo_rules.yml", &rule(window), &run(window), from, to);
    }
}

/// So does what they read, and what the code records.
#[test]
fn a_broken_recording_rule_fails_its_tests() {
    let Some(judged) = Judged::new(&catalog(), &deployment()) else {
        return;
    };
    let budget = "record: slo:error_budget_remaining:ratio\nslo: MailIsDelivered";
    let bad = "record: slo:bad_events:ratio_rate1h\nslo: MailIsDelivered";
    let events = "record: slo:events:increase1h\nslo: MailIsDelivered";
    let fast = "record: slo:bad_events:ratio_rate1w\nslo: MailIsFast";
    let burns = "^MailIsDeliveredBudgetBurns of 1h ";
    let mutations = [
        (
            budget,
            "^the error budget of MailIsDelivered",
            "0.001",
            "0.002",
        ),
        (budget, "^the error budget of MailIsDelivered", "1 -", "0 -"),
        (bad, burns, "failed", "ok"),
        (bad, burns, "[1h]", "[1m]"),
        (bad, burns, "rate", "delta"),
        (events, burns, "increase", "rate"),
        (fast, "^the error budget of MailIsFast", "0.5", "0.1"),
        (
            fast,
            "^the error budget of MailIsFast",
            "seconds_bucket",
            "seconds_sum",
        ),
        (
            "record: provider:mailer_messages_sent:rate5m",
            "^provider:",
            "by (provider)",
            "",
        ),
        (
            "record: mailer:messages_failed:ratio_rate1h",
            "^mailer:",
            "!=",
            "=",
        ),
        (
            "record: mailer:send_duration_seconds:p99_5m",
            "^mailer:",
            "0.99",
            "0.5",
        ),
        (
            "record: instance:message_size_bytes:avg5m",
            "^instance:",
            "bytes_sum",
            "bytes_count",
        ),
        (
            "record: mailer:messages_waiting:avg_over_time1d",
            "^mailer:",
            "avg_over_time(",
            "sum_over_time(",
        ),
    ];
    for (rule, run, from, to) in mutations {
        let file = if rule.starts_with("record: slo:") {
            "slo_rules.yml"
        } else {
            "rules.yml"
        };
        judged.fails(file, rule, run, from, to);
    }
}
