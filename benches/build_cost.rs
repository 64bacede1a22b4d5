//! What the annotations and declarations cost a user's build.
//!
//! `cargo bench -p caxton-benches --bench build_cost [-- ROUNDS]`
//!
//! User time of the processor, which others that build on the same machine
//! disturb least; the crates in turn, medians.

// A measurement that cannot be taken stops the run.
#![allow(clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use caxton_benches::generated::{KINDS, Kind};
use caxton_benches::report::{self, BuildLine};
use caxton_benches::table::median;

fn main() {
    let rounds = std::env::args().find_map(|argument| argument.parse().ok());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = root.canonicalize().expect("the workspace is there");
    let crates = KINDS.map(|kind| Built::new(kind, &root));

    let mut times = vec![[const { Vec::<f64>::new() }; 4]; KINDS.len()];
    for round in 0..rounds.unwrap_or(7).max(1) {
        for (built, times) in crates.iter().zip(&mut times) {
            for (time, times) in built.round(round).into_iter().zip(times) {
                times.extend(time);
            }
        }
        eprintln!("round {} is done", round + 1);
    }
    let lines: Vec<BuildLine> = crates
        .iter()
        .zip(&mut times)
        .map(
            |(built, [dev, incremental, release, from_nothing])| BuildLine {
                title: built.kind.title.into(),
                dev: median(dev),
                incremental: median(incremental),
                release: median(release),
                from_nothing: (!from_nothing.is_empty()).then(|| median(from_nothing)),
                binary: built.binary(),
            },
        )
        .collect();
    report::record("build_cost", &lines, &report::build_cost(&lines));
}

/// One of the crates, in a folder of its own.
struct Built {
    kind: Kind,
    folder: PathBuf,
}

impl Built {
    fn new(kind: Kind, root: &Path) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("build-cost")
            .join(kind.name);
        let built = Self { kind, folder };
        fs::create_dir_all(built.folder.join("src")).expect("the target folder can be written");
        built.write("Cargo.toml", &kind.manifest(root));
        // The versions of the workspace, as far as they go.
        fs::copy(root.join("Cargo.lock"), built.folder.join("Cargo.lock")).expect("it is there");
        built.edit(0);
        built.build("dev");
        built.build("release");
        built
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.folder.join(path), text).expect("the target folder can be written");
    }

    fn edit(&self, edit: usize) {
        self.write("src/main.rs", &self.kind.source(edit));
    }

    /// Seconds for the crate in dev, after one changed function, in release,
    /// and in dev with all of its dependencies.
    fn round(&self, round: usize) -> [Option<f64>; 4] {
        self.edit(2 * round + 1);
        self.clean("dev");
        let dev = self.build("dev");
        self.edit(2 * round + 2);
        let incremental = self.build("dev");
        self.clean("release");
        let release = self.build("release");
        // Long, and so steady: three are enough.
        let from_nothing = (self.kind.from_nothing && round < 3).then(|| {
            fs::remove_dir_all(self.target().join("debug")).expect("it was built");
            self.build("dev")
        });
        [Some(dev), Some(incremental), Some(release), from_nothing]
    }

    fn clean(&self, profile: &str) {
        let package = format!("cost-{}", self.kind.name);
        self.cargo(&["clean", "-q", "-p", &package, "--profile", profile]);
    }

    fn build(&self, profile: &str) -> f64 {
        self.cargo(&["build", "-q", "--profile", profile])
    }

    fn target(&self) -> PathBuf {
        self.folder.join("target")
    }

    /// Runs cargo, and says how many seconds of user time it and what it
    /// started took.
    fn cargo(&self, arguments: &[&str]) -> f64 {
        let mut command = Command::new("bash");
        command
            .args(["-c", "TIMEFORMAT=%U; time \"$@\"", "bash", "cargo"])
            .args(arguments)
            .current_dir(&self.folder);
        // Nothing of the build that started this one.
        for (name, _) in std::env::vars() {
            if name.starts_with("CARGO") && name != "CARGO_HOME" {
                command.env_remove(name);
            }
        }
        command.env("CARGO_TARGET_DIR", self.target());
        let output = command.output().expect("bash starts");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {text}", self.kind.title);
        let last = text.lines().last().unwrap_or_default();
        last.parse().expect("bash writes a number last")
    }

    /// Bytes of the stripped release binary.
    fn binary(&self) -> f64 {
        let path = self
            .target()
            .join("release")
            .join(format!("cost-{}", self.kind.name));
        fs::metadata(path).expect("it was built").len() as f64
    }
}
