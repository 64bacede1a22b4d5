//! [profile.proto](https://github.com/google/pprof/blob/main/proto/profile.proto),
//! gzipped.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, Write as _};
use std::time::UNIX_EPOCH;

use flate2::Compression;
use flate2::write::GzEncoder;
use prost::Message;

use super::sampler::Samples;
use super::symbols::{self, FunctionAt};

/// Samples as a file, with names.
pub(super) fn encode(samples: &Samples) -> io::Result<Vec<u8>> {
    let profile = Writer::default().profile(samples);
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(&profile.encode_to_vec())?;
    out.finish()
}

#[derive(Default)]
struct Writer {
    strings: Strings,
    functions: HashMap<FunctionAt, u64>,
    profile: Profile,
    /// By address.
    locations: HashMap<u64, u64>,
}

impl Writer {
    fn profile(mut self, samples: &Samples) -> Profile {
        let period = 1_000_000_000 / i64::from(samples.rate.max(1));
        let count = self.value_type("samples", "count");
        let time = self.value_type("cpu", "nanoseconds");
        self.profile.sample_type = vec![count, time.clone()];
        self.profile.period_type = Some(time);
        self.profile.period = period;
        let since = samples.at.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.profile.time_nanos = i64::try_from(since.as_nanos()).unwrap_or(i64::MAX);
        self.profile.duration_nanos =
            i64::try_from(samples.duration.as_nanos()).unwrap_or(i64::MAX);
        self.mapping();
        let thread = self.strings.index("thread");
        for stack in &samples.stacks {
            let count = i64::try_from(stack.count).unwrap_or(i64::MAX);
            let mut addresses = stack.addresses.iter();
            // Where the thread was; what calls return to is one instruction
            // too far.
            let innermost = addresses.next().copied();
            let outer = addresses.map(|address| address.saturating_sub(1));
            let location_id = innermost
                .into_iter()
                .chain(outer)
                .map(|address| self.location(address))
                .collect();
            let label = Label {
                key: thread,
                str: self.strings.index(&stack.thread),
            };
            self.profile.sample.push(Sample {
                location_id,
                value: vec![count, count.saturating_mul(period)],
                label: vec![label],
            });
        }
        if samples.lost > 0 {
            let comment = format!(
                "{} samples are missing: there were too many different stacks",
                samples.lost
            );
            let comment = self.strings.index(&comment);
            self.profile.comment.push(comment);
        }
        self.profile.string_table = self.strings.into_table();
        self.profile
    }

    fn value_type(&mut self, kind: &str, unit: &str) -> ValueType {
        ValueType {
            r#type: self.strings.index(kind),
            unit: self.strings.index(unit),
        }
    }

    /// Says that names need not be looked for any more.
    fn mapping(&mut self) {
        let executable = std::env::current_exe().unwrap_or_default();
        self.profile.mapping.push(Mapping {
            id: 1,
            filename: self.strings.index(&executable.to_string_lossy()),
            has_functions: true,
            has_filenames: true,
            has_line_numbers: true,
            has_inline_frames: true,
        });
    }

    fn location(&mut self, address: u64) -> u64 {
        if let Some(id) = self.locations.get(&address) {
            return *id;
        }
        let line = symbols::resolve(address)
            .into_iter()
            .map(|line| FunctionLine {
                line: line.line,
                function_id: self.function(line),
            })
            .collect();
        let id = self.profile.location.len() as u64 + 1;
        self.profile.location.push(Location {
            id,
            mapping_id: 1,
            address,
            line,
        });
        self.locations.insert(address, id);
        id
    }

    fn function(&mut self, mut line: FunctionAt) -> u64 {
        // One function has many lines.
        line.line = 0;
        let next = self.profile.function.len() as u64 + 1;
        match self.functions.entry(line) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let line = new.key();
                self.profile.function.push(Function {
                    id: next,
                    name: self.strings.index(&line.function),
                    system_name: self.strings.index(&line.symbol),
                    filename: self.strings.index(&line.file),
                });
                *new.insert(next)
            }
        }
    }
}

/// Each text once; the first one is empty.
struct Strings {
    indices: HashMap<String, i64>,
}

impl Default for Strings {
    fn default() -> Self {
        Self {
            indices: HashMap::from([(String::new(), 0)]),
        }
    }
}

impl Strings {
    fn index(&mut self, text: &str) -> i64 {
        if let Some(index) = self.indices.get(text) {
            return *index;
        }
        let next = i64::try_from(self.indices.len()).unwrap_or(i64::MAX);
        self.indices.insert(String::from(text), next);
        next
    }

    fn into_table(self) -> Vec<String> {
        let mut table: Vec<_> = self.indices.into_iter().collect();
        table.sort_unstable_by_key(|(_, index)| *index);
        table.into_iter().map(|(text, _)| text).collect()
    }
}

#[derive(Clone, PartialEq, Message)]
struct Profile {
    #[prost(message, repeated, tag = "1")]
    sample_type: Vec<ValueType>,
    #[prost(message, repeated, tag = "2")]
    sample: Vec<Sample>,
    #[prost(message, repeated, tag = "3")]
    mapping: Vec<Mapping>,
    #[prost(message, repeated, tag = "4")]
    location: Vec<Location>,
    #[prost(message, repeated, tag = "5")]
    function: Vec<Function>,
    #[prost(string, repeated, tag = "6")]
    string_table: Vec<String>,
    #[prost(int64, tag = "9")]
    time_nanos: i64,
    #[prost(int64, tag = "10")]
    duration_nanos: i64,
    #[prost(message, optional, tag = "11")]
    period_type: Option<ValueType>,
    #[prost(int64, tag = "12")]
    period: i64,
    #[prost(int64, repeated, tag = "13")]
    comment: Vec<i64>,
}

#[derive(Clone, PartialEq, Message)]
struct ValueType {
    #[prost(int64, tag = "1")]
    r#type: i64,
    #[prost(int64, tag = "2")]
    unit: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Sample {
    #[prost(uint64, repeated, tag = "1")]
    location_id: Vec<u64>,
    #[prost(int64, repeated, tag = "2")]
    value: Vec<i64>,
    #[prost(message, repeated, tag = "3")]
    label: Vec<Label>,
}

#[derive(Clone, PartialEq, Message)]
struct Label {
    #[prost(int64, tag = "1")]
    key: i64,
    #[prost(int64, tag = "2")]
    str: i64,
}

#[derive(Clone, PartialEq, Message)]
#[expect(clippy::struct_excessive_bools, reason = "the format has them")]
struct Mapping {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(int64, tag = "5")]
    filename: i64,
    #[prost(bool, tag = "7")]
    has_functions: bool,
    #[prost(bool, tag = "8")]
    has_filenames: bool,
    #[prost(bool, tag = "9")]
    has_line_numbers: bool,
    #[prost(bool, tag = "10")]
    has_inline_frames: bool,
}

#[derive(Clone, PartialEq, Message)]
struct Location {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(uint64, tag = "2")]
    mapping_id: u64,
    #[prost(uint64, tag = "3")]
    address: u64,
    #[prost(message, repeated, tag = "4")]
    line: Vec<FunctionLine>,
}

#[derive(Clone, PartialEq, Message)]
struct FunctionLine {
    #[prost(uint64, tag = "1")]
    function_id: u64,
    #[prost(int64, tag = "2")]
    line: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Function {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(int64, tag = "2")]
    name: i64,
    #[prost(int64, tag = "3")]
    system_name: i64,
    #[prost(int64, tag = "4")]
    filename: i64,
}
