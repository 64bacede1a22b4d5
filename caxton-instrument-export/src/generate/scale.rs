//! More than one Prometheus.

/// A store that takes what Prometheus scrapes
/// ([remote write](https://prometheus.io/docs/specs/prw/remote_write_spec/)), as
/// Mimir, Thanos and `VictoriaMetrics` do.
///
/// ```
/// use caxton_instrument_export::generate::RemoteWrite;
///
/// let store = RemoteWrite::new("https://store.example.org/api/v1/write")
///     .bearer_token_file("/etc/prometheus/secrets/store-token");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteWrite {
    pub(crate) url: String,
    pub(crate) bearer_token_file: Option<String>,
}

impl RemoteWrite {
    /// A store at this URL.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.into(),
            bearer_token_file: None,
        }
    }

    /// It is shown the token of this file.
    #[must_use]
    pub fn bearer_token_file(mut self, path: &str) -> Self {
        self.bearer_token_file = Some(path.into());
        self
    }
}
