//! Panels that stand next to the code that they show.

use caxton_instrument::Panel as Declared;

use super::context::Context;
use super::model::Panel;
use super::{text, units};

/// Its query over time, in its unit.
pub(super) fn panel_of(context: Context<'_>, declared: &Declared) -> Panel {
    let labels = declared.query.labels();
    let title = if declared.title.is_empty() {
        text::title(declared.name)
    } else {
        text::title(declared.title.trim_end_matches('.'))
    };
    Panel::time_series(title, units::of(declared.query.dimension()))
        .asking(
            context.text(&declared.query.expr()),
            &context.legend(labels),
        )
        .described(text::description(&format!(
            "{}\n\n`{}` in `{}`.",
            declared.description, declared.name, declared.location.module
        )))
}
