//! One change of a declaration.

use serde::Serialize;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Class {
    MetricAdded,
    MetricRemoved,
    MetricRenamed,
    TypeChanged,
    UnitChanged,
    HelpChanged,
    StabilityChanged,
    LabelAdded,
    LabelRemoved,
    ConstantLabelChanged,
    ValueAdded,
    ValueRemoved,
    ValuesBounded,
    BucketAdded,
    BucketRemoved,
    NativeChanged,
    ReaderAdded,
    ReaderRemoved,
    ReaderChanged,
}

impl Class {
    /// Whether a query that was right may be wrong now.
    pub(super) const fn breaks(self) -> bool {
        matches!(
            self,
            Self::MetricRemoved
                | Self::MetricRenamed
                | Self::TypeChanged
                | Self::UnitChanged
                | Self::LabelRemoved
                | Self::ConstantLabelChanged
                | Self::ValueRemoved
                | Self::ValuesBounded
                | Self::BucketRemoved
                | Self::NativeChanged
        )
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Change {
    pub(super) class: Class,
    /// The metric, under its old name; or the reader.
    pub(super) name: String,
    pub(super) breaking: bool,
    pub(super) message: String,
}

impl Change {
    pub(super) fn new(class: Class, name: &str, message: String) -> Self {
        Self {
            class,
            name: name.into(),
            breaking: class.breaks(),
            message,
        }
    }
}
