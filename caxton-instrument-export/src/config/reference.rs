//! The reference of all keys, in Markdown.

use std::fmt::Write as _;

use super::key::{Key, Section};
use super::keys::SECTIONS;

const HEAD: &str = "\
# Configuration

<!-- Written from the table of keys by `CAXTON_BLESS=1 cargo test -p caxton-telemetry-tests --test config`. -->

What telemetry does is said in `caxton.toml`, in the environment and in code; the
later wins, key by key. `caxton_instrument_export::from_file(\"caxton.toml\")?` reads
the first two. The file may hold other sections, which are left alone.

Of the environment the variable named first wins, and an empty one is as good as none.
Variables that begin with `OTEL_` are read as [OpenTelemetry has
it](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/):
durations are milliseconds, lists are `a=1,b=2` with values percent-encoded, and what
cannot be used is ignored with a warning.

For completion in an editor, with [taplo](https://taplo.tamasfe.dev/) or its extension of
VS Code, write as the first line `#:schema ./docs/caxton.schema.json`, or wherever
[that file](caxton.schema.json) is.

A secret is never in the file: `{ env = \"NAME\" }` or `{ file = \"/path\" }` says where it
is. In an environment variable it stands as it is.

| what | how it is written |
|---|---|
| duration | `\"10s\"`, `\"500ms\"`, `\"1m30s\"`: d, h, m, s, ms, us |
| size | `\"64MiB\"`: B, KB, KiB, MB, MiB, GB, GiB |
| ratio | a number from 0 to 1 |
| address | `\"127.0.0.1:9464\"`, `\"[::1]:9464\"`, or a port of loopback, `\"9464\"` |
| secret | `{ env = \"NAME\" }` or `{ file = \"/path\" }` |
| list | `[\"a\", \"b\"]`; in the environment `a,b` |
| table | `{ a = \"1\", b = \"2\" }`; in the environment `a=1,b=2`, bucket bounds `name=0.1;0.5` |
";

/// The reference of all keys, in Markdown: `docs/configuration.md`.
///
/// ```
/// let reference = caxton_instrument_export::config::reference_markdown();
/// assert!(reference.contains("### `export_interval`"));
/// ```
#[must_use]
pub fn reference_markdown() -> String {
    let mut out = String::from(HEAD);
    for section in SECTIONS {
        write_section(&mut out, section);
    }
    out
}

fn write_section(out: &mut String, section: &Section) {
    let _ = writeln!(out, "\n## `[{}]`\n\n{}\n", section.path, lines(section.doc));
    out.push_str("| key | type | default |\n|---|---|---|\n");
    for key in section.keys {
        let _ = writeln!(
            out,
            "| [`{name}`](#{anchor}) | {kind} | {default} |",
            name = key.name,
            anchor = anchor(section, key),
            kind = key.kind,
            default = default(key),
        );
    }
    for key in section.keys {
        write_key(out, section, key);
    }
}

fn write_key(out: &mut String, section: &Section, key: &Key) {
    let _ = writeln!(
        out,
        "\n<a id=\"{}\"></a>\n### `{}`\n\n{}\n",
        anchor(section, key),
        key.name,
        lines(key.doc)
    );
    let _ = writeln!(out, "- allowed: {}", (key.allowed)());
    if key.default.is_some() {
        let _ = writeln!(out, "- default: {}", default(key));
    }
    let variables = std::iter::once(section.variable_of(key)).chain(section.otel_of(key));
    let variables: Vec<_> = variables.map(|name| format!("`{name}`")).collect();
    let _ = writeln!(out, "- environment: {}", variables.join(", "));
    if !key.also.is_empty() {
        let also: Vec<_> = key.also.iter().map(|path| format!("`{path}`")).collect();
        let _ = writeln!(out, "- also: {}, if this key is not set", also.join(", "));
    }
    if let Some(feature) = key.feature {
        let _ = writeln!(out, "- needs the feature `{feature}`");
    }
}

fn default(key: &Key) -> String {
    key.default
        .map_or_else(String::new, |default| format!("`{}`", default()))
}

fn anchor(section: &Section, key: &Key) -> String {
    section.path_of(key).replace('.', "-")
}

/// The lines of a comment, without the space that each begins with.
fn lines(doc: &[&str]) -> String {
    let lines: Vec<_> = doc.iter().map(|line| line.trim()).collect();
    lines.join("\n")
}
