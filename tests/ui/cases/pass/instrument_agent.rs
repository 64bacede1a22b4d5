// Forms that need nothing but the prelude, in a crate without a set of its own.

use std::future::Future;
use std::pin::Pin;

use caxton_instrument::prelude::*;

type Work<'a> = Pin<Box<dyn Future<Output = Result<u32, String>> + Send + 'a>>;

#[instrument_agent(agent_type = "planner")]
fn plan(n: u32) -> Result<u32, String> {
    n.checked_add(1).ok_or_else(|| "too large".to_owned())
}

#[instrument_agent(agent_type = "planner", operation = "plan_later", agent_id = n, fields(n, half = %(n / 2)))]
async fn later(n: u32) -> Result<u32, String> {
    plan(n)
}

#[instrument_agent(agent_type = kind, ok_if = Result::is_ok, level = "debug", name = "planner.aliased")]
fn aliased(kind: &str) -> Work<'_> {
    Box::pin(async move { Ok(u32::try_from(kind.len()).unwrap_or(0)) })
}

trait Agent {
    const KIND: &'static str;

    #[instrument_agent(agent_type = Self::KIND, skip_span)]
    fn run<const N: usize>(&mut self, parts: [u8; N]) -> impl Iterator<Item = u8> {
        parts.into_iter().rev()
    }
}

struct Scout;

impl Agent for Scout {
    const KIND: &'static str = "scout";
}

fn main() {
    let _ = plan(1);
    drop(later(1));
    drop(aliased("scout"));
    assert_eq!(Scout.run([1, 2]).collect::<Vec<_>>(), [2, 1]);
}
