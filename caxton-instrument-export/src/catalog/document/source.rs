//! Where a declaration stands, in words that hold on every machine.

use caxton_instrument::Location;

use super::Source;

pub(super) fn source(location: Location) -> Source {
    Source {
        krate: location.krate.into(),
        version: location.version.into(),
        module: location.module.into(),
        file: portable_path(&location),
        line: location.line,
        column: location.column,
    }
}

/// A path that reads the same on every machine. Cargo gives a workspace
/// member's files relative to the workspace, and a dependency's absolute,
/// below a folder that belongs to whoever builds.
fn portable_path(location: &Location) -> String {
    let path = location.file.replace('\\', "/");
    let absolute = path.starts_with('/') || path.as_bytes().get(1) == Some(&b':');
    if !absolute {
        return path;
    }
    let package = format!("{}-{}", location.krate, location.version);
    let parts: Vec<_> = path.split('/').collect();
    let from = parts
        .iter()
        .rposition(|part| *part == package || *part == location.krate)
        .or_else(|| parts.iter().rposition(|part| *part == "src"))
        .unwrap_or(parts.len() - 1);
    parts[from..].join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_no_machine() {
        let cases = [
            ("examples/src/lib.rs", "examples/src/lib.rs"),
            ("examples\\src\\lib.rs", "examples/src/lib.rs"),
            (
                "/somewhere/registry/src/index-1/mail-1.2.0/src/a/b.rs",
                "mail-1.2.0/src/a/b.rs",
            ),
            ("C:\\somewhere\\mail\\src\\lib.rs", "mail/src/lib.rs"),
            ("/somewhere/renamed/src/lib.rs", "src/lib.rs"),
            ("/somewhere/build.rs", "build.rs"),
        ];
        for (file, expected) in cases {
            let location = Location::new(file, 1, 1, "mail", "mail", "1.2.0");
            assert_eq!(portable_path(&location), expected, "{file}");
        }
    }
}
