//! Where a program runs: what the files of a deployment have in common, so
//! that a port, a job or a path stands in one place.

use caxton_instrument::Catalog;
use caxton_instrument::query::{Window, seconds};

use super::target::Targets;

/// What the generated files say of names, addresses and versions.
///
/// ```
/// use caxton_instrument_export::generate::{Deployment, Service};
///
/// let shop = Deployment::new("shop").service(Service::new("checkout", "checkout", 9464));
/// assert_eq!(shop.services()[0].address(), "checkout:9464");
/// ```
#[derive(Debug, Clone)]
pub struct Deployment {
    name: String,
    services: Vec<Service>,
    scrape_interval: Window,
    targets: Targets,
    prometheus: String,
    dashboard_folder: String,
    catalog_page: String,
}

impl Deployment {
    /// A deployment without services, scraped every 15 seconds, for the
    /// current versions.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            services: Vec::new(),
            scrape_interval: seconds(15),
            targets: Targets::default(),
            prometheus: String::from("localhost:9090"),
            dashboard_folder: String::from("/var/lib/grafana/dashboards"),
            catalog_page: String::from("/public/catalog.html"),
        }
    }

    /// One more program that is scraped.
    #[must_use]
    pub fn service(mut self, service: Service) -> Self {
        self.services.push(service);
        self
    }

    /// How often it is scraped; rules are evaluated as often.
    #[must_use]
    pub const fn scrape_interval(mut self, interval: Window) -> Self {
        self.scrape_interval = interval;
        self
    }

    /// For these versions.
    #[must_use]
    pub const fn targets(mut self, targets: Targets) -> Self {
        self.targets = targets;
        self
    }

    /// Where Prometheus is, `host:port`, as others reach it;
    /// `localhost:9090` unless told otherwise.
    #[must_use]
    pub fn prometheus(mut self, address: &str) -> Self {
        self.prometheus = address.into();
        self
    }

    /// The folder that Grafana reads dashboards from, as Grafana sees it;
    /// `/var/lib/grafana/dashboards` by default.
    #[must_use]
    pub fn dashboards_in(mut self, folder: &str) -> Self {
        self.dashboard_folder = folder.into();
        self
    }

    /// The address of the catalog's page, `catalog.html`, which panels link to;
    /// `/public/catalog.html` by default, where Grafana itself serves it when it
    /// is put into the folder `public` of its home.
    #[must_use]
    pub fn catalog_at(mut self, url: &str) -> Self {
        self.catalog_page = url.into();
        self
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The programs that are scraped.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// Where Prometheus is.
    #[must_use]
    pub fn prometheus_address(&self) -> &str {
        &self.prometheus
    }

    pub(crate) const fn interval(&self) -> Window {
        self.scrape_interval
    }

    pub(crate) fn dashboard_folder(&self) -> &str {
        &self.dashboard_folder
    }

    pub(crate) fn catalog_page(&self) -> &str {
        &self.catalog_page
    }

    pub(crate) const fn versions(&self) -> &Targets {
        &self.targets
    }

    /// One service on this machine, named as the program's own metrics begin.
    pub(crate) fn of(catalog: &Catalog) -> Self {
        let namespaces = catalog
            .sets()
            .iter()
            .filter(|set| !set.namespace.is_empty());
        let own = |set: &&&caxton_instrument::SetDescriptor| {
            !set.location.krate.starts_with("caxton-instrument")
        };
        let name = namespaces
            .clone()
            .find(own)
            .or_else(|| namespaces.clone().next())
            .map_or("app", |set| set.namespace);
        Self::new(name).service(Service::new(name, "localhost", 9464))
    }
}

/// A program that is scraped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    name: String,
    host: String,
    port: u16,
    path: String,
}

impl Service {
    /// A program that answers `/metrics` at a host's port; its name is the
    /// scrape's `job`.
    #[must_use]
    pub fn new(name: &str, host: &str, port: u16) -> Self {
        Self {
            name: name.into(),
            host: host.into(),
            port,
            path: String::from("/metrics"),
        }
    }

    /// Another path than `/metrics`.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.path = path.into();
        self
    }

    /// The scrape's `job`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `host:port`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Its port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The path of its metrics.
    #[must_use]
    pub fn metrics_path(&self) -> &str {
        &self.path
    }
}
