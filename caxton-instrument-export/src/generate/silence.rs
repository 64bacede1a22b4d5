//! What holds where nothing is sampled.

use caxton_instrument::query::{Expr, Logic};

/// Whether a condition holds without any series.
pub(super) fn holds_without_series(condition: &Expr) -> bool {
    match condition {
        Expr::Absent(of) => !holds_without_series(of),
        Expr::Logic(left, logic, right) => {
            let (left, right) = (holds_without_series(left), holds_without_series(right));
            match logic {
                Logic::Or => left || right,
                Logic::Unless => left && !right,
                _ => left && right,
            }
        }
        _ => false,
    }
}
