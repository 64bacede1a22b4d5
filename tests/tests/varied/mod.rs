//! Catalogs that differ, each of the declarations of one module, and a deployment
//! for each.

mod about;
mod agents;
mod closed;
mod constant;
mod counters;
mod hostile;
mod native;
mod open;
mod promises;
mod records;
mod renamed;

use std::time::Duration;

use caxton_instrument::query::seconds;
use caxton_instrument::{Catalog, Location};
use caxton_instrument_export::generate::{
    Backend, Collector, Deployment, LoadTest, LogKeys, Logs, RemoteWrite, Service, Smtp, Targets,
    Team, Traces,
};
use caxton_instrument_export::promql::{Exporter, Route, Translation};

/// A catalog and where its program runs.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) catalog: Catalog,
    pub(crate) deployment: Deployment,
    /// The classes of what the wiring has to say of it.
    pub(crate) told: &'static [&'static str],
}

/// What a module declares; with what the library itself measures, as a program has
/// it: where it is not scraped, that tells which processes there are.
fn catalog(whole: &Catalog, module: &str, with_own: bool) -> Catalog {
    let is_here = |it: &Location| it.module.ends_with(&format!("::varied::{module}"));
    let is_own = |it: &Location| with_own && it.krate.starts_with("caxton-instrument");
    let is_in = |it: &Location| is_here(it) || is_own(it);
    let sets = whole.sets().iter().filter(|it| is_in(&it.location));
    let operations = whole.operations().iter();
    let operations = operations.filter(|it| is_in(&it.location));
    Catalog::of(sets.copied(), operations.copied())
        .and_then(|it| {
            it.with_alerts(
                whole
                    .alerts()
                    .iter()
                    .copied()
                    .filter(|it| is_in(&it.location)),
            )
        })
        .and_then(|it| {
            it.with_slos(
                whole
                    .slos()
                    .iter()
                    .copied()
                    .filter(|it| is_in(&it.location)),
            )
        })
        .and_then(|it| {
            it.with_records(
                whole
                    .records()
                    .iter()
                    .copied()
                    .filter(|it| is_in(&it.location)),
            )
        })
        .and_then(|it| {
            it.with_panels(
                whole
                    .panels()
                    .iter()
                    .copied()
                    .filter(|it| is_in(&it.location)),
            )
        })
        .expect("sound declarations")
}

fn secret(name: &str) -> String {
    format!("/etc/alertmanager/secrets/{name}")
}

fn told(name: &str) -> Team {
    Team::new(name).webhook_file(&secret("webhook"))
}

fn targets(text: &str) -> Targets {
    text.parse().expect("versions")
}

fn service(name: &str, port: u16) -> Service {
    Service::new(name, name, port)
}

fn counters() -> Deployment {
    Deployment::new("till").service(Service::new("till", "localhost", 9464))
}

fn native() -> Deployment {
    Deployment::new("bridge")
        .service(service("bridge", 9464).replicas(3).version("1.2.3"))
        .kubernetes_sd()
        .namespace("roads")
        .team(told("toll"))
}

fn about() -> Deployment {
    Deployment::new("sign")
        .service(service("sign", 9464))
        .collector(
            Collector::new("collector")
                .metrics_to(Backend::otlp("http://victoria:8429/opentelemetry").token_env("STORE"))
                .keep_every_trace()
                .without_health_check(),
        )
        .traces_in(Traces::jaeger("jaeger").keep_days(3))
        .logs_in(Logs::loki("loki").folder("/var/log/sign"))
}

fn closed() -> Deployment {
    Deployment::new("pizzeria")
        .service(
            Service::new("kitchen", "::1", 9465)
                .path("/oven/metrics")
                .ca_file("/etc/prometheus/ca.pem")
                .bearer_token_file("/etc/prometheus/secrets/kitchen"),
        )
        .service(service("till", 9464).basic_password_file("scraper", "/etc/p"))
        .smtp(Smtp::new("smtp.example.org:587", "a@example.org").login("me", &secret("smtp")))
        .team(
            Team::new("cooks")
                .slack_file("#cooks", &secret("slack"))
                .pagerduty_file(&secret("pagerduty"))
                .email("cooks@example.org"),
        )
        .team(told("waiters"))
        .on_call("waiters")
        .external_label("town", "Neapel \"alt\"")
}

fn open() -> Deployment {
    Deployment::new("parcels")
        .service(service("parcels", 9464))
        .service(service("labels", 9465))
        .prometheus("prometheus:9090")
        .shard("prometheus-0:9090")
        .shard("prometheus-1:9090")
        .remote_write(RemoteWrite::new("https://store.example.org/write").bearer_token_file("/t"))
        .team(told("post"))
        .scrape_interval(seconds(30))
}

fn agents() -> Deployment {
    Deployment::new("garden")
        .prometheus("prometheus:9090")
        .service(service("garden", 9464).otlp_endpoint("http://collector:4317"))
        .collector(
            Collector::new("collector")
                .metrics_to(Backend::prometheus())
                .metrics_to(Backend::remote_write("http://store:8428/api/v1/write"))
                .metrics_to(Backend::otlp("http://victoria:8429/opentelemetry"))
                .metrics_to(Backend::datadog("datadoghq.eu"))
                .metrics_to(Backend::new_relic("https://otlp.nr-data.net"))
                .metrics_to(Backend::cloud_watch("eu-central-1"))
                .keep_slow_traces(Duration::from_millis(250))
                .keep_share(0.07)
                .gateways("gateway")
                .environment("staging"),
        )
        .traces_in(Traces::tempo("tempo"))
        .logs_in(Logs::loki("loki").keys(LogKeys::short()))
        .load_test(
            LoadTest::new("http://api:8080")
                .get("/beds")
                .post_json("/beds", r#"{"plant": "leek"}"#)
                .users(10)
                .write_results(),
        )
        .team(told("agents"))
        .team(told("gardeners"))
        .schemas_at("https://example.org/schemas")
}

fn promises() -> Deployment {
    Deployment::new("oracle")
        .prometheus("prometheus:9090")
        .service(service("oracle", 9464).otlp_endpoint("http://collector:4317"))
        .collector(Collector::new("collector").metrics_to(Backend::prometheus_namespace("delphi")))
        .route(Route::Collector(Exporter::default().namespace("delphi")))
        .traces_in(Traces::jaeger("jaeger"))
        .team(told("priests"))
}

fn records() -> Deployment {
    Deployment::new("station")
        .prometheus("prometheus:9090")
        .service(service("station", 9464))
        .route(Route::Otlp(Translation::UnderscoreEscapingWithSuffixes))
        .team(told("railway"))
}

fn nothing() -> Deployment {
    Deployment::new("empty")
        .service(service("empty", 9464))
        .targets(targets(
            "prometheus=2.45,alertmanager=0.26,grafana=11,collector=0.130",
        ))
        .collector(Collector::new("collector").metrics_to(Backend::prometheus()))
        .logs_in(Logs::loki("loki"))
}

fn hostile() -> Deployment {
    let text = hostile::OWNER;
    Deployment::new(text)
        .prometheus("prometheus:9090")
        .service(
            service("mischief", 9464)
                .path("/m/metrics")
                .image("registry/m:1"),
        )
        .collector(
            Collector::new("collector")
                .metrics_to(Backend::prometheus())
                .environment(text),
        )
        .traces_in(Traces::tempo("tempo"))
        .logs_in(Logs::loki("loki").keys(LogKeys::default().level(text)))
        .team(Team::new(text).slack_file(text, text).webhook_file(text))
        .external_label("region", text)
        .catalog_at("https://example.org/a?b={{ c }}#\"d\"")
}

fn renamed() -> Deployment {
    Deployment::new("hotel")
        .prometheus("prometheus:9090")
        .service(service("hotel", 9464).otlp_endpoint("http://collector:4317"))
        .targets(targets("prometheus=2.45,alertmanager=0.26,grafana=11"))
        .collector(Collector::new("collector").metrics_to(Backend::prometheus()))
        .route(Route::Collector(Exporter::default().honor_labels(false)))
        .team(told("desk"))
}

fn constant() -> Deployment {
    Deployment::new("plant")
        .service(service("plant", 9464).https())
        .prometheus("prometheus:9090")
        .shard("prometheus-0:9090")
        .shard("prometheus-1:9090")
        .shard("prometheus-2:9090")
        .kubernetes_sd()
        .namespace("energy")
        .route(Route::Otlp(Translation::NoUtf8EscapingWithSuffixes))
        .team(
            Team::new("watch")
                .pagerduty_file(&secret("p"))
                .webhook_file(&secret("w")),
        )
}

/// All of them.
pub(crate) fn cases() -> Vec<Case> {
    type Row = (&'static str, bool, Deployment, &'static [&'static str]);
    let rows: [Row; 12] = [
        ("counters", false, counters(), &[]),
        ("native", false, native(), &[]),
        ("about", false, about(), &[]),
        ("closed", true, closed(), &[]),
        ("open", false, open(), &[]),
        ("agents", true, agents(), &[]),
        ("promises", true, promises(), &[]),
        ("records", true, records(), &[]),
        ("nothing", false, nothing(), &[]),
        ("hostile", false, hostile(), &[]),
        ("renamed", true, renamed(), &[]),
        ("constant", true, constant(), &[]),
    ];
    let whole = Catalog::collect().expect("sound declarations");
    let case = |(name, with_own, deployment, told): Row| Case {
        name,
        catalog: catalog(&whole, name, with_own),
        deployment,
        told,
    };
    rows.map(case).into()
}
