//! The benchmarks' part of the README, between two markers.

use std::fmt::Write as _;

use crate::bars::{self, UNIT_THERE, number};
use crate::generated::{ANNOTATED, BOTH, DERIVE, METRICS, PEERS, PLAIN, TRACING};
use crate::machine;
use crate::report::{BuildLine, Line, ScrapeLine};
use crate::table::Row;

const BEGIN: &str = "<!-- From here to the end marker: written by caxton-plot. -->\n";
const END: &str = "<!-- End of what caxton-plot writes. -->\n";

/// The page with another part between its markers.
pub fn with_part(page: &str, part: &str) -> String {
    let Some((before, rest)) = page.split_once(BEGIN) else {
        panic!("README.md has no marker: {BEGIN}");
    };
    let Some((_, after)) = rest.split_once(END) else {
        panic!("README.md has no marker: {END}");
    };
    format!("{before}{BEGIN}{part}{END}{after}")
}

pub fn part(hot_path: &[Line], scrape: &[ScrapeLine], build_cost: &[BuildLine]) -> String {
    [
        updates(hot_path),
        scrapes(scrape),
        builds(build_cost),
        bars(hot_path.first().and_then(|line| line.ns)),
    ]
    .concat()
}

/// Of each library, its cases in order of preference.
const COLUMNS: [(&str, &[&str]); 7] = [
    ("this crate", &["this", "this, bound"]),
    ("prometheus", &["prometheus"]),
    ("prometheus-client", &["prometheus-client"]),
    ("measured", &["measured"]),
    (
        "opentelemetry",
        &["opentelemetry_sdk, bound", "opentelemetry_sdk"],
    ),
    ("`metrics` handle", &["`metrics` cached handle"]),
    ("`metrics` macro", &["`metrics` macro"]),
];

fn updates(lines: &[Line]) -> String {
    let find = |row: &str, case: &str| {
        let mut lines = lines.iter();
        lines.find(|line| line.row == row && line.case == case)
    };
    let one = |row: &str, case: &str| find(row, case).map_or("?".into(), |line| number(line.one));
    let raw = Row::Raw.title();
    let ns = lines.first().and_then(|line| line.ns);
    let mut text = format!(
        "One update, in uncontended atomic adds (`lock add`; {} ns on the machine of this run), \
         medians of interleaved\nrounds, ours on one thread / on two at once, the others on one: \
         [all of it](benches/results/hot_path.md).\n\n",
        ns.map_or("?".into(), |ns| format!("{ns:.1}"))
    );
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let _ = writeln!(text, "| | {} |", names.join(" | "));
    let _ = writeln!(text, "|---|{}", "---:|".repeat(COLUMNS.len()));
    for row in [
        Row::A,
        Row::B,
        Row::C,
        Row::CBound,
        Row::D,
        Row::DLabelled,
        Row::E,
        Row::Timer,
    ] {
        let _ = write!(text, "| {} |", row.title());
        for (_, cases) in COLUMNS {
            let line = cases.iter().find_map(|case| find(row.title(), case));
            let two = line
                .and_then(|line| line.two)
                .filter(|_| cases[0] == "this");
            let one = line.map_or(String::new(), |line| number(line.one));
            let two = two.map_or(String::new(), |two| format!(" / {}", number(two)));
            let _ = write!(text, " {one}{two} |");
        }
        text.push('\n');
    }
    let j = |case: &str| one(Row::J.title(), case);
    let _ = writeln!(
        text,
        "\n`#[instrument_agent]` on a trivial function, span off: {}, of which two clock reads \
         are {}.\nBy hand with cached `metrics` handles it is {}, under autometrics {}, under \
         `tracing::instrument`\nwith a registry {}. What the machine allows: {} takes {}, {} {}.\n",
        j("this, span off"),
        j("two clock reads, `quanta`, raw"),
        j("by hand, `metrics` cached handles"),
        j("autometrics"),
        j("`tracing::instrument` under a registry"),
        machine::UPDATE,
        one(raw, machine::UPDATE),
        machine::SUM,
        one(raw, machine::SUM),
    );
    text + "![Updates beside every peer](benches/results/hot_path.svg)\n\n"
}

fn scrapes(lines: &[ScrapeLine]) -> String {
    let mut text = String::from(
        "One scrape in text after four threads updated every series \
         ([all of it](benches/results/scrape.md),\n[plot](benches/results/scrape.svg)):\n\n\
         | | 100,000 counters | allocations | 10,000 histograms | growth over 10 M observations \
         | bytes a counter |\n|---|---:|---:|---:|---:|---:|\n",
    );
    for line in lines {
        let library = if line.library == "this" {
            "this crate"
        } else {
            &line.library
        };
        let growth = if line.growth < 50_000.0 {
            "none".into()
        } else {
            format!("{:.0} MB", line.growth / 1e6)
        };
        let _ = writeln!(
            text,
            "| {library} | {:.1} ms | {:.0} | {:.1} ms | {growth} | {:.0} |",
            line.counters.ms,
            line.counters.allocations,
            line.histograms.ms,
            line.counters.bytes_a_series,
        );
    }
    text + "\nMemory is bounded by series × peak threads: each thread that updates a series keeps \
            8 bytes for a\ncounter, 16 for a gauge, 8 for each bucket of a histogram and 16 more, \
            in pages that the next thread takes\nover when it ends; threads beyond 1,024 at once \
            share theirs.\n\n"
}

fn builds(lines: &[BuildLine]) -> String {
    let mut text = String::from(
        "The build of a crate with 200 metrics and 200 annotated async functions, in user time \
         of the processor,\nmedians ([all of it](benches/results/build_cost.md)):\n\n\
         | | dev | after a change | release | with all dependencies, dev | binary |\n\
         |---|---:|---:|---:|---:|---:|\n",
    );
    let find = |title: &str| lines.iter().find(|line| line.title == title);
    for title in [PLAIN, TRACING, PEERS, BOTH] {
        let Some(line) = find(title) else { continue };
        let _ = writeln!(
            text,
            "| {title} | {:.2} s | {:.2} s | {:.2} s | {} | {:.0} KiB |",
            line.dev,
            line.incremental,
            line.release,
            line.from_nothing
                .map_or(String::new(), |seconds| format!("{seconds:.0} s")),
            line.binary / 1024.0,
        );
    }
    if let (Some(plain), Some(metrics), Some(derive), Some(annotated), Some(traced)) = (
        find(PLAIN),
        find(METRICS),
        find(DERIVE),
        find(ANNOTATED),
        find(TRACING),
    ) {
        let _ = writeln!(
            text,
            "\nThe functions alone take {} times what `tracing::instrument` takes of the dev \
             build; the metrics alone\nadd {:.2} s to it where `metrics-derive` adds {:.2} s.\n",
            number(annotated.dev / traced.dev),
            metrics.dev - plain.dev,
            derive.dev - plain.dev,
        );
    }
    text
}

fn bars(unit: Option<f64>) -> String {
    let units = unit.map_or("?".into(), |ns| number(UNIT_THERE / ns));
    format!(
        "What was to be reached. The bars come from a machine whose `lock add` takes \
         {UNIT_THERE} ns, {units} of this one's:\nin time is what an update takes here, of what the \
         reach is there. The floor is the plain load, add and\nstore above, once for A to C, of a \
         float for D, and twice for E.\n\n{}\n\
         `cargo bench -p caxton-benches` measures all of this again and writes it here.\n\n",
        bars::table(unit)
    )
}
