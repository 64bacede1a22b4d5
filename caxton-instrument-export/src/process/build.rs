//! What the builder takes, and what runs for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use caxton_instrument::MetricSet as _;
use caxton_instrument::recorder::Registry;
use tokio::runtime::Handle;

use super::disk::{self, Disk};
use super::info::BuildInfo;
use super::meta::{RefreshOutcome, Source};
use super::metrics::{DiskMetrics, NetworkMetrics, ProcessMetrics, RuntimeMetrics, TaskMetrics};
use super::network::{Counted, Network, NetworkDevices};
use super::own;
use super::refresh::{Job, PATIENCE, Refresher};
use super::runtime::{MAX_GROUPS, MAX_RUNTIMES, Runtime, TaskGroup};
use crate::Builder;
use crate::error::InstallError;

/// What is to be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    process: bool,
    runtimes: Vec<Runtime>,
    tasks: Vec<&'static TaskGroup>,
    disks: Vec<PathBuf>,
    network: Option<NetworkDevices>,
    build: Option<BuildInfo>,
}

impl Builder {
    /// Shows the process as every Prometheus client does: processor time,
    /// memory, file descriptors, threads, start time, network traffic;
    /// [`ProcessMetrics`] has them.
    pub fn process_metrics(mut self) -> Self {
        self.process.process = true;
        self
    }

    /// Shows a Tokio runtime under a name: workers, tasks, time in which workers
    /// were busy; [`RuntimeMetrics`] has them. For several runtimes call it
    /// several times; one of the same name takes the place of the first.
    pub fn runtime_metrics(mut self, name: impl Into<String>, handle: &Handle) -> Self {
        let runtime = Runtime {
            name: name.into(),
            handle: handle.clone(),
        };
        let runtimes = &mut self.process.runtimes;
        runtimes.retain(|other| other.name != runtime.name);
        runtimes.push(runtime);
        self
    }

    /// Shows groups of tasks; [`TaskMetrics`] has their metrics.
    pub fn task_metrics(mut self, groups: impl IntoIterator<Item = &'static TaskGroup>) -> Self {
        self.process.tasks.extend(groups);
        self
    }

    /// Shows the file systems that paths are on: size, what is used, what is
    /// available; [`DiskMetrics`] has them. The label `mountpoint` is the path
    /// as given. One that cannot be read shows nothing and counts as `failed` in
    /// `caxton_instrument_refreshes_total{source="disk"}`.
    pub fn disk_metrics(mut self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        for path in paths {
            let path = path.into();
            if !self.process.disks.contains(&path) {
                self.process.disks.push(path);
            }
        }
        self
    }

    /// Shows network devices one by one; [`NetworkMetrics`] has them.
    pub fn network_metrics(mut self, devices: NetworkDevices) -> Self {
        self.process.network = Some(devices);
        self
    }

    /// States what was built, in `process_build_info`;
    /// [`build_info!`](crate::build_info) knows it.
    pub fn build_info(mut self, build: BuildInfo) -> Self {
        self.process.build = Some(build);
        self
    }
}

/// Keeps values fresh while it lives; then they stay as they are.
#[derive(Debug)]
pub(crate) struct Running {
    _threads: Arc<Vec<Refresher>>,
}

impl Options {
    /// Refuses more than can be told apart.
    pub(crate) fn check(&self) -> Result<(), InstallError> {
        let all = [
            ("runtimes", self.runtimes.len(), MAX_RUNTIMES),
            ("groups of tasks", self.tasks.len(), MAX_GROUPS),
            ("file systems", self.disks.len(), disk::MAX),
        ];
        for (what, count, most) in all {
            if count > most {
                return Err(InstallError::TooMany { what, count, most });
            }
        }
        Ok(())
    }

    /// Starts the threads, which do nothing before the registry is read.
    pub(crate) fn start(self, registry: &Registry) -> Result<Running, InstallError> {
        if let Some(build) = &self.build {
            build.state();
        }
        let mut threads = Vec::new();
        let mut start = |name, jobs: Vec<Job>| -> Result<(), InstallError> {
            if !jobs.is_empty() {
                let refresher = Refresher::start(name, jobs)
                    .map_err(|source| InstallError::Thread { name, source })?;
                threads.push(refresher);
            }
            Ok(())
        };
        start("caxton-disks", disk_jobs(self.disks))?;
        let mut jobs = runtime_jobs(self.runtimes, self.tasks);
        jobs.extend(process_jobs(self.process, self.network));
        start("caxton-refresh", jobs)?;
        let threads = Arc::new(threads);
        if !threads.is_empty() {
            // The registry lives as long as the program, the threads do not.
            let threads = Arc::downgrade(&threads);
            registry.before_read(move || {
                let Some(threads) = threads.upgrade() else {
                    return;
                };
                let until = Instant::now() + PATIENCE;
                let asked: Vec<_> = threads.iter().filter_map(Refresher::ask).collect();
                for asked in asked {
                    asked.wait(until);
                }
            });
        }
        Ok(Running { _threads: threads })
    }
}

fn disk_jobs(paths: Vec<PathBuf>) -> Vec<Job> {
    if paths.is_empty() {
        return Vec::new();
    }
    let mut disks: Vec<_> = paths.into_iter().map(Disk::new).collect();
    let job = move || disk::refresh(&mut disks, DiskMetrics::global());
    vec![(Source::Disk, Box::new(job))]
}

fn runtime_jobs(runtimes: Vec<Runtime>, tasks: Vec<&'static TaskGroup>) -> Vec<Job> {
    if runtimes.is_empty() && tasks.is_empty() {
        return Vec::new();
    }
    let job = move || {
        for runtime in &runtimes {
            runtime.refresh(RuntimeMetrics::global());
        }
        for group in &tasks {
            group.refresh(TaskMetrics::global());
        }
        RefreshOutcome::Ok
    };
    vec![(Source::Runtime, Box::new(job))]
}

fn process_jobs(process: bool, devices: Option<NetworkDevices>) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    if process {
        jobs.push((
            Source::Process,
            Box::new(|| own::refresh(ProcessMetrics::global())),
        ));
    }
    if process || devices.is_some() {
        let mut network = Network::default();
        let job = move || {
            network.refresh(Counted {
                process: process.then(ProcessMetrics::global),
                devices: devices
                    .as_ref()
                    .map(|devices| (NetworkMetrics::global(), devices)),
            })
        };
        jobs.push((Source::Network, Box::new(job)));
    }
    jobs
}
