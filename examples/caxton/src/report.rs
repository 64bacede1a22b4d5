//! What happened, in the numbers that Prometheus scrapes: nothing here counts.

use std::fmt;

use caxton_instrument::{
    ActiveLabels, AgentLabels as ExecutionLabels, AgentMetrics as ExecutionMetrics, LabelValue,
    Status,
};

use crate::metrics::{
    AgentMetrics, CorpusMetrics, DocumentLabels, MessageErrorLabels, MessageLabels, MessageMetrics,
    Outcome, TaskLabels, TaskMetrics, TypeLabels,
};

/// An exposition, to be printed as tables.
///
/// ```
/// use caxton_runtime::Report;
///
/// let report = Report::of("caxton_corpus_documents_total{outcome=\"ok\"} 2\n");
/// assert!(report.to_string().starts_with("Documents    2 ok\n"));
/// ```
#[derive(Debug)]
pub struct Report<'a> {
    series: Vec<Series<'a>>,
}

/// One series of an exposition.
#[derive(Debug)]
struct Series<'a> {
    name: &'a str,
    labels: Vec<(&'a str, &'a str)>,
    value: f64,
}

impl<'a> Report<'a> {
    /// Reads the Prometheus text format 0.0.4.
    #[must_use]
    pub fn of(exposition: &'a str) -> Self {
        Self {
            series: exposition.lines().filter_map(Series::parse).collect(),
        }
    }

    /// The sum of all series of a name that have these labels.
    fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let of_name = self.series.iter().filter(|series| series.name == name);
        of_name
            .filter(|series| labels.iter().all(|label| series.labels.contains(label)))
            // Not `sum`, which starts at -0.
            .fold(0.0, |sum, series| sum + series.value)
    }

    /// The values that a label takes, in any of these metrics.
    fn values(&self, names: &[&str], label: &str) -> Vec<&'a str> {
        let mut values: Vec<_> = self
            .series
            .iter()
            .filter(|series| names.contains(&series.name))
            .filter_map(|series| series.label(label))
            .collect();
        values.sort_unstable();
        values.dedup();
        values
    }

    /// `2 ok, 1 error`, without what did not happen.
    fn parts(&self, name: &str, label: &str) -> String {
        let parts: Vec<_> = self
            .values(&[name], label)
            .into_iter()
            .map(|value| (self.sum(name, &[(label, value)]), value))
            .filter(|(count, _)| *count > 0.0)
            .map(|(count, value)| format!("{count} {value}"))
            .collect();
        if parts.is_empty() {
            String::from("0")
        } else {
            parts.join(", ")
        }
    }

    fn documents(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let documents = self.parts(
            CorpusMetrics::DOCUMENTS.name(),
            DocumentLabels::OUTCOME.name(),
        );
        let read = self.sum(CorpusMetrics::READ.name(), &[]);
        let terms = self.sum(CorpusMetrics::TERMS.name(), &[]);
        writeln!(f, "Documents    {documents}")?;
        writeln!(f, "Text         {read} bytes")?;
        writeln!(f, "Terms        {terms}")
    }

    fn executions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let executions = ExecutionMetrics::EXECUTIONS.name();
        let active = ExecutionMetrics::EXECUTIONS_ACTIVE.name();
        let duration = format!("{}_sum", ExecutionMetrics::EXECUTION_DURATION.name());
        let cpu = format!("{}_sum", AgentMetrics::AGENT_EXECUTION_CPU.name());
        let agent = ExecutionLabels::AGENT_TYPE.name();
        let status = ExecutionLabels::STATUS.name();
        write!(f, "\n{:<13}{:>8}", "EXECUTIONS", "running")?;
        for value in Status::VALUES {
            write!(f, "{value:>11}")?;
        }
        writeln!(f, "{:>13}{:>13}", "seconds", "cpu seconds")?;
        for value in self.values(&[executions, active], agent) {
            let of_type = (agent, value);
            let running = (ActiveLabels::AGENT_TYPE.name(), value);
            write!(f, "{value:<13}{:>8}", self.sum(active, &[running]))?;
            for ended in Status::VALUES {
                let count = self.sum(executions, &[of_type, (status, ended)]);
                write!(f, "{count:>11}")?;
            }
            write!(f, "{:>13.6}", self.sum(&duration, &[of_type]))?;
            if self.values(&[&cpu], agent).contains(&value) {
                writeln!(f, "{:>13.6}", self.sum(&cpu, &[of_type]))?;
            } else {
                writeln!(f, "{:>13}", "-")?;
            }
        }
        Ok(())
    }

    fn tasks(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tasks = TaskMetrics::TASKS.name();
        let agents = AgentMetrics::AGENTS.name();
        let memory = AgentMetrics::AGENT_MEMORY.name();
        let agent = TaskLabels::AGENT_TYPE.name();
        let outcome = TaskLabels::OUTCOME.name();
        write!(f, "\n{:<13}{:>8}", "TASKS", "agents")?;
        for value in Outcome::VALUES {
            write!(f, "{value:>11}")?;
        }
        writeln!(f, "{:>13}{:>13}", "waiting", "memory bytes")?;
        for value in self.values(&[tasks, agents], agent) {
            let of_type = (agent, value);
            write!(f, "{value:<13}{:>8}", self.sum(agents, &[of_type]))?;
            for ended in Outcome::VALUES {
                let count = self.sum(tasks, &[of_type, (outcome, ended)]);
                write!(f, "{count:>11}")?;
            }
            let queue = MessageMetrics::MESSAGE_QUEUE_SIZE.name();
            let waiting = self.sum(queue, &[(TypeLabels::AGENT_TYPE.name(), value)]);
            writeln!(f, "{waiting:>13}{:>13}", self.sum(memory, &[of_type]))?;
        }
        Ok(())
    }

    fn messages(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sent = MessageMetrics::MESSAGES_SENT.name();
        let received = MessageMetrics::MESSAGES_RECEIVED.name();
        let errors = MessageMetrics::MESSAGE_ERRORS.name();
        let label = MessageLabels::PERFORMATIVE.name();
        writeln!(f, "\n{:<13}{:>8}{:>11}", "MESSAGES", "sent", "received")?;
        for value in self.values(&[sent, received], label) {
            let labels = [(label, value)];
            let (sent, received) = (self.sum(sent, &labels), self.sum(received, &labels));
            writeln!(f, "{value:<13}{sent:>8}{received:>11}")?;
        }
        let causes = self.parts(errors, MessageErrorLabels::CAUSE.name());
        writeln!(f, "errors       {causes}")
    }

    /// Nothing of what the system did not tell.
    fn process(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let only = |name| self.series.iter().find(|series| series.name == name);
        // As every client of Prometheus names them.
        let memory = only("process_resident_memory_bytes");
        let (Some(memory), Some(cpu)) = (memory, only("process_cpu_seconds_total")) else {
            return Ok(());
        };
        writeln!(
            f,
            "\nProcess      {} bytes resident, {} s of processor time",
            memory.value, cpu.value
        )
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.documents(f)?;
        self.executions(f)?;
        self.tasks(f)?;
        self.messages(f)?;
        self.process(f)
    }
}

impl<'a> Series<'a> {
    fn label(&self, name: &str) -> Option<&'a str> {
        let mut labels = self.labels.iter();
        labels.find_map(|(found, value)| (*found == name).then_some(*value))
    }

    /// Reads `name{label="value",..} number`. Values with quotes or commas in
    /// them do not occur here: agent types are words.
    fn parse(line: &'a str) -> Option<Self> {
        if line.starts_with('#') {
            return None;
        }
        let (series, value) = line.rsplit_once(' ')?;
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        let labels = labels.trim_end_matches('}').split(',');
        Some(Self {
            name,
            labels: labels
                .filter_map(|label| {
                    let (name, value) = label.split_once('=')?;
                    Some((name, value.trim_matches('"')))
                })
                .collect(),
            value: value.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_happen_is_nought() {
        let report = Report::of("").to_string();
        assert!(report.starts_with("Documents    0\nText         0 bytes\nTerms        0\n"));
        assert!(report.ends_with("errors       0\n"), "{report}");
    }

    #[test]
    fn outcomes_are_those_of_the_label() {
        let line = "caxton_tasks_total{agent_type=\"indexer\",outcome=\"failure\"} 3\n";
        let report = Report::of(line).to_string();
        let row = report.lines().find(|line| line.starts_with("indexer"));
        let row: Vec<_> = row.unwrap_or_default().split_whitespace().collect();
        assert_eq!(row, ["indexer", "0", "0", "0", "0", "0", "3", "0", "0"]);
    }
}
