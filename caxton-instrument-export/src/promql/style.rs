//! How a reader wants a query written.

use super::route::Route;

/// How the series of a query are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style<'a> {
    /// How metrics get to where it is asked.
    pub(super) route: &'a Route,
    reader: Reader,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// All of it is in the query.
    Rule,
    /// [Grafana](https://grafana.com/docs/grafana/v12.0/datasources/prometheus/template-variables/),
    /// where jobs and instances are chosen.
    Dashboard { keeps_windows: bool },
}

impl<'a> Style<'a> {
    /// As a rule asks.
    pub(crate) const fn rule(route: &'a Route) -> Self {
        Self {
            route,
            reader: Reader::Rule,
        }
    }

    /// As a dashboard asks: each rate over the time that the resolution needs. A
    /// rate is per second over any window; what grew within a window, or its
    /// maximum, is not.
    pub(crate) const fn dashboard(route: &'a Route) -> Self {
        Self {
            route,
            reader: Reader::Dashboard {
                keeps_windows: false,
            },
        }
    }

    /// The same over the windows of the query.
    pub(crate) const fn dashboard_with_windows(route: &'a Route) -> Self {
        Self {
            route,
            reader: Reader::Dashboard {
                keeps_windows: true,
            },
        }
    }

    /// Matchers that every series has beside its own.
    pub(super) fn matchers(self) -> impl Iterator<Item = String> + use<'a> {
        let names = match self.reader {
            Reader::Rule => &[][..],
            Reader::Dashboard { .. } => &["instance", "job"],
        };
        names
            .iter()
            .map(move |name| format!("{}=~\"${name}\"", self.route.label(name)))
    }

    /// What stands for the window of each rate.
    pub(super) const fn rate_window(self) -> Option<&'static str> {
        match self.reader {
            Reader::Dashboard {
                keeps_windows: false,
            } => Some("$__rate_interval"),
            _ => None,
        }
    }

    /// Whether `$name` and `[[name]]` are variables to the reader, even in quotes.
    pub(super) const fn has_variables(self) -> bool {
        matches!(self.reader, Reader::Dashboard { .. })
    }
}
