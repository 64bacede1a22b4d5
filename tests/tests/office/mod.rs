//! A catalog, and deployments of it: usual ones, and one that tries to leave
//! every field.
#![allow(dead_code, reason = "each test uses a part")]

use std::path::Path;
use std::process::{Command, Output};

use caxton_instrument::prelude::*;
use caxton_instrument::query::{days, minutes, seconds};
use caxton_instrument::{Alert, Catalog, Slo, alert, slo};
use caxton_instrument_export::generate::{
    Deployment, File, RemoteWrite, Service, Smtp, Targets, Team,
};

#[derive(LabelSet)]
pub(crate) struct QueueLabels {
    /// The queue.
    #[label(max_values = 20)]
    queue: Text,
}

/// A post office.
#[derive(MetricSet)]
#[metric_set(namespace = "post")]
#[allow(dead_code, reason = "they are only asked about")]
pub(crate) struct Post {
    /// Letters that were sent.
    letters_sent: Counter,
    /// Letters that wait.
    letters_waiting: Gauge<QueueLabels>,
    /// Time until a letter is at its place.
    #[metric(unit = seconds, buckets = [3600.0, 86_400.0])]
    delivery_duration: Histogram<QueueLabels>,
    /// What a letter weighs.
    #[metric(unit = grams, native)]
    letter_weight: Histogram,
}

/// {queue}: {value} letters wait.
#[alert(severity = warning, owner = "post")]
pub(crate) static LETTERS_WAIT: Alert = Post::LETTERS_WAITING
    .sum()
    .by(QueueLabels::QUEUE)
    .above(100.0);

/// Nothing is sent: {value}.
#[alert(severity = critical, owner = "post")]
pub(crate) static NOTHING_SENT: Alert = Post::LETTERS_SENT.rate(minutes(10)).below(0.1);

/// {value} letters wait.
#[alert(severity = critical)]
pub(crate) static NOBODYS: Alert = Post::LETTERS_WAITING.sum().above(1_000.0);

/// {value} letters wait.
#[alert(severity = info, owner = "post")]
pub(crate) static SOME_WAIT: Alert = Post::LETTERS_WAITING.sum().above(1.0);

/// {value} letters wait.
#[alert(severity = warning, owner = "\"a\\b\" #{{.}} $c: [d")]
pub(crate) static HOSTILE: Alert = Post::LETTERS_WAITING.sum().above(2.0);

/// Letters of {queue} are at their place on the next day.
#[slo(objective = 95.0, window = days(30), owner = "post")]
pub(crate) static LETTERS_ARRIVE: Slo = Post::DELIVERY_DURATION
    .at_most(86_400.0)
    .by(QueueLabels::QUEUE);

pub(crate) const HOSTILE_TEAM: &str = "\"a\\b\" #{{.}} $c: [d";

pub(crate) fn catalog() -> Catalog {
    Catalog::collect().expect("sound declarations")
}

pub(crate) fn secret(name: &str) -> String {
    format!("/etc/alertmanager/secrets/{name}")
}

/// Two teams, one of them with every way to be told.
pub(crate) fn office() -> Deployment {
    Deployment::new("office")
        .service(Service::new("counter", "counter.example.org", 9464))
        .service(
            Service::new("sorter", "::1", 9465)
                .path("/sorted/metrics")
                .ca_file("/etc/prometheus/ca.pem")
                .bearer_token_file("/etc/prometheus/secrets/sorter"),
        )
        .service(Service::new("mill", "mill", 9464).basic_password_file("scraper", "/etc/p"))
        .smtp(Smtp::new("smtp.example.org:587", "alerts@example.org").login("me", &secret("smtp")))
        .team(
            Team::new("post")
                .slack_file("#post", &secret("post-slack"))
                .pagerduty_file(&secret("post-pagerduty"))
                .email("post@example.org"),
        )
        .team(Team::new("watch").webhook_file(&secret("watch")))
        .team(Team::new(HOSTILE_TEAM).webhook_file(&secret("a")))
        .on_call("watch")
        .external_label("region", "$HOME: \"eu\"")
}

pub(crate) fn sharded() -> Deployment {
    office()
        .shard("prometheus-0:9090")
        .shard("prometheus-1:9090")
        .shard("prometheus-2:9090")
        .prometheus("prometheus:9090")
        .remote_write(
            RemoteWrite::new("https://store.example.org/write").bearer_token_file("/etc/token"),
        )
}

/// What no field should be able to leave.
pub(crate) fn hostile() -> Deployment {
    let text = HOSTILE_TEAM;
    Deployment::new(text)
        .service(
            Service::new(text, "h", 1)
                .path("/m: {a} #b")
                .image(text)
                .version(text),
        )
        .service(Service::new("yes", "h", 2).otlp_endpoint("http://c:4317/$(HOME)"))
        .service(Service::new("0x1F", "h", 3).replicas(0))
        .service(Service::new("1_000", "h", 4))
        .team(Team::new(text).slack_file(text, text).webhook_file(text))
        .team(Team::new("yes").email(text))
        .team(Team::new("~").pagerduty_file("12:30:45"))
        .smtp(Smtp::new("smtp:25", "a@example.org").login(text, text))
        .external_label("no", text)
        .remote_write(RemoteWrite::new("http://store/a?b=c#d"))
        .kubernetes_sd()
        .shard("prometheus-0:9090")
        .shard("prometheus-1:9090")
}

pub(crate) fn deployments() -> [(&'static str, Deployment); 7] {
    let old: Targets = "prometheus=2.42,alertmanager=0.26"
        .parse()
        .expect("versions");
    let here = Deployment::new("a").service(Service::new("a", "localhost", 1));
    [
        ("nothing said", here),
        ("an office", office()),
        ("pods", office().kubernetes_sd().namespace("offices")),
        ("shards", sharded()),
        ("shards of pods", sharded().kubernetes_sd()),
        ("a hostile one", hostile()),
        (
            "for old versions",
            office().targets(old).scrape_interval(seconds(5)),
        ),
    ]
}

pub(crate) fn write(folder: &Path, files: &[File]) {
    for file in files {
        let path = folder.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, &file.text).expect("a file");
    }
}

pub(crate) fn text(files: &[File], path: &str) -> String {
    let file = files.iter().find(|file| file.path == path);
    file.expect(path).text.clone()
}

pub(crate) fn run(program: &Path, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("it runs")
}

pub(crate) fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub(crate) fn said(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr];
    streams.map(|it| String::from_utf8_lossy(it)).join("")
}
