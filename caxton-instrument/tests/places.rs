//! Where a declaration stands, as the catalog says it.

#![allow(dead_code)] // sets are read as declared

use caxton_instrument::MetricDescriptor;
use caxton_instrument::prelude::*;

#[path = "places/elsewhere.rs"]
mod elsewhere;

const LINE: u32 = line!();
/// A set.
#[derive(MetricSet)]
#[metric_set(namespace = "places")]
struct Set {
    /// The first one.
    first: Counter,
    /// The second one.
    #[metric(unit = seconds)]
    second: Histogram,
}

const CALL: u32 = line!();
elsewhere::elsewhere! { Mixed, "Written here." here }

fn place(metric: &MetricDescriptor) -> (&'static str, u32, u32) {
    let location = &metric.location;
    assert_eq!(location.krate, env!("CARGO_PKG_NAME"));
    assert_eq!(location.version, env!("CARGO_PKG_VERSION"));
    assert_eq!(location.module, module_path!());
    let file = location.file.rsplit(['/', '\\']).next();
    (file.unwrap_or_default(), location.line, location.column)
}

#[test]
fn a_metric_has_the_place_of_its_field() {
    assert_eq!(Set::SET.location.line, LINE + 4);
    assert_eq!(place(Set::FIRST.descriptor()), ("places.rs", LINE + 6, 5));
    assert_eq!(place(Set::SECOND.descriptor()), ("places.rs", LINE + 9, 5));
    assert_eq!(Set::SECOND.descriptor().namespace, "places");
}

#[test]
fn in_the_file_where_the_field_is_written() {
    let (file, line, _) = place(Mixed::HERE.descriptor());
    assert_eq!((file, line), ("places.rs", CALL + 1));
    let (file, line, _) = place(Mixed::OWN.descriptor());
    assert_eq!((file, line), ("elsewhere.rs", 10));
    assert_eq!(
        Mixed::OWN.descriptor().help,
        "Written with the macro.",
        "and all else as of any other"
    );
    assert_eq!(Mixed::OWN.descriptor().field, "own");
    assert_eq!(Mixed::OWN.descriptor().namespace, "places");
}
