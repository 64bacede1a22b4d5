caxton_instrument::agent_metrics! {
    /// Our agents.
    pub struct Agents {}
}

fn main() {}
