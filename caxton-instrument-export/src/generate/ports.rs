//! The ports of the programs beside Prometheus and one's own, each in one place.

/// OTLP over gRPC, by
/// [convention](https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-default-port).
pub(super) const OTLP_GRPC: u16 = 4317;
/// OTLP over HTTP.
pub(super) const OTLP_HTTP: u16 = 4318;
/// What a collector says of itself.
pub(super) const COLLECTOR_METRICS: u16 = 8888;
/// What a collector says of the programs, for Prometheus.
pub(super) const COLLECTOR_EXPORTER: u16 = 8889;
/// Whether a collector is well.
pub(super) const COLLECTOR_HEALTH: u16 = 13133;

#[cfg(all(test, feature = "otlp"))]
mod tests {
    use crate::config::{Config, Protocol, Signal};

    #[test]
    fn the_library_speaks_to_them_as_they_are_meant() {
        let protocols = [
            (super::OTLP_GRPC, Protocol::Grpc),
            (super::OTLP_HTTP, Protocol::Http),
        ];
        for (port, protocol) in protocols {
            let text = format!("observability.otlp_endpoint = \"http://collector:{port}\"");
            let config = Config::from_text("caxton.toml", &text).expect("sound");
            let collector = config.collector(Signal::Traces).expect("an endpoint");
            assert_eq!(collector.protocol, protocol, "{port}");
        }
    }
}
