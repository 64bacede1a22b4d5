//! File systems.

use std::path::PathBuf;

use caxton_instrument::GaugeEntity;

use super::meta::RefreshOutcome;
use super::metrics::{DiskLabels, DiskMetrics};
use super::system;

/// File systems that can be told apart.
pub(super) const MAX: usize = 16;

/// The file system of one path.
#[derive(Debug)]
pub(super) struct Disk {
    path: PathBuf,
    label: String,
    /// Kept while it can be read: a file system that is gone shows nothing,
    /// rather than what it was.
    series: Option<Series>,
}

#[derive(Debug)]
struct Series {
    usage: GaugeEntity,
    size: GaugeEntity,
    available: GaugeEntity,
}

impl Disk {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            label: path.to_string_lossy().into_owned(),
            path,
            series: None,
        }
    }

    fn refresh(&mut self, metrics: &DiskMetrics) -> RefreshOutcome {
        let Ok(space) = system::space(&self.path) else {
            self.series = None;
            return RefreshOutcome::Failed;
        };
        let labels = DiskLabels::of(&self.label);
        let series = self.series.get_or_insert_with(|| Series {
            usage: metrics.usage.at(&labels).entity(),
            size: metrics.size.at(&labels).entity(),
            available: metrics.available.at(&labels).entity(),
        });
        series.usage.set(space.used);
        series.size.set(space.size);
        series.available.set(space.available);
        RefreshOutcome::Ok
    }
}

/// States the size of each file system; one that fails does not keep others.
pub(super) fn refresh(disks: &mut [Disk], metrics: &DiskMetrics) -> RefreshOutcome {
    let mut outcome = RefreshOutcome::Ok;
    for disk in disks {
        if disk.refresh(metrics) != RefreshOutcome::Ok {
            outcome = RefreshOutcome::Failed;
        }
    }
    outcome
}
