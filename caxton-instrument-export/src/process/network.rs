//! Network devices.

use std::collections::{HashMap, HashSet};

use super::meta::RefreshOutcome;
use super::metrics::{DeviceLabels, Direction, NetworkMetrics, ProcessMetrics};
use super::{Device, system};

/// Which network devices are shown one by one, in `caxton_network_bytes_total`.
///
/// ```
/// use caxton_instrument_export::process::NetworkDevices;
///
/// let builder = caxton_instrument_export::builder()
///     .network_metrics(NetworkDevices::only(["eth0", "wg0"]));
/// # let _ = builder;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkDevices(Option<HashSet<String>>);

impl NetworkDevices {
    /// Every device but loopback. Past 32 devices, as on a host of many
    /// containers, the rest adds up in one, `_overflow`.
    #[must_use]
    pub fn all() -> Self {
        Self(None)
    }

    /// These, loopback too if it is named. One that does not exist is left out
    /// until it does.
    #[must_use]
    pub fn only(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(Some(names.into_iter().map(Into::into).collect()))
    }

    fn take(&self, device: &str) -> bool {
        match &self.0 {
            Some(names) => names.contains(device),
            None => !is_loopback(device),
        }
    }
}

fn is_loopback(device: &str) -> bool {
    device == "lo" || device == "lo0"
}

/// Counts what devices did since they were first looked at: their own totals
/// start when they come up, may start anew, and belong to no process.
#[derive(Debug, Default)]
pub(super) struct Network {
    last: HashMap<String, (u64, u64)>,
    looked: bool,
}

/// Where it is counted.
#[derive(Clone, Copy)]
pub(super) struct Counted<'a> {
    /// All devices together.
    pub(super) process: Option<&'a ProcessMetrics>,
    /// One by one.
    pub(super) devices: Option<(&'a NetworkMetrics, &'a NetworkDevices)>,
}

impl Network {
    pub(super) fn refresh(&mut self, counted: Counted<'_>) -> RefreshOutcome {
        match system::devices() {
            Ok(devices) => {
                self.count(devices, counted);
                RefreshOutcome::Ok
            }
            Err(_) => RefreshOutcome::Failed,
        }
    }

    fn count(&mut self, devices: Vec<Device>, counted: Counted<'_>) {
        // Devices that are gone are forgotten with this.
        let before = std::mem::take(&mut self.last);
        for device in devices {
            let totals = (device.received, device.transmitted);
            let base = match before.get(&device.name) {
                Some(base) => *base,
                // It came up meanwhile, so all of it is new.
                None if self.looked => (0, 0),
                None => totals,
            };
            let received = change(base.0, totals.0);
            let transmitted = change(base.1, totals.1);
            if let Some(process) = counted.process.filter(|_| !is_loopback(&device.name)) {
                process.network_receive.increment(received);
                process.network_transmit.increment(transmitted);
            }
            if let Some((metrics, wanted)) = counted.devices
                && wanted.take(&device.name)
            {
                for (direction, bytes) in [
                    (Direction::Receive, received),
                    (Direction::Transmit, transmitted),
                ] {
                    let labels = DeviceLabels::of(&device.name, direction);
                    metrics.network.at(&labels).increment(bytes);
                }
            }
            self.last.insert(device.name, totals);
        }
        self.looked = true;
    }
}

/// What a device counted since; all of it if it began anew.
fn change(before: u64, now: u64) -> u64 {
    now.checked_sub(before).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use caxton_instrument::MetricSet;
    use caxton_instrument::testing::TestRecorder;

    use super::*;

    fn device(name: &str, received: u64, transmitted: u64) -> Device {
        Device {
            name: name.into(),
            received,
            transmitted,
        }
    }

    #[test]
    fn devices_come_go_and_begin_anew() {
        let recorder = TestRecorder::new();
        let process = ProcessMetrics::new_in(&recorder);
        let metrics = NetworkMetrics::new_in(&recorder);
        let all = NetworkDevices::all();
        let counted = Counted {
            process: Some(&process),
            devices: Some((&metrics, &all)),
        };
        let mut network = Network::default();
        network.count(
            vec![device("eth0", 1_000, 500), device("lo", 70, 70)],
            counted,
        );
        recorder.assert_series(&[
            r#"caxton_network_bytes_total{device="eth0",direction="receive"} 0"#,
            r#"caxton_network_bytes_total{device="eth0",direction="transmit"} 0"#,
            "process_network_receive_bytes_total 0",
            "process_network_transmit_bytes_total 0",
        ]);
        network.count(
            vec![
                device("eth0", 1_100, 505),
                device("veth1", 7, 3),
                device("lo", 90, 90),
            ],
            counted,
        );
        // Without its driver, and with it again.
        network.count(vec![device("eth0", 20, 1)], counted);
        network.count(vec![device("eth0", 25, 1), device("veth1", 9, 4)], counted);
        recorder.assert_series(&[
            r#"caxton_network_bytes_total{device="eth0",direction="receive"} 125"#,
            r#"caxton_network_bytes_total{device="eth0",direction="transmit"} 6"#,
            r#"caxton_network_bytes_total{device="veth1",direction="receive"} 16"#,
            r#"caxton_network_bytes_total{device="veth1",direction="transmit"} 7"#,
            "process_network_receive_bytes_total 141",
            "process_network_transmit_bytes_total 13",
        ]);
    }

    #[test]
    fn only_named_devices_are_shown() {
        let wanted = NetworkDevices::only(["lo", "eth1"]);
        assert!(wanted.take("lo") && wanted.take("eth1"));
        assert!(!wanted.take("eth0"));
        assert!(!NetworkDevices::all().take("lo0"));
    }
}
