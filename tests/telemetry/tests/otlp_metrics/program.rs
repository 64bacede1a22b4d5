//! The program that exports: it counts, from several threads, comes to rest,
//! says what a scrape reads, and exports the same.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use caxton_instrument::prelude::*;
use caxton_instrument_export::otlp::{Compression, Endpoint, Metrics, Retry};
use caxton_instrument_export::{Resource, Telemetry};
use caxton_telemetry_tests::certificates::Issued;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::prelude::*;

use super::samples::{Samples, of_text};

#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Outcome {
    Paid,
    Refused,
}

#[derive(LabelSet)]
struct Order {
    outcome: Outcome,
    #[label(max_values = 20)]
    town: Text,
}

#[derive(LabelSet)]
struct Build {
    #[label(max_values = 1)]
    version: Text,
}

/// Orders of a shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop", labels(region = "south"))]
struct Shop {
    /// Orders taken.
    orders: Counter<Order>,
    /// Bytes sent to customers.
    #[metric(unit = bytes)]
    sent: Counter,
    /// Carts with something in them.
    carts: Gauge,
    /// How full the fullest cart is.
    #[metric(unit = ratio)]
    cart_full: Gauge,
    /// Time to take an order.
    #[metric(unit = seconds, buckets = [0.005, 0.25, 1.0, 30.0])]
    order_duration: Histogram<Order>,
    /// Size of a page.
    #[metric(unit = bytes, native)]
    page_size: Histogram,
    /// What runs.
    build: Info<Build>,
}

const FOLDER: &str = "CAXTON_TEST_FOLDER";
const THREADS: u32 = 4;

/// Where one program is to export to.
pub(crate) struct Run(Vec<(&'static str, String)>);

/// What it said.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The scrape of the moment at which it exported.
    pub(crate) scraped: Samples,
    /// The scrape after it.
    pub(crate) after: Samples,
    /// What `flush` said.
    pub(crate) error: Option<String>,
}

impl Run {
    pub(crate) fn new(protocol: &str, url: &str) -> Self {
        Self(vec![
            ("CAXTON_TEST_PROTOCOL", protocol.to_owned()),
            ("CAXTON_TEST_URL", url.to_owned()),
        ])
    }

    pub(crate) fn compression(mut self, compression: &str) -> Self {
        self.0
            .push(("CAXTON_TEST_COMPRESSION", compression.to_owned()));
        self
    }

    pub(crate) fn authority(mut self, file: &Path) -> Self {
        self.0
            .push(("CAXTON_TEST_AUTHORITY", file.display().to_string()));
        self
    }

    pub(crate) fn identity(mut self, issued: Option<&Issued>) -> Self {
        if let Some(issued) = issued {
            self.0.push((
                "CAXTON_TEST_CERTIFICATE",
                issued.certificate.display().to_string(),
            ));
            self.0
                .push(("CAXTON_TEST_KEY", issued.key.display().to_string()));
        }
        self
    }

    pub(crate) fn batch_bytes(mut self, bytes: usize) -> Self {
        self.0.push(("CAXTON_TEST_BATCH", bytes.to_string()));
        self
    }

    pub(crate) fn run(self) -> Ended {
        let folder = tempfile::tempdir().expect("a folder");
        let test = std::env::current_exe().expect("this test is a file");
        let output = Command::new(test)
            .args(["--exact", "program::the_program", "--nocapture"])
            .env(FOLDER, folder.path())
            .envs(self.0)
            .output()
            .expect("the program runs");
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{log}");
        let read = |name: &str| {
            std::fs::read_to_string(folder.path().join(name))
                .unwrap_or_else(|error| panic!("{name}: {error}\n{log}"))
        };
        let error = read("error");
        Ended {
            scraped: of_text(&read("scraped")),
            after: of_text(&read("after")),
            error: (!error.is_empty()).then_some(error),
        }
    }
}

/// Nothing unless it is told where to export to.
#[test]
fn the_program() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let write = |name: &str, text: &str| {
        std::fs::write(Path::new(&folder).join(name), text).expect("a file");
    };
    let telemetry = install();
    count();
    let scraped = telemetry.render();
    let error = telemetry.flush(Duration::from_secs(20)).err();
    let after = telemetry.render();
    write("scraped", &scraped);
    write("after", &after);
    write(
        "error",
        &error.map(|error| error.to_string()).unwrap_or_default(),
    );
    let rest = |text: &str| super::samples::not_of_the_export(&of_text(text));
    assert_eq!(rest(&scraped), rest(&after), "the moment was quiet");
    // Ended here, without the export at the end.
    std::mem::forget(telemetry);
}

fn install() -> Telemetry {
    let said = |name: &str| std::env::var(name).ok();
    let url = said("CAXTON_TEST_URL").expect("where to");
    let endpoint = match said("CAXTON_TEST_PROTOCOL").as_deref() {
        Some("grpc") => Endpoint::grpc(url),
        Some("http") => Endpoint::http(url),
        other => panic!("{other:?}"),
    };
    let mut endpoint = endpoint
        .compression(match said("CAXTON_TEST_COMPRESSION").as_deref() {
            Some("gzip") => Compression::Gzip,
            Some("zstd") => Compression::Zstd,
            _ => Compression::None,
        })
        // One attempt says what is to be said about certificates.
        .retry(Retry {
            elapsed: Duration::ZERO,
            ..Retry::default()
        });
    if let Some(file) = said("CAXTON_TEST_AUTHORITY") {
        endpoint = endpoint.ca_file(file);
    }
    if let (Some(certificate), Some(key)) =
        (said("CAXTON_TEST_CERTIFICATE"), said("CAXTON_TEST_KEY"))
    {
        endpoint = endpoint.client_identity(certificate, key);
    }
    let mut metrics = Metrics::to(endpoint).interval(Duration::from_secs(3_600));
    if let Some(bytes) = said("CAXTON_TEST_BATCH") {
        metrics = metrics.max_batch_bytes(bytes.parse().expect("a number"));
    }
    let tracer = SdkTracerProvider::builder().build().tracer("shop");
    tracing_subscriber::registry()
        .with(tracing_opentelemetry::layer().with_tracer(tracer))
        .init();
    caxton_instrument_export::builder()
        .resource(Resource::new("shop", "1.2.0"))
        .exemplars()
        .otlp_metrics(metrics)
        .install()
        .expect("telemetry starts")
}

fn count() {
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || shop(thread));
        }
    });
    let shop = Shop::global();
    shop.carts.set(7);
    shop.cart_full.set(0.25);
    shop.build.set(&Build::of("1.2.0"));
    metrics::counter!("jobs_done_total", "queue" => "mail").increment(11);
    metrics::gauge!("queue_length", "queue" => "mail").set(3.5);
    metrics::histogram!("job_wait_seconds").record(0.3);
}

fn shop(thread: u32) {
    let shop = Shop::global();
    let span = tracing::info_span!("order");
    let _entered = span.enter();
    for n in 0..1_000_u32 {
        let outcome = if n % 7 == 0 {
            Outcome::Refused
        } else {
            Outcome::Paid
        };
        let order = Order::of(outcome, ["Ulm", "Bonn", "Jena"][(n % 3) as usize]);
        shop.orders.at(&order).increment(1);
        // Quarters add up exactly.
        shop.order_duration
            .at(&order)
            .record(f64::from(n % 160) / 4.0);
        shop.page_size.record(f64::from(n * (thread + 1)));
        shop.sent.increment(u64::from(n));
    }
}
