//! Panels that stand next to the code that they show.

use caxton_instrument::Panel as Declared;

use super::model::Panel;
use super::{panel, queries, text, units};

/// Its query over time, in its unit.
pub(super) fn panel_of(declared: &Declared) -> Panel {
    let labels = declared.query.labels();
    let title = if declared.title.is_empty() {
        text::title(declared.name)
    } else {
        text::title(declared.title.trim_end_matches('.'))
    };
    Panel::time_series(title, units::of(declared.query.dimension()))
        .asking(
            queries::text(&declared.query.expr()),
            &panel::legend(labels),
        )
        .described(text::description(&format!(
            "{}\n\n`{}` in `{}`.",
            declared.description, declared.name, declared.location.module
        )))
}
