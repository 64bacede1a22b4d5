//! The recorder, the pages over it and the report out of it.

use axum::Router;
use caxton_instrument_export::InstallError;
use caxton_instrument_export::process::NetworkDevices;
use caxton_runtime::Report;
use tokio::runtime::Handle;

pub(crate) struct Telemetry(caxton_instrument_export::Telemetry);

impl Telemetry {
    /// On the runtime that is to be measured.
    pub(crate) fn install() -> Result<Self, InstallError> {
        caxton_instrument_export::builder()
            .service("caxton", env!("CARGO_PKG_VERSION"))
            .build_info(caxton_instrument_export::build_info!())
            .process_metrics()
            .runtime_metrics("caxton", &Handle::current())
            .disk_metrics(["/"])
            .network_metrics(NetworkDevices::all())
            .install()
            .map(Self)
    }

    pub(crate) fn add_pages(&self, router: Router) -> Router {
        router.merge(self.0.router())
    }

    pub(crate) fn drain(&self) {
        self.0.drain();
    }

    pub(crate) fn print(&self) {
        let exposition = self.0.render();
        crate::say(format_args!("{}", Report::of(&exposition)));
    }
}
