//! What a key is: everything that parsing, the reference, the schema and the
//! environment know of it comes from its one line in a table.

use serde_json::Value as Json;

use super::value::Value;

/// A section of the file.
#[derive(Debug)]
pub(crate) struct Section {
    /// The dotted path, such as `observability.metrics`.
    pub(crate) path: &'static str,
    /// What it is about.
    pub(crate) doc: &'static [&'static str],
    /// What stands for `{}` in the names of OpenTelemetry's variables.
    pub(crate) signal: &'static str,
    pub(crate) keys: &'static [Key],
}

/// A key of a section.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// Lines of Markdown.
    pub(crate) doc: &'static [&'static str],
    /// What its values are called.
    pub(crate) kind: &'static str,
    pub(crate) allowed: fn() -> String,
    pub(crate) schema: fn() -> Json,
    /// The default as it would be written in the file.
    pub(crate) default: Option<fn() -> String>,
    /// Variables of OpenTelemetry that set it, the most specific first.
    pub(crate) otel: &'static [&'static str],
    /// Full paths that mean the same.
    pub(crate) also: &'static [&'static str],
    /// The cargo feature that it needs.
    pub(crate) feature: Option<&'static str>,
}

impl Key {
    pub(crate) const fn of<T: Value>(name: &'static str, doc: &'static [&'static str]) -> Self {
        Self {
            name,
            doc,
            kind: T::KIND,
            allowed: T::allowed,
            schema: T::schema,
            default: None,
            otel: &[],
            also: &[],
            feature: None,
        }
    }

    pub(crate) const fn default(mut self, default: fn() -> String) -> Self {
        self.default = Some(default);
        self
    }

    pub(crate) const fn otel(mut self, variables: &'static [&'static str]) -> Self {
        self.otel = variables;
        self
    }

    pub(crate) const fn also(mut self, paths: &'static [&'static str]) -> Self {
        self.also = paths;
        self
    }

    pub(crate) const fn needs(mut self, feature: &'static str) -> Self {
        self.feature = Some(feature);
        self
    }

    /// The feature that is missing from this build.
    pub(crate) fn missing_feature(&self) -> Option<&'static str> {
        let built = [
            ("otlp", cfg!(feature = "otlp")),
            ("server", cfg!(feature = "server")),
            ("process", cfg!(feature = "process")),
            ("profiling", cfg!(feature = "profiling")),
        ];
        self.feature
            .filter(|feature| built.contains(&(feature, false)))
    }
}

impl Section {
    pub(crate) fn path_of(&self, key: &Key) -> String {
        format!("{}.{}", self.path, key.name)
    }

    /// The variable of ours that sets a key.
    pub(crate) fn variable_of(&self, key: &Key) -> String {
        let path = self.path_of(key).replace('.', "_");
        format!("CAXTON_{}", path.to_ascii_uppercase())
    }

    /// The variables of OpenTelemetry that set a key.
    pub(crate) fn otel_of(&self, key: &Key) -> impl Iterator<Item = String> {
        let names = key.otel.iter();
        names.map(|name| name.replace("{}", self.signal))
    }
}

/// Declares the keys of a section: its struct, their table and how they are
/// read. A key without a default is an `Option`.
macro_rules! section {
    (
        $(#[doc = $doc:literal])+
        $name:ident {
            $(
                $(#[doc = $key_doc:literal])+
                $key:ident: $type:ty $(= $default:expr)?
                    $(; $attribute:ident($($value:literal),+))*,
            )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[doc = $key_doc])+
                pub $key: section!(@field $type $(= $default)?),
            )+
        }

        impl $name {
            pub(crate) const DOC: &'static [&'static str] = &[$($doc),+];

            pub(crate) const KEYS: &'static [$crate::config::key::Key] = &[
                $(
                    $crate::config::key::Key::of::<$type>(stringify!($key), &[$($key_doc),+])
                        $(.default(|| {
                            let default: $type = $default;
                            $crate::config::value::Value::toml(&default)
                        }))?
                        $(.$attribute(section!(@attribute $attribute $($value),+)))*,
                )+
            ];

            pub(crate) fn read(
                section: &'static $crate::config::key::Section,
                reader: &mut $crate::config::read::Reader<'_>,
            ) -> Self {
                Self {
                    $(
                        $key: section!(
                            @default
                            reader.read::<$type>(section, stringify!($key))
                            $(, $default)?
                        ),
                    )+
                }
            }
        }
    };
    (@field $type:ty) => { Option<$type> };
    (@field $type:ty = $default:expr) => { $type };
    (@default $read:expr) => { $read };
    (@default $read:expr, $default:expr) => { $read.unwrap_or_else(|| $default) };
    (@attribute needs $feature:literal) => { $feature };
    (@attribute $attribute:ident $($value:literal),+) => { &[$($value),+] };
}

pub(crate) use section;
