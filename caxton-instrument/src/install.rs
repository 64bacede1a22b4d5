//! Installing the program's recorder.

use std::any::Any;
use std::fmt;

use metrics::{KeyName, Recorder, SharedString};

use crate::catalog::{Catalog, CatalogError};
use crate::clock;
use crate::descriptor::MetricKind;
use crate::recorder::Registry;
use crate::scope::{self, Installed};

/// Installs the program's recorder: checks the catalog, describes every
/// declared metric to the recorder and hands it to `metrics`, so that the
/// `metrics` macros of other crates reach it too.
///
/// # Errors
///
/// When the catalog has errors or holds nothing but the facade's own metrics,
/// and when a recorder is installed already.
///
/// ```standalone_crate
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::testing::TestRecorder;
///
/// /// Mail.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Messages that were sent.
///     messages_sent: Counter,
/// }
///
/// let recorder = TestRecorder::new();
/// caxton_instrument::install(recorder.shared())?;
/// Mail::global().messages_sent.increment(1);
/// assert_eq!(recorder.counter(Mail::MESSAGES_SENT, &()), 1);
/// # Ok::<(), caxton_instrument::InstallError>(())
/// ```
pub fn install<R: Recorder + Send + Sync + 'static>(recorder: R) -> Result<(), InstallError> {
    let catalog = Catalog::collect().map_err(InstallError::Catalog)?;
    if catalog.is_only_own() {
        return Err(InstallError::NothingDeclared);
    }
    describe(&catalog, &recorder);
    clock::calibrate();
    let bare = (&recorder as &dyn Any).downcast_ref::<Registry>().cloned();
    metrics::set_global_recorder(Installed(recorder))
        .map_err(|_| InstallError::AlreadyInstalled)?;
    scope::mark_installed(bare);
    Ok(())
}

/// Tells a recorder the help and unit of every metric of a catalog.
///
/// [`install`] does it; call it for a recorder that is not installed.
pub fn describe(catalog: &Catalog, recorder: &dyn Recorder) {
    for metric in catalog.metrics() {
        let name = KeyName::from_const_str(metric.name);
        let unit = metric.unit.as_metrics_unit();
        let help = SharedString::const_str(metric.help);
        match metric.kind {
            // To other recorders a counter of fractions is a gauge.
            MetricKind::Counter if metric.fractional => recorder.describe_gauge(name, unit, help),
            MetricKind::Counter => recorder.describe_counter(name, unit, help),
            MetricKind::Gauge | MetricKind::Info => recorder.describe_gauge(name, unit, help),
            MetricKind::Histogram => recorder.describe_histogram(name, unit, help),
        }
    }
}

/// Why no recorder was installed.
#[non_exhaustive]
pub enum InstallError {
    /// The declarations contradict each other.
    Catalog(CatalogError),
    /// No crate with declarations is linked.
    NothingDeclared,
    /// There is a recorder already.
    AlreadyInstalled,
}

impl fmt::Display for InstallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Catalog(error) => write!(f, "{error}"),
            Self::NothingDeclared => f.write_str(
                "no metric is declared in this program: the linker drops a crate that nothing \
                 names, with its declarations; name it, `use my_crate as _;` or \
                 `caxton_instrument::assert_declared!(my_crate);`",
            ),
            Self::AlreadyInstalled => f.write_str(
                "a recorder is installed already, and a program has one: install it once, at the \
                 start of `main`; a test uses `MySet::new_in(recorder.shared())` instead",
            ),
        }
    }
}

/// As `Display`: what `main` prints when it returns an error has to be read
/// by a person.
impl fmt::Debug for InstallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for InstallError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Catalog(error) => Some(error),
            _ => None,
        }
    }
}
