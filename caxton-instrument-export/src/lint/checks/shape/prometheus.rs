//! Values of a `prometheus.yml`: targets, times, jobs.

use std::collections::BTreeMap;

use crate::lint::class::Class;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::tree::{Node, Place};

pub(super) fn check(document: &Document, config: &Node, out: &mut Findings) {
    let global = |key: &str| config.at(&["global", key]).and_then(Node::text);
    let mut jobs: BTreeMap<&str, Place> = BTreeMap::new();
    for job in config.get("scrape_configs").map_or(&[][..], Node::items) {
        let Some(name) = job.get("job_name") else {
            out.add(
                Class::Sch,
                &document.file,
                job.place,
                "a scrape without `job_name` is refused",
                "write `job_name: ..`",
            );
            continue;
        };
        let text = name.text().unwrap_or_default();
        if let Some(first) = jobs.insert(text, name.place) {
            out.add(
                Class::Sch,
                &document.file,
                name.place,
                format!(
                    "the job `{text}` stands at line {} already, which is refused",
                    first.line
                ),
                "give each job its own name, or put the targets into one",
            );
        }
        let time = |key: &str| {
            let own = job.get(key).and_then(Node::text);
            own.or_else(|| global(key)).and_then(seconds)
        };
        // Prometheus takes no more of the global timeout than the job's interval leaves.
        let is_cut = job.get("scrape_interval").is_some() && job.get("scrape_timeout").is_none();
        if let (Some(interval), Some(timeout)) = (time("scrape_interval"), time("scrape_timeout"))
            && timeout > interval
            && !is_cut
        {
            out.add(
                Class::Sch,
                &document.file,
                job.get("scrape_timeout").unwrap_or(name).place,
                format!("the job `{text}` waits longer for an answer than until the next scrape"),
                "write a `scrape_timeout` of at most the `scrape_interval`",
            );
        }
        for target in targets(job) {
            self::target(document, target, out);
        }
        for key in ["relabel_configs", "metric_relabel_configs"] {
            for rule in job.get(key).map_or(&[][..], Node::items) {
                relabel(document, rule, out);
            }
        }
    }
    for manager in config
        .at(&["alerting", "alertmanagers"])
        .map_or(&[][..], Node::items)
    {
        for target in targets(manager) {
            self::target(document, target, out);
        }
    }
}

/// The addresses of static targets.
pub(crate) fn targets(job: &Node) -> impl Iterator<Item = &Node> {
    let groups = job.get("static_configs").map_or(&[][..], Node::items);
    groups
        .iter()
        .flat_map(|group| group.get("targets").map_or(&[][..], Node::items))
}

/// What `action` may be, and a pattern that is one.
fn relabel(document: &Document, rule: &Node, out: &mut Findings) {
    const ACTIONS: [&str; 11] = [
        "replace",
        "keep",
        "drop",
        "keepequal",
        "dropequal",
        "hashmod",
        "labelmap",
        "labeldrop",
        "labelkeep",
        "lowercase",
        "uppercase",
    ];
    let file = &document.file;
    if let Some((node, action)) = rule.get("action").and_then(|it| Some((it, it.text()?)))
        && !ACTIONS.contains(&action.to_lowercase().as_str())
    {
        out.add(
            Class::Sch,
            file,
            node.place,
            format!("relabelling has no action `{action}`"),
            format!("write one of {}", ACTIONS.join(", ")),
        );
    }
    if let Some((node, pattern)) = rule.get("regex").and_then(|it| Some((it, it.text()?)))
        // Of these Go's patterns allow more.
        && !pattern.contains(['{', '$'])
        && !pattern.contains("\\Q")
        && regex::Regex::new(pattern).is_err()
    {
        out.add(
            Class::Sch,
            file,
            node.place,
            format!("`{pattern}` is no regular expression, and refused"),
            "close each group and bracket that is opened",
        );
    }
}

fn target(document: &Document, target: &Node, out: &mut Findings) {
    let text = target.text().unwrap_or_default();
    let fault = if text.contains("://") {
        Some((
            format!("the target `{text}` has a scheme, which is refused"),
            String::from("write `host:port`, and `scheme: https` beside the job's name"),
        ))
    } else if text.contains('/') {
        Some((
            format!("the target `{text}` has a path, which is refused"),
            String::from("write `host:port`, and `metrics_path` beside the job's name"),
        ))
    } else {
        let port = text.rsplit_once(':').map(|(_, port)| port);
        // An address in brackets has colons of its own.
        let is_port = |it: &str| it.parse::<u16>().is_ok_and(|port| port > 0) || it.ends_with(']');
        match port {
            Some(port) if !is_port(port) && !port.contains(['$', '{', '<']) => Some((
                format!("`{port}` of the target `{text}` is no port: Prometheus knows no ranges"),
                String::from("write one target for each port"),
            )),
            _ => None,
        }
    };
    if let Some((message, remedy)) = fault {
        out.add(Class::Sch, &document.file, target.place, message, remedy);
    }
}

/// Prometheus's durations: `1h30m`.
pub(crate) fn seconds(text: &str) -> Option<f64> {
    let (mut total, mut number) = (0.0, String::new());
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.len()
            - rest
                .trim_start_matches(|it: char| it.is_ascii_digit())
                .len();
        number.clear();
        number.push_str(&rest[..digits]);
        rest = &rest[digits..];
        let (unit, length) = match rest {
            _ if rest.starts_with("ms") => (0.001, 2),
            _ if rest.starts_with('s') => (1.0, 1),
            _ if rest.starts_with('m') => (60.0, 1),
            _ if rest.starts_with('h') => (3_600.0, 1),
            _ if rest.starts_with('d') => (86_400.0, 1),
            _ if rest.starts_with('w') => (604_800.0, 1),
            _ if rest.starts_with('y') => (31_536_000.0, 1),
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * unit;
        rest = &rest[length..];
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    #[test]
    fn durations_are_read_as_prometheus_does() {
        assert_eq!(super::seconds("1h30m"), Some(5_400.0));
        assert_eq!(super::seconds("250ms"), Some(0.25));
        assert_eq!(super::seconds("5"), None);
        assert_eq!(super::seconds("m"), None);
    }
}
