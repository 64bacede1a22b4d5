//! A configuration of
//! [Grafana Alloy](https://grafana.com/docs/alloy/latest/get-started/configuration-syntax/):
//! files are read, lines taken apart, and sent to Loki.
//!
//! Labels are few, and of few values: the service and the level. The trace is
//! [structured metadata](https://grafana.com/docs/loki/latest/get-started/labels/structured-metadata/),
//! which makes no stream of its own.

use std::fmt::Write as _;

use super::Logs;
use crate::generate::HEADER;
use crate::generate::deployment::Deployment;
use crate::generate::kubernetes::names::resource_name;
use crate::generate::literal::quoted;

pub(super) fn render(logs: &Logs, deployment: &Deployment) -> String {
    let mut out = HEADER.replacen('#', "//", 1);
    // A text cannot fail to be written.
    let _ = write!(out, "\nlocal.file_match \"lines\" {{\n  path_targets = [\n");
    for service in deployment.services() {
        let path = format!("{}/{}/*.log", logs.folder, resource_name(service.name()));
        let _ = writeln!(
            out,
            "    {{ \"__path__\" = {}, \"service_name\" = {} }},",
            quoted(&path),
            quoted(service.name()),
        );
    }
    out.push_str("  ]\n}\n\n");
    out.push_str(
        "loki.source.file \"lines\" {\n  targets    = local.file_match.lines.targets\n  \
         forward_to = [loki.process.lines.receiver]\n}\n\n",
    );
    process(&mut out, logs);
    let _ = writeln!(
        out,
        "\nloki.write \"store\" {{\n  endpoint {{\n    url = {}\n  }}\n}}",
        quoted(&logs.push_url()),
    );
    out
}

fn process(out: &mut String, logs: &Logs) {
    let keys = &logs.keys;
    let metadata: Vec<_> = [("trace_id", &keys.trace_id), ("span_id", &keys.span_id)]
        .into_iter()
        .filter_map(|(name, key)| Some((name, key.as_deref()?)))
        .collect();
    out.push_str(
        "loki.process \"lines\" {\n  forward_to = [loki.write.store.receiver]\n\n  \
         stage.json {\n    expressions = {\n",
    );
    let fields = [("timestamp", &*keys.timestamp), ("level", &*keys.level)];
    for (name, key) in fields.into_iter().chain(metadata.iter().copied()) {
        let _ = writeln!(out, "      {name} = {},", quoted(&path(key)));
    }
    out.push_str(
        "    }\n  }\n\n  stage.timestamp {\n    source = \"timestamp\"\n    \
         format = \"RFC3339Nano\"\n  }\n\n  stage.labels {\n    values = {\n      \
         level = \"level\",\n    }\n  }\n",
    );
    if !metadata.is_empty() {
        out.push_str("\n  stage.structured_metadata {\n    values = {\n");
        for (name, _) in &metadata {
            let _ = writeln!(out, "      {name} = \"{name}\",");
        }
        out.push_str("    }\n  }\n");
    }
    // The reader adds the file's name: a stream for each would come of it.
    out.push_str("\n  stage.label_drop {\n    values = [\"filename\"]\n  }\n}\n");
}

/// A key as an expression of [JMESPath](https://jmespath.org/specification.html#identifiers),
/// which a key that is no identifier is quoted in.
fn path(key: &str) -> String {
    let is_identifier = key
        .bytes()
        .enumerate()
        .all(|(at, it)| it.is_ascii_alphabetic() || it == b'_' || (at > 0 && it.is_ascii_digit()));
    if is_identifier && !key.is_empty() {
        key.into()
    } else {
        quoted(key)
    }
}

#[cfg(test)]
mod tests {
    use crate::generate::{Deployment, LogKeys, Logs, Service};

    #[test]
    fn labels_are_few_and_the_trace_is_none() {
        let deployment = Deployment::new("shop").service(Service::new("api", "api", 1));
        let text = super::render(&Logs::loki("loki"), &deployment);
        assert!(text.starts_with("// Generated"), "{text}");
        assert!(text.contains(r#"{ "__path__" = "/var/log/api/*.log", "service_name" = "api" }"#));
        let labels = text.split("stage.labels").nth(1).expect("labels");
        let labels = labels.split("stage.").next().expect("until the next");
        assert!(!labels.contains("trace_id"), "{labels}");
        let metadata = text.split("stage.structured_metadata").nth(1);
        assert!(metadata.is_some_and(|it| it.contains("trace_id = \"trace_id\"")));
        assert!(
            !super::render(&Logs::loki("loki").keys(LogKeys::short()), &deployment)
                .contains("span_id")
        );
    }

    #[test]
    fn texts_stay_in_their_quotes() {
        let deployment = Deployment::new("x").service(Service::new("a\" }, {\n*", "api", 1));
        let keys = LogKeys::default().level("log.level").timestamp("@\"t");
        let text = super::render(&Logs::loki("loki").keys(keys), &deployment);
        assert!(text.contains(r#""service_name" = "a\" }, {\n*""#), "{text}");
        assert!(
            text.contains(r#""__path__" = "/var/log/a/*.log""#),
            "{text}"
        );
        assert!(text.contains(r#"level = "\"log.level\"","#), "{text}");
        assert!(text.contains(r#"timestamp = "\"@\\\"t\"","#), "{text}");
    }
}
