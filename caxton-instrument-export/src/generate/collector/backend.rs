//! Where metrics go.

/// A place that metrics go to.
///
/// | | sent by | secret |
/// |---|---|---|
/// | [`prometheus`](Self::prometheus) | the collector's Prometheus exporter, which is scraped | |
/// | [`remote_write`](Self::remote_write) | remote write, to Mimir, Thanos, VictoriaMetrics | [`token_env`](Self::token_env) |
/// | [`otlp`](Self::otlp) | OTLP over HTTP | [`token_env`](Self::token_env) |
/// | [`datadog`](Self::datadog) | the Datadog exporter | `DD_API_KEY` |
/// | [`new_relic`](Self::new_relic) | OTLP over HTTP | `NEW_RELIC_LICENSE_KEY` |
/// | [`cloud_watch`](Self::cloud_watch) | the EMF exporter | the role of the machine |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    pub(super) way: Way,
    pub(super) token: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    Prometheus { namespace: String },
    RemoteWrite { url: String },
    Otlp { url: String },
    Datadog { site: String },
    NewRelic { endpoint: String },
    CloudWatch { region: String },
}

impl Backend {
    const fn by(way: Way) -> Self {
        Self { way, token: None }
    }

    /// There to be scraped, under the names that a scrape of the program gives.
    #[must_use]
    pub const fn prometheus() -> Self {
        Self::by(Way::Prometheus {
            namespace: String::new(),
        })
    }

    /// There to be scraped, with a word before each name.
    #[must_use]
    pub fn prometheus_namespace(namespace: &str) -> Self {
        Self::by(Way::Prometheus {
            namespace: namespace.into(),
        })
    }

    /// A store that takes
    /// [remote write](https://prometheus.io/docs/specs/prw/remote_write_spec/) at
    /// this URL.
    #[must_use]
    pub fn remote_write(url: &str) -> Self {
        Self::by(Way::RemoteWrite { url: url.into() })
    }

    /// A store that takes OTLP over HTTP below this URL, such as
    /// `http://prometheus:9090/api/v1/otlp`.
    #[must_use]
    pub fn otlp(url: &str) -> Self {
        Self::by(Way::Otlp { url: url.into() })
    }

    /// Datadog, at a site such as `datadoghq.com`.
    #[must_use]
    pub fn datadog(site: &str) -> Self {
        Self::by(Way::Datadog { site: site.into() })
    }

    /// New Relic, at one of its
    /// [OTLP endpoints](https://docs.newrelic.com/docs/opentelemetry/best-practices/opentelemetry-otlp/)
    /// such as `https://otlp.nr-data.net`.
    #[must_use]
    pub fn new_relic(endpoint: &str) -> Self {
        Self::by(Way::NewRelic {
            endpoint: endpoint.into(),
        })
    }

    /// `CloudWatch` in a region, through its
    /// [embedded metric format](https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/awsemfexporter).
    #[must_use]
    pub fn cloud_watch(region: &str) -> Self {
        Self::by(Way::CloudWatch {
            region: region.into(),
        })
    }

    /// The environment variable of the bearer token that a store of
    /// [`remote_write`](Self::remote_write) or [`otlp`](Self::otlp) wants.
    #[must_use]
    pub fn token_env(mut self, name: &str) -> Self {
        self.token = Some(name.into());
        self
    }

    pub(super) const fn is_prometheus(&self) -> bool {
        matches!(self.way, Way::Prometheus { .. })
    }

    /// Whether it wants what was added since the last time.
    pub(super) const fn wants_differences(&self) -> bool {
        matches!(self.way, Way::NewRelic { .. })
    }
}
