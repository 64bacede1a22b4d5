caxton_instrument::agent_metrics! {
    /// Our agents.
    pub struct Agents {
        namespace = "shop",
        max_agent_types = 10,
        max_operations = 100,
        max_series = 1_000,
    }
}

fn main() {}
