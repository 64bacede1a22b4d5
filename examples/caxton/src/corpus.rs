//! Documents into the index: each is one conversation, and what its replies
//! say is how it ended.

use std::fmt;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::conversation::Message;
use crate::input::{Document, read};
use crate::metrics::{CorpusMetrics, DocumentLabels, MetricSet as _, Outcome, Since};
use crate::orchestrator::{CreateError, Orchestrator};
use crate::performative::Performative;

/// The agents that documents need.
const AGENTS: [&str; 5] = ["splitter", "tokeniser", "tokeniser", "indexer", "reporter"];

/// Documents under way have so long to end when no more are taken.
const DRAIN: Duration = Duration::from_secs(5);

/// Indexes documents by sending them to agents.
#[derive(Debug, Clone)]
pub struct Corpus {
    orchestrator: Orchestrator,
}

/// Something about a document that a person should know.
#[derive(Debug)]
pub struct Problem {
    /// How the document ended; `None` for a mere remark.
    pub outcome: Option<Outcome>,
    /// What happened.
    pub text: String,
}

/// What became of all documents.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// Documents that did not get into the index.
    pub failed: u64,
    /// Whether it was stopped before every document was taken.
    pub interrupted: bool,
}

/// The most frequent terms of the index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopTerms {
    /// How many distinct terms there are.
    pub distinct: u64,
    /// The most frequent ones with their counts, most frequent first.
    pub terms: Vec<(String, u64)>,
}

impl Corpus {
    /// Starts the agents that documents need. Runs on a Tokio runtime.
    ///
    /// # Errors
    ///
    /// When one of them does not start.
    pub fn start(orchestrator: &Orchestrator) -> Result<Self, CreateError> {
        for agent_type in AGENTS {
            orchestrator.create(agent_type)?;
        }
        Ok(Self {
            orchestrator: orchestrator.clone(),
        })
    }

    /// Indexes documents, several at a time, until there are no more, or until
    /// it is to stop: then those under way end first.
    pub async fn index(
        &self,
        mut documents: mpsc::Receiver<Document>,
        stop: impl Future<Output = ()>,
        mut tell: impl FnMut(Problem),
    ) -> Finished {
        let mut finished = Finished::default();
        let mut working = JoinSet::new();
        let mut stop = pin!(stop);
        let mut more = true;
        let mut told = |problem: Option<Problem>, finished: &mut Finished| {
            if let Some(problem) = problem {
                finished.failed += u64::from(problem.outcome.is_some());
                tell(problem);
            }
        };
        while more || !working.is_empty() {
            let has_place = working.len() < self.orchestrator.limits().in_progress.max(1);
            tokio::select! {
                biased;
                () = &mut stop => {
                    finished.interrupted = more;
                    break;
                }
                Some(done) = working.join_next() => told(done.unwrap_or_else(|error| Some(broken(&error))), &mut finished),
                document = documents.recv(), if more && has_place => match document {
                    None => more = false,
                    Some(document) => {
                        let corpus = self.clone();
                        working.spawn(async move { corpus.document(document).await });
                    }
                },
            }
        }
        drop(documents);
        let drained = async {
            while let Some(done) = working.join_next().await {
                told(
                    done.unwrap_or_else(|error| Some(broken(&error))),
                    &mut finished,
                );
            }
        };
        // What does not end by itself is cancelled, and counted as such.
        let _ = tokio::time::timeout(DRAIN, drained).await;
        working.shutdown().await;
        finished
    }

    /// The most frequent terms of the index.
    ///
    /// # Errors
    ///
    /// What the agents answered instead.
    pub async fn top_terms(&self) -> Result<TopTerms, String> {
        let deadline = self.orchestrator.limits().deadline;
        let query = Performative::QueryRef;
        let answer = async {
            let ask = self
                .orchestrator
                .ask("indexer", query, Vec::new(), deadline);
            let mut replies = ask.await;
            let mut answer = Err(String::from("no agent answered"));
            while let Some(reply) = replies.next().await {
                answer = match problem(&reply) {
                    None => TopTerms::parse(&String::from_utf8_lossy(&reply.content))
                        .ok_or_else(|| String::from("the answer is no list of terms")),
                    Some((_, text)) => Err(text),
                };
            }
            answer
        };
        tokio::time::timeout(deadline, answer)
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {deadline:?}")))
    }

    async fn document(self, document: Document) -> Option<Problem> {
        let metrics = CorpusMetrics::global();
        let _in_progress = metrics.documents_in_progress.track(1);
        let mut ended = Ended::new();
        let deadline = self.orchestrator.limits().deadline;
        let (name, work) = match document {
            Document::Empty(path) => {
                ended.is_no_document();
                return Some(Problem {
                    outcome: None,
                    text: format!("there are no files in {}", path.display()),
                });
            }
            Document::Lost(error) => {
                ended.outcome = Outcome::Error;
                return Some(Problem {
                    outcome: Some(Outcome::Error),
                    text: error.to_string(),
                });
            }
            Document::File(path) => (path.display().to_string(), Work::Read(path)),
            Document::Text { name, text } => (name, Work::Send(text)),
        };
        let worked = tokio::time::timeout(deadline, self.work(&name, work)).await;
        let result = worked.unwrap_or_else(|_| {
            let text = format!("{name}: no result within {deadline:?}");
            Err((Outcome::Cancelled, text))
        });
        ended.outcome = result
            .as_ref()
            .err()
            .map_or(Outcome::Ok, |(outcome, _)| *outcome);
        result.err().map(|(outcome, text)| Problem {
            outcome: Some(outcome),
            text,
        })
    }

    async fn work(&self, name: &str, work: Work) -> Result<(), (Outcome, String)> {
        let limits = self.orchestrator.limits();
        let text = match work {
            Work::Send(text) => text,
            Work::Read(path) => read(path, limits.document)
                .await
                .map_err(|error| (Outcome::Error, error.to_string()))?,
        };
        let metrics = CorpusMetrics::global();
        metrics.read.increment(text.len() as u64);
        let request = Performative::Request;
        let ask = self
            .orchestrator
            .ask("splitter", request, text.into_bytes(), limits.patience);
        let mut replies = ask.await;
        let mut worst: Option<(Outcome, String)> = None;
        while let Some(reply) = replies.next().await {
            if let Some((outcome, text)) = problem(&reply) {
                if worst.as_ref().is_none_or(|(before, _)| outcome > *before) {
                    worst = Some((outcome, format!("{name}: {text}")));
                }
            } else if let Some(terms) = terms(&reply) {
                metrics.terms.increment(terms);
            }
        }
        worst.map_or(Ok(()), Err)
    }
}

enum Work {
    Read(PathBuf),
    Send(String),
}

/// A document under way; dropped, it is counted.
struct Ended {
    started: Since,
    outcome: Outcome,
    counts: bool,
}

impl Ended {
    fn new() -> Self {
        Self {
            started: Since::now(),
            outcome: Outcome::Cancelled,
            counts: true,
        }
    }

    fn is_no_document(&mut self) {
        self.counts = false;
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        if self.counts {
            let metrics = CorpusMetrics::global();
            let labels = DocumentLabels::of(self.outcome);
            metrics.documents.at(&labels).increment(1);
            let elapsed = self.started.elapsed();
            metrics.document_duration.at(&labels).record(elapsed);
        }
    }
}

/// A document's task that panicked.
fn broken(error: &tokio::task::JoinError) -> Problem {
    Problem {
        outcome: Some(Outcome::Cancelled),
        text: format!("a document was given up: {error}"),
    }
}

/// What a reply says of the outcome, unless it is good news.
fn problem(reply: &Message) -> Option<(Outcome, String)> {
    let outcome = match reply.performative {
        Performative::NotUnderstood => Outcome::Error,
        Performative::Refuse => Outcome::Refused,
        Performative::Cancel => Outcome::Cancelled,
        Performative::Failure => Outcome::Failure,
        _ => return None,
    };
    let content = String::from_utf8_lossy(&reply.content);
    let text = format!("{} from {}: {content}", reply.performative, reply.from);
    Some((outcome, text))
}

/// How many terms the indexer took.
fn terms(reply: &Message) -> Option<u64> {
    if reply.performative != Performative::Inform {
        return None;
    }
    let content = std::str::from_utf8(&reply.content).ok()?;
    content.split(' ').next()?.parse().ok()
}

impl TopTerms {
    /// Reads the reporter's answer.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let distinct = lines.next()?.parse().ok()?;
        let terms = lines.map(|line| {
            let (count, term) = line.split_once(' ')?;
            Some((String::from(term), count.parse().ok()?))
        });
        Some(Self {
            distinct,
            terms: terms.collect::<Option<_>>()?,
        })
    }
}

/// As in `agent 12, metric 9`.
impl fmt::Display for TopTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (term, count)) in self.terms.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{term} {count}")?;
        }
        Ok(())
    }
}
