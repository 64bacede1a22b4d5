//! From metrics to people: what is wrong in a deployment is told.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod office;

use caxton_instrument::query::hours;
use caxton_instrument_export::generate::{
    self, Backend, Collector, Deployment, Service, Targets, Team,
};
use caxton_instrument_export::promql::{Exporter, Route};
use office::{HOSTILE_TEAM, catalog};

/// A deployment, and the classes of what is said of it.
type Case = (&'static str, Deployment, &'static [&'static str]);

fn one() -> Deployment {
    Deployment::new("a").service(Service::new("a", "a", 1))
}

fn told(name: &str) -> Team {
    Team::new(name).webhook_file("/f")
}

/// With a team for each owner.
fn all() -> Deployment {
    one().team(told("post")).team(told(HOSTILE_TEAM))
}

fn targets(text: &str) -> Targets {
    text.parse().expect("versions")
}

#[track_caller]
fn are_found<const N: usize>(cases: [Case; N]) {
    for (name, deployment, expected) in cases {
        let findings = generate::wiring(&catalog(), &deployment).findings;
        let mut classes: Vec<_> = findings.iter().map(|it| it.class).collect();
        classes.dedup();
        assert_eq!(classes, expected, "{name}: {findings:#?}");
    }
}

#[test]
fn who_is_told_of_nothing_is_found() {
    are_found([
        ("nothing", all(), &[]),
        ("nobody to tell", one(), &["no_team"]),
        (
            "a stranger",
            one().team(told("post")),
            &["owner_without_team"],
        ),
        (
            "a typo",
            one().team(told("psot")).team(told(HOSTILE_TEAM)),
            &["owner_without_team"],
        ),
        (
            "a team without alerts",
            all().team(told("mill")),
            &["unused_team"],
        ),
        (
            "a team that nothing reaches",
            one().team(told("post")).team(Team::new(HOSTILE_TEAM)),
            &["severity_without_receiver"],
        ),
        (
            "a pager alone",
            one()
                .team(Team::new("post").pagerduty_file("/f"))
                .team(told(HOSTILE_TEAM)),
            &["severity_without_receiver"],
        ),
        (
            "one team twice",
            all().team(told("post")),
            &["duplicate_team"],
        ),
        (
            "nobody on call",
            all().on_call("stranger"),
            &["on_call_without_team"],
        ),
        (
            "mail without a server",
            all().team(Team::new("mill").email("a@b")).on_call("mill"),
            &["email_without_smtp"],
        ),
        (
            "an old Alertmanager",
            all().targets(targets("alertmanager=0.25")),
            &["alertmanager_version"],
        ),
        (
            "versions of long ago",
            one().targets(targets("prometheus=2.20,alertmanager=0.20")),
            &["target_version", "no_team"],
        ),
    ]);
}

#[test]
fn what_is_not_scraped_is_found() {
    let collected = Route::Collector(Exporter::default().namespace("shop"));
    let by = |backend| Collector::new("collector").metrics_to(backend);
    are_found([
        (
            "no service",
            Deployment::new("a")
                .team(told("post"))
                .team(told(HOSTILE_TEAM)),
            &["no_service"],
        ),
        (
            "one job twice",
            all().service(Service::new("a", "b", 1)),
            &["duplicate_job"],
        ),
        (
            "one port twice",
            all().service(Service::new("b", "a", 1)),
            &["same_address"],
        ),
        (
            "a route without a collector",
            all().route(collected.clone()),
            &["route_without_collector"],
        ),
        (
            "a collector with other names",
            all()
                .route(collected.clone())
                .collector(by(Backend::prometheus())),
            &["exporter_namespace"],
        ),
        (
            "a collector as the route has it",
            all()
                .route(collected)
                .collector(by(Backend::prometheus_namespace("shop"))),
            &[],
        ),
        (
            "a collector where a service is",
            all()
                .service(Service::new("b", "collector", 4317))
                .collector(by(Backend::prometheus())),
            &["same_address"],
        ),
        (
            "a shard where Prometheus is",
            all().shard("localhost:9090"),
            &["same_address"],
        ),
        (
            "no address",
            all().service(Service::new("b", "http://b", 0).path("metrics")),
            &["address", "metrics_path"],
        ),
        (
            "a seldom scrape",
            all().scrape_interval(hours(1)),
            &["window_without_samples"],
        ),
    ]);
}

#[test]
fn an_owner_is_named_with_its_place() {
    let typo = one().team(told("psot")).team(told(HOSTILE_TEAM));
    let findings = generate::wiring(&catalog(), &typo).findings;
    let said = findings[0].to_string();
    assert!(said.contains("is it `psot`?"), "{said}");
    assert!(said.contains("--> tests/tests/office/mod.rs:"), "{said}");
}
