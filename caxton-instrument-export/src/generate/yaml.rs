//! Files in YAML.

use serde::Serialize;

use super::HEADER;

/// A file, after the header. Texts are quoted where YAML would read something
/// else, and texts that are wrapped in `LitString` stand in lines of their own.
pub(super) fn file(content: &impl Serialize) -> String {
    noted(&[], content)
}

/// The same, with notes as comments below the header.
pub(super) fn noted(notes: &[String], content: &impl Serialize) -> String {
    let mut out = String::from(HEADER);
    for note in notes {
        // Nothing that could end the line.
        let line: String = note.chars().filter(|it| !it.is_control()).collect();
        out.push_str("# ");
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str(&object(content));
    out
}

/// Several objects as one file, as Kubernetes reads them.
pub(super) fn objects(objects: &[String]) -> String {
    format!("{HEADER}{}", objects.join("---\n"))
}

/// A value alone.
pub(super) fn object(content: &impl Serialize) -> String {
    let options = serde_saphyr::ser_options! {
        min_fold_chars: 0,
        prefer_block_scalars: false,
        compact_list_indent: false,
    };
    // Structs of texts, lists and maps cannot fail to be written.
    serde_saphyr::to_string_with_options(content, options).unwrap_or_default()
}
