caxton_instrument::agent_metrics! {
    /// Our agents.
    pub struct Agents {
        namespace = "lightning",
        native,
        buckets = [0.1, 1.0],
    }
}

fn main() {}
