//! How a reader wants a query written.

/// How the series of a query are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Matchers that every series has beside its own.
    pub(crate) matchers: &'static [&'static str],
    /// Stands for the window of each rate. A rate is per second over any
    /// window; what grew within a window, or its maximum, is not.
    pub(crate) rate_window: Option<&'static str>,
    /// Whether `$name` and `[[name]]` are variables to the reader, even in
    /// quotes.
    pub(crate) has_variables: bool,
}

impl Style {
    /// As a rule asks: all of it is in the query.
    pub(crate) const RULE: Self = Self {
        matchers: &[],
        rate_window: None,
        has_variables: false,
    };

    /// As a dashboard of
    /// [Grafana](https://grafana.com/docs/grafana/v12.0/datasources/prometheus/template-variables/)
    /// asks: for the jobs and instances that are chosen, over the time that the
    /// resolution needs.
    pub(crate) const DASHBOARD: Self = Self {
        matchers: &["instance=~\"$instance\"", "job=~\"$job\""],
        rate_window: Some("$__rate_interval"),
        has_variables: true,
    };

    /// The same with the windows of the query.
    pub(crate) const DASHBOARD_WITH_WINDOWS: Self = Self {
        rate_window: None,
        ..Self::DASHBOARD
    };
}
