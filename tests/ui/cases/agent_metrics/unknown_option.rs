caxton_instrument::agent_metrics! {
    /// Our agents.
    pub struct Agents {
        namespace = "shop",
        max_agents = 10,
    }
}

fn main() {}
