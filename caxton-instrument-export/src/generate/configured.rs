//! What a deployment has in common with the `caxton.toml` that its program
//! reads: one place for its name, its port and its collector.

use super::deployment::Deployment;
use super::service::Service;
use crate::config::{Config, Signal};

/// Where a program is that does not say where it listens.
const PORT: u16 = 9464;

/// A service whose name nobody gave.
const UNNAMED: &str = "app";

impl Deployment {
    /// A deployment of the one program that reads this configuration. A key
    /// that needs a feature of this crate needs it here too: build what generates
    /// with the features that the program has.
    ///
    /// ```
    /// # #[cfg(feature = "server")]
    /// # fn main() -> Result<(), caxton_instrument_export::config::ConfigError> {
    /// use caxton_instrument_export::config::Config;
    /// use caxton_instrument_export::generate::Deployment;
    ///
    /// let text = r#"
    ///     [observability]
    ///     service_name = "shop"
    ///     [observability.server]
    ///     address = "127.0.0.1:9500"
    /// "#;
    /// let here = Deployment::from_config(&Config::from_text("caxton.toml", text)?);
    /// assert_eq!(here.name(), "shop");
    /// assert_eq!(here.services()[0].address(), "127.0.0.1:9500");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "server"))]
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn from_config(config: &Config) -> Self {
        let service = Service::from_config(config);
        Self::new(service.name()).service(service)
    }
}

impl Service {
    /// The program that reads this configuration, at the address that it
    /// listens on: on this machine, at port 9464, if it names none. Where it
    /// asks its readers for credentials, Prometheus has them in
    /// `/etc/prometheus/secrets/NAME-token` or `NAME-password`; say so if they
    /// are elsewhere, by [`bearer_token_file`](Self::bearer_token_file).
    #[must_use]
    pub fn from_config(config: &Config) -> Self {
        let name = config
            .observability
            .service_name
            .as_deref()
            .unwrap_or(UNNAMED);
        let server = &config.server;
        let (host, port) = server
            .address
            .as_ref()
            .map_or(("localhost", PORT), |address| reached(address.as_str()));
        let mut service = Self::new(name, host, port);
        if let Some(version) = &config.observability.service_version {
            service = service.version(version);
        }
        if server.tls_cert.is_some() {
            service = service.https();
        }
        let secret = |kind: &str| format!("/etc/prometheus/secrets/{name}-{kind}");
        if server.bearer_token.is_some() {
            service = service.bearer_token_file(&secret("token"));
        } else if let Some(user) = &server.basic_user {
            service = service.basic_password_file(user, &secret("password"));
        }
        let signals = [Signal::Metrics, Signal::Traces, Signal::Logs];
        match signals.iter().find_map(|it| config.collector(*it)) {
            Some(collector) => service.otlp_endpoint(&collector.url),
            None => service,
        }
    }
}

/// Where an address is reached that a program listens on.
fn reached(address: &str) -> (&str, u16) {
    // The configuration has checked it: a port alone is one of this machine.
    let (host, port) = address.rsplit_once(':').unwrap_or(("127.0.0.1", address));
    let host = match host {
        // All addresses of the machine.
        "0.0.0.0" | "[::]" | "*" => "localhost",
        host => host,
    };
    (host, port.parse().unwrap_or(PORT))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "server")]
    use crate::generate::service::Credentials;

    fn service(text: &str) -> Service {
        let config = Config::from_text("caxton.toml", text).expect("a sound file");
        Service::from_config(&config)
    }

    #[test]
    fn nothing_said_is_this_machine() {
        assert_eq!(service(""), Service::new("app", "localhost", 9464));
    }

    #[cfg(feature = "server")]
    #[test]
    fn an_address_of_all_is_reached_by_one() {
        let address = |text: &str| {
            let server = format!(
                "[observability.server]\nallow_unauthenticated = true\naddress = \"{text}\""
            );
            service(&server).address()
        };
        assert_eq!(address("0.0.0.0:1234"), "localhost:1234");
        assert_eq!(address("[::]:1234"), "localhost:1234");
        assert_eq!(address("[::1]:1234"), "[::1]:1234");
        assert_eq!(address("1234"), "127.0.0.1:1234");
    }

    #[cfg(feature = "server")]
    #[test]
    fn credentials_are_named_by_their_file() {
        let file = std::env::temp_dir().join(format!("caxton-token-{}", std::process::id()));
        std::fs::write(&file, "0123456789abcdef0123456789abcdef").expect("a file");
        let text = format!(
            "[observability]\nservice_name = \"shop\"\n[observability.server]\n\
             address = \"0.0.0.0:1\"\nbearer_token = {{ file = {:?} }}",
            file.display()
        );
        let service = service(&text);
        std::fs::remove_file(&file).expect("it was there");
        let expected = "/etc/prometheus/secrets/shop-token";
        assert_eq!(
            service.credentials(),
            Some(&Credentials::BearerTokenFile(expected.into()))
        );
    }
}
