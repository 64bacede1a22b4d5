//! From what a configuration says to what the builder does: the one place where
//! keys meet the options of each part.

use super::mistake::ConfigError;
use super::{Config, Format, Output};
use crate::builder::{Builder, builder};
use crate::logs::{Keys, Logs};
use crate::resource::Resource;

/// A builder that does what the configuration says.
#[cfg_attr(
    not(feature = "otlp"),
    allow(
        clippy::unnecessary_wraps,
        reason = "the files of exports may not hold what they should"
    )
)]
pub(super) fn apply(config: Config) -> Result<Builder, ConfigError> {
    let mut builder = builder().resource(resource(&config));
    if let Some(after) = config.metrics.evict_idle_after {
        builder = builder.evict_idle_after(after);
    }
    #[cfg(feature = "otlp")]
    {
        builder = otlp::apply(&config, builder)?;
    }
    if let Some(logs) = logs(&config) {
        builder = builder.logs(logs);
    }
    #[cfg(feature = "server")]
    {
        builder = pages::apply(&config, builder);
    }
    #[cfg(feature = "process")]
    {
        builder = process(&config, builder);
    }
    #[cfg(feature = "profiling")]
    if let Some(push) = push(&config) {
        builder = builder.push_profiles(push);
    }
    builder.config = Some(Box::new(config));
    Ok(builder)
}

/// Keys of their own have the last word over attributes.
fn resource(config: &Config) -> Resource {
    let all = &config.observability;
    let mut resource = Resource::unnamed();
    for (name, value) in all
        .resource_attributes
        .iter()
        .flat_map(super::Attributes::iter)
    {
        resource = resource.with(name, value);
    }
    let named = [
        ("service.name", "service_name", &all.service_name),
        ("service.version", "service_version", &all.service_version),
        (
            "service.instance.id",
            "service_instance_id",
            &all.service_instance_id,
        ),
        (
            "deployment.environment.name",
            "deployment_environment",
            &all.deployment_environment,
        ),
    ];
    for (attribute, key, value) in named {
        let Some(value) = value else {
            continue;
        };
        // A file says less than the environment, in whichever words.
        let is_of_file = matches!(
            config.place(&format!("observability.{key}")),
            Some(super::Place::File { .. })
        );
        let said = all
            .resource_attributes
            .as_ref()
            .and_then(|all| all.get(attribute));
        let is_said_by_environment = matches!(
            config.place("observability.resource_attributes"),
            Some(super::Place::Variable(_))
        );
        if said.is_none() || !is_of_file || !is_said_by_environment {
            resource = resource.with(attribute, value);
        }
    }
    resource
}

/// Log lines, if they are to be written.
fn logs(config: &Config) -> Option<Logs> {
    let logging = &config.logging;
    let is_said = ["level", "format", "output"]
        .iter()
        .any(|key| config.is_set(&format!("observability.logging.{key}")));
    if !logging.enabled.unwrap_or(is_said) {
        return None;
    }
    let logs = match logging.format {
        Format::Json => Logs::json(),
        Format::Text => Logs::text(),
    };
    let mut logs = logs
        .level(filter(config))
        .keys(keys(config))
        .subsecond_digits(u8::try_from(logging.timestamp_digits.get()).unwrap_or(9))
        .debug_sample_rate(logging.debug_sample_rate.get())
        .trace_sample_rate(logging.trace_sample_rate.get())
        .buffer(
            count(logging.buffer_lines.get()),
            count(logging.buffer_size.as_bytes()),
        )
        .line_bytes(count(logging.line_size.as_bytes()));
    if let Some(fields) = &logging.sensitive_fields {
        logs = logs.sensitive(fields.iter());
    }
    if logging.span_ends {
        logs = logs.span_ends();
    }
    Some(match &logging.output {
        Output::Stdout => logs.to_stdout(),
        Output::Stderr => logs.to_stderr(),
        Output::File(path) => {
            let logs = logs.to_file(path);
            match logging.rotate_size {
                Some(size) => logs.rotate(size.as_bytes(), logging.rotate_keep.get()),
                None => logs,
            }
        }
    })
}

fn keys(config: &Config) -> Keys {
    let logging = &config.logging;
    let mut keys = Keys::default()
        .timestamp(&logging.timestamp_key)
        .level(&logging.level_key)
        .message(&logging.message_key)
        .target(&logging.target_key)
        .caller(&logging.caller_key)
        .trace_id(&logging.trace_id_key)
        .span_id(&logging.span_id_key);
    if !logging.include_target {
        keys = keys.without_target();
    }
    if !logging.include_caller {
        keys = keys.without_caller();
    }
    if !logging.include_trace_id {
        keys = keys.without_trace_id();
    }
    if !logging.include_span_id {
        keys = keys.without_span_id();
    }
    keys
}

#[cfg(feature = "server")]
mod pages {
    use crate::builder::Builder;
    use crate::config::Config;
    use crate::health::Settings;
    use crate::server::{Secret, Server};

    pub(super) fn apply(config: &Config, mut builder: Builder) -> Builder {
        let health = &config.health;
        let mut settings = Settings::new()
            .cache_for(health.cache_for)
            .stale_for(health.stale_for);
        if health.decide_readiness {
            settings = settings.decide_readiness();
        }
        builder = builder.health_settings(settings);
        if let Some(address) = &config.server.address {
            builder = builder.listen(server(config, address.as_str()));
        }
        let Some(address) = &config.server.admin_address else {
            return builder;
        };
        builder = builder.admin(server(config, address.as_str()));
        #[cfg(feature = "profiling")]
        if config.profiling.enabled {
            let profiling = crate::profiling::Profiling::new()
                .sample_rate(config.profiling.sample_rate.get())
                .max_duration(config.profiling.max_duration);
            builder = builder.profiles(profiling);
        }
        builder
    }

    fn server(config: &Config, address: &str) -> Server {
        let said = &config.server;
        let mut server =
            Server::on(address).max_connections(super::count(said.max_connections.get()));
        if let (Some(certificate), Some(key)) = (&said.tls_cert, &said.tls_key) {
            server = server.tls(certificate, key);
        }
        if let Some(path) = &said.tls_client_ca {
            server = server.client_ca(path);
        }
        if let Some(token) = &said.bearer_token {
            server = server.bearer_token(Secret::new(token.expose()));
        }
        if let (Some(user), Some(password)) = (&said.basic_user, &said.basic_password) {
            server = server.basic_auth(user, Secret::new(password.expose()));
        }
        if said.allow_unauthenticated {
            server = server.allow_unauthenticated();
        }
        if said.protect_probes {
            server = server.protect_probes();
        }
        server
    }
}

#[cfg(feature = "process")]
fn process(config: &Config, mut builder: Builder) -> Builder {
    use crate::process::NetworkDevices;

    let process = &config.process;
    if process.enabled {
        builder = builder.process_metrics();
    }
    if let Some(disks) = &process.disks {
        builder = builder.disk_metrics(disks.iter());
    }
    if let Some(devices) = &process.network_devices {
        let is_all = devices.iter().any(|device| device == "*");
        builder = builder.network_metrics(if is_all {
            NetworkDevices::all()
        } else {
            NetworkDevices::only(devices.iter())
        });
    }
    builder
}

/// Profiles to push, if there is where.
#[cfg(feature = "profiling")]
fn push(config: &Config) -> Option<crate::profiling::Push> {
    let profiling = &config.profiling;
    let endpoint = profiling.endpoint.as_ref().filter(|_| profiling.enabled)?;
    let mut push = crate::profiling::Push::to(endpoint.as_str())
        .sample_rate(profiling.sample_rate.get())
        .every(profiling.push_interval);
    let name = profiling.application_name.as_ref();
    if let Some(name) = name.or(config.observability.service_name.as_ref()) {
        push = push.application(name);
    }
    for (name, value) in profiling.headers.iter().flat_map(super::Headers::iter) {
        push = push.header(name, value.expose());
    }
    Some(push)
}

#[cfg(feature = "otlp")]
mod otlp {
    use std::time::Duration;

    use tracing_subscriber::filter::LevelFilter;

    use crate::builder::Builder;
    use crate::config::collector::{Collector, Signal};
    use crate::config::mistake::{ConfigError, Mistake, Place, Severity};
    use crate::config::{self, Config, Level, Protocol};
    use crate::otlp::{
        Compression, Endpoint, Logs, Metrics, Retry, Sampler, Strategies, Temporality, Traces,
    };

    pub(super) fn apply(config: &Config, mut builder: Builder) -> Result<Builder, ConfigError> {
        builder = builder.flush_timeout(config.observability.flush_timeout);
        if config.metrics.exemplars {
            builder = builder.exemplars();
        }
        if let Some(collector) = config.collector(Signal::Metrics) {
            builder = builder.otlp_metrics(metrics(config, &collector));
        }
        if let Some(collector) = config.collector(Signal::Traces) {
            builder = builder.otlp_traces(traces(config, &collector)?);
        }
        if let Some(collector) = config.collector(Signal::Logs) {
            builder = builder.otlp_logs(logs(config, &collector));
        }
        Ok(builder)
    }

    fn metrics(config: &Config, collector: &Collector) -> Metrics {
        let metrics = &config.metrics;
        Metrics::to(endpoint(config, collector, None))
            .interval(metrics.export_interval)
            .timeout(metrics.export_timeout)
            .temporality(match metrics.temporality {
                config::Temporality::Cumulative => Temporality::Cumulative,
                config::Temporality::Delta | config::Temporality::LowMemory => Temporality::Delta,
            })
            .max_batch_bytes(super::count(metrics.max_batch_size.as_bytes()))
            .max_batch_points(super::count(metrics.max_batch_points.get()))
    }

    fn traces(config: &Config, collector: &Collector) -> Result<Traces, ConfigError> {
        let traces = &config.traces;
        let endpoint = endpoint(config, collector, traces.batch_timeout);
        Ok(Traces::to(endpoint)
            .sampler(sampler(config)?)
            .queue(super::count(traces.queue_size.get()))
            .queue_bytes(super::count(traces.queue_bytes.as_bytes()))
            .batch(super::count(traces.batch_size.get()), traces.batch_delay)
            .level(level(traces.level))
            .events(traces.events))
    }

    fn sampler(config: &Config) -> Result<Sampler, ConfigError> {
        let traces = &config.traces;
        let ratio = traces.sample_ratio.get();
        let mut sampler = match (&traces.strategies_file, traces.sampler) {
            (Some(path), _) => {
                let strategies = Strategies::from_file(path);
                Sampler::strategies(strategies.map_err(|error| strategies_error(config, &error))?)
            }
            (None, config::Sampler::AlwaysOn) => Sampler::always().ignore_parent(),
            (None, config::Sampler::AlwaysOff) => Sampler::never().ignore_parent(),
            (None, config::Sampler::TraceIdRatio) => Sampler::ratio(ratio).ignore_parent(),
            (None, config::Sampler::ParentBasedAlwaysOn) => Sampler::always(),
            (None, config::Sampler::ParentBasedAlwaysOff) => Sampler::never(),
            (None, config::Sampler::ParentBasedTraceIdRatio) => Sampler::ratio(ratio),
        };
        if let Some(spans) = traces.keep_errors {
            sampler = sampler.keep_errors(super::count(spans.get()));
        }
        Ok(sampler)
    }

    fn strategies_error(config: &Config, error: &crate::otlp::StrategiesError) -> ConfigError {
        let key = "observability.traces.strategies_file";
        let place = config.place(key).cloned().unwrap_or(Place::Builder);
        let message = format!("`{key}` names a file that cannot be used: {error}");
        let mistake = Mistake::new(Severity::Error, key, place, message);
        ConfigError {
            mistakes: vec![mistake],
        }
    }

    fn logs(config: &Config, collector: &Collector) -> Logs {
        let logging = &config.logging;
        let logs = Logs::to(endpoint(config, collector, logging.batch_timeout))
            .queue(super::count(logging.queue_size.get()))
            .queue_bytes(super::count(logging.queue_bytes.as_bytes()))
            .batch(super::count(logging.batch_size.get()), logging.batch_delay);
        if super::has_levels(config) {
            logs.filter(super::filter(config))
        } else {
            logs
        }
    }

    fn endpoint(config: &Config, collector: &Collector, tried_for: Option<Duration>) -> Endpoint {
        let all = &config.observability;
        let url = &collector.url;
        let mut endpoint = match (collector.protocol, collector.is_exact) {
            (Protocol::Grpc, _) => Endpoint::grpc(url),
            (Protocol::Http, true) => Endpoint::http_exact(url),
            (Protocol::Http, false) => Endpoint::http(url),
        }
        .timeout(collector.timeout)
        .compression(match collector.compression {
            config::Compression::None => Compression::None,
            config::Compression::Gzip => Compression::Gzip,
            config::Compression::Zstd => Compression::Zstd,
        })
        .retry(Retry {
            initial: all.otlp_retry_initial,
            max: all.otlp_retry_max,
            elapsed: tried_for.unwrap_or(all.otlp_retry_for),
        });
        for (name, value) in collector.headers.iter() {
            endpoint = endpoint.header(name, value.expose());
        }
        if let Some(path) = &collector.ca_file {
            endpoint = endpoint.ca_file(path);
        }
        if let (Some(certificate), Some(key)) = (&collector.client_cert, &collector.client_key) {
            endpoint = endpoint.client_identity(certificate, key);
        }
        endpoint
    }

    fn level(level: Level) -> LevelFilter {
        match level {
            Level::Off => LevelFilter::OFF,
            Level::Error => LevelFilter::ERROR,
            Level::Warn => LevelFilter::WARN,
            Level::Info => LevelFilter::INFO,
            Level::Debug => LevelFilter::DEBUG,
            Level::Trace => LevelFilter::TRACE,
        }
    }

    /// Chooses the formats in which the context of a trace is passed on.
    impl Config {
        pub(in crate::config) fn choose_formats(&self) {
            let formats = &self.propagation.propagators;
            let has =
                |format| formats.contains(&format) && !formats.contains(&config::Propagator::None);
            crate::propagation::choose(
                has(config::Propagator::TraceContext),
                has(config::Propagator::Baggage),
            );
        }
    }
}

/// A number of things in memory; what exceeds the address space, all of it.
fn count(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(usize::MAX)
}

/// Whether anything is said of levels.
#[cfg(feature = "otlp")]
fn has_levels(config: &Config) -> bool {
    ["level", "levels", "telemetry_level"]
        .iter()
        .any(|key| config.is_set(&format!("observability.logging.{key}")))
}

/// What is logged, as `EnvFilter` has it.
fn filter(config: &Config) -> String {
    let logging = &config.logging;
    let mut filter = String::from(logging.level.as_str());
    let own = logging
        .telemetry_level
        .map(|level| ("caxton_instrument", level));
    let levels = logging.levels.iter().flat_map(super::Levels::iter);
    for (target, level) in own.into_iter().chain(levels) {
        filter.push(',');
        filter.push_str(target);
        filter.push('=');
        filter.push_str(level.as_str());
    }
    filter
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Environment;

    fn builder_of(text: &str, variables: &[(&str, &str)]) -> Builder {
        let environment = Environment::of(variables.iter().copied());
        let config = Config::layered(Some((Path::new("caxton.toml"), text)), &environment);
        let builder = config.and_then(Config::into_builder);
        builder.unwrap_or_else(|error| panic!("{error}"))
    }

    fn attribute(builder: &Builder, name: &str) -> Option<String> {
        builder.resource.as_ref()?.get(name).map(String::from)
    }

    #[test]
    fn who_it_is_comes_from_the_layer_that_says_it_last() {
        let name = |text: &str, variables: &[(&str, &str)]| {
            attribute(&builder_of(text, variables), "service.name")
        };
        let file = "[observability]\nservice_name = \"file\"\n\
                    resource_attributes = { \"service.name\" = \"attribute\" }\n";
        let attributes = ("OTEL_RESOURCE_ATTRIBUTES", "service.name=variable");
        assert_eq!(name(file, &[]).as_deref(), Some("file"));
        assert_eq!(name(file, &[attributes]).as_deref(), Some("variable"));
        let named = ("OTEL_SERVICE_NAME", "named");
        assert_eq!(name(file, &[attributes, named]).as_deref(), Some("named"));
        let unnamed = name("", &[]);
        assert!(unnamed.is_some_and(|name| name.starts_with("unknown_service:")));
    }

    #[test]
    fn what_the_builder_says_of_the_service_wins() {
        let text = "[observability]\nservice_name = \"a\"\nservice_instance_id = \"i\"\n\
                    deployment_environment = \"production\"\n";
        let builder = builder_of(text, &[]).service("b", "2");
        assert_eq!(attribute(&builder, "service.name").as_deref(), Some("b"));
        assert_eq!(attribute(&builder, "service.version").as_deref(), Some("2"));
        let kept = attribute(&builder, "service.instance.id");
        assert_eq!(kept.as_deref(), Some("i"));
        let kept = attribute(&builder, "deployment.environment.name");
        assert_eq!(kept.as_deref(), Some("production"));
    }

    #[cfg(feature = "otlp")]
    #[test]
    fn levels_are_one_filter() {
        let config = |text: &str| {
            let config = Config::from_text("caxton.toml", text);
            config.unwrap_or_else(|error| panic!("{error}"))
        };
        assert!(!has_levels(&config("")));
        assert_eq!(filter(&config("")), "info");
        let text = "[observability.logging]\nlevel = \"debug\"\ntelemetry_level = \"error\"\n\
                    levels = { hyper = \"warn\", \"shop::orders\" = \"trace\" }\n";
        assert!(has_levels(&config(text)));
        assert_eq!(
            filter(&config(text)),
            "debug,caxton_instrument=error,hyper=warn,shop::orders=trace"
        );
    }

    #[cfg(feature = "otlp")]
    #[test]
    fn each_signal_has_its_collector() {
        let text = "[observability]\notlp_endpoint = \"http://all:4318\"\notlp_compression = \"gzip\"\n\
                    enable_logging = false\notlp_headers = { x-tenant = \"t3nant\" }\n\
                    [observability.metrics.otlp]\nendpoint = \"http://metrics:4318/own\"\n";
        let builder = builder_of(text, &[]);
        let metrics = format!("{:?}", builder.otlp_metrics);
        let traces = format!("{:?}", builder.otlp_traces);
        assert!(metrics.contains("http://metrics:4318/own"), "{metrics}");
        assert!(
            traces.contains("http://all:4318") && traces.contains("Gzip"),
            "{traces}"
        );
        assert!(
            traces.contains("x-tenant") && !traces.contains("t3nant"),
            "{traces}"
        );
        assert!(builder.otlp_logs.is_none());
    }

    #[cfg(feature = "otlp")]
    #[test]
    fn strategies_that_cannot_be_used_are_told_with_their_place() {
        let text = "[observability]\notlp_endpoint = \"http://all:4318\"\n\
                    [observability.traces]\nstrategies_file = \"/no/such/strategies.json\"\n";
        let config = Config::from_text("caxton.toml", text);
        let error = config.and_then(Config::into_builder).err();
        let message = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains("caxton.toml:4:1"), "{message}");
        assert!(message.contains("/no/such/strategies.json"), "{message}");
    }
}
