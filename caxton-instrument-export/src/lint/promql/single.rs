//! Whether an expression has one series at most, so that one name is enough for it.

use super::known::Known;
use super::tree::{Aggregate, Binary, Kind, Node, Selector, Side, Test};

/// Labels that tell one process from all others of its job.
const IDENTITY: [&str; 2] = ["instance", "pod"];

/// One series at most, as far as it can be told: a dashboard of one instance asks
/// for `node_load1{instance="$instance"}`, which has no other label that is known.
pub(super) fn is_single(known: &Known<'_>, node: &Node) -> bool {
    let each = |of: &Node| is_single(known, of);
    match &node.kind {
        Kind::Number(_) | Kind::Text(_) | Kind::Variable => true,
        Kind::Selector(selector) => is_of_one_process(known, selector),
        Kind::Range { of, .. } | Kind::Minus(of) | Kind::Group(of) => each(of),
        Kind::Call { name, arguments } => is_one_by_name(&name.text) || arguments.iter().all(each),
        Kind::Aggregate(aggregate) => is_one_group(known, aggregate),
        Kind::Binary(binary) => is_single_pair(known, binary),
    }
}

/// Functions whose answer has no labels, or those of the matchers.
fn is_one_by_name(function: &str) -> bool {
    matches!(
        function,
        "absent" | "absent_over_time" | "scalar" | "vector" | "time"
    )
}

fn is_of_one_process(known: &Known<'_>, selector: &Selector) -> bool {
    let is_fixed = |label: &str| {
        let mut matchers = selector.matchers.iter();
        matchers.any(|it| it.test == Test::Is && it.label.text == label)
    };
    if !IDENTITY.into_iter().any(is_fixed) {
        return false;
    }
    let Some(metric) = selector.name.as_ref().and_then(|it| known.metric(&it.text)) else {
        return true;
    };
    let labels = &metric.labels;
    let of_target = |it: &str| labels.is_of_target(it);
    let mut names = labels.names.iter();
    names.all(|it| of_target(it) || labels.fixed.contains(it) || is_fixed(it))
}

fn is_one_group(known: &Known<'_>, aggregate: &Aggregate) -> bool {
    let of_one = is_single(known, &aggregate.of);
    match (aggregate.how.text.as_str(), &aggregate.grouping) {
        ("topk" | "bottomk" | "limitk" | "limit_ratio", _) => of_one,
        ("count_values", _) => false,
        (_, None) => true,
        // Buckets become one quantile, or one heat map.
        (_, Some(by)) => of_one || by.keeps && by.labels.iter().all(|it| it.text == "le"),
    }
}

fn is_single_pair(known: &Known<'_>, binary: &Binary) -> bool {
    let (left, right) = (&binary.left, &binary.right);
    let each = |of: &Node| is_single(known, of);
    match (binary.operator.text.as_str(), &binary.many) {
        ("and" | "unless", _) => each(left),
        ("or", _) => each(left) && each(right),
        (_, Some(many)) if many.side == Side::Left => each(left),
        (_, Some(_)) => each(right),
        _ if is_scalar(left) || is_scalar(right) => each(left) && each(right),
        _ => each(left) || each(right),
    }
}

fn is_scalar(node: &Node) -> bool {
    let is_number = |name: &str| matches!(name, "scalar" | "time" | "pi");
    match &node.inner().kind {
        Kind::Call { name, .. } => is_number(&name.text),
        Kind::Variable => true,
        _ => node.number().is_some(),
    }
}

#[cfg(test)]
mod tests {
    use caxton_instrument::Catalog;

    use crate::lint::promql::{self, Documented, Known, Use, UseKind};

    #[test]
    fn one_series_is_told_from_many() {
        let catalog = Catalog::of([], []).expect("an empty catalog");
        let known = Known::new(&catalog).documented(Documented {
            labels: Some(vec![String::from("queue")]),
            ..Documented::named("jobs_waiting")
        });
        let place = Use::new(UseKind::Panel {
            unit: None,
            is_range: true,
        });
        for expr in [
            "sum(up)",
            "quantile(0.95, up)",
            "vector(65)",
            "histogram_quantile(0.9, sum by (le) (rate(a_seconds_bucket[5m])))",
            "sum(up) / scalar(count(count by (cpu) (node_cpu_seconds_total)))",
            "sum(up) or vector(0)",
            "sum(rate(a_total[5m])) / ignoring (x) rate(b_total[5m])",
            "node_load1{instance=\"$node\",job=\"$job\"}",
            "100 - node_load1{instance=\"$node\"} / 4",
            "jobs_waiting{instance=\"$instance\",queue=\"$queue\"}",
        ] {
            assert!(promql::is_single(&known, expr, &place), "{expr}");
        }
        for expr in [
            "up",
            "100 * up",
            "sum by (job) (up)",
            "topk(3, up)",
            "count_values(\"version\", up)",
            "sum(up) or up",
            "node_load1{instance=~\"$node\"}",
            "node_load1{job=\"$job\"}",
            "jobs_waiting{instance=\"$instance\"}",
            "up * on (job) group_left count by (job) (up)",
        ] {
            assert!(!promql::is_single(&known, expr, &place), "{expr}");
        }
    }
}
