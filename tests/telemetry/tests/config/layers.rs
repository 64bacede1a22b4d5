//! The file, the environment over it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use caxton_instrument_export::config::{
    Compression, Config, ConfigError, Environment, Level, Propagator, Protocol, Sampler, Secret,
    Signal, Temporality,
};

fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let environment = Environment::of(variables.iter().copied());
    Config::layered(Some((Path::new("caxton.toml"), text)), &environment)
}

fn load(text: &str, variables: &[(&str, &str)]) -> Config {
    read(text, variables).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_environment_wins_and_ours_before_that_of_opentelemetry() {
    let text = "[observability.metrics]\nexport_interval = \"15s\"\n";
    let interval = |variables: &[(&str, &str)]| load(text, variables).metrics.export_interval;
    let ours = ("CAXTON_OBSERVABILITY_METRICS_EXPORT_INTERVAL", "2s");
    let theirs = ("OTEL_METRIC_EXPORT_INTERVAL", "3000");
    assert_eq!(interval(&[]), Duration::from_secs(15));
    assert_eq!(interval(&[theirs]), Duration::from_secs(3));
    assert_eq!(interval(&[theirs, ours]), Duration::from_secs(2));
    // Empty is unset.
    assert_eq!(
        interval(&[(ours.0, ""), (theirs.0, " ")]),
        Duration::from_secs(15)
    );
    // What theirs holds and cannot be used is left.
    let config = load(text, &[("OTEL_METRIC_EXPORT_INTERVAL", "soon")]);
    assert_eq!(config.metrics.export_interval, Duration::from_secs(15));
    assert_eq!(config.warnings().len(), 1);
}

#[test]
fn the_file_is_checked_where_the_environment_wins() {
    let variables = [("CAXTON_OBSERVABILITY_METRICS_EXPORT_INTERVAL", "2s")];
    let error = read(
        "[observability.metrics]\nexport_interval = 15\n",
        &variables,
    );
    assert_eq!(error.expect_err("it has no unit").mistakes().len(), 1);
}

#[test]
#[allow(clippy::too_many_lines, reason = "one line a variable")]
fn every_variable_of_opentelemetry_is_read() {
    let config = load(
        "",
        &[
            ("OTEL_SERVICE_NAME", "shop"),
            ("OTEL_RESOURCE_ATTRIBUTES", "a=x%20y,cloud.region=eu"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            (
                "OTEL_EXPORTER_OTLP_HEADERS",
                "Authorization=Bearer%20t,x-a=b",
            ),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "2500"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem"),
            ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/c.pem"),
            ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/k.pem"),
            (
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                "http://traces:4318/custom",
            ),
            ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "100"),
            (
                "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
                "https://metrics:4317",
            ),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "x-only=1"),
            ("OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE", "/m-ca.pem"),
            ("OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE", "/m-c.pem"),
            ("OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY", "/m-k.pem"),
            ("OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "none"),
            ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Delta"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "7000"),
            ("OTEL_METRIC_EXPORT_TIMEOUT", "6000"),
            ("OTEL_TRACES_SAMPLER", "traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
            ("OTEL_BSP_SCHEDULE_DELAY", "10"),
            ("OTEL_BSP_EXPORT_TIMEOUT", "20"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "30"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "15"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "11"),
            ("OTEL_BLRP_EXPORT_TIMEOUT", "21"),
            ("OTEL_BLRP_MAX_QUEUE_SIZE", "31"),
            ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "16"),
            ("OTEL_PROPAGATORS", "tracecontext"),
            ("OTEL_LOG_LEVEL", "DEBUG"),
        ],
    );
    assert_eq!(config.warnings(), []);
    let all = &config.observability;
    assert_eq!(all.service_name.as_deref(), Some("shop"));
    let attributes = all.resource_attributes.as_ref().expect("they are set");
    assert_eq!(attributes.get("a"), Some("x y"));
    assert_eq!(attributes.get("cloud.region"), Some("eu"));

    let traces = config
        .collector(Signal::Traces)
        .expect("an endpoint is set");
    assert_eq!(
        (traces.url.as_str(), traces.is_exact),
        ("http://traces:4318/custom", true)
    );
    assert_eq!(traces.timeout, Duration::from_millis(100));
    assert_eq!(traces.compression, Compression::Gzip);
    let headers: Vec<_> = traces
        .headers
        .iter()
        .map(|(name, value)| (name, value.expose()))
        .collect();
    assert_eq!(headers, [("authorization", "Bearer t"), ("x-a", "b")]);
    assert_eq!(traces.client_key, Some(PathBuf::from("/k.pem")));

    let metrics = config
        .collector(Signal::Metrics)
        .expect("an endpoint is set");
    assert_eq!(
        (metrics.protocol, metrics.is_exact),
        (Protocol::Grpc, false)
    );
    assert_eq!(metrics.timeout, Duration::from_millis(2_500));
    assert_eq!(metrics.headers.iter().count(), 1);
    assert_eq!(metrics.ca_file, Some(PathBuf::from("/m-ca.pem")));
    assert_eq!(metrics.client_cert, Some(PathBuf::from("/m-c.pem")));

    let logs = config.collector(Signal::Logs).expect("an endpoint is set");
    assert_eq!(
        (logs.url.as_str(), logs.is_exact),
        ("http://all:4318", false)
    );
    assert_eq!(logs.compression, Compression::None);

    assert_eq!(config.metrics.temporality, Temporality::Delta);
    assert_eq!(config.metrics.export_interval, Duration::from_secs(7));
    assert_eq!(config.metrics.export_timeout, Duration::from_secs(6));
    assert_eq!(config.traces.sampler, Sampler::TraceIdRatio);
    assert_eq!(config.traces.sample_ratio.get(), 0.25);
    let batch = (config.traces.batch_delay, config.traces.batch_timeout);
    assert_eq!(
        batch,
        (Duration::from_millis(10), Some(Duration::from_millis(20)))
    );
    assert_eq!(
        (
            config.traces.queue_size.get(),
            config.traces.batch_size.get()
        ),
        (30, 15)
    );
    let batch = (config.logging.batch_delay, config.logging.batch_timeout);
    assert_eq!(
        batch,
        (Duration::from_millis(11), Some(Duration::from_millis(21)))
    );
    assert_eq!(
        (
            config.logging.queue_size.get(),
            config.logging.batch_size.get()
        ),
        (31, 16)
    );
    assert_eq!(&*config.propagation.propagators, [Propagator::TraceContext]);
    assert_eq!(config.logging.telemetry_level, Some(Level::Debug));
}

#[test]
fn a_disabled_sdk_sends_nothing() {
    let text = "observability.otlp_endpoint = \"http://c:4317\"";
    assert!(load(text, &[]).collector(Signal::Logs).is_some());
    let disabled = load(text, &[("OTEL_SDK_DISABLED", "TRUE")]);
    assert!(disabled.collector(Signal::Logs).is_none());
    let text = format!("{text}\nobservability.enable_logging = false");
    assert!(load(&text, &[]).collector(Signal::Logs).is_none());
    assert!(load(&text, &[]).collector(Signal::Traces).is_some());
    assert!(load("", &[]).collector(Signal::Traces).is_none());
    // Enabled without an endpoint: the one that a collector has by convention.
    let enabled = load("observability.enable_tracing = true", &[]);
    let traces = enabled.collector(Signal::Traces).expect("it is enabled");
    assert_eq!(traces.url, "http://localhost:4317");
}

#[test]
fn attributes_of_both_layers_are_kept() {
    let text = "[observability.resource_attributes]\ncloud.region = \"eu\"\n\"a\" = \"file\"\n";
    let config = load(text, &[("OTEL_RESOURCE_ATTRIBUTES", "a=environment,b=%zz")]);
    let attributes = config
        .observability
        .resource_attributes
        .as_ref()
        .expect("set");
    let all: Vec<_> = attributes.iter().collect();
    assert_eq!(all, [("a", "environment"), ("cloud.region", "eu")]);
    assert_eq!(config.warnings().len(), 1, "the entry that is left out");
}

#[test]
fn secrets_come_from_variables_and_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("password");
    std::fs::write(&path, "hunter2\n").expect("written");
    let text = format!(
        "[observability.server]\nbearer_token = {{ env = \"TOKEN\" }}\nbasic_user = \"ops\"\n\
         basic_password = {{ file = '{}' }}\n",
        path.display()
    );
    let config = load(&text, &[("TOKEN", "t0ken")]);
    let server = &config.server;
    assert_eq!(
        server.bearer_token.as_ref().map(Secret::expose),
        Some("t0ken")
    );
    assert_eq!(
        server.basic_password.as_ref().map(Secret::expose),
        Some("hunter2")
    );
    let printed = format!("{config:?}");
    assert!(!printed.contains("t0ken") && !printed.contains("hunter2"));
    assert!(printed.contains("Secret(env TOKEN)"), "{printed}");
    // In a variable of its own it stands as it is.
    let config = load("", &[("CAXTON_OBSERVABILITY_SERVER_BEARER_TOKEN", "t0ken")]);
    assert_eq!(
        config.server.bearer_token.as_ref().map(Secret::expose),
        Some("t0ken")
    );
}

#[test]
fn lists_and_tables_of_the_environment_are_read() {
    let config = load(
        "",
        &[
            (
                "CAXTON_OBSERVABILITY_METRICS_EXCLUDE_LABELS",
                "agent_id, tool",
            ),
            (
                "CAXTON_OBSERVABILITY_METRICS_HTTP_DURATION_BUCKETS",
                "0.1,0.5, 1",
            ),
            (
                "CAXTON_OBSERVABILITY_METRICS_BUCKETS",
                "a_seconds=0.1;1,b_bytes=5",
            ),
            (
                "CAXTON_OBSERVABILITY_LOGGING_LEVELS",
                "hyper=warn,tower=error",
            ),
            ("CAXTON_OBSERVABILITY_LOGGING_DEBUG_SAMPLE_RATE", "0.5"),
            ("CAXTON_OBSERVABILITY_LOGGING_BUFFER_LINES", "10"),
            ("CAXTON_OBSERVABILITY_METRICS_EXEMPLARS", "true"),
        ],
    );
    let labels = config.metrics.exclude_labels.as_deref().expect("set");
    assert_eq!(labels, ["agent_id", "tool"]);
    let bounds = config.metrics.http_duration_buckets.as_deref();
    assert_eq!(bounds, Some(&[0.1, 0.5, 1.0][..]));
    let buckets = config.metrics.buckets.as_ref().expect("set");
    let buckets: Vec<_> = buckets
        .iter()
        .map(|(name, bounds)| (name, bounds.len()))
        .collect();
    assert_eq!(buckets, [("a_seconds", 2), ("b_bytes", 1)]);
    let levels: Vec<_> = config
        .logging
        .levels
        .as_ref()
        .expect("set")
        .iter()
        .collect();
    assert_eq!(levels, [("hyper", Level::Warn), ("tower", Level::Error)]);
    assert_eq!(config.logging.debug_sample_rate.get(), 0.5);
    assert!(config.metrics.exemplars);
}
