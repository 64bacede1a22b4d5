//! The recorder, the pages over it and the report out of it.

use axum::Router;
use caxton_instrument_export::InstallError;
use caxton_runtime::Report;

pub(crate) struct Telemetry(caxton_instrument_export::Telemetry);

impl Telemetry {
    pub(crate) fn install() -> Result<Self, InstallError> {
        let builder = caxton_instrument_export::builder();
        let builder = builder.service("caxton", env!("CARGO_PKG_VERSION"));
        builder.install().map(Self)
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
