//! What changes or drops telemetry.

use serde::Serialize;

use super::pipelines::Named;
use super::{Sampling, literal};

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Processor {
    MemoryLimiter {
        check_interval: &'static str,
        limit_percentage: u8,
        spike_limit_percentage: u8,
    },
    Resource {
        attributes: [Attribute; 1],
    },
    TailSampling {
        decision_wait: &'static str,
        num_traces: u32,
        decision_cache: DecisionCache,
        policies: Vec<Policy>,
    },
    CumulativeToDelta {},
    Batch {
        timeout: &'static str,
        send_batch_size: u32,
        send_batch_max_size: u32,
    },
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Attribute {
    key: &'static str,
    value: String,
    action: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct DecisionCache {
    sampled_cache_size: u32,
    non_sampled_cache_size: u32,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Policy {
    name: &'static str,
    #[serde(flatten)]
    keeps: Keeps,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Keeps {
    StatusCode { status_code: StatusCodes },
    Latency { latency: Latency },
    Probabilistic { probabilistic: Share },
}

#[derive(Debug, Clone, Serialize)]
struct StatusCodes {
    status_codes: [&'static str; 1],
}

#[derive(Debug, Clone, Serialize)]
struct Latency {
    threshold_ms: u64,
}

#[derive(Debug, Clone, Serialize)]
struct Share {
    sampling_percentage: f64,
}

/// Refuses what would not fit into memory, so that senders try again: it is the
/// [first](https://github.com/open-telemetry/opentelemetry-collector/tree/main/processor/memorylimiterprocessor#best-practices)
/// of all. Of the memory that the container may have.
pub(super) fn memory_limiter() -> Named<Processor> {
    Named::new(
        "memory_limiter",
        Processor::MemoryLimiter {
            check_interval: "1s",
            limit_percentage: 80,
            spike_limit_percentage: 25,
        },
    )
}

/// States the environment of what does not.
pub(super) fn resource(environment: &str) -> Named<Processor> {
    Named::new(
        "resource",
        Processor::Resource {
            attributes: [Attribute {
                key: "deployment.environment.name",
                value: literal(environment),
                action: "insert",
            }],
        },
    )
}

/// Keeps a trace if one of the policies does. The caches remember the decision
/// for spans that come after it.
pub(super) fn tail_sampling(sampling: Sampling) -> Named<Processor> {
    let policies = vec![
        Policy {
            name: "errors",
            keeps: Keeps::StatusCode {
                status_code: StatusCodes {
                    status_codes: ["ERROR"],
                },
            },
        },
        Policy {
            name: "slow",
            keeps: Keeps::Latency {
                latency: Latency {
                    threshold_ms: u64::try_from(sampling.slow.as_millis()).unwrap_or(u64::MAX),
                },
            },
        },
        Policy {
            name: "share",
            keeps: Keeps::Probabilistic {
                probabilistic: Share {
                    sampling_percentage: percentage(sampling.share),
                },
            },
        },
    ];
    Named::new(
        "tail_sampling",
        Processor::TailSampling {
            decision_wait: "10s",
            num_traces: 50_000,
            decision_cache: DecisionCache {
                sampled_cache_size: 100_000,
                non_sampled_cache_size: 500_000,
            },
            policies,
        },
    )
}

/// Without what the multiplication adds: 7, not 7.000000000000001.
fn percentage(share: f64) -> f64 {
    (share * 1e8).round() / 1e6
}

/// Makes what was added since the last time out of sums.
pub(super) fn cumulative_to_delta() -> Named<Processor> {
    Named::new("cumulativetodelta", Processor::CumulativeToDelta {})
}

/// The last of all, after what drops.
pub(super) fn batch() -> Named<Processor> {
    Named::new(
        "batch",
        Processor::Batch {
            timeout: "1s",
            send_batch_size: 1024,
            send_batch_max_size: 2048,
        },
    )
}
