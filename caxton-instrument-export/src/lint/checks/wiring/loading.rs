//! Rules, the configuration that loads them, and the jobs that they ask.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::generate::Service;
use crate::lint::checks::dashboard::panels;
use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::rule::Rule;
use crate::lint::tree::Node;

/// Rules that no configuration of their system loads.
pub(super) fn rules(document: &Document, context: &Context<'_>, tree: &Node, out: &mut Findings) {
    if is_of_an_operator(document, context, tree) || Rule::all(tree).is_empty() {
        return;
    }
    let mut patterns = Vec::new();
    let mut configurations = 0;
    for config in context
        .of_kind(document, Kind::Prometheus)
        .filter_map(Document::tree)
    {
        configurations += usize::from(config.get("scrape_configs").is_some());
        let files = config.get("rule_files").map_or(&[][..], Node::items);
        patterns.extend(files.iter().filter_map(Node::text));
    }
    if configurations == 0 {
        return;
    }
    let name = document.file_name();
    // An example without a name may be in any file.
    let is_unnamed = document.is_example && name.is_empty();
    let is_loaded = patterns
        .iter()
        .any(|it| is_unnamed || matches(it.rsplit('/').next().unwrap_or(it), name));
    if is_loaded {
        return;
    }
    let (message, remedy) = if patterns.is_empty() {
        (
            String::from("no `rule_files` of prometheus.yml loads these rules"),
            if is_unnamed {
                String::from("write `rule_files: [rules.yml]`, with the file's name")
            } else {
                format!("write `rule_files: [{name}]`")
            },
        )
    } else {
        (
            format!("`rule_files` of prometheus.yml does not load `{name}`"),
            format!("add `{name}` to it"),
        )
    };
    out.add(
        Class::Wire,
        &document.file,
        document.place(),
        message,
        remedy,
    );
}

/// The operator loads what is in a `PrometheusRule`.
fn is_of_an_operator(document: &Document, context: &Context<'_>, tree: &Node) -> bool {
    let objects = context.of_kind(document, Kind::Kubernetes);
    objects
        .filter(|it| it.file == document.file)
        .filter_map(Document::tree)
        .filter(|it| it.get("kind").and_then(Node::text) == Some("PrometheusRule"))
        .any(|it| it.get("spec").is_some_and(|spec| spec.place == tree.place))
}

/// A file's name against a pattern with `*`.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Alerts that fire, and nobody is told.
pub(super) fn alerts_go_nowhere(
    document: &Document,
    context: &Context<'_>,
    tree: &Node,
    out: &mut Findings,
) {
    let configurations = || context.of_kind(document, Kind::Prometheus);
    let tells = |it: &Document| {
        it.tree()
            .is_some_and(|it| it.at(&["alerting", "alertmanagers"]).is_some())
    };
    let is_first = configurations()
        .find(|it| {
            it.tree()
                .is_some_and(|it| it.get("scrape_configs").is_some())
        })
        .is_some_and(|it| std::ptr::eq(it, document));
    if !is_first || configurations().any(tells) {
        return;
    }
    let has_alerts = context
        .of_kind(document, Kind::Rules)
        .filter(|it| {
            it.tree()
                .is_some_and(|tree| !is_of_an_operator(it, context, tree))
        })
        .filter_map(Document::tree)
        .any(|it| Rule::all(it).iter().any(|rule| rule.alert().is_some()));
    if has_alerts {
        out.add(
            Class::Wire,
            &document.file,
            tree.place,
            "there are alerts, and no `alerting` that says which Alertmanager is told of them",
            "write `alerting: {alertmanagers: [{static_configs: [{targets: ['alertmanager:9093']}]}]}`",
        );
    }
}

/// Jobs that a query asks for, and no configuration has.
pub(super) fn jobs(document: &Document, context: &Context<'_>, tree: &Node, out: &mut Findings) {
    static JOB: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"\bjob\s*=\s*"([^"$]*)""#).ok());
    let Some(pattern) = JOB.as_ref() else { return };
    let Some(known) = known_jobs(document, context) else {
        return;
    };
    let in_rules = Rule::all(tree);
    let of_rules = in_rules.iter().filter_map(Rule::expr);
    let in_panels = if document.kind == Kind::Dashboard {
        panels(tree)
    } else {
        Vec::new()
    };
    let of_panels = in_panels.iter().flat_map(|panel| {
        let targets = panel.get("targets").map_or(&[][..], Node::items);
        targets.iter().filter_map(|it| it.get("expr"))
    });
    for expr in of_rules.chain(of_panels) {
        let text = expr.text().unwrap_or_default();
        for job in pattern.captures_iter(text).filter_map(|it| it.get(1)) {
            if known.contains(job.as_str()) {
                continue;
            }
            let alike = |it: &str| strsim::jaro_winkler(it, job.as_str());
            let nearest = known.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)));
            let remedy = match nearest {
                Some(nearest) => {
                    format!("write `job=\"{nearest}\"`, or add the job to prometheus.yml")
                }
                None => String::from("add the job to prometheus.yml"),
            };
            out.add(
                Class::Wire,
                &document.file,
                expr.place_of(job.start()),
                format!("no job of prometheus.yml is called `{}`", job.as_str()),
                remedy,
            );
        }
    }
}

/// `None`: they cannot be known.
fn known_jobs<'a>(document: &Document, context: &'a Context<'_>) -> Option<BTreeSet<&'a str>> {
    let mut known = BTreeSet::new();
    let mut configurations = 0;
    for config in context
        .of_kind(document, Kind::Prometheus)
        .filter_map(Document::tree)
    {
        if config.get("scrape_config_files").is_some() || config.get("remote_read").is_some() {
            return None;
        }
        for job in config.get("scrape_configs").map_or(&[][..], Node::items) {
            configurations += 1;
            known.extend(job.get("job_name").and_then(Node::text));
            let rules = ["relabel_configs", "metric_relabel_configs"]
                .into_iter()
                .flat_map(|key| job.get(key).map_or(&[][..], Node::items));
            let sets_job = |it: &Node| it.get("target_label").and_then(Node::text) == Some("job");
            let honors = job.get("honor_labels").and_then(Node::text) == Some("true");
            if honors || rules.into_iter().any(sets_job) {
                return None;
            }
            let groups = job.get("static_configs").map_or(&[][..], Node::items);
            let own = groups.iter().filter_map(|it| it.at(&["labels", "job"]));
            known.extend(own.filter_map(Node::text));
        }
    }
    if let Some(deployment) = context.deployment {
        known.extend(deployment.services().iter().map(Service::name));
    }
    // A monitor's job is the name of its service.
    for object in context
        .of_kind(document, Kind::Kubernetes)
        .filter_map(Document::tree)
    {
        known.extend(object.at(&["metadata", "name"]).and_then(Node::text));
    }
    (configurations > 0).then_some(known)
}

#[cfg(test)]
mod tests {
    #[test]
    fn patterns_match_as_prometheus_does() {
        assert!(super::matches("rules.yml", "rules.yml"));
        assert!(super::matches("*.yml", "rules.yml"));
        assert!(super::matches("a*b*.yml", "a1b2.yml"));
        assert!(!super::matches("*.yaml", "rules.yml"));
        assert!(!super::matches("rules.yml", "my-rules.yml"));
    }
}
