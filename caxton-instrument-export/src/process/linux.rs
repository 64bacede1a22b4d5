//! Linux's `/proc`, see
//! [proc(5)](https://man7.org/linux/man-pages/man5/proc.5.html).

use std::io;
use std::path::Path;

use procfs::WithCurrentSystemInfo as _;
use procfs::process::{LimitValue, Process};

use super::{Device, Space, Usage};

/// The process itself.
pub(super) fn usage() -> io::Result<Usage> {
    let process = Process::myself().map_err(io::Error::other)?;
    let stat = process.stat().map_err(io::Error::other)?;
    let limits = process.limits().map_err(io::Error::other)?;
    let ticks = procfs::ticks_per_second() as f64;
    Ok(Usage {
        cpu: Some((stat.utime + stat.stime) as f64 / ticks),
        open_files: process.fd_count().ok().map(|count| count as u64),
        max_files: Some(limit(limits.max_open_files.soft_limit)),
        virtual_memory: Some(stat.vsize),
        max_virtual_memory: Some(limit(limits.max_address_space.soft_limit)),
        resident_memory: Some(stat.rss_bytes().get()),
        started: procfs::boot_time_secs()
            .ok()
            .map(|boot| boot as f64 + stat.starttime as f64 / ticks),
        threads: u64::try_from(stat.num_threads).ok(),
    })
}

/// As other clients show it.
fn limit(limit: LimitValue) -> u64 {
    match limit {
        LimitValue::Unlimited => u64::MAX,
        LimitValue::Value(value) => value,
    }
}

/// Every device of the process's network namespace.
pub(super) fn devices() -> io::Result<Vec<Device>> {
    let devices = procfs::net::dev_status().map_err(io::Error::other)?;
    Ok(devices
        .into_values()
        .map(|device| Device {
            name: device.name,
            received: device.recv_bytes,
            transmitted: device.sent_bytes,
        })
        .collect())
}

/// The file system that a path is on.
pub(super) fn space(path: &Path) -> io::Result<Space> {
    let found = rustix::fs::statvfs(path)?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Ok(Space {
        size: bytes(found.f_blocks),
        used: bytes(found.f_blocks.saturating_sub(found.f_bfree)),
        available: bytes(found.f_bavail),
    })
}
