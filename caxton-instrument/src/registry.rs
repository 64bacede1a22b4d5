//! Declarations find their way to the catalog through `inventory`; this is
//! the one place that names it.

use crate::alert::Alert;
use crate::descriptor::{OperationDescriptor, SetDescriptor};
use crate::panel::Panel;
use crate::record::Record;
use crate::slo::Slo;

/// One declaration of a crate that is linked into the program.
#[derive(Clone, Copy)]
pub struct Registration(pub(crate) Declared);

#[derive(Clone, Copy)]
pub(crate) enum Declared {
    Set(&'static SetDescriptor),
    Operation(&'static OperationDescriptor),
    Alert(&'static Alert),
    Slo(&'static Slo),
    Record(&'static Record),
    Panel(&'static Panel),
}

impl Registration {
    /// A set of metrics.
    #[must_use]
    pub const fn set(set: &'static SetDescriptor) -> Self {
        Self(Declared::Set(set))
    }

    /// An annotated function.
    #[must_use]
    pub const fn operation(operation: &'static OperationDescriptor) -> Self {
        Self(Declared::Operation(operation))
    }

    /// An alert.
    #[must_use]
    pub const fn alert(alert: &'static Alert) -> Self {
        Self(Declared::Alert(alert))
    }

    /// An objective.
    #[must_use]
    pub const fn slo(slo: &'static Slo) -> Self {
        Self(Declared::Slo(slo))
    }

    /// A recording rule.
    #[must_use]
    pub const fn record(record: &'static Record) -> Self {
        Self(Declared::Record(record))
    }

    /// A panel.
    #[must_use]
    pub const fn panel(panel: &'static Panel) -> Self {
        Self(Declared::Panel(panel))
    }
}

inventory::collect!(Registration);

pub(crate) fn declared() -> impl Iterator<Item = Declared> {
    inventory::iter::<Registration>().map(|registration| registration.0)
}

/// Submits a [`Registration`].
#[doc(hidden)]
#[macro_export]
macro_rules! __submit {
    ($registration:expr $(,)?) => {
        $crate::__private::inventory::submit! { $registration }
    };
}
