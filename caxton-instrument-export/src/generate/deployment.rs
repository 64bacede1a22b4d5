//! Where a program runs: what the files of a deployment have in common, so
//! that a port, a job or a path stands in one place.

use std::collections::BTreeMap;

use caxton_instrument::Catalog;
use caxton_instrument::query::{Window, seconds};

use super::scale::RemoteWrite;
use super::service::Service;
use super::stack::Stack;
use super::target::Targets;
use super::team::{Smtp, Team};
use crate::promql::Route;

/// What the generated files say of names, addresses and versions.
///
/// ```
/// use caxton_instrument_export::generate::{Deployment, Service, Team};
///
/// let shop = Deployment::new("shop")
///     .service(Service::new("checkout", "checkout", 9464))
///     .team(Team::new("shop").webhook_file("/etc/alertmanager/secrets/shop-webhook"));
/// assert_eq!(shop.services()[0].address(), "checkout:9464");
/// ```
#[derive(Debug, Clone)]
pub struct Deployment {
    name: String,
    services: Vec<Service>,
    scrape_interval: Window,
    targets: Targets,
    pub(super) stack: Stack,
    teams: Vec<Team>,
    on_call: Option<String>,
    smtp: Option<Smtp>,
    prometheus: String,
    dashboard_folder: String,
    catalog_page: String,
    alertmanager: String,
    external_labels: BTreeMap<String, String>,
    namespace: String,
    finds_pods: bool,
    shards: Vec<String>,
    remote_writes: Vec<RemoteWrite>,
    route: Route,
}

impl Deployment {
    /// A deployment without services, scraped every 15 seconds, for the
    /// current versions, with Prometheus and Alertmanager on this machine and
    /// nobody to tell.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            services: Vec::new(),
            scrape_interval: seconds(15),
            targets: Targets::default(),
            stack: Stack::default(),
            teams: Vec::new(),
            on_call: None,
            smtp: None,
            prometheus: String::from("localhost:9090"),
            dashboard_folder: String::from("/var/lib/grafana/dashboards"),
            catalog_page: String::from("/public/catalog.html"),
            alertmanager: String::from("localhost:9093"),
            external_labels: BTreeMap::new(),
            namespace: String::from("default"),
            finds_pods: false,
            shards: Vec::new(),
            remote_writes: Vec::new(),
            route: Route::default(),
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

    /// One more team that is told. The first one is also told what has no
    /// owner.
    #[must_use]
    pub fn team(mut self, team: Team) -> Self {
        self.teams.push(team);
        self
    }

    /// This team is told everything that is critical, beside its owner.
    #[must_use]
    pub fn on_call(mut self, team: &str) -> Self {
        self.on_call = Some(team.into());
        self
    }

    /// What sends mail to teams.
    #[must_use]
    pub fn smtp(mut self, smtp: Smtp) -> Self {
        self.smtp = Some(smtp);
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
    /// `/var/lib/grafana/dashboards` unless told otherwise.
    #[must_use]
    pub fn dashboards_in(mut self, folder: &str) -> Self {
        self.dashboard_folder = folder.into();
        self
    }

    /// The address of the catalog's page, `catalog.html`, which panels link to;
    /// `/public/catalog.html` unless told otherwise, where Grafana itself serves
    /// it when it is put into the folder `public` of its home.
    ///
    /// ```standalone_crate
    /// use caxton_instrument::Catalog;
    /// use caxton_instrument::prelude::*;
    /// use caxton_instrument_export::generate::{self, Deployment, Service};
    ///
    /// /// The mailer.
    /// #[derive(MetricSet)]
    /// #[metric_set(namespace = "mailer")]
    /// struct Mail {
    ///     /// Messages that were sent.
    ///     messages_sent: Counter,
    /// }
    ///
    /// let mailer = Deployment::new("mailer")
    ///     .service(Service::new("mailer", "localhost", 9464))
    ///     .dashboards_in("/etc/grafana/dashboards")
    ///     .catalog_at("https://docs.example.org/catalog.html");
    /// let files = generate::files(&Catalog::collect()?, &mailer);
    /// let page = "https://docs.example.org/catalog.html#mailer_messages_sent_total";
    /// let links = |file: &generate::File| {
    ///     file.path.starts_with("grafana/dashboards/") && file.text.contains(page)
    /// };
    /// assert!(files.iter().any(links));
    /// # Ok::<(), caxton_instrument::CatalogError>(())
    /// ```
    #[must_use]
    pub fn catalog_at(mut self, url: &str) -> Self {
        self.catalog_page = url.into();
        self
    }

    /// Where Alertmanager is; `localhost:9093` unless told otherwise.
    #[must_use]
    pub fn alertmanager(mut self, address: &str) -> Self {
        self.alertmanager = address.into();
        self
    }

    /// A label of everything that leaves this Prometheus, such as the region.
    #[must_use]
    pub fn external_label(mut self, name: &str, value: &str) -> Self {
        self.external_labels.insert(name.into(), value.into());
        self
    }

    /// Where it is in Kubernetes; `default` unless told otherwise.
    #[must_use]
    pub fn namespace(mut self, namespace: &str) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// Prometheus asks Kubernetes for the pods of each service, instead of
    /// scraping one address.
    #[must_use]
    pub const fn kubernetes_sd(mut self) -> Self {
        self.finds_pods = true;
        self
    }

    /// One more server of Prometheus that scrapes its share of the targets, at
    /// this address; the one of [`prometheus`](Self::prometheus) then reads
    /// those, and evaluates the rules.
    #[must_use]
    pub fn shard(mut self, address: &str) -> Self {
        self.shards.push(address.into());
        self
    }

    /// What is scraped goes to this store as well.
    #[must_use]
    pub fn remote_write(mut self, store: RemoteWrite) -> Self {
        self.remote_writes.push(store);
        self
    }

    /// How metrics get to Prometheus, where it does not scrape the services
    /// itself: what metrics are called in rules and dashboards.
    #[must_use]
    pub fn route(mut self, route: Route) -> Self {
        self.route = route;
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

    /// The teams that are told.
    #[must_use]
    pub fn teams(&self) -> &[Team] {
        &self.teams
    }

    /// Where Prometheus is.
    #[must_use]
    pub fn prometheus_address(&self) -> &str {
        &self.prometheus
    }

    /// Where Alertmanager is.
    #[must_use]
    pub fn alertmanager_address(&self) -> &str {
        &self.alertmanager
    }

    /// Its namespace in Kubernetes.
    #[must_use]
    pub fn kubernetes_namespace(&self) -> &str {
        &self.namespace
    }

    pub(crate) fn dashboard_folder(&self) -> &str {
        &self.dashboard_folder
    }

    pub(crate) fn catalog_page(&self) -> &str {
        &self.catalog_page
    }

    pub(crate) const fn metrics_route(&self) -> &Route {
        &self.route
    }

    pub(crate) const fn interval(&self) -> Window {
        self.scrape_interval
    }

    pub(crate) const fn versions(&self) -> &Targets {
        &self.targets
    }

    pub(crate) fn on_call_team(&self) -> Option<&str> {
        self.on_call.as_deref()
    }

    pub(crate) const fn mail(&self) -> Option<&Smtp> {
        self.smtp.as_ref()
    }

    pub(crate) const fn labels_outside(&self) -> &BTreeMap<String, String> {
        &self.external_labels
    }

    pub(crate) const fn is_by_pods(&self) -> bool {
        self.finds_pods
    }

    pub(crate) fn shards(&self) -> &[String] {
        &self.shards
    }

    pub(crate) fn stores(&self) -> &[RemoteWrite] {
        &self.remote_writes
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
