mod agents {
    caxton_instrument::agent_metrics! {
        /// Our agents.
        pub struct Agents {
            namespace = "shop",
            default,
        }
    }
}

fn main() {}
