//! Forty tests at once on one multi-threaded runtime: none sees another.

// A test fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod agent_parts;

use std::sync::Arc;
use std::time::Duration;

use agent_parts::Lab;
use caxton_instrument::AgentMetrics;
use caxton_instrument::prelude::*;

const TESTS: usize = 40;

struct Planner {
    metrics: Arc<AgentMetrics>,
}

impl Planner {
    #[instrument_agent(agent_type = "tester", metrics = self.metrics)]
    async fn plan(&self, n: usize) -> Result<usize, String> {
        tokio::task::yield_now().await;
        let steps = self.step(n).await?;
        tokio::time::sleep(Duration::from_millis(1)).await;
        Ok(steps)
    }

    #[instrument_agent(agent_type = "tester", metrics = self.metrics)]
    async fn step(&self, n: usize) -> Result<usize, String> {
        tokio::task::yield_now().await;
        assert!(n % 10 != 9, "told to");
        if n % 10 == 8 {
            Err("told to".to_owned())
        } else {
            Ok(n)
        }
    }

    #[instrument_agent(agent_type = "tester", metrics = self.metrics)]
    async fn forever(&self) {
        std::future::pending::<()>().await;
    }
}

/// One test: `runs` plans on the runtime's threads, and what they come to.
async fn test(runs: usize) {
    let lab = Lab::new();
    let planner = Arc::new(Planner {
        metrics: Arc::clone(&lab.metrics),
    });
    let plans: Vec<_> = (0..runs)
        .map(|n| {
            let planner = Arc::clone(&planner);
            tokio::spawn(async move { planner.plan(n).await })
        })
        .collect();
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let planner = Arc::clone(&planner);
            tokio::spawn(async move {
                tokio::time::timeout(Duration::from_millis(20), planner.forever())
                    .await
                    .unwrap_err();
            })
        })
        .collect();
    for plan in plans {
        let _ = plan.await;
    }
    for task in waiting {
        task.await.unwrap();
    }
    let last = |digit: usize| (0..runs).filter(|n| n % 10 == digit).count() as u64;
    let (failed, panicked) = (last(8), last(9));
    let ok = runs as u64 - failed - panicked;
    lab.assert("plan", [ok, failed, 0, panicked]);
    lab.assert("step", [ok, failed, 0, panicked]);
    lab.assert("forever", [0, 0, 3, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn forty_tests_at_once() {
    std::panic::set_hook(Box::new(|_| {}));
    let tests: Vec<_> = (0..TESTS).map(|n| tokio::spawn(test(50 + n))).collect();
    for test in tests {
        let result = test.await;
        let _ = std::panic::take_hook();
        result.unwrap();
    }
}
