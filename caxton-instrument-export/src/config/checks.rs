//! What several keys say together.

use std::collections::BTreeSet;

use super::collector::{GRPC_PORT, HTTP_PORT};
use super::mistake::{Mistake, Place, Severity};
use super::value::{HttpUrl, Output, Protocol, Sampler};
use super::{Config, Otlp};

/// Keys that are `unusable` were complained about.
pub(crate) fn check(config: &Config, unusable: &BTreeSet<String>, mistakes: &mut Vec<Mistake>) {
    let mut checks = Checks {
        config,
        unusable,
        mistakes,
    };
    checks.protocols();
    checks.pairs();
    checks.queues();
    checks.times();
    checks.keys_of_lines();
    checks.without_effect();
}

struct Checks<'a> {
    config: &'a Config,
    unusable: &'a BTreeSet<String>,
    mistakes: &'a mut Vec<Mistake>,
}

impl Checks<'_> {
    fn say(
        &mut self,
        severity: Severity,
        key: &str,
        message: impl Into<String>,
        help: (&'static str, String),
    ) {
        let place = self.config.place(key).cloned().unwrap_or(Place::Builder);
        let mistake = Mistake::new(severity, key, place, message);
        self.mistakes.push(mistake.help(help.0, help.1));
    }

    fn error(&mut self, key: &str, message: impl Into<String>, write: impl Into<String>) {
        self.say(Severity::Error, key, message, ("write", write.into()));
    }

    fn warn(&mut self, key: &str, message: impl Into<String>, write: impl Into<String>) {
        self.say(Severity::Warning, key, message, ("write", write.into()));
    }

    /// A port that is the other protocol's by convention.
    fn protocols(&mut self) {
        let all = &self.config.observability;
        if let (Some(endpoint), Some(protocol)) = (&all.otlp_endpoint, all.otlp_protocol) {
            self.protocol("observability.otlp_endpoint", endpoint, protocol);
        }
        for (section, own) in otlp_sections(self.config) {
            let Some(endpoint) = &own.endpoint else {
                continue;
            };
            let key = format!("{section}.endpoint");
            let protocol = own.protocol.or(self.config.observability.otlp_protocol);
            if let Some(protocol) = protocol {
                self.protocol(&key, endpoint, protocol);
            }
            let is_http = match protocol {
                Some(protocol) => protocol == Protocol::Http,
                None => endpoint.port() != GRPC_PORT,
            };
            if is_http && endpoint.url().path() == "/" {
                let signal = match section {
                    "observability.metrics.otlp" => "metrics",
                    "observability.traces.otlp" => "traces",
                    _ => "logs",
                };
                let message = format!(
                    "`{key}` has no path, and over HTTP the URL of one signal is used as it is"
                );
                let write = format!("endpoint = \"{}/v1/{signal}\"", endpoint.as_str());
                self.warn(&key, message, write);
            }
        }
    }

    fn protocol(&mut self, key: &str, endpoint: &HttpUrl, protocol: Protocol) {
        let (other, expected) = match (protocol, endpoint.port()) {
            (Protocol::Http, GRPC_PORT) => (Protocol::Grpc, HTTP_PORT),
            (Protocol::Grpc, HTTP_PORT) => (Protocol::Http, GRPC_PORT),
            _ => return,
        };
        let message = format!(
            "`{key}` has port {}, where collectors take {}, and the protocol is {}",
            endpoint.port(),
            other.as_str(),
            protocol.as_str()
        );
        let mut url = endpoint.url().clone();
        let _ = url.set_port(Some(expected));
        let url = url.as_str().trim_end_matches('/');
        let name = key.rsplit('.').next().unwrap_or(key);
        let write = format!("{name} = \"{url}\", or leave the protocol out: the port tells it");
        self.warn(key, message, write);
    }

    /// Keys of which one is nothing without the other.
    fn pairs(&mut self) {
        let mut pairs = vec![
            (
                "observability.otlp_client_cert".to_owned(),
                "observability.otlp_client_key".to_owned(),
            ),
            (
                "observability.server.tls_cert".to_owned(),
                "observability.server.tls_key".to_owned(),
            ),
            (
                "observability.server.basic_user".to_owned(),
                "observability.server.basic_password".to_owned(),
            ),
        ];
        for (section, _) in otlp_sections(self.config) {
            pairs.push((
                format!("{section}.client_cert"),
                format!("{section}.client_key"),
            ));
        }
        for (a, b) in pairs {
            for (there, missing) in [(&a, &b), (&b, &a)] {
                let is_missing = !self.config.is_set(missing) && !self.unusable.contains(missing);
                if self.config.is_set(there) && is_missing {
                    let message = format!("`{there}` is set without `{missing}`");
                    let write = format!("both, or leave `{there}` out");
                    self.error(there, message, write);
                }
            }
        }
        let (ca, cert) = (
            "observability.server.tls_client_ca",
            "observability.server.tls_cert",
        );
        let is_missing = !self.config.is_set(cert) && !self.unusable.contains(cert);
        if self.config.is_set(ca) && is_missing {
            let message = format!("`{ca}` asks clients for certificates, which needs TLS");
            self.error(
                ca,
                message,
                format!("`{cert}` and `observability.server.tls_key` as well"),
            );
        }
    }

    /// A batch that never fits.
    fn queues(&mut self) {
        let (traces, logs) = (&self.config.traces, &self.config.logging);
        let queues = [
            (
                "observability.traces",
                traces.batch_size.get(),
                traces.queue_size.get(),
            ),
            (
                "observability.logging",
                logs.batch_size.get(),
                logs.queue_size.get(),
            ),
        ];
        for (section, batch, queue) in queues {
            if batch > queue {
                let (key, other) = (
                    format!("{section}.batch_size"),
                    format!("{section}.queue_size"),
                );
                let key = if self.config.is_set(&key) { key } else { other };
                let message = format!(
                    "`{section}.batch_size` is {batch} and `{section}.queue_size` {queue}: a batch \
                     would never be full"
                );
                self.error(&key, message, format!("a batch_size of at most {queue}"));
            }
        }
    }

    fn times(&mut self) {
        let metrics = &self.config.metrics;
        let key = "observability.metrics.export_timeout";
        if self.config.is_set(key) && metrics.export_timeout > metrics.export_interval {
            let message = format!(
                "`{key}` is longer than `export_interval`: a slow export takes the time of the next"
            );
            self.warn(key, message, "a time that is no longer than the interval");
        }
        let all = &self.config.observability;
        if all.otlp_retry_initial > all.otlp_retry_max {
            let key = "observability.otlp_retry_initial";
            let message = format!("`{key}` is longer than `otlp_retry_max`");
            self.error(
                key,
                message,
                "a first pause that is no longer than the longest",
            );
        }
    }

    /// Two values under one key.
    fn keys_of_lines(&mut self) {
        let logging = &self.config.logging;
        let keys = [
            ("timestamp_key", &logging.timestamp_key, true),
            ("level_key", &logging.level_key, true),
            ("message_key", &logging.message_key, true),
            ("target_key", &logging.target_key, logging.include_target),
            ("caller_key", &logging.caller_key, logging.include_caller),
            (
                "trace_id_key",
                &logging.trace_id_key,
                logging.include_trace_id,
            ),
            ("span_id_key", &logging.span_id_key, logging.include_span_id),
        ];
        let mut same = Vec::new();
        for (at, (name, key, is_used)) in keys.iter().enumerate() {
            let before = keys[..at]
                .iter()
                .find(|(_, other, other_is_used)| other == key && *is_used && *other_is_used);
            if let Some((other, ..)) = before {
                same.push((*name, *other, (*key).clone()));
            }
        }
        for (name, other, key) in same {
            let names = [name, other].map(|name| format!("observability.logging.{name}"));
            let set = names.iter().find(|name| self.config.is_set(name));
            let set = set.unwrap_or(&names[0]).clone();
            let message = format!("`{name}` and `{other}` of log lines are both \"{key}\"");
            self.error(&set, message, "another one for one of them");
        }
    }

    /// What is set and does nothing.
    fn without_effect(&mut self) {
        let config = self.config;
        let ratio = "observability.traces.sample_ratio";
        let keeps_a_share = matches!(
            config.traces.sampler,
            Sampler::TraceIdRatio | Sampler::ParentBasedTraceIdRatio
        );
        if config.is_set(ratio) && !keeps_a_share && config.traces.strategies_file.is_none() {
            let message = format!(
                "`{ratio}` has no effect: the sampler {} keeps no share",
                config.traces.sampler.as_str()
            );
            self.warn(
                ratio,
                message,
                "sampler = \"parentbased_traceidratio\", or leave it out",
            );
        }
        let rotate = "observability.logging.rotate_size";
        if config.is_set(rotate) && !matches!(config.logging.output, Output::File(_)) {
            let message = format!("`{rotate}` has no effect: `output` is no file");
            self.warn(
                rotate,
                message,
                "output = \"./caxton.log\", or leave it out",
            );
        }
        let open = "observability.server.allow_unauthenticated";
        let has_auth = config.server.bearer_token.is_some() || config.server.basic_user.is_some();
        if config.server.allow_unauthenticated && has_auth {
            let message = format!("`{open}` has no effect: a token or password is asked for");
            self.warn(open, message, "one of them");
        }
        let is_nowhere =
            config.server.admin_address.is_none() && config.profiling.endpoint.is_none();
        if config.profiling.enabled && is_nowhere {
            let message = "`profiling.enabled` has no effect: profiles are shown nowhere";
            let write = "`admin_address` in [observability.server], or `endpoint` in [profiling]";
            self.warn("profiling.enabled", message, write);
        }
        for key in [
            "endpoint",
            "application_name",
            "push_interval",
            "sample_rate",
        ] {
            let key = format!("profiling.{key}");
            if config.is_set(&key) && !config.profiling.enabled {
                let message = format!("`{key}` has no effect: `profiling.enabled` is not true");
                self.warn(&key, message, "enabled = true");
                break;
            }
        }
    }
}

fn otlp_sections(config: &Config) -> [(&'static str, &Otlp); 3] {
    [
        ("observability.metrics.otlp", &config.metrics_otlp),
        ("observability.traces.otlp", &config.traces_otlp),
        ("observability.logging.otlp", &config.logging_otlp),
    ]
}
