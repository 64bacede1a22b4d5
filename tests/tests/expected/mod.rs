//! Files that say what a test expects, beside this one.

use std::path::Path;

/// Fails when the file does not hold the text, naming the command that writes
/// it.
#[track_caller]
pub(crate) fn assert(test: &str, file: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/expected")
        .join(file);
    if std::env::var_os("CAXTON_BLESS").is_some() {
        std::fs::write(&path, page).expect("the expected file can be written");
        return;
    }
    let found = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    if found == page {
        return;
    }
    let difference = similar::TextDiff::from_lines(&found, page)
        .unified_diff()
        .header(&format!("tests/tests/expected/{file}"), "what came out")
        .to_string();
    panic!(
        "{difference}\nif that is right, write it with \
         `CAXTON_BLESS=1 cargo test -p caxton-tests --test {test}`"
    );
}
