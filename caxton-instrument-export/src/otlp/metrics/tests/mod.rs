//! Exports to a receiver in this process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what it expects"
)]

mod agree;
mod delta;
mod generated;
mod schedule;
mod sizes;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use caxton_instrument::recorder::{Family, Registry};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use tokio::time::Instant;

use super::build::frame;
use super::export::{Export, Receiver};
use super::split::Limits;
use super::{Snapshot, Temporality};
use crate::otlp::LossReason;
use crate::otlp::transport::Delivery;
use crate::resource::Resource;

impl Snapshot for Registry {
    fn families(&self) -> Vec<Family> {
        Self::families(self)
    }

    fn families_with_idle(&self) -> Vec<Family> {
        Self::families_with_idle(self)
    }
}

/// Keeps what it takes.
#[derive(Clone, Default)]
struct Desk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    taken: Vec<ExportMetricsServiceRequest>,
    /// What becomes of the next requests; then all are accepted.
    fates: VecDeque<Fate>,
    asked: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Accept,
    Lose,
    /// Half of it is there.
    Halve,
    /// Never answers.
    Hang,
    /// Answers after so long.
    Wait(Duration),
}

impl Desk {
    fn next(&self, fates: impl IntoIterator<Item = Fate>) {
        self.0.lock().unwrap().fates.extend(fates);
    }

    fn take(&self) -> Vec<ExportMetricsServiceRequest> {
        std::mem::take(&mut self.0.lock().unwrap().taken)
    }

    /// How many requests came, whatever became of them.
    fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }
}

impl Receiver for Desk {
    async fn deliver(&self, request: ExportMetricsServiceRequest, until: Instant) -> Delivery {
        let fate = {
            let mut state = self.0.lock().unwrap();
            state.asked += 1;
            state.fates.pop_front().unwrap_or(Fate::Accept)
        };
        let lost = |items| Delivery::Lost {
            items,
            reason: LossReason::TimedOut,
        };
        let items = points(&request);
        let answered = match fate {
            Fate::Lose => return lost(items),
            Fate::Halve => {
                return Delivery::Partly {
                    rejected: items / 2,
                };
            }
            Fate::Accept => true,
            Fate::Hang => {
                tokio::time::sleep_until(until).await;
                false
            }
            Fate::Wait(time) => {
                let answer = Instant::now() + time;
                tokio::time::sleep_until(answer.min(until)).await;
                answer <= until
            }
        };
        if !answered {
            return lost(items);
        }
        self.0.lock().unwrap().taken.push(request);
        Delivery::Accepted
    }
}

const ROOMY: Limits = Limits {
    bytes: 4 << 20,
    points: 8_192,
};

fn export(
    registry: &Registry,
    desk: &Desk,
    temporality: Temporality,
    limits: Limits,
) -> Export<Desk> {
    let resource = Resource::new("shop", "1.2.0");
    Export::new(
        Arc::new(registry.clone()),
        desk.clone(),
        temporality,
        frame(&resource),
        limits,
    )
}

/// Far enough.
fn later() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

fn metrics(requests: &[ExportMetricsServiceRequest]) -> impl Iterator<Item = &Metric> {
    requests
        .iter()
        .flat_map(|request| &request.resource_metrics)
        .flat_map(|resource| &resource.scope_metrics)
        .flat_map(|scope| &scope.metrics)
}

fn points(request: &ExportMetricsServiceRequest) -> u64 {
    use opentelemetry_proto::tonic::metrics::v1::metric::Data;
    let one = std::slice::from_ref(request);
    let count = metrics(one).map(|metric| match metric.data.as_ref().unwrap() {
        Data::Gauge(gauge) => gauge.data_points.len(),
        Data::Sum(sum) => sum.data_points.len(),
        Data::Histogram(histogram) => histogram.data_points.len(),
        Data::ExponentialHistogram(histogram) => histogram.data_points.len(),
        Data::Summary(_) => 0,
    });
    count.sum::<usize>() as u64
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future)
}
