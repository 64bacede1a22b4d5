//! Files around the rules, judged by the programs that they are for.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod office;
mod prometheus;

use caxton_instrument::query::{hours, seconds};
use caxton_instrument::{Catalog, Level, Severity};
use caxton_instrument_export::config::Config;
use caxton_instrument_export::generate::{self, Deployment, Service, Targets, Team};
use office::{
    HOSTILE_TEAM, catalog, deployments, office, printed, run, said, sharded, text, write,
};
use prometheus::{Folder, servers};

fn catalogs() -> [Catalog; 3] {
    let whole = catalog();
    let of_set = Catalog::of(whole.sets().iter().copied(), []).expect("sound declarations");
    [
        whole,
        of_set,
        Catalog::of([], []).expect("an empty catalog"),
    ]
}

#[test]
fn promtool_and_amtool_take_every_file() {
    let Some(servers) = servers() else { return };
    for (name, deployment) in deployments() {
        for catalog in catalogs() {
            let folder = Folder::new();
            let files = generate::files(&catalog, &deployment);
            write(&folder.0, &files);
            let mut judged = 0;
            for file in &files {
                let is_rules = file.path.contains("rules");
                let arguments: &[&str] = match file.path.split_once('/') {
                    // Without looking for files with secrets.
                    Some(("prometheus", _)) if !is_rules => &["check", "config", "--syntax-only"],
                    _ => continue,
                };
                judged += 1;
                let arguments = [arguments, &[&*file.path]].concat();
                let checked = run(&servers.join("promtool"), &folder.0, &arguments);
                assert!(
                    checked.status.success(),
                    "{name}: {}: {}\n{}",
                    file.path,
                    said(&checked),
                    file.text
                );
            }
            assert!(judged > 0, "{name}");
            let config = "alertmanager/alertmanager.yml";
            let checked = run(
                &servers.join("amtool"),
                &folder.0,
                &["check-config", config],
            );
            assert!(
                checked.status.success(),
                "{name}: {}\n{}",
                said(&checked),
                text(&files, config)
            );
        }
    }
}

/// Without secrets nothing has to be there but the rules, which are.
#[test]
fn prometheus_loads_the_rules() {
    let Some(servers) = servers() else { return };
    let folder = Folder::new();
    let here = Deployment::new("a").service(Service::new("a", "localhost", 1));
    write(&folder.0, &generate::files(&catalog(), &here));
    let checked = run(
        &servers.join("promtool"),
        &folder.0,
        &["check", "config", "prometheus/prometheus.yml"],
    );
    assert!(checked.status.success(), "{}", said(&checked));
    assert!(
        said(&checked).contains("2 rule files found"),
        "{}",
        said(&checked)
    );
}

#[test]
fn an_alert_reaches_its_team() {
    let Some(servers) = servers() else { return };
    let folder = Folder::new();
    let (catalog, office) = (catalog(), office());
    write(&folder.0, &generate::files(&catalog, &office));
    let wiring = generate::wiring(&catalog, &office);
    assert!(
        wiring.findings.iter().all(|it| it.level == Level::Warning),
        "{:?}",
        wiring.findings
    );
    let amtool = |labels: &[String]| {
        let arguments = [
            "config",
            "routes",
            "test",
            "--config.file=alertmanager/alertmanager.yml",
        ];
        let labels = labels.iter().map(String::as_str);
        let arguments: Vec<_> = arguments.into_iter().chain(labels).collect();
        let answer = run(&servers.join("amtool"), &folder.0, &arguments);
        assert!(answer.status.success(), "{}", said(&answer));
        printed(&answer)
    };
    let mut seen = 0;
    for alert in catalog.alerts() {
        let mut labels = vec![
            format!("alertname={}", alert.name),
            format!("severity={}", alert.severity.as_str()),
        ];
        if !alert.owner.is_empty() {
            labels.push(format!("team={:?}", alert.owner));
        }
        let chains = wiring.chains.iter();
        let chain = chains
            .clone()
            .find(|it| it.alert == alert.name)
            .expect("a chain");
        let expected = match &*chain.receivers {
            [] => String::from("nobody"),
            receivers => receivers.join(","),
        };
        assert_eq!(amtool(&labels), expected, "{labels:?}");
        seen += 1;
    }
    assert_eq!(seen, 5);
    // An objective's alerts go the same way, from a file of their own.
    let of_slo = |severity| {
        let mut chains = wiring.chains.iter();
        chains.find(|it| it.alert == "LettersArrive" && it.severity == severity)
    };
    let chain = of_slo(Severity::Critical).expect("a chain");
    assert_eq!(chain.metrics, ["post_delivery_duration_seconds"]);
    assert_eq!(chain.jobs, ["counter", "sorter", "mill"]);
    assert_eq!(chain.rule_file, "prometheus/slo_rules.yml");
    assert_eq!(chain.receivers, ["watch critical", "post critical"]);
    let chain = of_slo(Severity::Warning).expect("a chain");
    assert_eq!(chain.receivers, ["post warning"]);
    // And what the chains say is right.
    let labels = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for (alert, receivers) in [
        ("team=post severity=warning", "post warning"),
        (
            "team=post severity=critical",
            "watch critical,post critical",
        ),
        ("team=watch severity=critical", "watch critical"),
        ("severity=critical", "watch critical,post critical"),
        ("severity=warning", "post warning"),
        ("team=stranger severity=warning", "post warning"),
        ("team=post severity=info", "nobody"),
    ] {
        assert_eq!(amtool(&labels(alert)), receivers, "{alert}");
    }
}

#[test]
fn nothing_is_told_twice_to_who_is_on_call() {
    let Some(servers) = servers() else { return };
    let folder = Folder::new();
    write(
        &folder.0,
        &generate::files(&catalog(), &office().on_call("post")),
    );
    for labels in [
        &["severity=critical", "team=post"][..],
        &["severity=critical"],
    ] {
        let arguments = [
            "config",
            "routes",
            "test",
            "--config.file=alertmanager/alertmanager.yml",
        ];
        let answer = run(
            &servers.join("amtool"),
            &folder.0,
            &[&arguments, labels].concat(),
        );
        assert_eq!(printed(&answer), "post critical", "{labels:?}");
    }
}

#[test]
fn no_secret_stands_in_a_file() {
    let deployment = sharded();
    let files = generate::files(&catalog(), &deployment);
    // Addresses are no secrets.
    let addresses = [
        String::from("url: https://store.example.org/write"),
        format!("url: http://{}", deployment.prometheus_address()),
    ];
    let fields = [
        "credentials: ",
        "password: ",
        "api_url: ",
        "routing_key: ",
        " url: ",
    ];
    for file in files
        .iter()
        .filter(|file| !file.path.starts_with("kubernetes/"))
    {
        for line in file.text.lines() {
            let named = fields.iter().find(|field| line.contains(**field));
            assert!(
                named.is_none() || addresses.iter().any(|it| line.ends_with(it)),
                "{}: {line}",
                file.path
            );
        }
    }
    let text = text(&files, "alertmanager/alertmanager.yml");
    for field in [
        "url_file",
        "api_url_file",
        "routing_key_file",
        "smtp_auth_password_file",
    ] {
        assert!(text.contains(&format!("{field}: ")), "{field}: {text}");
    }
}

#[test]
fn a_deployment_is_what_the_program_reads() {
    let config = Config::from_text(
        "caxton.toml",
        "[observability]\nservice_name = \"shop\"\notlp_endpoint = \"http://collector:4317\"\n\
         [observability.server]\naddress = \"127.0.0.1:9999\"\n",
    )
    .expect("a sound file");
    let files = generate::files(&catalog(), &Deployment::from_config(&config));
    let prometheus = text(&files, "prometheus/prometheus.yml");
    assert!(prometheus.contains("job_name: shop"), "{prometheus}");
    assert!(prometheus.contains("- 127.0.0.1:9999\n"), "{prometheus}");
    let pods = text(&files, "kubernetes/service-shop.yml");
    assert!(pods.contains("containerPort: 9999\n"), "{pods}");
    assert!(pods.contains("prometheus.io/port: \"9999\"\n"), "{pods}");
    assert!(pods.contains("value: http://collector:4317\n"), "{pods}");
}

#[test]
fn files_fit_the_versions_they_are_for() {
    let of = |versions: &str| {
        let targets: Targets = versions.parse().expect("versions");
        let files = generate::files(&catalog(), &office().targets(targets));
        text(&files, "prometheus/prometheus.yml")
    };
    let (old, mid, new) = (
        of("prometheus=2.42"),
        of("prometheus=3.5"),
        of("prometheus=3.8"),
    );
    assert!(!old.contains("scrape_protocols"), "{old}");
    assert!(!old.contains("$$HOME"), "{old}");
    assert!(
        mid.contains("scrape_protocols") && !mid.contains("scrape_native"),
        "{mid}"
    );
    assert!(mid.contains("$$HOME"), "{mid}");
    assert!(new.contains("scrape_native_histograms: true"), "{new}");
}

#[test]
fn a_scrape_ends_before_the_next() {
    for (interval, timeout) in [(seconds(1), "1s"), (seconds(10), "10s"), (hours(1), "10s")] {
        let files = generate::files(&catalog(), &office().scrape_interval(interval));
        let prometheus = text(&files, "prometheus/prometheus.yml");
        let line = format!("scrape_timeout: {timeout}\n");
        assert!(prometheus.contains(&line), "{prometheus}");
    }
}

/// What is wrong in a deployment, and the classes of what is said of it.
#[test]
fn a_dead_end_is_a_finding() {
    let one = || Deployment::new("a").service(Service::new("a", "a", 1));
    let told = |name: &str| Team::new(name).webhook_file("/f");
    let all = || one().team(told("post")).team(told(HOSTILE_TEAM));
    let old: Targets = "alertmanager=0.25".parse().expect("versions");
    let ancient: Targets = "prometheus=2.20,alertmanager=0.20"
        .parse()
        .expect("versions");
    let cases: [(&str, Deployment, &[&str]); 18] = [
        ("nothing", all(), &[]),
        ("nobody to tell", one(), &["no_team"]),
        (
            "no service",
            Deployment::new("a")
                .team(told("post"))
                .team(told(HOSTILE_TEAM)),
            &["no_service"],
        ),
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
            all().targets(old),
            &["alertmanager_version"],
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
            "versions of long ago",
            one().targets(ancient),
            &["target_version", "no_team"],
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
    ];
    for (name, deployment, expected) in cases {
        let findings = generate::wiring(&catalog(), &deployment).findings;
        let mut classes: Vec<_> = findings.iter().map(|it| it.class).collect();
        classes.dedup();
        assert_eq!(classes, expected, "{name}: {findings:#?}");
    }
    let findings = generate::wiring(
        &catalog(),
        &one().team(told("psot")).team(told(HOSTILE_TEAM)),
    );
    let said = findings.findings[0].to_string();
    assert!(said.contains("is it `psot`?"), "{said}");
    assert!(said.contains("--> tests/tests/office/mod.rs:"), "{said}");
}
