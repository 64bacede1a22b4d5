//! Checks of databases. Each logs in anew, as a client does that starts now: a
//! connection that is open already says nothing about the next one.

use std::time::Duration;

use caxton_instrument_export::health::{Check, ProbeError};
use tokio_postgres::NoTls;

/// Whether PostgreSQL takes a connection and answers a query.
pub(crate) fn postgres(config: &str) -> Result<Check, ProbeError> {
    let config: tokio_postgres::Config = config.parse()?;
    let ask = move || {
        let config = config.clone();
        async move {
            let (client, connection) = config.connect(NoTls).await?;
            // It ends with the client.
            tokio::spawn(connection);
            client.simple_query("SELECT 1").await?;
            Ok::<_, ProbeError>(())
        }
    };
    Ok(Check::new("postgres", ask).timeout(Duration::from_secs(1)))
}

/// Whether Redis answers `PING`.
pub(crate) fn redis(url: &str) -> Result<Check, ProbeError> {
    let client = redis::Client::open(url)?;
    let ask = move || {
        let client = client.clone();
        async move {
            let mut connection = client.get_multiplexed_async_connection().await?;
            redis::cmd("PING")
                .query_async::<()>(&mut connection)
                .await?;
            Ok::<_, ProbeError>(())
        }
    };
    Ok(Check::new("redis", ask).timeout(Duration::from_secs(1)))
}
