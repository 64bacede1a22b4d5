//! What happened, in the numbers that Prometheus would scrape.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// One series of an exposition.
struct Series<'a> {
    name: &'a str,
    labels: BTreeMap<&'a str, &'a str>,
    value: f64,
}

/// A table of what the agents and their documents did, read from an
/// exposition.
///
/// ```
/// let table = caxton_example::table(
///     "caxton_agent_executions_total{agent_type=\"reader\",operation=\"read\",status=\"ok\"} 2\n",
/// );
/// assert!(table.contains("reader"));
/// ```
#[must_use]
pub fn table(exposition: &str) -> String {
    let series: Vec<_> = exposition.lines().filter_map(parse).collect();
    let mut out = format!(
        "{:<11} {:<10} {:>6} {:>6} {:>9} {:>8} {:>10}\n",
        "AGENT", "OPERATION", "OK", "ERROR", "CANCELLED", "PANICKED", "TIME",
    );
    let mut agents: BTreeMap<(&str, &str), [f64; 5]> = BTreeMap::new();
    for one in &series {
        let column = match (one.name, one.label("status")) {
            ("caxton_agent_executions_total", "ok") => 0,
            ("caxton_agent_executions_total", "error") => 1,
            ("caxton_agent_executions_total", "cancelled") => 2,
            ("caxton_agent_executions_total", "panicked") => 3,
            ("caxton_agent_execution_duration_seconds_sum", _) => 4,
            _ => continue,
        };
        let agent = (one.label("agent_type"), one.label("operation"));
        agents.entry(agent).or_default()[column] += one.value;
    }
    for ((agent, operation), [ok, error, cancelled, panicked, seconds]) in agents {
        let _ = writeln!(
            out,
            "{agent:<11} {operation:<10} {ok:>6} {error:>6} {cancelled:>9} {panicked:>8} {:>7.2} ms",
            seconds * 1_000.0,
        );
    }
    let sum = |name| -> f64 {
        series
            .iter()
            .filter(|one| one.name == name)
            .map(|one| one.value)
            .fold(0.0, |total, value| total + value)
    };
    let by = |name, label| {
        let of_name = series
            .iter()
            .filter(|one| one.name == name && one.value > 0.0);
        let parts: Vec<_> = of_name
            .map(|one| format!("{} {}", one.value, one.label(label)))
            .collect();
        if parts.is_empty() {
            String::from("0")
        } else {
            parts.join(", ")
        }
    };
    let _ = writeln!(
        out,
        "\nDocuments read    {}\nDocuments failed  {}\nBytes read        {}\nTerms indexed     {} ({} distinct)",
        by("caxton_documents_read_total", "format"),
        by("caxton_document_failures_total", "reason"),
        sum("caxton_document_size_bytes_sum"),
        sum("caxton_terms_indexed_total"),
        sum("caxton_index_terms"),
    );
    out
}

impl<'a> Series<'a> {
    fn label(&self, name: &str) -> &'a str {
        self.labels.get(name).copied().unwrap_or("")
    }
}

/// Reads `name{label="value",..} number`. Values with quotes or commas in them
/// do not occur among the labels of these agents.
fn parse(line: &str) -> Option<Series<'_>> {
    if line.starts_with('#') {
        return None;
    }
    let (series, value) = line.rsplit_once(' ')?;
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let labels = labels
        .trim_end_matches('}')
        .split(',')
        .filter_map(|label| {
            let (name, value) = label.split_once('=')?;
            Some((name, value.trim_matches('"')))
        })
        .collect();
    Some(Series {
        name,
        labels,
        value: value.parse().ok()?,
    })
}
