//! `catalog generate DIR`: the files of a deployment, if nothing would be lost.

use std::io::Write;
use std::path::Path;

use caxton_instrument::{Catalog, Level};

use super::command::{Failure, listing, print};
use crate::generate::{self, Deployment};

/// Writes every file below a folder.
pub(super) fn write(
    catalog: &Catalog,
    deployment: &Deployment,
    folder: &Path,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if told(catalog, deployment, out)? {
        let message = "nothing is written: with the errors above an alert would reach nobody";
        return Err(Failure::new(String::from(message)));
    }
    for file in generate::files(catalog, deployment) {
        let path = folder.join(&file.path);
        let failed = |error| Failure::new(format!("cannot write {}: {error}", path.display()));
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(failed)?;
        }
        std::fs::write(&path, &file.text).map_err(failed)?;
        print(out, &format!("wrote {}\n", path.display()))?;
    }
    Ok(())
}

/// Prints where alerts would not reach anybody; whether one of them is an error.
pub(super) fn told(
    catalog: &Catalog,
    deployment: &Deployment,
    out: &mut dyn Write,
) -> Result<bool, Failure> {
    let findings = generate::wiring(catalog, deployment).findings;
    if !findings.is_empty() {
        print(out, &listing(&findings))?;
    }
    Ok(findings.iter().any(|it| it.level == Level::Error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::Service;

    #[test]
    fn nothing_is_written_where_something_would_be_lost() {
        let catalog = Catalog::of([], []).expect("an empty catalog");
        let folder = std::env::temp_dir().join(format!("caxton-generate-{}", std::process::id()));
        let mut out = Vec::new();
        let nowhere = Deployment::new("shop");
        let failure = write(&catalog, &nowhere, &folder, &mut out).expect_err("no service");
        assert!(failure.message.starts_with("nothing is written"));
        let said = String::from_utf8(out).expect("UTF-8");
        assert!(said.starts_with("error[no_service]: "), "{said}");
        assert!(!folder.exists());

        let here = nowhere.service(Service::new("shop", "localhost", 9464));
        let mut out = Vec::new();
        assert!(write(&catalog, &here, &folder, &mut out).is_ok());
        let written = std::fs::read_to_string(folder.join("prometheus/prometheus.yml"));
        std::fs::remove_dir_all(&folder).expect("it was written");
        assert!(written.expect("a file").contains("localhost:9464"));
    }
}
