//! Jaeger's sampling strategies, a JSON file of their own.

use crate::lint::class::Class;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::tree::Node;

/// Keys of a strategy, see
/// [sampling](https://www.jaegertracing.io/docs/latest/sampling/#file-based-sampling-configuration).
const KEYS: [&str; 5] = [
    "service",
    "operation",
    "type",
    "param",
    "operation_strategies",
];

pub(super) fn check(document: &Document, tree: &Node, out: &mut Findings) {
    let services = tree.get("service_strategies");
    let default = tree.get("default_strategy");
    if services.is_none() && default.is_none() {
        return;
    }
    let services = services.map_or(&[][..], Node::items);
    for strategy in services.iter().chain(default) {
        self::strategy(strategy, false, document, out);
        let operations = strategy.get("operation_strategies");
        for operation in operations.map_or(&[][..], Node::items) {
            self::strategy(operation, true, document, out);
        }
    }
}

fn strategy(node: &Node, is_operation: bool, document: &Document, out: &mut Findings) {
    let file = &document.file;
    for (key, _) in node.entries() {
        if !KEYS.contains(&key.text.as_str()) {
            out.add(
                Class::Sch,
                file,
                key.place,
                format!(
                    "Jaeger's strategies have no `{}`: it is passed over",
                    key.text
                ),
                "leave it out, or write a strategy of the type `ratelimiting`",
            );
        }
    }
    let Some(kind) = node.get("type") else { return };
    let said = kind.text().unwrap_or_default();
    match said {
        "probabilistic" => {
            let param = node.get("param");
            let share = param
                .and_then(Node::text)
                .and_then(|it| it.parse::<f64>().ok());
            if let (Some(param), Some(share)) = (param, share)
                && !(0.0..=1.0).contains(&share)
            {
                out.add(
                    Class::Sch,
                    file,
                    param.place,
                    format!("{share} is no probability"),
                    "write a share from 0 to 1",
                );
            }
        }
        "ratelimiting" if is_operation => {
            out.add(
                Class::Sch,
                file,
                kind.place,
                "Jaeger has no `ratelimiting` for one operation: it samples by a probability instead",
                "write `probabilistic` here, or limit the service",
            );
        }
        "ratelimiting" => {}
        _ => {
            out.add(
                Class::Sch,
                file,
                kind.place,
                format!("Jaeger has no strategy `{said}`"),
                "write `probabilistic` or `ratelimiting`",
            );
        }
    }
}
