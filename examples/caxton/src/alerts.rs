//! What people on call are told of the runtime. `catalog generate` writes the
//! rules, and the tests of each.

use caxton_instrument::query::minutes;
use caxton_instrument::{Alert, alert};

use crate::metrics::{
    CorpusMetrics, DocumentLabels, MessageMetrics, Outcome, TaskLabels, TaskMetrics, TypeLabels,
};

/// {agent_type}: {value} of the tasks do not end well.
///
/// `caxton_tasks_total` has them by outcome, `caxton_message_errors_total` the causes.
#[alert(severity = warning, hold = minutes(5), owner = "agents")]
pub static TASKS_FAIL: Alert = TaskMetrics::TASKS
    .share(TaskLabels::OUTCOME.ne(Outcome::Ok), minutes(5))
    .by(TaskLabels::AGENT_TYPE)
    .above(0.05);

/// {agent_type}: {value} of the tasks take more than five seconds.
#[alert(severity = warning, hold = minutes(5), owner = "agents")]
pub static TASKS_ARE_SLOW: Alert = TaskMetrics::TASK_DURATION
    .share_above(5.0, minutes(5))
    .by(TaskLabels::AGENT_TYPE)
    .above(0.01);

/// {agent_type}: {value} messages wait, and they do not become fewer.
///
/// Senders are refused when a queue is full: more agents of this type, or faster
/// ones, take them off it.
#[alert(severity = critical, hold = minutes(10), owner = "agents")]
pub static MESSAGES_WAIT: Alert = MessageMetrics::MESSAGE_QUEUE_SIZE
    .min_over(minutes(5))
    .by(TypeLabels::AGENT_TYPE)
    .above(500.0);

/// No document was indexed for ten minutes, though some are being worked on.
#[alert(severity = critical, owner = "agents")]
pub static CORPUS_STANDS_STILL: Alert = CorpusMetrics::DOCUMENTS
    .matching(DocumentLabels::OUTCOME.eq(Outcome::Ok))
    .increase(minutes(10))
    .below(1.0)
    // Where none was ever indexed, nothing counts those that were.
    .or_absent()
    .and(
        CorpusMetrics::DOCUMENTS_IN_PROGRESS
            .min_over(minutes(10))
            .at_least(1.0),
    );
