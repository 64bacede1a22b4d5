//! No recorder, no pages, no report.

use std::path::Path;

use axum::Router;
use caxton_runtime::Orchestrator;

pub(crate) struct Telemetry;

impl Telemetry {
    pub(crate) const fn install(config: Option<&Path>) -> Result<Self, &'static str> {
        match config {
            Some(_) => Err("built without `instrumented`: there is nothing to configure"),
            None => Ok(Self),
        }
    }

    #[allow(
        clippy::unused_self,
        reason = "with telemetry there is something to add"
    )]
    pub(crate) const fn add_pages(&self, router: Router) -> Router {
        router
    }

    #[allow(
        clippy::unused_self,
        reason = "with telemetry there is something to watch"
    )]
    pub(crate) const fn watch(&self, _: &Orchestrator) {}

    #[allow(
        clippy::unused_self,
        reason = "with telemetry there is something to drain"
    )]
    pub(crate) const fn drain(&self) {}

    #[allow(
        clippy::unused_self,
        reason = "with telemetry there is something to print"
    )]
    pub(crate) fn print(&self) {
        crate::say(format_args!("not measured: built without `instrumented`"));
    }
}
