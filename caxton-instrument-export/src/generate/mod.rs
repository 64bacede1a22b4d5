//! Files from the catalog: what other programs need to know of its metrics.
//!
//! ```text
//! deployment  names, addresses and versions that all files share
//! target      the versions
//! rules       alerting rules for Prometheus
//! wording     what people are told, in Prometheus's templates
//! rule_tests  unit tests of the rules, for promtool
//! scenario    samples for which a condition holds, or does not
//! grafana     dashboards, and their provisioning
//! yaml        texts that cannot leave their quotes
//! ```
//!
//! Each is a pure function of the catalog, so that the same declarations give
//! the same bytes, and `catalog check DIR` can tell what has drifted.

mod deployment;
mod grafana;
mod rule_tests;
mod rules;
mod scenario;
mod target;
mod wording;
mod yaml;

use caxton_instrument::Catalog;

pub use deployment::{Deployment, Service};
pub use target::{Targets, Version};

/// A generated file: where it belongs below the folder, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path, with `/` between folders.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// Every file that a catalog and its deployment give, by path.
///
/// ```standalone_crate
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::query::minutes;
/// use caxton_instrument::{Alert, Catalog, alert};
///
/// /// The mailer.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Mail that waits to be sent.
///     messages_waiting: Gauge,
/// }
///
/// /// {value} messages wait.
/// #[alert(severity = warning, hold = minutes(5))]
/// static MAIL_WAITS: Alert = Mail::MESSAGES_WAITING.sum().above(1_000.0);
///
/// use caxton_instrument_export::generate::{self, Deployment, Service};
///
/// let here = Deployment::new("mailer").service(Service::new("mailer", "localhost", 9464));
/// let files = generate::files(&Catalog::collect()?, &here);
/// assert_eq!(files[0].path, "prometheus/rules.yml");
/// assert!(files[0].text.contains("expr: |-\n          sum(mailer_messages_waiting) > 1000\n"));
/// # Ok::<(), caxton_instrument::CatalogError>(())
/// ```
#[must_use]
pub fn files(catalog: &Catalog, deployment: &Deployment) -> Vec<File> {
    let file = |path: &str, text: String| File {
        path: path.into(),
        text,
    };
    let mut files = vec![file("prometheus/rules.yml", rules::render(catalog))];
    if !catalog.alerts().is_empty() {
        files.push(file(
            "prometheus/rules_test.yml",
            rule_tests::render(catalog),
        ));
    }
    files.extend(grafana::files(catalog, deployment));
    files
}

/// What each file says first.
const HEADER: &str = "# Generated from the declarations in the code: change those, then write it \
                      again with `catalog generate`.\n";
