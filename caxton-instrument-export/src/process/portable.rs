//! What [sysinfo](https://docs.rs/sysinfo) knows of other systems.

use std::io;
use std::path::Path;

use sysinfo::{Disks, Networks, ProcessRefreshKind, ProcessesToUpdate, System, get_current_pid};

use super::{Device, Space, Usage};

/// The process itself.
pub(super) fn usage() -> io::Result<Usage> {
    let pid = get_current_pid().map_err(io::Error::other)?;
    let mut system = System::new().map_err(io::Error::other)?;
    system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[pid]),
        false,
        ProcessRefreshKind::nothing().with_memory().with_cpu(),
    );
    let process = system
        .process(pid)
        .ok_or_else(|| io::Error::other("the system does not list this process"))?;
    Ok(Usage {
        cpu: Some(process.accumulated_cpu_time() as f64 / 1e3),
        open_files: process.open_files().map(|count| count as u64),
        max_files: process.open_files_limit().map(|limit| limit as u64),
        virtual_memory: Some(process.virtual_memory()),
        max_virtual_memory: None,
        resident_memory: Some(process.memory()),
        started: Some(process.start_time() as f64),
        threads: None,
    })
}

/// Every network device.
pub(super) fn devices() -> io::Result<Vec<Device>> {
    let networks = Networks::new_with_refreshed_list().map_err(io::Error::other)?;
    Ok(networks
        .iter()
        .map(|(name, data)| Device {
            name: name.to_string_lossy().into_owned(),
            received: data.total_received(),
            transmitted: data.total_transmitted(),
        })
        .collect())
}

/// The file system that is mounted at a path or, of those above it, nearest to
/// it.
pub(super) fn space(path: &Path) -> io::Result<Space> {
    let path = path.canonicalize()?;
    let disks = Disks::new_with_refreshed_list().map_err(io::Error::other)?;
    let disk = disks
        .iter()
        .filter(|disk| path.starts_with(disk.mount_point()))
        .max_by_key(|disk| disk.mount_point().components().count())
        .ok_or_else(|| io::Error::other("no disk is mounted there"))?;
    let (size, available) = (disk.total_space(), disk.available_space());
    Ok(Space {
        size,
        used: size.saturating_sub(available),
        available,
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::super::linux;
    use super::*;

    fn near(a: Option<u64>, b: Option<u64>) -> bool {
        let (Some(a), Some(b)) = (a, b) else {
            return false;
        };
        a.abs_diff(b) <= a.max(b) / 5
    }

    #[test]
    fn the_process_reads_as_on_linux() {
        let here = linux::usage().expect("Linux tells");
        let there = usage().expect("sysinfo tells");
        assert!(near(here.resident_memory, there.resident_memory));
        assert!(near(here.virtual_memory, there.virtual_memory));
        assert_eq!(here.max_files, there.max_files);
        let seconds = |a: Option<f64>, b: Option<f64>| (a.unwrap_or(-9.0) - b.unwrap_or(9.0)).abs();
        assert!(seconds(here.cpu, there.cpu) < 1.0, "{here:?} {there:?}");
        assert!(
            seconds(here.started, there.started) < 2.0,
            "{here:?} {there:?}"
        );
    }

    #[test]
    fn devices_read_as_on_linux() {
        let mut here: Vec<_> = names(linux::devices().expect("Linux tells"));
        let mut there: Vec<_> = names(devices().expect("sysinfo tells"));
        here.sort();
        there.sort();
        assert_eq!(here, there);
    }

    fn names(devices: Vec<Device>) -> Vec<String> {
        devices.into_iter().map(|device| device.name).collect()
    }

    #[test]
    fn file_systems_read_as_on_linux() {
        let here = linux::space(Path::new("/")).expect("Linux tells");
        let there = space(Path::new("/")).expect("sysinfo tells");
        assert_eq!(here.size, there.size);
        assert!(space(Path::new("/no/such/path")).is_err());
    }
}
