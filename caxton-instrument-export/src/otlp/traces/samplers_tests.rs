//! Samplers over given traces.

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags};

use super::*;

fn trace(low: u64) -> TraceId {
    TraceId::from((1_u128 << 100) | u128::from(low))
}

/// Ids whose random part is spread evenly over all values.
fn evenly(count: u64) -> impl Iterator<Item = TraceId> {
    (0..count).map(move |at| trace(at * (u64::MAX / count) + u64::MAX / count / 2))
}

fn parent(is_sampled: bool, is_remote: bool) -> Context {
    let flags = TraceFlags::default().with_sampled(is_sampled);
    let state = TraceState::from_key_value([("shop", "7")]).expect("a valid entry");
    let span = SpanContext::new(trace(7), SpanId::from(7), flags, is_remote, state);
    Context::new().with_remote_span_context(span)
}

fn ask(head: &Head, parent: Option<&Context>, trace: TraceId, name: &str) -> SamplingDecision {
    head.should_sample(parent, trace, name, &SpanKind::Internal, &[], &[])
        .decision
}

fn chosen(head: &Head, traces: impl Iterator<Item = TraceId>, name: &str) -> usize {
    traces
        .filter(|trace| ask(head, None, *trace, name) == SamplingDecision::RecordAndSample)
        .count()
}

#[test]
fn a_ratio_is_exact_over_even_ids() {
    for (ratio, expected) in [
        (0.0, 0),
        (0.001, 10),
        (0.1, 1_000),
        (0.25, 2_500),
        (0.5, 5_000),
        (1.0, 10_000),
    ] {
        let head = Sampler::ratio(ratio).start("shop");
        assert_eq!(chosen(&head, evenly(10_000), ""), expected, "ratio {ratio}");
    }
}

#[test]
fn a_larger_ratio_chooses_what_a_smaller_one_does() {
    let (small, large) = (Sampler::ratio(0.1).start(""), Sampler::ratio(0.2).start(""));
    let by_small: Vec<_> = evenly(1_000)
        .filter(|trace| ask(&small, None, *trace, "") == SamplingDecision::RecordAndSample)
        .collect();
    assert_eq!(by_small.len(), 100);
    assert_eq!(chosen(&large, by_small.into_iter(), ""), 100);
}

#[test]
fn all_and_none() {
    assert_eq!(chosen(&Sampler::always().start(""), evenly(100), ""), 100);
    assert_eq!(chosen(&Sampler::never().start(""), evenly(100), ""), 0);
}

#[test]
fn a_parent_decides() {
    let never = Sampler::never().start("");
    let always = Sampler::always().start("");
    for is_remote in [true, false] {
        let (yes, no) = (parent(true, is_remote), parent(false, is_remote));
        let sampled = ask(&never, Some(&yes), trace(1), "");
        assert_eq!(sampled, SamplingDecision::RecordAndSample);
        assert_eq!(
            ask(&always, Some(&no), trace(1), ""),
            SamplingDecision::Drop
        );
    }
}

#[test]
fn a_parent_that_is_ignored_does_not() {
    let never = Sampler::never().ignore_parent().start("");
    let decision = ask(&never, Some(&parent(true, true)), trace(1), "");
    assert_eq!(decision, SamplingDecision::Drop);
    let always = Sampler::always().ignore_parent().start("");
    let decision = ask(&always, Some(&parent(false, true)), trace(1), "");
    assert_eq!(decision, SamplingDecision::RecordAndSample);
}

#[test]
fn a_context_without_a_span_is_no_parent() {
    let head = Sampler::always().start("");
    let decision = ask(&head, Some(&Context::new()), trace(1), "");
    assert_eq!(decision, SamplingDecision::RecordAndSample);
}

#[test]
fn the_trace_state_is_passed_on() {
    for sampler in [Sampler::always(), Sampler::never()] {
        let head = sampler.start("");
        let parent = parent(true, true);
        let kind = SpanKind::Internal;
        let result = head.should_sample(Some(&parent), trace(1), "", &kind, &[], &[]);
        assert_eq!(result.trace_state.get("shop"), Some("7"));
    }
}

#[test]
fn a_limit_holds_over_all_operations() {
    let head = Sampler::per_second(20.0).start("");
    // The bucket is full at the start, and fills by one each 50 ms.
    let chosen = chosen(&head, evenly(1_000), "a");
    assert!((20..=25).contains(&chosen), "{chosen}");
}

#[test]
fn clones_of_the_sampler_share_a_limit() {
    let head = Sampler::per_second(0.001).start("");
    let clone = head.clone();
    assert_eq!(
        chosen(&head, evenly(10), "") + chosen(&clone, evenly(10), ""),
        1
    );
}

#[test]
fn operations_have_strategies_of_their_own() {
    let strategies: Strategies = r#"{
        "service_strategies": [{
            "service": "shop", "type": "probabilistic", "param": 0.5,
            "operation_strategies": [
                { "operation": "health", "type": "probabilistic", "param": 0 },
                { "operation": "order", "type": "ratelimiting", "param": 3 }
            ]
        }],
        "default_strategy": { "type": "probabilistic", "param": 0.1 }
    }"#
    .parse()
    .expect("valid");
    let shop = Sampler::strategies(strategies.clone()).start("shop");
    assert_eq!(chosen(&shop, evenly(1_000), "health"), 0);
    assert_eq!(chosen(&shop, evenly(10), "order"), 3);
    assert_eq!(chosen(&shop, evenly(1_000), "other"), 500);
    let unknown = Sampler::strategies(strategies).start("mailer");
    assert_eq!(chosen(&unknown, evenly(1_000), "health"), 100);
}

#[test]
fn what_is_not_chosen_is_recorded_for_errors() {
    let head = Sampler::never().keep_errors(16).start("");
    assert_eq!(ask(&head, None, trace(1), ""), SamplingDecision::RecordOnly);
    let unsampled = parent(false, false);
    let decision = ask(&head, Some(&unsampled), trace(1), "");
    assert_eq!(decision, SamplingDecision::RecordOnly);
}

#[test]
fn a_sampler_of_the_programs_own_is_asked_for_traces_that_start_here() {
    let head = Sampler::custom(SdkSampler::AlwaysOff).start("");
    assert_eq!(ask(&head, None, trace(1), ""), SamplingDecision::Drop);
    let sampled = parent(true, true);
    let decision = ask(&head, Some(&sampled), trace(1), "");
    assert_eq!(decision, SamplingDecision::RecordAndSample);
}

#[test]
fn each_refusal_says_which_sampler_it_was() {
    let low = trace(u64::MAX);
    let refusal = |sampler: Sampler, name: &str| sampler.start("shop").root.refuses(low, name);
    assert_eq!(refusal(Sampler::always(), ""), None);
    assert_eq!(refusal(Sampler::never(), ""), Some(SampledBy::Never));
    assert_eq!(refusal(Sampler::ratio(0.5), ""), Some(SampledBy::Ratio));
    let limit = refusal(Sampler::per_second(0.0), "");
    assert_eq!(limit, Some(SampledBy::RateLimit));
    let text = r#"{ "default_strategy": {
        "type": "probabilistic", "param": 0.5,
        "operation_strategies": [
            { "operation": "a", "type": "probabilistic", "param": 0.5 },
            { "operation": "b", "type": "ratelimiting", "param": 0 }
        ]
    } }"#;
    let strategies: Strategies = text.parse().expect("valid");
    let of = |name| refusal(Sampler::strategies(strategies.clone()), name);
    assert_eq!(of("a"), Some(SampledBy::OperationRatio));
    assert_eq!(of("b"), Some(SampledBy::OperationRateLimit));
    assert_eq!(of("c"), Some(SampledBy::Ratio));
}

#[test]
fn numbers_that_cannot_be_meant_are_problems() {
    for ratio in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        let problem = Sampler::ratio(ratio).problem().expect("a problem");
        assert!(problem.contains("from 0 to 1"), "{problem}");
    }
    for rate in [-1.0, f64::NAN, f64::INFINITY] {
        let problem = Sampler::per_second(rate).problem().expect("a problem");
        assert!(problem.contains("0 or more"), "{problem}");
    }
    for sampler in [
        Sampler::ratio(0.0),
        Sampler::ratio(1.0),
        Sampler::per_second(0.5),
    ] {
        assert_eq!(sampler.problem(), None);
    }
}
