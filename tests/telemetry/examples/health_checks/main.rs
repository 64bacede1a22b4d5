//! `/health` with a PostgreSQL that the program needs and a Redis that it can do
//! without:
//!
//! ```sh
//! cargo run -p caxton-telemetry-tests --example health_checks -- \
//!     "host=localhost user=postgres" redis://localhost
//! curl -i localhost:9464/health
//! ```

mod checks;

use std::error::Error;

/// What the program does.
#[derive(caxton_instrument::MetricSet)]
#[metric_set(namespace = "shop")]
struct Shop {
    /// Orders taken.
    orders: caxton_instrument::Counter,
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    use caxton_instrument::MetricSet as _;

    let mut arguments = std::env::args().skip(1);
    let (Some(database), Some(cache)) = (arguments.next(), arguments.next()) else {
        return Err(
            "give a PostgreSQL and a Redis: \"host=localhost user=postgres\" redis://localhost"
                .into(),
        );
    };
    let telemetry = caxton_instrument_export::builder()
        .service("shop", env!("CARGO_PKG_VERSION"))
        .listen("127.0.0.1:9464")
        .health(checks::postgres(&database)?.critical())
        .health(checks::redis(&cache)?)
        .install()?;
    Shop::global().orders.increment(1);
    println!("http://127.0.0.1:9464/health until Enter is pressed");
    std::io::stdin().read_line(&mut String::new())?;
    drop(telemetry);
    Ok(())
}
