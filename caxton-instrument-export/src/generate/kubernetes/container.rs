//! What a container may use, and what it may not do.

use std::collections::BTreeMap;

use serde::Serialize;

/// What it is given, and what it may take at most. No bound for the processor:
/// a container that is held back answers late.
#[derive(Serialize)]
pub(in crate::generate) struct Resources {
    requests: BTreeMap<&'static str, &'static str>,
    limits: BTreeMap<&'static str, &'static str>,
}

impl Resources {
    pub(in crate::generate) fn of(
        processors: &'static str,
        memory: &'static str,
        most_memory: &'static str,
    ) -> Self {
        Self {
            requests: BTreeMap::from([("cpu", processors), ("memory", memory)]),
            limits: BTreeMap::from([("memory", most_memory)]),
        }
    }
}

/// The least of rights.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::generate) struct Security {
    allow_privilege_escalation: bool,
    read_only_root_filesystem: bool,
    capabilities: Capabilities,
}

#[derive(Serialize)]
struct Capabilities {
    drop: [&'static str; 1],
}

impl Default for Security {
    fn default() -> Self {
        Self {
            allow_privilege_escalation: false,
            read_only_root_filesystem: true,
            capabilities: Capabilities { drop: ["ALL"] },
        }
    }
}
