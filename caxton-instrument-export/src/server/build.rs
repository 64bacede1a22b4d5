//! Servers of the pages, as the builder knows them.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;

use super::options::Server;
use super::pages;
use super::standalone::{self, Running};
use crate::builder::Builder;
use crate::error::InstallError;
use crate::telemetry::{Shared, Telemetry};

/// What the builder was told of servers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pages: Option<Server>,
    admin: Option<Server>,
    admin_pages: Router,
    has_admin_pages: bool,
}

impl Builder {
    /// Serves `/metrics`, `/health`, `/livez`, `/readyz` and `/version` on a
    /// thread of its own: `"127.0.0.1:9464"`, `"localhost:9464"`, `"[::1]:9464"`.
    /// A bare port, `"9464"`, is one of 127.0.0.1; port 0 takes any free one.
    ///
    /// An address that other machines reach needs a [`Server`] that says who may
    /// read the pages.
    pub fn listen(mut self, server: impl Into<Server>) -> Self {
        self.servers.pages = Some(server.into());
        self
    }

    /// Serves the same pages, and those for operators alone, at an address of
    /// their own, which fewer people should reach:
    ///
    /// - `/findings`: what does not hold in the running program,
    ///   [`Telemetry::findings`];
    /// - what [`admin_pages`](Self::admin_pages) adds.
    ///
    /// ```no_run
    /// use caxton_instrument_export::server::{Secret, Server};
    ///
    /// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
    /// let telemetry = caxton_instrument_export::builder()
    ///     .listen(Server::on("0.0.0.0:9464").bearer_token(Secret::env("METRICS_TOKEN")))
    ///     .admin("127.0.0.1:9465")
    ///     .install()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn admin(mut self, server: impl Into<Server>) -> Self {
        self.servers.admin = Some(server.into());
        self
    }

    /// Adds pages to [`admin`](Self::admin), and to nothing else. They are
    /// served by one thread: what takes long belongs on another.
    ///
    /// ```no_run
    /// use axum::routing::post;
    ///
    /// # async fn flush() {}
    /// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
    /// let telemetry = caxton_instrument_export::builder()
    ///     .admin("127.0.0.1:9465")
    ///     .admin_pages(axum::Router::new().route("/cache/flush", post(flush)))
    ///     .install()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn admin_pages(mut self, pages: Router) -> Self {
        self.servers.admin_pages = self.servers.admin_pages.merge(pages);
        self.servers.has_admin_pages = true;
        self
    }
}

/// The servers that run.
#[derive(Debug)]
pub(crate) struct Servers {
    pages: Option<Running>,
    admin: Option<Running>,
}

impl Servers {
    /// Checks everything that was asked for, and binds it.
    pub(crate) fn start(wanted: Wanted, shared: &Arc<Shared>) -> Result<Self, InstallError> {
        if wanted.has_admin_pages && wanted.admin.is_none() {
            return Err(InstallError::NoAdminAddress);
        }
        let checks = shared.health.len();
        let pages = wanted
            .pages
            .map(|server| {
                let router = pages::router(shared).fallback(pages::not_found);
                standalone::start("caxton-server", &server, router, checks)
            })
            .transpose()?;
        let admin = wanted
            .admin
            .map(|server| {
                let router = pages::router(shared)
                    .merge(pages::admin(shared))
                    .merge(wanted.admin_pages)
                    .fallback(pages::no_admin_page);
                standalone::start("caxton-admin", &server, router, checks)
            })
            .transpose()?;
        Ok(Self { pages, admin })
    }
}

impl Telemetry {
    /// Where the server listens; `None` when it was not asked to.
    #[must_use]
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.servers.pages.as_ref().map(Running::local_addr)
    }

    /// Where the operators' server listens; `None` when there is none.
    #[must_use]
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.servers.admin.as_ref().map(Running::local_addr)
    }
}
