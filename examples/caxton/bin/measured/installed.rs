//! The recorder, the pages over it and the report out of it.

use std::error::Error;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use axum::Router;
use caxton_instrument_export::health::Check;
use caxton_instrument_export::process::NetworkDevices;
use caxton_runtime::{Orchestrator, Report};
use tokio::runtime::Handle;

pub(crate) struct Telemetry {
    installed: caxton_instrument_export::Telemetry,
    /// Whose agents are asked for; it begins after telemetry.
    orchestrator: Arc<OnceLock<Orchestrator>>,
}

impl Telemetry {
    /// As a file says, or with pages alone; on the runtime that is to be measured.
    pub(crate) fn install(config: Option<&Path>) -> Result<Self, Box<dyn Error>> {
        let builder = match config {
            Some(file) => caxton_instrument_export::from_file(file)?,
            None => {
                caxton_instrument_export::builder().service("caxton", env!("CARGO_PKG_VERSION"))
            }
        };
        let orchestrator = Arc::default();
        let installed = builder
            .health(agents(Arc::clone(&orchestrator)))
            .build_info(caxton_instrument_export::build_info!())
            .process_metrics()
            .runtime_metrics("caxton", &Handle::current())
            .disk_metrics(["/"])
            .network_metrics(NetworkDevices::all())
            .install()?;
        Ok(Self {
            installed,
            orchestrator,
        })
    }

    /// From now on `/health` says whether there are agents for everything.
    pub(crate) fn watch(&self, orchestrator: &Orchestrator) {
        _ = self.orchestrator.set(orchestrator.clone());
    }

    pub(crate) fn add_pages(&self, router: Router) -> Router {
        router.merge(self.installed.router())
    }

    pub(crate) fn drain(&self) {
        self.installed.drain();
    }

    pub(crate) fn print(&self) {
        let exposition = self.installed.render();
        crate::say(format_args!("{}", Report::of(&exposition)));
    }
}

/// Whether each type has an agent: without one, what is sent to it comes to
/// nothing, while everything else goes on.
fn agents(orchestrator: Arc<OnceLock<Orchestrator>>) -> Check {
    Check::new("agents", move || {
        let wrong = match orchestrator.get() {
            None => Some(String::from("no agent was started yet")),
            Some(orchestrator) => orchestrator
                .without_agent()
                .map(|name| format!("there is no `{name}`: start one, POST /api/agents")),
        };
        async move { wrong.map_or(Ok(()), Err) }
    })
}
