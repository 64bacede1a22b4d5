//! One JSON object on a line of its own.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use tracing::{Level, Metadata};

use super::fields::{Fields, MESSAGE};
use super::ids::Ids;
use super::json;
use super::keys::{CUT, Keys};

/// How lines look.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) keys: Keys,
    pub(super) time: DateTimePrinter,
    /// Bytes that a line may have, with its end.
    pub(super) most: usize,
}

/// What a line says beside its fields.
pub(super) struct About<'a> {
    pub(super) at: Timestamp,
    pub(super) metadata: &'a Metadata<'a>,
    pub(super) message: Option<&'a str>,
    pub(super) ids: Option<Ids>,
}

/// Fields that the bridge from the `log` crate adds to say where a record comes
/// from; its metadata do not.
const FROM_LOG: [&str; 4] = ["log.target", "log.module_path", "log.file", "log.line"];

/// `,"line_truncated":true}` and the end of the line.
const TAIL: usize = CUT.len() + 11;

/// Bytes that a target or a caller may have.
const PLACE: usize = 256;

impl Shape {
    /// Bytes that a value may have: a line has more than one.
    pub(super) const fn value_bytes(&self) -> usize {
        self.most / 2
    }

    /// Writes a line. Of fields with one name the first one counts.
    pub(super) fn write<'f>(
        &self,
        out: &mut String,
        about: &About<'_>,
        fields: &(impl Iterator<Item = &'f Fields> + Clone),
    ) {
        let mut line = Line {
            out,
            end: self.most.saturating_sub(TAIL),
            is_cut: fields.clone().any(|fields| fields.is_cut),
            renamed: Vec::new(),
        };
        let own = fields.clone().next();
        self.head(&mut line, about, own);
        let in_trace = about.ids.is_some();
        // The event's own fields first: they are what a line is written for.
        for (depth, some) in fields.clone().enumerate() {
            for (name, json) in some.iter() {
                let is_told = |depth| depth == 0 && is_head(name, about.metadata);
                let is_hidden = || {
                    let mut inner = fields.clone().take(depth).enumerate();
                    inner.any(|(depth, inner)| !is_told(depth) && inner.get(name).is_some())
                };
                if !is_told(depth) && !is_hidden() {
                    self.field(&mut line, name, json, in_trace, fields);
                }
            }
        }
        if line.is_cut {
            _ = write!(line.out, ",\"{CUT}\":true");
        }
        line.out.push_str("}\n");
    }

    fn head(&self, line: &mut Line<'_>, about: &About<'_>, own: Option<&Fields>) {
        let keys = &self.keys;
        line.out.push('{');
        line.member(&keys.timestamp, |out, _| {
            out.push('"');
            // Every time that a clock gives can be printed.
            _ = self.time.print_timestamp(&about.at, &mut *out);
            out.push('"');
            true
        });
        line.string(&keys.level, 8, level(*about.metadata.level()));
        let from_log = |name: &str| own.filter(|_| is_from_log(about.metadata))?.get(name);
        if let Some(message) = about.message {
            line.string(&keys.message, self.value_bytes(), message);
        } else {
            let message = own.and_then(|own| own.get(MESSAGE)).unwrap_or("\"\"");
            line.json(&keys.message, message);
        }
        if let Some(key) = &keys.target {
            match from_log("log.target") {
                Some(target) => line.json(key, target),
                None => line.string(key, PLACE, about.metadata.target()),
            }
        }
        if let Some(key) = &keys.caller {
            let of_log = || {
                let file = from_log("log.file")?.trim_matches('"');
                Some((file, from_log("log.line")?))
            };
            let metadata = about.metadata;
            if let Some((file, number)) = of_log() {
                line.string(key, PLACE, format_args!("{}:{number}", short(file)));
            } else if let (Some(file), Some(number)) = (metadata.file(), metadata.line()) {
                line.string(key, PLACE, format_args!("{}:{number}", short(file)));
            }
        }
        if let Some(ids) = &about.ids {
            if let Some(key) = &keys.trace_id {
                line.string(key, 34, &ids.trace);
            }
            if let Some(key) = &keys.span_id {
                line.string(key, 18, &ids.span);
            }
        }
    }

    /// Writes a field. One that is named like a key gets an underscore, and
    /// another one for as long as there is such a field too.
    fn field<'f>(
        &self,
        line: &mut Line<'_>,
        name: &str,
        json: &str,
        in_trace: bool,
        fields: &(impl Iterator<Item = &'f Fields> + Clone),
    ) {
        if !self.keys.takes(name, in_trace) {
            return line.json(name, json);
        }
        let mut free = format!("{name}_");
        let is_taken = |name: &String| {
            self.keys.takes(name, in_trace)
                || line.renamed.contains(name)
                || fields.clone().any(|some| some.get(name).is_some())
        };
        while is_taken(&free) {
            free.push('_');
        }
        line.json(&free, json);
        line.renamed.push(free);
    }
}

/// A line that is being written.
struct Line<'a> {
    out: &'a mut String,
    /// Where it has to end, and how it ends is not counted.
    end: usize,
    is_cut: bool,
    /// Names that fields have here instead of their own.
    renamed: Vec<String>,
}

impl Line<'_> {
    /// Writes a member, or none of it where it does not fit. The value is told
    /// how many bytes there are, and says whether it is whole.
    fn member(&mut self, key: &str, value: impl FnOnce(&mut String, usize) -> bool) {
        let start = self.out.len();
        if start > 1 {
            self.out.push(',');
        }
        json::string(self.out, self.end, |escaped| escaped.text(key));
        self.out.push(':');
        let left = self.end.saturating_sub(self.out.len());
        let is_whole = left >= 2 && value(self.out, left);
        if left < 2 || self.out.len() > self.end {
            self.out.truncate(start);
        }
        self.is_cut |= !is_whole || self.out.len() == start;
    }

    fn string(&mut self, key: &str, most: usize, text: impl std::fmt::Display) {
        self.member(key, |out, left| {
            json::string(out, most.min(left), |escaped| _ = write!(escaped, "{text}"))
        });
    }

    /// A value that is JSON already.
    fn json(&mut self, key: &str, value: &str) {
        self.member(key, |out, left| {
            let inner = value
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'));
            match inner {
                Some(inner) if value.len() > left => {
                    out.push('"');
                    out.push_str(json::beginning(inner, left - 2));
                    out.push('"');
                    false
                }
                _ => {
                    out.push_str(value);
                    true
                }
            }
        });
    }
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

fn is_from_log(metadata: &Metadata<'_>) -> bool {
    metadata.target() == "log"
}

/// Whether an event's field is in the line already.
fn is_head(name: &str, metadata: &Metadata<'_>) -> bool {
    name == MESSAGE || (is_from_log(metadata) && FROM_LOG.contains(&name))
}

/// A path as the compiler had it, without the folders of the machine that it
/// ran on.
fn short(file: &str) -> &str {
    let is_absolute = file.starts_with('/') || file.get(1..3).is_some_and(|text| text == ":\\");
    if !is_absolute {
        return file;
    }
    let mut parts = file.rmatch_indices(['/', '\\']);
    parts.nth(1).map_or(file, |(at, _)| &file[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_the_building_machine_is_shortened() {
        assert_eq!(short("src/main.rs"), "src/main.rs");
        assert_eq!(short("shop/src/orders.rs"), "shop/src/orders.rs");
        assert_eq!(short("/srv/ada/shop/src/orders.rs"), "src/orders.rs");
        assert_eq!(short("C:\\shop\\src\\orders.rs"), "src\\orders.rs");
        assert_eq!(short("/main.rs"), "/main.rs");
    }
}
