//! The crates whose builds are compared: the same 200 functions and 200
//! metrics, annotated and declared with one library or another.

use std::fmt::Write as _;
use std::path::Path;

pub const FUNCTIONS: usize = 200;

/// Sets of ten metrics: five counters, three gauges, two histograms.
const SETS: usize = 20;

/// What is written in one of the crates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// As the table names it.
    pub title: &'static str,
    pub name: &'static str,
    functions: Option<Library>,
    metrics: Option<Library>,
    /// Whether a build with all dependencies is measured as well.
    pub from_nothing: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Library {
    This,
    /// `tracing::instrument` for functions, `metrics-derive` for metrics.
    Peer,
}

use Library::{Peer, This};

pub const PLAIN: &str = "neither";
pub const TRACING: &str = "`tracing::instrument`";
pub const PEERS: &str = "`tracing::instrument`, `metrics-derive`";
pub const BOTH: &str = "this crate";
pub const DERIVE: &str = "`metrics-derive`";
pub const METRICS: &str = "this crate, metrics";
pub const ANNOTATED: &str = "this crate, functions";

pub const KINDS: [Kind; 7] = [
    kind(PLAIN, "plain", None, None, false),
    kind(TRACING, "tracing", Some(Peer), None, true),
    kind(ANNOTATED, "functions", Some(This), None, false),
    kind(DERIVE, "derive", None, Some(Peer), false),
    kind(METRICS, "metrics", None, Some(This), false),
    kind(PEERS, "peers", Some(Peer), Some(Peer), true),
    kind(BOTH, "this", Some(This), Some(This), true),
];

const fn kind(
    title: &'static str,
    name: &'static str,
    functions: Option<Library>,
    metrics: Option<Library>,
    from_nothing: bool,
) -> Kind {
    Kind {
        title,
        name,
        functions,
        metrics,
        from_nothing,
    }
}

impl Kind {
    pub fn manifest(self, root: &Path) -> String {
        let mut text = format!(
            "[package]\nname = \"cost-{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [workspace]\n\n[profile.release]\ndebug = false\nstrip = true\n\n[dependencies]\n",
            self.name
        );
        if self.functions == Some(This) || self.metrics == Some(This) {
            let path = root.join("caxton-instrument");
            line(
                &mut text,
                format_args!("caxton-instrument = {{ path = \"{}\" }}", path.display()),
            );
        }
        if self.functions == Some(Peer) {
            text += "tracing = { version = \"0.1.44\", default-features = false, \
                     features = [\"std\", \"attributes\"] }\n";
        }
        if self.metrics == Some(Peer) {
            text += "metrics = { version = \"0.24.6\", default-features = false }\n\
                     metrics-derive = \"0.1.2\"\n";
        }
        text
    }

    /// `main.rs`; another `edit` changes the body of one function.
    pub fn source(self, edit: usize) -> String {
        let mut text = String::new();
        match self.metrics {
            Some(This) => ours(&mut text),
            Some(Peer) => derived(&mut text),
            None => {}
        }
        let attribute = match self.functions {
            Some(This) => "#[caxton_instrument::instrument_agent(agent_type = \"worker\")]\n",
            Some(Peer) => "#[tracing::instrument(skip_all)]\n",
            None => "",
        };
        for i in 0..FUNCTIONS {
            let more = if i == 7 { edit } else { 0 };
            line(
                &mut text,
                format_args!(
                    "{attribute}pub async fn work_{i}(x: u64, name: &str) -> Result<u64, String> {{\n    \
                     std::future::ready(()).await;\n    \
                     if x == {i} {{ return Err(format!(\"{{name}} {{x}}\")); }}\n    \
                     Ok(x + {i} + {more})\n}}"
                ),
            );
        }
        text += "fn block_on<F: Future>(f: F) -> F::Output {\n    \
                 let mut f = std::pin::pin!(f);\n    \
                 let mut cx = std::task::Context::from_waker(std::task::Waker::noop());\n    \
                 loop { if let std::task::Poll::Ready(x) = f.as_mut().poll(&mut cx) { return x; } }\n}\n\
                 fn main() {\n    let mut sum = 0;\n";
        for i in 0..FUNCTIONS {
            line(
                &mut text,
                format_args!("    sum += block_on(work_{i}(1, \"a\")).unwrap_or_default();"),
            );
        }
        if self.metrics.is_some() {
            for set in 0..SETS {
                line(&mut text, format_args!("    update_{set}();"));
            }
        }
        text + "    println!(\"{sum}\");\n}\n"
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

/// Every second set has labels.
fn labelled(set: usize) -> bool {
    set % 2 == 1
}

fn ours(text: &mut String) {
    *text += "use caxton_instrument::prelude::*;\n\
              #[derive(LabelValue, Clone, Copy)]\n\
              pub enum Kind { Request, Inform, Refuse, Failure }\n";
    for labels in 0..SETS / 4 {
        line(
            text,
            format_args!(
                "#[derive(LabelSet)]\npub struct Labels{labels} {{\n    kind: Kind,\n    \
                 #[label(max_values = 50)]\n    agent: Text,\n}}"
            ),
        );
    }
    for set in 0..SETS {
        let labels = if labelled(set) {
            format!("<Labels{}>", set / 4)
        } else {
            String::new()
        };
        let at = if labelled(set) { ".at(&labels)" } else { "" };
        line(
            text,
            format_args!(
                "/// Set {set}.\n#[derive(MetricSet)]\n#[metric_set(namespace = \"cost_{set}\")]\n\
                 pub struct Set{set} {{"
            ),
        );
        for (i, metric) in metrics().enumerate() {
            let (bounds, kind) = match metric {
                Metric::Counter => ("", "Counter"),
                Metric::Gauge => ("", "Gauge"),
                Metric::Histogram => (
                    "    #[metric(unit = seconds, buckets = [0.001, 0.01, 0.1, 1.0])]\n",
                    "Histogram",
                ),
            };
            line(
                text,
                format_args!(
                    "    /// What part {i} of the work came to.\n{bounds}    pub metric_{i}: {kind}{labels},"
                ),
            );
        }
        line(
            text,
            format_args!("}}\npub fn update_{set}() {{\n    let metrics = Set{set}::global();"),
        );
        if labelled(set) {
            line(
                text,
                format_args!(
                    "    let labels = Labels{}::of(Kind::Inform, \"planner\");",
                    set / 4
                ),
            );
        }
        updates(text, at);
    }
}

fn derived(text: &mut String) {
    *text += "use metrics_derive::Metrics;\n";
    for set in 0..SETS {
        line(
            text,
            format_args!(
                "/// Set {set}.\n#[derive(Metrics)]\n#[metrics(scope = \"cost_{set}\")]\n\
                 pub struct Set{set} {{"
            ),
        );
        for (i, metric) in metrics().enumerate() {
            line(
                text,
                format_args!(
                    "    /// What part {i} of the work came to.\n    pub metric_{i}: metrics::{metric:?},"
                ),
            );
        }
        let new = if labelled(set) {
            format!(
                "    let metrics = Set{set}::new_with_labels(\
                 &[(\"kind\", \"inform\"), (\"agent\", \"planner\")]);"
            )
        } else {
            format!(
                "    static METRICS: std::sync::LazyLock<Set{set}> = \
                 std::sync::LazyLock::new(Set{set}::default);\n    let metrics = &*METRICS;"
            )
        };
        line(
            text,
            format_args!("}}\npub fn update_{set}() {{\n    Set{set}::describe();\n{new}"),
        );
        updates(text, "");
    }
}

#[derive(Debug, Clone, Copy)]
enum Metric {
    Counter,
    Gauge,
    Histogram,
}

fn metrics() -> impl Iterator<Item = Metric> {
    use Metric::{Counter, Gauge, Histogram};
    [Counter, Counter, Gauge, Counter, Histogram]
        .into_iter()
        .chain([Gauge, Counter, Gauge, Counter, Histogram])
}

fn updates(text: &mut String, at: &str) {
    for (i, metric) in metrics().enumerate() {
        let update = match metric {
            Metric::Counter => "increment(1)",
            Metric::Gauge => "set(1.0)",
            Metric::Histogram => "record(0.5)",
        };
        line(text, format_args!("    metrics.metric_{i}{at}.{update};"));
    }
    *text += "}\n";
}
