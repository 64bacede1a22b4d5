//! The process itself.

use super::meta::RefreshOutcome;
use super::metrics::ProcessMetrics;
use super::{Usage, system};

/// States what the system says of the process.
pub(super) fn refresh(metrics: &ProcessMetrics) -> RefreshOutcome {
    match system::usage() {
        Ok(usage) => {
            state(metrics, &usage);
            RefreshOutcome::Ok
        }
        Err(_) => RefreshOutcome::Failed,
    }
}

fn state(metrics: &ProcessMetrics, usage: &Usage) {
    if let Some(cpu) = usage.cpu {
        metrics.cpu.absolute(cpu);
    }
    if let Some(started) = usage.started {
        metrics.start_time.set(started);
    }
    let gauges = [
        (&metrics.open_fds, usage.open_files),
        (&metrics.max_fds, usage.max_files),
        (&metrics.virtual_memory, usage.virtual_memory),
        (&metrics.virtual_memory_max, usage.max_virtual_memory),
        (&metrics.resident_memory, usage.resident_memory),
        (&metrics.threads, usage.threads),
    ];
    for (gauge, value) in gauges {
        if let Some(value) = value {
            gauge.set(value);
        }
    }
}
