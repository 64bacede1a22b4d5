//! Every file that is drawn from the recorded results.

use std::fs::{read_to_string, write as write_file};
use std::path::{Path, PathBuf};

use crate::report::{self, BuildLine, Line, ScrapeLine, folder, recorded};
use crate::{bars, readme, svg};

/// Writes those that differ, and names them.
pub fn write() -> Vec<PathBuf> {
    let mut written = Vec::new();
    for (path, text) in drawn() {
        if read_to_string(&path).ok().as_ref() != Some(&text) {
            write_file(&path, text).unwrap();
            written.push(path);
        }
    }
    written
}

/// Names those that differ.
pub fn stale() -> Vec<PathBuf> {
    let differs =
        |(path, text): &(PathBuf, String)| read_to_string(path).ok().as_ref() != Some(text);
    let stale = drawn().into_iter().filter(differs);
    stale.map(|(path, _)| path).collect()
}

fn drawn() -> Vec<(PathBuf, String)> {
    let hot_path: Vec<Line> = recorded("hot_path");
    let scrape: Vec<ScrapeLine> = recorded("scrape");
    let build_cost: Vec<BuildLine> = recorded("build_cost");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let part = readme::part(&hot_path, &scrape, &build_cost);
    let readme = readme::with_part(&read_to_string(&page).unwrap(), &part);
    let result = |name: &str, text| (folder().join(name), text);
    vec![
        result("hot_path.md", report::hot_path(&hot_path)),
        result("hot_path.svg", svg::hot_path(&hot_path)),
        result("scrape.md", report::scrape(&scrape)),
        result("scrape.svg", svg::scrape(&scrape)),
        result("build_cost.md", report::build_cost(&build_cost)),
        result(
            "bars.md",
            bars::table(hot_path.first().and_then(|line| line.ns)),
        ),
        (page, readme),
    ]
}
