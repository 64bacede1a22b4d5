//! A load test for [k6](https://grafana.com/docs/k6/latest/), and a job that runs it
//! every night.
//!
//! ```text
//! mod         what is asked for
//! thresholds  when it fails, from the objectives
//! script      what k6 runs
//! cronjob     how Kubernetes runs it
//! ```

mod cronjob;
mod script;
mod thresholds;

use std::time::Duration;

use caxton_instrument::Catalog;

use super::deployment::Deployment;

/// Requests to one service, by more and more users.
///
/// ```
/// use caxton_instrument_export::generate::{Deployment, LoadTest};
///
/// let shop = Deployment::new("shop").load_test(
///     LoadTest::new("http://shop-api:8080")
///         .get("/orders")
///         .post_json("/orders", r#"{"article": "tea", "count": 1}"#)
///         .users(100)
///         .write_results(),
/// );
/// ```
///
/// It fails where the catalog's objectives of its HTTP metrics do: the share of
/// requests that fail, and the time that a share of them takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadTest {
    url: String,
    requests: Vec<Request>,
    users: u32,
    benchmark: Duration,
    schedule: String,
    writes_results: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Request {
    method: &'static str,
    path: String,
    body: Option<String>,
}

impl LoadTest {
    /// Of the service at this URL: `/` until a request is stated, up to 200 users
    /// by hand, and every night at 2:00 a hundred for five minutes.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.trim_end_matches('/').into(),
            requests: Vec::new(),
            users: 100,
            benchmark: Duration::from_secs(300),
            schedule: String::from("0 2 * * *"),
            writes_results: false,
        }
    }

    /// Each round asks for this too.
    #[must_use]
    pub fn get(self, path: &str) -> Self {
        self.request("GET", path, None)
    }

    /// Each round sends this JSON too.
    #[must_use]
    pub fn post_json(self, path: &str, body: &str) -> Self {
        self.request("POST", path, Some(body.into()))
    }

    fn request(mut self, method: &'static str, path: &str, body: Option<String>) -> Self {
        self.requests.push(Request {
            method,
            path: path.into(),
            body,
        });
        self
    }

    /// So many users at once, one at least; by hand up to twice as many.
    #[must_use]
    pub fn users(mut self, users: u32) -> Self {
        self.users = users.max(1);
        self
    }

    /// The nightly run takes so long.
    #[must_use]
    pub const fn benchmark(mut self, time: Duration) -> Self {
        self.benchmark = time;
        self
    }

    /// When the job runs, as
    /// [Kubernetes has it](https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax).
    #[must_use]
    pub fn schedule(mut self, schedule: &str) -> Self {
        self.schedule = schedule.into();
        self
    }

    /// The job writes its results to the deployment's Prometheus, which takes them
    /// when it is started with `--web.enable-remote-write-receiver`.
    #[must_use]
    pub const fn write_results(mut self) -> Self {
        self.writes_results = true;
        self
    }

    /// What a round does.
    fn round(&self) -> Vec<Request> {
        if self.requests.is_empty() {
            return vec![Request {
                method: "GET",
                path: String::from("/"),
                body: None,
            }];
        }
        self.requests.clone()
    }
}

/// The files, by path.
pub(super) fn render(
    test: &LoadTest,
    catalog: &Catalog,
    deployment: &Deployment,
) -> Vec<(&'static str, String)> {
    let script = script::render(test, &thresholds::of(catalog));
    let job = cronjob::render(test, &script, deployment);
    vec![("load/load.js", script), ("load/cronjob.yml", job)]
}
