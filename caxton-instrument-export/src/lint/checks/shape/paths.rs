//! Paths of Prometheus's HTTP API, in commands.

use std::sync::LazyLock;

use regex::Regex;

use crate::lint::class::Class;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::text::Text;

/// What stands behind `/api/v1/`, see the
/// [API](https://prometheus.io/docs/prometheus/3.5/querying/api/). VictoriaMetrics
/// and Thanos have it and more at ports of their own.
const PATHS: [&str; 21] = [
    "admin",
    "alertmanagers",
    "alerts",
    "features",
    "format_query",
    "info_labels",
    "label",
    "labels",
    "metadata",
    "notifications",
    "otlp",
    "parse_query",
    "query",
    "query_exemplars",
    "query_range",
    "read",
    "rules",
    "scrape_pools",
    "series",
    "status",
    "targets",
];

/// What stands behind `status/`.
const STATUS: [&str; 6] = [
    "buildinfo",
    "config",
    "flags",
    "runtimeinfo",
    "tsdb",
    "walreplay",
];

pub(super) fn check(document: &Document, text: &Text, out: &mut Findings) {
    static PATH: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r":9090(/[a-z]+)?/api/v1/(?P<first>[a-z_]+)(?:/(?P<second>[a-z_]+))?").ok()
    });
    let Some(pattern) = PATH.as_ref() else { return };
    let places = text.places();
    for found in pattern.captures_iter(&text.text) {
        let Some(first) = found.name("first") else {
            continue;
        };
        let second = found.name("second").map(|it| it.as_str());
        let is_known = match (first.as_str(), second) {
            ("write", _) => true,
            ("status", Some(second)) => STATUS.contains(&second),
            ("status", None) => false,
            (first, _) => PATHS.contains(&first),
        };
        if is_known {
            continue;
        }
        let said = second.map_or_else(
            || String::from(first.as_str()),
            |second| format!("{}/{second}", first.as_str()),
        );
        out.add(
            Class::Sch,
            &document.file,
            places(first.start()),
            format!("Prometheus has no path `/api/v1/{said}`: it answers 404"),
            remedy(&said),
        );
    }
}

/// The path that is written most alike, in any order of its words.
fn remedy(said: &str) -> String {
    let words = |it: &str| {
        let mut words: Vec<String> = it.split(['_', '/']).map(Into::into).collect();
        words.sort();
        words.join(" ")
    };
    let status = STATUS.iter().map(|it| format!("status/{it}"));
    let all = PATHS.iter().map(|it| String::from(*it)).chain(status);
    let alike = |it: &str| strsim::jaro_winkler(&words(it), &words(said));
    let nearest = all
        .filter(|it| alike(it) > 0.85)
        .max_by(|a, b| alike(a).total_cmp(&alike(b)));
    nearest.map_or_else(
        || {
            String::from(
                "look for it in https://prometheus.io/docs/prometheus/latest/querying/api/",
            )
        },
        |it| format!("write `/api/v1/{it}`"),
    )
}
