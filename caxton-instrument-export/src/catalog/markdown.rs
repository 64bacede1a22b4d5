//! The catalog as a reference page.

mod readers;

use std::fmt::Write as _;

use super::document::{Document, Label, Metric, Operation, Source, StabilityLevel, Values};
use super::text::{self, bound, buckets, counted, sentence};

pub(crate) fn render(document: &Document) -> String {
    let mut page = String::from("# Metrics\n\n");
    let _ = writeln!(
        page,
        "{} in {}, {}.\n",
        counted(document.metrics.len(), "metric"),
        counted(document.sets.len(), "set"),
        counted(document.operations.len(), "annotated operation"),
    );
    if let Some(counts) = text::readers(document) {
        let _ = writeln!(page, "They are read by {counts}.\n");
    }
    summary(&mut page, &document.metrics);
    for metric in &document.metrics {
        section(&mut page, metric);
    }
    if !document.operations.is_empty() {
        operations(&mut page, &document.operations);
    }
    readers::sections(&mut page, document);
    page
}

fn summary(page: &mut String, metrics: &[Metric]) {
    page.push_str("| Metric | Type | Unit | Labels | Help |\n|---|---|---|---|---|\n");
    for metric in metrics {
        let labels: Vec<_> = metric
            .labels
            .iter()
            .map(|label| code(&label.name))
            .collect();
        let _ = writeln!(
            page,
            "| [{}](#{}) | {} | {} | {} | {} |",
            code(&metric.name),
            metric.name,
            metric.kind,
            metric.unit.as_deref().unwrap_or(""),
            labels.join(", "),
            prose(&metric.help),
        );
    }
}

fn section(page: &mut String, metric: &Metric) {
    let _ = write!(
        page,
        "\n## {}\n\n{}\n\n",
        code(&metric.name),
        prose(&metric.help)
    );
    let _ = writeln!(page, "- Type: {}", metric.kind);
    if let Some(unit) = &metric.unit {
        let _ = writeln!(page, "- Unit: {unit}");
    }
    let _ = writeln!(
        page,
        "- Series: at most {} (declared bound {})",
        metric.series_bound, metric.max_series,
    );
    if !metric.buckets.is_empty() {
        let bounds: Vec<_> = metric.buckets.iter().map(|it| code(&bound(*it))).collect();
        let _ = writeln!(page, "- Bucket bounds: {}, `+Inf`", bounds.join(", "));
    }
    if let Some(native) = &metric.native {
        let _ = writeln!(
            page,
            "- Native buckets: {}; formats without them have the bounds above",
            buckets(native)
        );
    }
    if !metric.constant_labels.is_empty() {
        let labels: Vec<_> = metric
            .constant_labels
            .iter()
            .map(|(name, value)| code(&format!("{name}={value:?}")))
            .collect();
        let _ = writeln!(page, "- On every series: {}", labels.join(", "));
    }
    match &metric.stability {
        StabilityLevel::Stable => page.push_str("- Stability: stable\n"),
        StabilityLevel::Experimental => page.push_str("- Stability: experimental\n"),
        StabilityLevel::Deprecated { since, note } => {
            let _ = writeln!(
                page,
                "- Stability: **deprecated** since {}: {}",
                prose(since),
                prose(note),
            );
        }
    }
    readers::of_metric(page, &metric.read_by);
    let _ = writeln!(page, "- Declared: {}", place(&metric.source));

    if !metric.labels.is_empty() {
        page.push_str("\n| Label | Values | Meaning |\n|---|---|---|\n");
        for label in &metric.labels {
            let _ = writeln!(
                page,
                "| {} | {} | {} |",
                code(&label.name),
                values(label),
                prose(&label.help),
            );
        }
    }
    if !metric.replaces.is_empty() {
        page.push_str("\nReplaces:\n\n");
        for replaced in &metric.replaces {
            item(page, &code(&replaced.name), &replaced.reason);
        }
    }
    let allowed = metric.allowed.iter().map(|it| (code(&it.rule), &it.reason));
    let of_labels = metric.labels.iter().flat_map(|label| {
        let rule = |rule: &str| format!("{} for label {}", code(rule), code(&label.name));
        label
            .allowed
            .iter()
            .map(move |it| (rule(&it.rule), &it.reason))
    });
    let allowed: Vec<_> = allowed.chain(of_labels).collect();
    if !allowed.is_empty() {
        page.push_str("\nAllowed to break a naming rule:\n\n");
        for (rule, reason) in allowed {
            item(page, &rule, reason);
        }
    }
}

fn operations(page: &mut String, operations: &[Operation]) {
    page.push_str(
        "\n## Annotated operations\n\n| Agent type | Operation | Span | Kind | Recorded in | Source \
         |\n|---|---|---|---|---|---|\n",
    );
    for operation in operations {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} |",
            operation
                .agent_type
                .as_deref()
                .map_or_else(|| String::from("any, bounded"), code),
            code(&operation.name),
            operation
                .span
                .as_deref()
                .map_or_else(|| String::from("none"), code),
            if operation.is_async { "async" } else { "sync" },
            code(&operation.set),
            code(&format!(
                "{}:{}",
                operation.source.file, operation.source.line
            )),
        );
    }
}

fn item(page: &mut String, name: &str, reason: &str) {
    if reason.is_empty() {
        let _ = writeln!(page, "- {name}");
    } else {
        let _ = writeln!(page, "- {name}: {}", prose(reason));
    }
}

fn values(label: &Label) -> String {
    match &label.values {
        Values::Closed { values } => {
            let values: Vec<_> = values.iter().map(|value| code(value)).collect();
            values.join(", ")
        }
        Values::Open { max_values } => {
            format!("any, at most {max_values}, then `_overflow`")
        }
    }
}

fn place(source: &Source) -> String {
    format!(
        "{} in {} {}",
        code(&format!("{}:{}", source.file, source.line)),
        code(&source.krate),
        source.version,
    )
}

/// Text of a declaration, on one line. What a doc comment sets as code stays
/// code; of anything else, nothing is left that Markdown or HTML would take
/// for markup.
pub(crate) fn prose(text: &str) -> String {
    let text = sentence(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('`') {
        let Some((inside, behind)) = after.split_once('`') else {
            break;
        };
        if inside.is_empty() {
            break;
        }
        escape(&mut out, before);
        out.push_str(&code(inside));
        rest = behind;
    }
    escape(&mut out, rest);
    out
}

fn escape(out: &mut String, text: &str) {
    let mut chars = text.chars().peekable();
    let mut previous = ' ';
    while let Some(c) = chars.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // Within a word an underscore marks nothing up.
            '_' if previous.is_alphanumeric()
                && chars.peek().is_some_and(|next| next.is_alphanumeric()) =>
            {
                out.push('_');
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '#' | '-' | '+' if out.is_empty() => {
                out.push('\\');
                out.push(c);
            }
            '.' | ')'
                if !out.is_empty()
                    && out.bytes().all(|b| b.is_ascii_digit())
                    && chars.peek().is_none_or(|next| next.is_whitespace()) =>
            {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
        previous = c;
    }
}

/// Text set as code, whatever it holds.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() {
        return String::from("(empty)");
    }
    let mut visible = String::with_capacity(text.len());
    let (mut run, mut longest) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
        match c {
            // A table cell ends at a bar even within code.
            '|' => visible.push_str("\\|"),
            c if c.is_control() => visible.extend(c.escape_default()),
            c => visible.push(c),
        }
    }
    let fence = "`".repeat(longest + 1);
    let pad = if longest > 0 || visible.starts_with(' ') || visible.ends_with(' ') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{visible}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_holds_no_markup() {
        let cases = [
            ("Time in queue.", "Time in queue."),
            ("a|b", "a\\|b"),
            ("<script>&", "&lt;script&gt;&amp;"),
            ("two\nlines\n\nthree", "two lines three"),
            ("`a*b` and *stars*", "`a*b` and \\*stars\\*"),
            ("one ` alone", "one \\` alone"),
            ("a `<b>|c` d", "a `<b>\\|c` d"),
            ("snake_case and _lead_", "snake_case and \\_lead\\_"),
            ("# title", "\\# title"),
            ("1. item", "1\\. item"),
            ("[link](x)", "\\[link\\](x)"),
            ("back\\slash", "back\\\\slash"),
        ];
        for (text, expected) in cases {
            assert_eq!(prose(text), expected);
        }
    }

    #[test]
    fn code_holds_any_text() {
        let cases = [
            ("planner", "`planner`"),
            ("", "(empty)"),
            ("a|b", "`a\\|b`"),
            ("a`b", "`` a`b ``"),
            ("``", "``` `` ```"),
            ("a\nb\0", "`a\\nb\\u{0}`"),
        ];
        for (text, expected) in cases {
            assert_eq!(code(text), expected);
        }
    }
}
