//! A program that is scraped, and how its metrics are read.

/// A program that is scraped.
///
/// ```
/// use caxton_instrument_export::generate::Service;
///
/// let service = Service::new("checkout", "checkout.shop", 9464)
///     .https()
///     .bearer_token_file("/etc/prometheus/secrets/checkout-token");
/// assert_eq!(service.address(), "checkout.shop:9464");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    name: String,
    host: String,
    port: u16,
    path: String,
    is_https: bool,
    ca_file: Option<String>,
    credentials: Option<Credentials>,
    version: Option<String>,
    image: Option<String>,
    replicas: u16,
    otlp_endpoint: Option<String>,
}

/// What a reader shows. Secrets are named by their files, and never stand in
/// what is generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credentials {
    BearerTokenFile(String),
    Basic { user: String, password_file: String },
}

impl Service {
    /// A program that answers `/metrics` at a host's port over HTTP; its name
    /// is the scrape's `job`.
    #[must_use]
    pub fn new(name: &str, host: &str, port: u16) -> Self {
        Self {
            name: name.into(),
            host: host.into(),
            port,
            path: String::from("/metrics"),
            is_https: false,
            ca_file: None,
            credentials: None,
            version: None,
            image: None,
            replicas: 1,
            otlp_endpoint: None,
        }
    }

    /// Another path than `/metrics`.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.path = path.into();
        self
    }

    /// It is read over HTTPS.
    #[must_use]
    pub const fn https(mut self) -> Self {
        self.is_https = true;
        self
    }

    /// It is read over HTTPS, and its certificate is signed by an authority
    /// of this PEM file, which Prometheus can read.
    #[must_use]
    pub fn ca_file(mut self, path: &str) -> Self {
        self.ca_file = Some(path.into());
        self.https()
    }

    /// A reader shows the token of this file, which Prometheus can read.
    #[must_use]
    pub fn bearer_token_file(mut self, path: &str) -> Self {
        self.credentials = Some(Credentials::BearerTokenFile(path.into()));
        self
    }

    /// A reader shows a user, and the password of this file, which Prometheus
    /// can read.
    #[must_use]
    pub fn basic_password_file(mut self, user: &str, path: &str) -> Self {
        self.credentials = Some(Credentials::Basic {
            user: user.into(),
            password_file: path.into(),
        });
        self
    }

    /// Its version.
    #[must_use]
    pub fn version(mut self, version: &str) -> Self {
        self.version = Some(version.into());
        self
    }

    /// The container image that Kubernetes runs; without one it is the name
    /// and the version.
    #[must_use]
    pub fn image(mut self, image: &str) -> Self {
        self.image = Some(image.into());
        self
    }

    /// How many of it Kubernetes runs; one unless told otherwise.
    #[must_use]
    pub const fn replicas(mut self, replicas: u16) -> Self {
        self.replicas = replicas;
        self
    }

    /// The collector that it sends to, such as `http://collector:4317`.
    #[must_use]
    pub fn otlp_endpoint(mut self, url: &str) -> Self {
        self.otlp_endpoint = Some(url.into());
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
        // An IPv6 address has colons of its own.
        if self.host.contains(':') && !self.host.starts_with('[') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
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

    /// `http` or `https`.
    #[must_use]
    pub const fn scheme(&self) -> &'static str {
        if self.is_https { "https" } else { "http" }
    }

    /// The collector that it sends to, if it does.
    #[must_use]
    pub fn collector_url(&self) -> Option<&str> {
        self.otlp_endpoint.as_deref()
    }

    pub(crate) fn authority_file(&self) -> Option<&str> {
        self.ca_file.as_deref()
    }

    pub(crate) const fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    pub(crate) fn container_image(&self) -> String {
        let tag = self.version.as_deref().unwrap_or("latest");
        let image = self.image.clone();
        image.unwrap_or_else(|| format!("{}:{tag}", self.name))
    }

    pub(crate) const fn copies(&self) -> u16 {
        self.replicas
    }
}

#[cfg(test)]
mod tests {
    use super::Service;

    #[test]
    fn an_ipv6_address_has_brackets() {
        assert_eq!(Service::new("a", "::1", 9464).address(), "[::1]:9464");
        assert_eq!(Service::new("a", "[::1]", 9464).address(), "[::1]:9464");
    }
}
