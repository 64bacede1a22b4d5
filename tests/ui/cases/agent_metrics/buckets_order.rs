caxton_instrument::agent_metrics! {
    /// Our agents.
    pub struct Agents {
        namespace = "shop",
        buckets = [1.0, 0.1],
    }
}

fn main() {}
