use caxton_instrument::agent_alerts;
use caxton_instrument::prelude::*;

#[instrument_agent(agent_type = "planner")]
fn plan() {}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Messages that were sent.
    messages_sent: Counter,
}

agent_alerts!(Mail);

fn main() {
    plan();
}
