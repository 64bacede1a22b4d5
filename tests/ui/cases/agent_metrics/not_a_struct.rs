caxton_instrument::agent_metrics! {
    pub enum Agents { namespace = "shop" }
}

fn main() {}
