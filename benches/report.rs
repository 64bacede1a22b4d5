//! Results, as the benches record them and the plot reads them.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// One case of the hot path, in uncontended atomic adds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    pub row: String,
    pub case: String,
    /// Alone.
    pub one: f64,
    /// On two threads at once, for the rows that are measured so.
    pub two: Option<f64>,
    /// Of the unit only: what it takes in nanoseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ns: Option<f64>,
}

/// One library's scrape.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ScrapeLine {
    pub library: String,
    /// 100,000 counter series with three labels.
    pub counters: Scrape,
    /// 10,000 histogram series with twelve bounds.
    pub histograms: Scrape,
    /// Growth of the resident set over ten million observations, in bytes.
    pub growth: f64,
    /// The scrape after them, in milliseconds.
    pub next_ms: f64,
}

/// Scraping one family.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Scrape {
    pub ms: f64,
    pub allocations: f64,
    /// Bytes allocated in one scrape.
    pub allocated: f64,
    /// Bytes of text.
    pub text: f64,
    /// Bytes that a series keeps alive after four threads updated it.
    pub bytes_a_series: f64,
}

/// What one way to write the same crate costs its build, in seconds of user
/// time.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct BuildLine {
    pub title: String,
    /// Of the crate alone.
    pub dev: f64,
    /// After a change in one function.
    pub incremental: f64,
    pub release: f64,
    /// With all dependencies, in dev.
    pub from_nothing: Option<f64>,
    /// Bytes of the stripped release binary.
    pub binary: f64,
}

pub fn hot_path(lines: &[Line]) -> String {
    let mut text = String::from("| row | case | one thread | two threads |\n|---|---|---:|---:|\n");
    let mut last = "";
    for line in lines {
        let row = if line.row == last { "" } else { &line.row };
        last = &line.row;
        let two = line.two.map_or(String::new(), |two| format!("{two:.2}"));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {row} | {} | {:.2} | {two} |", line.case, line.one);
    }
    text
}

pub fn scrape(lines: &[ScrapeLine]) -> String {
    let mut text = String::from(
        "| | 100,000 counters: scrape | ratio | allocations | allocated | bytes a series \
         | 10,000 histograms: scrape | ratio | allocations | bytes a series \
         | growth over 10 M observations | next scrape |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    let Some(unit) = lines.first() else {
        return text;
    };
    for line in lines {
        let Scrape {
            ms,
            allocations,
            allocated,
            bytes_a_series,
            ..
        } = &line.counters;
        let histograms = &line.histograms;
        let _ = writeln!(
            text,
            "| {} | {ms:.2} ms | {:.2} | {allocations:.0} | {:.2} MB | {bytes_a_series:.0} \
             | {:.2} ms | {:.2} | {:.0} | {:.0} | {:.1} MB | {:.2} ms |",
            line.library,
            ms / unit.counters.ms,
            allocated / 1e6,
            histograms.ms,
            histograms.ms / unit.histograms.ms,
            histograms.allocations,
            histograms.bytes_a_series,
            line.growth / 1e6,
            line.next_ms,
        );
    }
    text
}

pub fn build_cost(lines: &[BuildLine]) -> String {
    let mut text = String::from(
        "| 200 metrics, 200 async functions | dev | after a change | release \
         | dev, with all dependencies | release binary |\n|---|---:|---:|---:|---:|---:|\n",
    );
    for line in lines {
        let from_nothing = line
            .from_nothing
            .map_or(String::new(), |seconds| format!("{seconds:.1} s"));
        let _ = writeln!(
            text,
            "| {} | {:.2} s | {:.2} s | {:.2} s | {from_nothing} | {:.0} KiB |",
            line.title,
            line.dev,
            line.incremental,
            line.release,
            line.binary / 1024.0,
        );
    }
    text
}

/// Keeps the numbers and whatever is drawn from them, and prints their table.
pub fn record<T: Serialize>(name: &str, lines: &T, table: &str) {
    let json = serde_json::to_string_pretty(lines).unwrap();
    std::fs::create_dir_all(folder()).unwrap();
    std::fs::write(folder().join(name).with_extension("json"), json + "\n").unwrap();
    crate::pages::write();
    println!("{table}");
}

pub fn recorded<T: DeserializeOwned>(name: &str) -> T {
    let path = folder().join(name).with_extension("json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("results")
}
